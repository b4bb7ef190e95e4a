"""The demo as a person meets it: an address and sign-ins, pages that are full, a rival who sees nothing."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import time
from typing import Any
from urllib.parse import urljoin

import pytest

from app import create_app  # noqa: F401 (every room gives its words when it is loaded)
from models.audit.event import Event
from models.workload.log import OBJECTS
from tests.demo.conftest import Browser, Demo
from tests.free_details import FREE

pytestmark = pytest.mark.slow

PAGES = {
    "operator": ["/", "/people/", "/people/teams/", "/audit/", "/jobs/", "/jobs/orders.poll", "/stores/applications"],
    "clerk": ["/", "/people/", "/audit/", "/jobs/", "/shipping/warehouse/"],
    "cashier": ["/", "/people/"],
    "security": ["/", "/people/", "/audit/", "/jobs/"],
    "boss": ["/", "/catalog/products/", "/catalog/listings/", "/stores/", "/stores/calls/", "/people/", "/audit/", "/orders/"],
    "manager": ["/", "/catalog/products/new", "/imports/kinds/products", "/stores/", "/orders/", "/audit/"],
    "lister": ["/", "/catalog/products/", "/catalog/listings/?standing=refused", "/catalog/listings/?standing=suppressed"],
    "shipper": ["/", "/orders/", "/stores/", "/shipping/", "/shipping/rules/"],
    "support": ["/", "/orders/", "/catalog/products/"],
    "finance": ["/", "/orders/", "/audit/"],
    "advertiser": ["/", "/catalog/listings/"],
    "auditor": ["/", "/people/", "/orders/", "/audit/"],
}  # fmt: skip


def entered(told: dict[str, Any], login: str) -> Browser:
    browser = Browser(told["url"])
    person = next(one for one in told["people"] if one["login"] == login)
    status, page = browser.post("/sign-in", login=login, password=person["password"])
    assert status == 200 and "/sign-out" in page
    return browser


def links(browser: Browser, path: str, pattern: str) -> list[str]:
    return re.findall(rf'href="({pattern})"', browser.get(path)[1])


def test_it_tells_one_line_about_a_full_portal(served):
    _demo, told = served
    assert set(told) == {"url", "people", "counts"}
    assert {tuple(sorted(one)) for one in told["people"]} == {
        ("login", "name", "password", "role", "second_factor_secret", "team")
    }
    assert {one["team"] for one in told["people"]} == {"harbor", "lotus", "comet"}
    assert len({one["password"] for one in told["people"]}) == 14
    counts = told["counts"]
    assert (counts["people"], counts["products"]) == (16, 60)
    assert_all_orders(counts)
    assert counts["live_listings"] >= 130


def test_everyone_signs_in_and_finds_their_pages(served):
    _demo, told = served
    for person in told["people"]:
        browser = entered(told, person["login"])
        for page in PAGES[person["role"]]:
            status, text = browser.get(f"/t/{person['team']}{page}")
            assert status == 200, f"{person['login']} {page}: {status}"
            assert "<h1" in text


def test_a_rival_sees_nothing_of_the_others(served):
    _demo, told = served
    boss, rival = entered(told, "lin.jia"), entered(told, "priya.nair")
    own = [
        "/t/lotus/catalog/products/",
        "/t/lotus/orders/",
        *links(boss, "/t/lotus/catalog/products/", "/t/lotus/catalog/products/[0-9a-f-]{36}")[:2],
        *links(boss, "/t/lotus/orders/", "/t/lotus/orders/[0-9a-f-]{36}")[:2],
        *links(boss, "/t/lotus/stores/", "/t/lotus/stores/[0-9a-f-]{36}")[:2],
    ]
    assert len(own) == 8
    for path in own:
        assert boss.get(path)[0] == 200
        assert rival.get(path)[0] == 404
        assert rival.get(path.replace("/t/lotus/", "/t/comet/"))[0] == (200 if path.endswith("/") else 404)
    assert boss.get("/t/comet/catalog/products/")[0] == 404
    assert entered(told, "chen.yue").get("/t/lotus/orders/")[0] == 404


def test_the_lists_of_what_to_mend_are_not_empty(served):
    demo, _told = served
    with sqlite3.connect(f"file:{demo.folder / 'portolan.db'}?mode=ro", uri=True) as database:
        rows = dict(database.execute("select state || ' ' || publication_state, count(*) from listing group by 1"))
        codes = {code for (code,) in database.execute("select code from issue where severity = 'ERROR'")}
        skus = [sku for (sku,) in database.execute("select sku from variant")]
        said = dict(database.execute("select language, count(*) from product_text group by 1"))
    assert rows["draft refused"] == 9 and rows["suppressed live"] == 3
    assert codes == {"PORTOLAN", "90220", "90225", "90244", "8560", "5665", "18429"}
    assert any("/" in sku and " " in sku and not sku.isascii() for sku in skus)
    assert all(said[language] >= 10 for language in ("en", "zh", "de", "ja"))


def test_nothing_in_the_event_log_reads_as_a_code(served):
    """Sentences, details and kinds of objects; what Amazon calls the attributes of a product stays as Amazon has it."""
    demo, _told = served
    with sqlite3.connect(f"file:{demo.folder / 'portolan.db'}?mode=ro", uri=True) as database:
        rows = database.execute("select name, object_kind, object_label, details from event").fetchall()
    read: set[tuple[str, str]] = set()
    for name, kind, label, kept in rows:
        event = Event(name=name, object_kind=kind, object_label=label, details=json.loads(kept))
        assert not kind or kind in OBJECTS, kind
        read |= {(name, re.sub(r"Attributes: .*", "", str(event.words("Lin Jia"))))}
        for detail, value in event.told.items():
            lines = value if isinstance(value, list) else [value]
            read |= {(name, str(one)) for one in lines if not str(one).startswith("Attributes: ")}
            if not {detail, f"{name}.{detail}"} & FREE:
                kept_so = {str(one) for one in lines} & set(map(str, event.details.values()))
                assert not {one for one in kept_so if re.fullmatch("[a-z0-9]+", one)}, (name, detail)
    assert {name for name, _text in read} > {"parcel_weighed", "product_changed", "listing_overridden", "hold_released"}
    assert sorted(one for one in read if re.search(r"\b[a-z]+(_[a-z0-9]+)+\b|True|False|None|\[|\{", one[1])) == []


def test_parcels_of_both_sellers_are_as_far_as_parcels_come(served):
    demo, told = served
    with sqlite3.connect(f"file:{demo.folder / 'portolan.db'}?mode=ro", uri=True) as database:
        states = {state for (state,) in database.execute("select distinct state from parcel")}
        subs = {sub for (sub,) in database.execute("select distinct sub_status from parcel")}
        said = {state for (state,) in database.execute("select distinct state from confirmation")}
        scale = list(database.execute("select quote_id is null, count(*) from weighing group by 1 order by 1"))
        teams = dict(database.execute("select team_id, count(*) from parcel group by 1"))
        early = database.execute(
            "select count(*) from parcel where shipped_at < labelled_at or labelled_at < created_at"
        ).fetchone()
    assert states == {"draft", "labelled", "shipped", "delivered", "lost", "returned", "void"}
    assert {
        "InTransit_CustomsRequiringInformation",
        "DeliveryFailure_NoBody",
        "AvailableForPickup_Other",
        "Exception_Damage",
    } <= subs
    assert {"confirmed", "refused", "taken_back"} <= said and [is_bare for is_bare, _count in scale] == [0, 1]
    assert sorted(count >= 6 for count in teams.values()) == [True, True] and early == (0,)
    assert "RHEIN-DE" not in entered(told, "marta.lind").get("/t/harbor/shipping/warehouse/")[1]


def test_buyers_have_written_and_can_be_answered(served):
    demo, told = served
    with sqlite3.connect(f"file:{demo.folder / 'portolan.db'}?mode=ro", uri=True) as database:
        kinds = dict(database.execute("select kind, count(*) from mail_message where direction = 'in' group by 1"))
        [(state, findings)] = database.execute("select state, findings from mail_account").fetchall()
    assert kinds["buyer_message"] >= 10 and kinds["phishing_suspect"] == 1 and len(kinds) == 6
    assert state == "active" and "sender_accepted" in findings
    assert "support@lotus-home.example" in entered(told, "lin.jia").get("/t/lotus/mailbox/accounts/")[1]


def test_pictures_are_where_amazon_was_told(served):
    demo, told = served
    page = entered(told, "zhao.mei").get("/t/lotus/catalog/products/")[1]
    picture = re.search(r'src="(/images/[0-9a-f]{64}\.jpg)"', page)
    assert picture is not None
    with sqlite3.connect(f"file:{demo.folder / 'portolan.db'}?mode=ro", uri=True) as database:
        sent = database.execute("select attributes from publication where state = 'live'").fetchall()
    assert all(f"{told['url']}/images/" in attributes for (attributes,) in sent)
    assert Browser(told["url"]).get("/images/" + "0" * 64 + ".jpg")[0] == 404


def test_the_store_left_over_is_connected_on_amazons_own_page(served):
    _demo, told = served
    boss = entered(told, "lin.jia")
    store = next(
        path
        for path in links(boss, "/t/lotus/stores/", "/t/lotus/stores/[0-9a-f-]{36}")
        if "Lotus Home America</h1>" in boss.get(path)[1]
    )
    consent = links(boss, store, f"{store}/consent\\?application=[0-9a-f-]+")[0]
    status, page = boss.get(consent)
    assert status == 200 and "This is the <strong>sandbox</strong>, not Amazon" in page
    fields = dict(re.findall(r'name="(application_id|state|redirect_uri)" value="([^"]+)"', page))
    account = re.search(r'value="(A\w+)" required[^>]*> [^<]*\(NA:', page)
    assert account is not None
    amazon = urljoin(boss.at, "/apps/authorize/consent")
    assert boss.post(amazon, decision="confirm", seller_id=account[1], **fields)[0] == 200
    assert boss.at == told["url"] + store
    until = time.monotonic() + 60
    while "Connected" not in boss.get(store)[1] and time.monotonic() < until:
        time.sleep(0.5)
    assert "Connected" in boss.get(store)[1]


def test_a_second_demo_leaves_the_folder_of_the_first_alone(served):
    demo, told = served
    second = Demo(demo.folder, "--no-serve", "--json")
    code, printed = second.end()
    assert (code, printed) == (78, "")
    assert "Another portal uses" in second.errors
    assert Browser(told["url"]).get("/health")[0] == 200


def test_a_port_that_is_taken_is_refused_in_a_sentence(served, tmp_path):
    _demo, told = served
    port = told["url"].rpartition(":")[2]
    second = Demo(tmp_path / "other", "--port", port)
    code, printed = second.end()
    assert (code, printed) == (78, "")
    assert f"127.0.0.1:{port} cannot be used" in second.errors
    assert not (tmp_path / "other").exists()


def assert_all_orders(counts):
    """The few that changed in the last two minutes come with the next look: Amazon's search does not reach that far."""
    assert 390 <= counts["orders"] <= 400


def test_killed_it_leaves_no_process_and_started_again_it_is_fresh(served):
    demo, told = served
    demo.kill(signal.SIGKILL)
    assert demo.end() == (-signal.SIGKILL, "")  # It printed nothing but its line.
    demo.assert_gone()
    left = demo.folder / "left-over.txt"
    left.write_text("of the first demo")
    again = Demo(demo.folder, "--json", "--no-serve", "--seed", "2")
    fresh = again.told()
    assert again.end() == (0, "")
    again.assert_gone()
    assert not left.exists()
    assert_all_orders(fresh["counts"])
    assert {**fresh["counts"], "orders": 0} == {**told["counts"], "orders": 0}
    assert not {one["password"] for one in fresh["people"]} & {one["password"] for one in told["people"]}
