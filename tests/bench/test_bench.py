"""The bench runs and says what it says. How fast anything is does not belong into a test."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from random import Random

import pytest

from bench import (
    data,
    exports,
    freight,
    ground,
    ingest,
    lists,
    mailbox,
    mailbox_threads,
    people,
    serving,
    tracking,
    wallets,
)
from bench.data import CANARY
from bench.measure import Measurement, at_least, at_most, heading, machine, quantiles, table
from bench.works import WORKS, Sizes
from commands import bench as command
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.session import Session

TINY = Sizes(
    lists.Size(products=600, orders=600, samples=2),
    ingest.Size(orders=150, by_pages=100, there=200),
    exports.Size(orders=150),
    people.Size(events=300, samples=2),
    freight.Size(single=5, batch=40, sheet_rows=80, channels=3, zones=2, bands=4),
    tracking.Size(parcels=50, messages=4),
    wallets.Size(postings=64, pages=(1,)),
    mailbox.Size(mails=30, checks=12),
    mailbox_threads.Size(mails=20, threads=120, held=60, samples=1),
)
TODAY = datetime(2026, 11, 21)
FIELDS = {"work", "name", "database", "rows", "ours", "limit", "value", "goal", "is_met", "machine"}


@pytest.fixture(scope="module")
def measured() -> dict[str, list[Measurement]]:
    """Each work on tiny sizes, once; nobody waits until a server rests, since nothing measured here counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "REST_SECONDS", 0)
        return {name: list(work(TINY, lambda _text: None)) for name, work in WORKS.items()}


@pytest.mark.slow
def test_every_page_is_measured_against_the_limit(measured):
    names = [one.name for one in measured["lists"]]
    for room in ("products", "orders"):
        assert f"{room}: first" in names and f"{room}: deep" in names and f"{room}: 100 to 600 rows" in names
    for one in measured["lists"]:
        assert one.ours["p50_ms"] <= one.ours["p95_ms"] and one.limit["p50_ms"] > 0
    pages = [one for one in measured["lists"] if "queries" in one.more]
    beside = [one for one in measured["lists"] if one.name.endswith(", while orders come in")]
    assert beside and all(one.more["came"] >= 100 for one in beside)
    databases = {one.database for one in measured["lists"]}
    assert len(pages) == 10 * len(databases) and all(
        one.more["queries"] > 0 and 0 < one.more["sql_share"] < 1 for one in pages
    )


@pytest.mark.slow
def test_mails_are_read_to_the_same_text_as_the_limits_and_answers_are_clean(measured):
    names = [one.name for one in measured["mailbox"]]
    assert names[:2] == ["mails read", "memory of reading"]
    assert [name for name in names if name.startswith("answer of 2,000 checked")] and len(names) == 6
    for raw in mailbox.mails(30):
        found = mailbox.read(raw)
        subject, _, text = mailbox.limit(raw)
        assert found.subject == subject.strip() and found.buyer_text in text.replace("\r\n", "\n")
        assert found.type == "buyer_message" and found.order_ids and found.asins and not found.warnings


@pytest.mark.slow
def test_every_mail_is_taken_in_and_every_view_of_threads_is_asked_for(measured):
    for database in {one.database for one in measured["threads"]}:
        mine = [one for one in measured["threads"] if one.database == database]
        assert mine[0].name == "mails taken" and mine[0].rows == 20
        assert len([one for one in mine if one.name.startswith("list: ")]) == 8


@pytest.mark.slow
def test_parcels_are_polled_within_the_services_limits_and_messages_are_taken(measured):
    day = next(one for one in measured["tracking"] if one.name == "a day of looks")
    assert day.is_met and day.ours["calls"] * 40 >= day.ours["looks_a_day"] - 40
    polled = [one for one in measured["tracking"] if one.name.startswith("polled")]
    assert {one.ours["calls"] for one in polled} == {2} and [one.more["events_kept"] > 0 for one in polled[:2]] == [
        True,
        False,
    ]
    assert any(one.name == "message over HTTP" and one.ours["p95_ms"] > 0 for one in measured["tracking"])


@pytest.mark.slow
def test_orders_are_brought_in_on_both_databases_as_both_sides_do_it(measured):
    databases = {one.database for one in measured["ingest"]}
    assert databases == {"sqlite", "postgres"} or databases == {"sqlite"}
    for one in measured["ingest"]:
        assert one.ours["per_second"] > 0 and one.limit["per_second"] > 0
        assert one.rows == (100 if one.name.endswith("by pages") else 150)


@pytest.mark.slow
def test_exports_are_written_in_both_formats_by_both_sides(measured):
    assert [one.name for one in measured["exports"]] == ["csv: rows", "csv: MiB more", "xlsx: rows", "xlsx: MiB more"]
    for one in measured["exports"]:
        assert one.ours["per_second"] > 0 and one.limit["per_second"] > 0 and one.rows == 150


@pytest.mark.slow
def test_prices_of_parcels_are_the_limits_own_and_grow_with_nothing_but_channels(measured):
    names = [
        "one parcel",
        "one parcel, every line read",
        "40 parcels",
        "one parcel, 10 × zones",
        "one parcel, 10 × bands",
    ]
    found = measured["freight"]
    assert [one.name for one in found] == [*names, "price sheet: seconds", "price sheet: MiB"]
    assert all(one.ours["per_second"] > 0 for one in found) and all(one.limit["per_second"] > 0 for one in found[:5])


@pytest.mark.slow
def test_a_line_of_json_has_the_fields_and_the_table_a_row_for_each(measured):
    everything = [one for found in measured.values() for one in found]
    for one in everything:
        assert set(json.loads(one.line({"cores": 2}))) >= FIELDS
    printed = table(everything).splitlines()
    assert len(printed) == len(everything) + 1 and printed[0].startswith("work")


def test_the_machine_is_described():
    found = machine()
    assert found["cores"] >= 1 and found["syncs_per_second"] > 0 and len(found["load"]) == 3
    assert found["sqlite"] in heading(found)


def test_a_goal_is_met_or_not():
    assert at_most(2.0, 2.0)["is_met"] and not at_most(2.01, 2.0)["is_met"]
    assert at_least(0.5, 0.5)["is_met"] and not at_least(0.49, 0.5)["is_met"]
    assert at_least(1.0, 1 / 3)["goal"] == "≥ 0.33"
    assert quantiles([0.001, 0.002, 0.1]) == {"p50_ms": 2.0, "p95_ms": 100.0}


def test_the_same_day_makes_the_same_data():
    first, second = (list(data.products(30, 1, 1, TODAY)) for _ in range(2))
    assert first == second
    assert list(data.orders(30, 1, 1, TODAY)) == list(data.orders(30, 1, 1, TODAY))
    assert data.payload(7, TODAY) == data.payload(7, TODAY) != data.payload(8, TODAY)
    assert len({data.order_id_of(number) for number in range(20_000)}) == 20_000
    assert any("一" <= sign <= "鿿" for sign in data.title_of(Random(1), 1, chinese=True))


def test_orders_lie_in_the_last_18_months_in_every_state_and_place():
    orders = [order for order, _lines in data.orders(3000, 1, 1, TODAY)]
    of = {name: [order[place] for order in orders] for place, name in enumerate(data.ORDER)}
    assert max(of["ordered_at"]) <= TODAY and (TODAY - min(of["ordered_at"])).days <= 548
    assert of["ordered_at"] == sorted(of["ordered_at"])
    assert set(of["marketplace_id"]) == {place[0] for place in data.MARKETPLACES}
    assert {"SHIPPED", "UNSHIPPED", "CANCELLED", "PENDING"} <= set(of["status"])
    assert all(purge > TODAY for purge in of["purge_at"] if purge), "nothing is due, so the purge has nothing to do"


def test_the_ground_is_filled_with_its_indexes_and_removed_afterwards():
    with ground.fresh(products=60, orders=80) as place:
        with place.stood_on():
            assert (Product.select().count(), Order.select().count()) == (60, 80)
            assert Listing.select().count() > 0 and OrderLine.select().count() >= 80
            assert Session.of_token(place.token) is not None
            assert "order_team_id_ordered_at_id" in {index.name for index in Order._meta.database.get_indexes("order")}
        folder = place.settings.data
        assert folder.exists()
    assert not folder.parent.exists()


def test_pages_that_differ_are_not_compared():
    page = lists.Page("orders: first", "orders", {})
    link = '<a href="/t/lotus/orders/{}">'
    one, two = (link.format(letter * 32) for letter in "ab")
    lists.require_equal(page, one + two, one + two)
    for other in (two + one, one, ""):
        with pytest.raises(AssertionError, match="differ"):
            lists.require_equal(page, one + two, other)


def test_personal_data_in_clear_is_found():
    with ground.fresh() as place, place.stood_on():
        ingest.require_sealed(place)
        place.settings.data.joinpath("left-behind").write_bytes(f"Jo {CANARY}-7".encode())
        with pytest.raises(AssertionError, match="left-behind"):
            ingest.require_sealed(place)


def test_the_command_prints_a_table_and_keeps_the_lines(tmp_path, capsys, monkeypatch):
    page = {"p50_ms": 4.0, "p95_ms": 5.0}
    one = Measurement("lists", "orders: first", "sqlite", 50, page, page, **at_most(1.0, 2.0), more={"queries": 9})
    monkeypatch.setattr(command, "WORKS", {"lists": lambda sizes, tell: [one, one]})
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    file = tmp_path / "bench.json"
    assert command.run(parser.parse_args(["--quick", "--json", str(file)])) == 0
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len(lines) == 2 and lines[0]["queries"] == 9 and lines[0]["machine"]["cores"] >= 1
    said = capsys.readouterr().out
    assert "cores, load" in said and "2 of 2 goals met" in said and "{" not in said
    assert command.run(parser.parse_args([])) == 0 and '"work": "lists"' in capsys.readouterr().out
    assert command.run(parser.parse_args(["nothing"])) == 64
