"""Typed settings, read once from `portolan.toml` in the data folder and `PORTOLAN_*` variables (these win).

Anything unknown or unreadable is refused by name: a typing mistake must never become a silent default.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "PORTOLAN_"
# Variables of the start script and the tests, which are not settings.
NOT_SETTINGS = {"PORTOLAN_LOCKED", "PORTOLAN_PYTHON", "PORTOLAN_AMAZON_MODELS"}
MODES = ("production", "sandbox", "test")
AMAZON_DOMAINS = (
    "amazon.com", "amazon.ca", "amazon.com.mx", "amazon.com.br", "amazon.co.uk", "amazon.de", "amazon.fr",
    "amazon.it", "amazon.es", "amazon.ie", "amazon.nl", "amazon.com.be", "amazon.se", "amazon.pl", "amazon.com.tr",
    "amazon.eg", "amazon.sa", "amazon.ae", "amazon.co.za", "amazon.in", "amazon.co.jp", "amazon.com.au", "amazon.sg",
)  # fmt: skip


# How mails are handed over, and the port where none is named. Without TLS only on loopback, in sandbox and test mode.
SUBMISSIONS = {"smtps": ("tls", 465), "smtp": ("starttls", 587), "smtp+plain": ("none", 25)}
ECB = "https://www.ecb.europa.eu/stats/eurofxref"


class BadSettings(Exception):
    """The settings cannot be used; `problems` holds one sentence each."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Bind:
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _text(value: str) -> str:
    return value.strip()


def _path(value: str) -> Path:
    if not value.strip():
        raise ValueError
    return Path(value).expanduser().absolute()


def _bind(value: str) -> Bind:
    host, _, port = value.rpartition(":")
    host = host.strip("[]")
    if host != "localhost":
        ipaddress.ip_address(host)
    if not 1 <= int(port) <= 65535:
        raise ValueError
    return Bind(host, int(port))


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError
    if parts.port == 0:  # Asking for the port refuses one that is no number.
        raise ValueError
    return value.rstrip("/")


def _server(value: str) -> str:
    if urlsplit(value).port == 0:
        raise ValueError
    return value.strip()


def _submission(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in SUBMISSIONS or not parts.hostname or parts.path.strip("/") or parts.query or parts.port == 0:
        raise ValueError
    return value.strip().rstrip("/")


def _mailbox(value: str) -> str:
    name, _, host = value.strip().rpartition("@")
    if value and (not name or "." not in host or any(sign.isspace() or sign in '<>,;"' for sign in value.strip())):
        raise ValueError
    return value.strip()


def _mode(value: str) -> str:
    if value not in MODES:
        raise ValueError
    return value


def _networks(value: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in value.replace(";", ",").split(",") if part.strip())


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError
        return value

    return parse


def _level(value: str) -> str:
    if value.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError
    return value.lower()


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return parse


def setting(default: Any, parse: Callable[[str], Any], expects: str, help: str, *, secret: bool = False) -> Any:
    """A setting; `secret` keeps it out of everything that is printed."""
    metadata = {"parse": parse, "expects": expects, "help": help, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    data: Path = setting(PROJECT / "data", _path, "a folder", "Where the database, images and logs live.")
    mode: str = setting("production", _mode, "production, sandbox or test",
                        "`sandbox` and `test` allow loopback endpoints over plain HTTP.")  # fmt: skip
    bind: Bind = setting(Bind("127.0.0.1", 8765), _bind, "an address like 127.0.0.1:8765", "Where the portal listens.")
    url: str = setting("", _url, "a web address", "The portal's own address as browsers see it; used in links.")
    key_file: Path | None = setting(
        None, _path, "a file", "The key file; default: `<data>.key` beside the data folder."
    )
    database: str = setting("", _server, "postgresql://…", "PostgreSQL instead of the embedded database.", secret=True)
    keys_database: str = setting("", _server, "postgresql://…", "Data keys in another PostgreSQL cluster than the data.",
                                 secret=True)  # fmt: skip
    redis: str = setting("", _server, "redis://… or rediss://…", "Shared rate limits for several web processes.",
                         secret=True)  # fmt: skip
    tls_cert: Path | None = setting(None, _path, "a file", "Certificate chain (PEM); switches TLS and HTTP/2 on.")
    tls_key: Path | None = setting(None, _path, "a file", "Private key (PEM) of the certificate.")
    trusted_proxies: tuple = setting((), _networks, "networks like 10.0.0.2/32, 10.0.0.3/32",
                                     "Proxies whose X-Forwarded-For is believed.")  # fmt: skip
    amazon_url: str = setting("", _url, "a web address", "One SP-API address for all regions (sandbox and test only).")
    lwa_url: str = setting("", _url, "a web address", "Address of Login with Amazon (sandbox and test only).")
    seller_central_url: str = setting("", _url, "a web address", "Address of Seller Central (sandbox and test only).")
    lwa_client_id: str = setting("", _text, "text", "Seeds the operator's Amazon application, once.")
    lwa_client_secret: str = setting("", _text, "text", "Seeds the operator's Amazon application, once.", secret=True)
    carriers_url: str = setting("", _url, "a web address", "Address of stand-in carriers (sandbox and test only).")
    translators_url: str = setting(
        "", _url, "a web address", "Address of stand-in translators (sandbox and test only)."
    )
    images_url: str = setting("", _url, "a web address",
                              "Public address under which Amazon can fetch uploaded images.")  # fmt: skip
    ecb_url: str = setting("", _url, "a web address",
                           "Folder of the European Central Bank's rates or a copy of it; only loopback may be plain HTTP.")  # fmt: skip
    mail_folders: Path | None = setting(None, _path, "a folder",
                                        "Teams read mails in folders below it, each below the team's short name.")  # fmt: skip
    mail_ca: Path | None = setting(None, _path, "a file",
                                   "Certificates (PEM) of authorities that mail servers are trusted by besides the usual ones.")  # fmt: skip
    smtp: str = setting("", _submission, "smtps://login:password@mail.example.com, or smtp:// for STARTTLS",
                        "The server that takes mails to the people who work here.", secret=True)  # fmt: skip
    mail_from: str = setting("", _mailbox, "an address", "The sender of these mails.")
    logo: Path | None = setting(
        None, _path, "a file", "The operator's logo (PNG, JPEG or WebP), printed on statements."
    )
    log_level: str = setting("info", _level, "debug, info, warning or error", "How much is logged.")
    log_days: int = setting(400, _between(365, 3650), "a number from 365 to 3650",
                            "Days after which events leave the log for a signed file.")  # fmt: skip
    two_person: str = setting("strict", _one_of("strict", "solo"), "strict or solo",
                              "`solo` lets the only person of a team decide alone what takes two people.")  # fmt: skip
    second_factor: str = setting("required", _one_of("required", "strict", "offered"), "required, strict or offered",
                                 "`strict` wants a passkey of those who manage; `offered` (sandbox and test) asks only who has one.")  # fmt: skip
    threads: int = setting(4, _between(1, 16), "a number from 1 to 16", "Threads that answer requests.")
    body_limit_mb: int = setting(32, _between(1, 1024), "a number from 1 to 1024", "Largest upload in megabytes.")
    lockout: str = setting("people", _one_of("people", "strict"), "people or strict",
                           "`strict` closes a whole account at the tenth failure until an administrator opens it.")  # fmt: skip
    password_days: int = setting(
        365, _between(1, 365), "a number from 1 to 365", "After so many days a password must change."
    )
    password_memory_mb: int = setting(46, _between(8, 1024), "a number from 8 to 1024", "Memory of one argon2id check.")

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def key_path(self) -> Path:
        return self.key_file or self.data.with_name(self.data.name + ".key")

    @property
    def has_tls(self) -> bool:
        return self.tls_cert is not None

    @property
    def base_url(self) -> str:
        return self.url or f"{'https' if self.has_tls else 'http'}://{self.bind}"

    @property
    def is_secure(self) -> bool:
        """True when browsers reach the portal over TLS, here or at a proxy: then cookies are Secure."""
        return self.has_tls or self.url.startswith("https://")

    @property
    def images_base(self) -> str:
        return self.images_url or ("" if self.is_production else f"{self.base_url}/images")

    @property
    def ecb_base(self) -> str:
        """Where exchange rates are fetched; nowhere in sandbox and test mode unless it is said."""
        return self.ecb_url or (ECB if self.is_production else "")

    def endpoint(self, override: str, official: str) -> str:
        """The address to call: the override in sandbox and test mode, else Amazon's own."""
        return override if override and not self.is_production else official


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of this start. Overrides are already typed (command-line options). Raises BadSettings."""
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, Any] = {}

    def take(name: str, raw: Any, where: str) -> None:
        if name not in known:
            problems.append(f"{where}: there is no setting “{name}”.")
            return
        if isinstance(raw, (bool, dict)):
            problems.append(f"{where}: “{name}” must be {known[name].metadata['expects']}.")
            return
        if name == "data" and where == file.name:
            problems.append(f"{where}: “data” cannot be moved by a file inside it; set PORTOLAN_DATA.")
            return
        text = ",".join(map(str, raw)) if isinstance(raw, list) else str(raw)
        try:
            values[name] = known[name].metadata["parse"](text)
        except (ValueError, TypeError):
            shown = "a secret" if known[name].metadata["secret"] or "@" in text else f"“{text}”"
            problems.append(f"{where}: “{name}” is {shown} but must be {known[name].metadata['expects']}.")

    data = overrides.get("data") or _path(environ.get("PORTOLAN_DATA") or str(PROJECT / "data"))
    file = data / "portolan.toml"
    if file.exists():
        try:
            for name, raw in tomllib.loads(file.read_text("utf-8")).items():
                take(name, raw, file.name)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            problems.append(f"{file} cannot be read: {error}.")
    for variable, raw in environ.items():
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS and raw != "":
            take(variable.removeprefix(PREFIX).lower(), raw, variable)
    values.update(overrides)
    values["data"] = data
    if problems:
        raise BadSettings(problems)
    settings = Settings(**values)
    if found := list(contradictions(settings)):
        raise BadSettings(found)
    return settings


def contradictions(settings: Settings):
    """Sentences about settings that are fine one by one and wrong together."""
    if (settings.tls_cert is None) != (settings.tls_key is None):
        yield "tls_cert and tls_key belong together: set both or none."
    if settings.is_production:
        if not settings.bind.is_loopback and not settings.has_tls:
            yield f"bind {settings.bind} is reachable from outside, so it needs TLS: set tls_cert and tls_key."
        if settings.second_factor == "offered":
            yield "second_factor = offered is for mode sandbox or test; in production everybody has one: set required or strict."
        for name in ("amazon_url", "lwa_url", "seller_central_url"):
            if getattr(settings, name):
                yield f"{name} is for mode sandbox or test; production always speaks to Amazon itself."
        if settings.carriers_url:
            yield "carriers_url is for mode sandbox or test; production always speaks to the carriers."
        if settings.translators_url:
            yield "translators_url is for mode sandbox or test; production always speaks to the translators."
        if (
            settings.url
            and not settings.url.startswith("https://")
            and not is_loopback(urlsplit(settings.url).hostname or "")
        ):
            yield "url must begin with https:// in production."
    for name in ("amazon_url", "lwa_url", "seller_central_url"):
        host = urlsplit(getattr(settings, name)).hostname
        if host and not is_loopback(host) and not is_amazon(host):
            yield f"{name} must be on loopback or one of Amazon's own domains, not {host}."
    if bool(settings.smtp) != bool(settings.mail_from):
        yield "smtp and mail_from belong together: set both or none."
    if settings.smtp.startswith("smtp+plain:") and (
        settings.is_production or not is_loopback(urlsplit(settings.smtp).hostname or "")
    ):
        yield "smtp+plain:// is for loopback in mode sandbox or test; a mail server is spoken to with TLS: smtps:// or smtp://."
    if settings.carriers_url and not is_loopback(urlsplit(settings.carriers_url).hostname or ""):
        yield "carriers_url must be on loopback."
    if settings.translators_url and not is_loopback(urlsplit(settings.translators_url).hostname or ""):
        yield "translators_url must be on loopback."
    ecb = urlsplit(settings.ecb_url)
    if ecb.scheme == "http" and not is_loopback(ecb.hostname or ""):
        yield "ecb_url must begin with https:// unless it is on loopback."
    if settings.trusted_proxies and not settings.bind.is_loopback:
        yield "trusted_proxies needs a loopback bind: else anyone who reaches the port directly could forge addresses."
    if any(network.prefixlen == 0 for network in settings.trusted_proxies):
        yield "trusted_proxies names the whole internet: then anyone could forge addresses. Name your proxies alone."
    if settings.key_path.resolve().is_relative_to(settings.data.resolve()):
        yield f"key_file {settings.key_path} lies inside the data folder; a copy of the data would carry its key."
    for name in ("database", "keys_database"):
        if getattr(settings, name) and not getattr(settings, name).startswith(("postgresql://", "postgres://")):
            yield f"{name} must begin with postgresql://."
    yield from remote_channels(settings)


def remote_channels(settings: Settings):
    for name in ("database", "keys_database"):
        hosts, options = hosts_of(getattr(settings, name))
        if not all(map(is_here, hosts)) and options.get("sslmode") != "verify-full":
            yield f"{name} goes over the network, so it needs ?sslmode=verify-full."
    data, keys = (_cluster(getattr(settings, name)) for name in ("database", "keys_database"))
    if settings.is_production and settings.database and settings.keys_database and data == keys:
        yield "keys_database must be in another cluster than database: one backup would hold the data and its keys."
    redis = urlsplit(settings.redis)
    if settings.redis and redis.scheme not in ("redis", "rediss", "unix"):
        yield "redis must begin with redis://, rediss:// or unix://."
    if redis.scheme == "redis" and redis.hostname and not is_loopback(redis.hostname):
        yield "redis goes over the network, so it needs rediss://."


def hosts_of(url: str) -> tuple[list[str], dict[str, str]]:
    """The hosts a PostgreSQL address leads to, also those hidden in its options; and the options."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    hosts = [parts.hostname or "", *(options.get(name, "") for name in ("host", "hostaddr"))]
    return [host for host in hosts if host], options


def is_here(host: str) -> bool:
    """Loopback, or the folder of a socket."""
    return host.startswith("/") or is_loopback(host)


def _cluster(url: str) -> tuple[str, int]:
    hosts, _options = hosts_of(url)
    return (hosts[-1] if hosts else "localhost"), urlsplit(url).port or 5432


def is_amazon(host: str) -> bool:
    host = host.lower().rstrip(".")
    return any(host == domain or host.endswith("." + domain) for domain in AMAZON_DOMAINS)
