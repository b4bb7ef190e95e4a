"""Settings: read once, and whatever is unknown, unreadable or contradicting is refused by name."""

from __future__ import annotations

import dataclasses

import pytest

from config.settings import NOT_SETTINGS, BadSettings, Bind, Settings, is_amazon, is_loopback, read_settings


@pytest.fixture
def read(tmp_path):
    """`read(MODE="test")` reads settings from variables; `toml=` writes the file first."""

    def _read(toml: str = "", **variables: str) -> Settings:
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / "portolan.toml").write_text(toml, "utf-8")
        environ = {f"PORTOLAN_{name}": value for name, value in variables.items()}
        return read_settings({"PORTOLAN_DATA": str(tmp_path / "data"), "HOME": "/", **environ})

    return _read


def problems(read, *args, **kwargs) -> str:
    with pytest.raises(BadSettings) as caught:
        read(*args, **kwargs)
    return "\n".join(caught.value.problems)


def test_nothing_needs_to_be_set(read, tmp_path):
    settings = read()
    assert settings.mode == "production"
    assert settings.bind == Bind("127.0.0.1", 8765)
    assert settings.key_path == tmp_path / "data.key"
    assert settings.base_url == "http://127.0.0.1:8765"


def test_the_file_is_read_and_variables_win(read):
    settings = read('mode = "sandbox"\nthreads = 2\ntrusted_proxies = ["10.0.0.2/32", "10.0.0.3/32"]', THREADS="3")
    assert (settings.mode, settings.threads) == ("sandbox", 3)
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.2/32", "10.0.0.3/32"]


def test_an_empty_variable_says_nothing(read):
    assert read('mode = "sandbox"', MODE="").mode == "sandbox"


@pytest.mark.parametrize("name", sorted(NOT_SETTINGS))
def test_the_variables_of_the_start_script_are_no_settings(read, name):
    assert read(**{name.removeprefix("PORTOLAN_"): "1"})


def test_an_unknown_setting_is_refused_by_name(read):
    assert "PORTOLAN_THREDS: there is no setting “threds”" in problems(read, THREDS="4")
    assert "portolan.toml: there is no setting “thredas”" in problems(read, "thredas = 4")
    assert "portolan.toml: there is no setting “tls”" in problems(read, '[tls]\ncert = "x"')


def test_every_problem_is_named_at_once(read):
    found = problems(read, 'log_level = "loud"', MODE="prod", BIND="here", THREDS="1")
    for name in ("log_level", "mode", "bind", "threds"):
        assert f"“{name}”" in found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "prod"), ("mode", "Production"), ("bind", "8765"), ("bind", ":8765"), ("bind", "localhost"),
        ("bind", "example.com:80"), ("bind", "127.0.0.1:0"), ("bind", "127.0.0.1:65536"), ("bind", "127.0.0.1:http"),
        ("bind", "127.0.0.1:-1"), ("bind", "300.0.0.1:80"), ("url", "portal.example"), ("url", "ftp://portal.example"),
        ("url", "https://"), ("url", "https://portal.example/?a=1"), ("url", "https://portal.example/#top"),
        ("url", "https://user:pass@portal.example"), ("url", "javascript:alert(1)"), ("url", "https://a:port"),
        ("trusted_proxies", "10.0.0.5/24"), ("trusted_proxies", "proxy"), ("trusted_proxies", "10.0.0.1/33"),
        ("log_level", "trace"), ("threads", "0"), ("threads", "17"), ("threads", "four"), ("threads", "2.5"),
        ("threads", ""), ("body_limit_mb", "0"), ("body_limit_mb", "99999"), ("password_memory_mb", "1"),
        ("key_file", ""), ("tls_cert", " "),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_name(read, name, value):
    assert f"“{name}”" in problems(read, f'{name} = "{value}"')
    if value.strip():
        assert f"“{name}”" in problems(read, **{name.upper(): value})


@pytest.mark.parametrize("value", ["true", "4.5", "{ a = 1 }", "2026-01-01", "[1, 2]"])
def test_a_value_of_the_wrong_kind_is_refused(read, value):
    assert "“threads”" in problems(read, f"threads = {value}")


@pytest.mark.parametrize("text", ["mode = ", "mode", "[", 'mode = "test"\nmode = "sandbox"'])
def test_a_file_that_is_no_toml_is_refused(read, text):
    assert "portolan.toml cannot be read" in problems(read, text)


def test_a_file_that_is_no_text_is_refused(read, tmp_path):
    read()
    (tmp_path / "data" / "portolan.toml").write_bytes(b"mode = \xff\xfe")
    with pytest.raises(BadSettings, match="cannot be read"):
        read_settings({"PORTOLAN_DATA": str(tmp_path / "data")})


def test_the_file_cannot_move_the_folder_it_lies_in(read):
    assert "“data”" in problems(read, 'data = "/elsewhere"')


TLS = {"TLS_CERT": "/etc/portolan/cert.pem", "TLS_KEY": "/etc/portolan/key.pem"}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TLS_CERT": "/c.pem"}, "tls_cert and tls_key belong together"),
        ({"TLS_KEY": "/k.pem"}, "tls_cert and tls_key belong together"),
        ({"BIND": "0.0.0.0:80"}, "needs TLS"),
        ({"BIND": "[::]:80"}, "needs TLS"),
        ({"BIND": "192.0.2.1:80"}, "needs TLS"),
        ({"AMAZON_URL": "http://127.0.0.1:1"}, "amazon_url is for mode sandbox or test"),
        ({"LWA_URL": "http://127.0.0.1:1"}, "lwa_url is for mode sandbox or test"),
        ({"SELLER_CENTRAL_URL": "http://127.0.0.1:1"}, "seller_central_url is for mode sandbox or test"),
        ({"URL": "http://portal.example"}, "url must begin with https://"),
        ({"MODE": "sandbox", "AMAZON_URL": "https://evil.example"}, "amazon_url must be on loopback"),
        ({"MODE": "test", "LWA_URL": "https://amazon.com.evil.example"}, "lwa_url must be on loopback"),
        ({"MODE": "test", "LWA_URL": "https://notamazon.com"}, "lwa_url must be on loopback"),
        ({"TRUSTED_PROXIES": "10.0.0.1/32", "BIND": "0.0.0.0:443", **TLS}, "trusted_proxies needs a loopback bind"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "trusted_proxies"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8, ::/0"}, "trusted_proxies"),
        ({"DATABASE": "mysql://127.0.0.1/x"}, "database must begin with postgresql://"),
        ({"KEYS_DATABASE": "keys.db"}, "keys_database must begin with postgresql://"),
        ({"DATABASE": "postgresql://db.example/x"}, "database goes over the network"),
        ({"DATABASE": "postgresql://db.example/x?sslmode=require"}, "database goes over the network"),
        ({"DATABASE": "postgresql://db.example/x?xsslmode=verify-full"}, "database goes over the network"),
        ({"DATABASE": "postgresql://db.example/x?sslmode=verify-full&sslmode=disable"}, "database goes over the net"),
        ({"DATABASE": "postgresql://127.0.0.1/x?host=db.example"}, "database goes over the network"),
        ({"DATABASE": "postgresql:///x?hostaddr=192.0.2.7"}, "database goes over the network"),
        ({"KEYS_DATABASE": "postgres://db.example/x"}, "keys_database goes over the network"),
        (
            {"DATABASE": "postgresql://127.0.0.1:5432/x", "KEYS_DATABASE": "postgresql://127.0.0.1/keys"},
            "keys_database must be in another cluster",
        ),
        ({"REDIS": "http://127.0.0.1"}, "redis must begin with"),
        ({"REDIS": "redis://cache.example:6379"}, "redis goes over the network"),
    ],
)  # fmt: skip
def test_settings_that_contradict_each_other_are_refused(read, variables, sentence):
    assert sentence in problems(read, **variables)


def test_a_key_inside_the_data_folder_is_refused(read, tmp_path):
    assert "lies inside the data folder" in problems(read, KEY_FILE=str(tmp_path / "data" / "the.key"))
    assert "lies inside the data folder" in problems(read, KEY_FILE=str(tmp_path / "x" / ".." / "data" / "the.key"))


@pytest.mark.parametrize(
    "variables",
    [
        {"BIND": "0.0.0.0:443", **TLS},
        {"MODE": "sandbox", "AMAZON_URL": "http://127.0.0.1:9000", "LWA_URL": "http://[::1]:9000"},
        {"MODE": "test", "AMAZON_URL": "https://sandbox.sellingpartnerapi-na.amazon.com"},
        {"URL": "https://portal.example", "TRUSTED_PROXIES": "127.0.0.1/32, ::1/128"},
        {"URL": "http://localhost:8765"},
        {"DATABASE": "postgresql://db.example/x?sslmode=verify-full"},
        {"DATABASE": "postgresql://u:p%40ss@127.0.0.1:5433/x"},
        {"DATABASE": "postgresql:///x?host=/run/postgresql"},
        {"DATABASE": "postgresql://127.0.0.1:5432/x", "KEYS_DATABASE": "postgresql://127.0.0.1:5433/keys"},
        {"REDIS": "rediss://cache.example:6379"},
        {"REDIS": "unix:///run/redis.sock"},
        {"REDIS": "redis://[::1]:6379/1"},
        {"BIND": "[::1]:8765"},
        {"BIND": "localhost:8765"},
    ],
    ids=lambda variables: " ".join(variables),
)  # fmt: skip
def test_settings_that_go_together_are_taken(read, variables):
    assert read(**variables)


CANARY = "canary-4711-secret"


@pytest.mark.parametrize(
    "variables",
    [
        {"LWA_CLIENT_SECRET": CANARY, "MODE": "wrong"},
        {"DATABASE": f"mysql://u:{CANARY}@127.0.0.1/x"},
        {"DATABASE": f"postgresql://u:{CANARY}@db.example/x"},
        {"KEYS_DATABASE": f"postgresql://u:{CANARY}@db.example/x"},
        {"REDIS": f"redis://u:{CANARY}@cache.example"},
        {"REDIS": f"http://u:{CANARY}@cache.example"},
        {"URL": f"https://u:{CANARY}@portal.example"},
        {"AMAZON_URL": f"http://u:{CANARY}@127.0.0.1"},
    ],
    ids=lambda variables: " ".join(variables),
)
def test_a_secret_is_never_printed_with_a_problem(read, variables):
    found = problems(read, **variables)
    assert CANARY not in found
    assert next(iter(variables)).lower() in found or "mode" in found


def test_a_secret_of_the_wrong_kind_in_the_file_is_not_printed(read):
    assert CANARY not in problems(read, f'lwa_client_secret = {{ a = "{CANARY}" }}')
    assert CANARY not in problems(read, f'lwa_client_secrets = "{CANARY}"')


def test_settings_do_not_show_their_secrets_when_they_are_printed():
    settings = Settings(
        lwa_client_secret=CANARY, database=f"postgresql://u:{CANARY}@127.0.0.1/x",
        keys_database=f"postgresql://u:{CANARY}@127.0.0.1:1/x", redis=f"rediss://:{CANARY}@cache.example",
    )  # fmt: skip
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)


def test_the_overrides_for_amazon_never_hold_in_production():
    settings = Settings(mode="test", amazon_url="http://127.0.0.1:9")
    assert settings.endpoint(settings.amazon_url, "https://official") == "http://127.0.0.1:9"
    assert dataclasses.replace(settings, mode="production").endpoint(settings.amazon_url, "https://official") == (
        "https://official"
    )


def test_cookies_are_secure_when_browsers_come_over_tls(tmp_path):
    assert not Settings().is_secure
    assert Settings(tls_cert=tmp_path, tls_key=tmp_path).is_secure
    assert Settings(url="https://portal.example").is_secure


def test_every_setting_says_what_it_expects_and_what_it_is_for():
    for field in dataclasses.fields(Settings):
        assert field.metadata["expects"] and field.metadata["help"].endswith("."), field.name


def test_hosts_are_told_apart():
    assert is_loopback("127.0.0.7") and is_loopback("::1") and is_loopback("[::1]") and is_loopback("localhost")
    assert not is_loopback("127.0.0.1.example") and not is_loopback("0.0.0.0") and not is_loopback("localhost.evil")
    assert is_amazon("sellingpartnerapi-eu.amazon.com") and is_amazon("Amazon.de.")
    assert not is_amazon("amazon.com.evil.example") and not is_amazon("xamazon.com") and not is_amazon("")
