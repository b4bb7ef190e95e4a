"""`./portolan store`, `product` and `listing`: the same verbs as the screens, for scripts."""

from __future__ import annotations

import io
import json
import os

import pytest

from commands.__main__ import main
from models.catalog.product import Product
from models.catalog.publication import Publication
from models.stores.store import Store
from tests.stores.selling import CLIENT_ID, CLIENT_SECRET


@pytest.fixture
def command(portal, monkeypatch, capsys):
    """`command("store", "list")`: exit code, what it printed, what it complained."""

    def run(*arguments: str, stdin: str = ""):
        for name, value in {
            "DATA": portal.data, "MODE": "test", "KEY_FILE": portal.key_path, "AMAZON_URL": portal.amazon_url,
            "LWA_URL": portal.lwa_url, "LWA_CLIENT_ID": CLIENT_ID, "LWA_CLIENT_SECRET": CLIENT_SECRET,
        }.items():  # fmt: skip
            monkeypatch.setenv(f"PORTOLAN_{name}", str(value))
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main(list(arguments))
        out = capsys.readouterr()
        from models.database import open_databases

        open_databases(portal)
        return code, out.out, out.err

    return run


def test_a_store_is_connected_with_a_token_from_the_standard_input(command, amazon, cast):
    account = amazon.account("eu")
    arguments = ["store", "connect", "--team", "lotus", "--region", "eu", "--seller-id", account["seller_id"], "--json"]
    code, out, err = command(*arguments, "--refresh-token", "-", stdin=account["refresh_token"] + "\n")
    made = json.loads(out.splitlines()[-1])
    assert code == 0 and made["state"] == "active" and made["marketplaces"] == ["DE", "ES", "FR", "IT", "UK"]
    assert account["refresh_token"] not in out + err and CLIENT_SECRET not in out + err
    code, out, _err = command("store", "list", "--json")
    assert [row["uid"] for row in json.loads(out)] == [made["uid"]]
    assert "refresh" not in out and account["refresh_token"][5:20] not in out


def test_a_token_among_the_arguments_is_refused(command, amazon, cast):
    token = amazon.account("eu")["refresh_token"]
    code, out, err = command("store", "connect", "--team", "lotus", "--region", "eu", "--refresh-token", token)
    assert code == 1 and "standard input" in err and token not in out + err and not Store.select().exists()


def test_a_wrong_token_says_so_with_an_exit_code(command, amazon, cast):
    arguments = ["store", "connect", "--team", "lotus", "--region", "eu", "--refresh-token", "-"]
    code, out, _err = command(*arguments, stdin="Atzr|wrong")
    assert code == 1 and "refused" in out
    code, _out, err = command(*arguments, stdin="not a token")
    assert code == 1 and "begins with Atzr|" in err
    code, out, _err = command(*arguments, stdin=amazon.account("eu")["refresh_token"])
    assert code == 0 and "active" in out and Store.select().count() == 1, "The refused store is authorized anew."
    code, _out, err = command(
        "store", "connect", "--team", "nobody", "--region", "eu", "--refresh-token", "-", stdin="Atzr|x"
    )
    assert code == 1 and "no team" in err


def test_products_are_looked_at_imported_and_published(command, amazon, cast, tmp_path):
    account = amazon.account("eu")
    arguments = ["store", "connect", "--team", "lotus", "--region", "eu", "--seller-id", account["seller_id"], "--json"]
    _code, out, _err = command(*arguments, "--refresh-token", "-", stdin=account["refresh_token"])
    store = json.loads(out.splitlines()[-1])["uid"]
    file = tmp_path / "toys.csv"
    file.write_text(
        "code,title,brand,product_type,sku,gtin,quantity,price:EUR,price:GBP,bullet1,bullet2,bullet3,description,image1,"
        "package_length_mm,package_width_mm,package_height_mm,package_weight_grams,attr:pet_type,attr:pet_toy_type,"
        "attr:supplier_declared_dg_hz_regulation\n"
        "P-1,Ball,Harbor,PET_TOY,TOY 1/ü,4006381333931,5,19.99,17.99,a,b,c,A ball,https://images.example.com/1.jpg,"
        "200,100,90,300,dog,ball,not_applicable\n"
        "P-2,,Harbor,PET_TOY,BAD,,x,,,,,,,,,,,,,,\n"
    )
    code, out, err = command("product", "import", str(file), "--team", "lotus")
    assert code == 1 and "1 new" in out and "✗ row 3, quantity" in err and not Product.select().exists()
    code, out, _err = command("product", "import", str(file), "--team", "lotus", "--apply", "--json")
    told = json.loads(out)
    assert (told["applied"], told["new"], told["refused"]) == (True, 1, 1) and Product.get().code == "P-1"
    assert told["errors"][0] == {
        "sheet": "",
        "row": 3,
        "column": "quantity",
        "value": "x",
        "problem": "Write a number like 12.5.",
    }
    amazon.tell("/clock", speed=200)
    code, out, _err = command(
        "listing", "publish", "--store", store, "--marketplace", "DE", "uk", "--wait", "60", "--json"
    )
    told = json.loads(out.splitlines()[-1])
    assert code == 0 and told["ended"] and {row["marketplace"] for row in told["publications"]} == {"DE", "UK"}
    assert {row["state"] for row in told["publications"]} == {"live"}
    code, out, _err = command("job", "list", "--json")
    assert {row["name"] for row in json.loads(out)} >= {"catalog.publish", "catalog.images", "stores.check"}


def test_publishing_asks_for_what_is_there(command, amazon, cast, connect, enter):
    store = connect("eu")
    enter(1)
    for arguments, words in (
        (["--store", "nonsense"], "no connected store"),
        (["--store", str(store.uid), "--marketplace", "JP"], "does not sell on JP"),
        (["--store", str(store.uid), "--sku", "NOPE"], "has no SKU NOPE"),
    ):
        code, _out, err = command("listing", "publish", *arguments)
        assert code == 1 and words in err
    assert not Publication.select().exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"title\nx", b"PK\x03\x04"])
def test_a_bad_file_is_a_sentence_and_an_exit_code(command, cast, tmp_path, content):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    code, _out, err = command("product", "import", str(file), "--team", "lotus", "--apply")
    assert code == 1 and err.startswith("portolan: ") and "Traceback" not in err
    code, _out, err = command("product", "import", str(tmp_path / "none.csv"), "--team", "lotus")
    assert code == 1 and "cannot be read" in err


def test_the_template_can_be_filled_in(command, cast):
    code, out, _err = command("product", "template")
    assert code == 0 and out.startswith("code,title,") and os.linesep
