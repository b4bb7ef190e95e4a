"""Asking for a list as a file: few rows are the answer, many become work, and every export leaves an event."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.exports.export import AT_ONCE, MOST_OPEN, Export
from models.orders.line import OrderLine
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.support.errors import FieldRefused, Refused
from tests.exports.conftest import COLUMNS, book_of, rows_of, viewer_of

URL = "/t/lotus/exports/"


def asked(**changes):
    return {"list": "orders", "query": "", "columns": list(COLUMNS), "format": "csv"} | changes


def test_a_csv_holds_what_is_shown_in_the_columns_chosen(as_, alice, order_of):
    order_of(1)
    order_of(2, status="SHIPPED")
    answer = as_(alice).post(URL, data=asked(query="status=SHIPPED", columns=["total", "order"]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv") and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="orders-')
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert rows_of(answer.data) == [["Total", "Total (currency)", "Order"], ["24.90", "EUR", "302-0000002-7654321"]]


def test_a_workbook_holds_numbers_as_numbers_and_leaves_no_file_behind(as_, alice, order_of, folder):
    order_of(1)
    alice.change(timezone="Europe/Berlin")
    head, row = book_of(as_(alice).post(URL, data=asked(format="xlsx")).data)
    assert head[:2] == ["Order", "Ordered (Europe/Berlin)"] and row[0] == "302-0000001-7654321"
    assert 24.9 in row and "EUR" in row
    assert list(folder.path.iterdir()) == []


def test_an_export_is_in_the_language_of_the_person(as_, alice, order_of):
    order_of(1)
    alice.change(language="zh_Hans")
    head, _row = rows_of(as_(alice).post(URL, data=asked(columns=["order"])).data)
    assert head == ["订单"]


def test_every_export_leaves_an_event_without_contents(as_, alice, order_of, last_event):
    order_of(1)
    as_(alice).post(URL, data=asked())
    event = last_event()
    assert (event.name, event.actor_id, event.object_label) == ("list_exported", alice.id, "orders")
    assert event.details["rows"] == 1 and event.details["columns"] == list(COLUMNS) and event.details["format"] == "csv"
    assert "302-" not in str(event.details)


def test_more_than_a_few_rows_become_work(as_, alice, many_orders):
    many_orders(AT_ONCE + 1)
    answer = as_(alice).post(URL, data=asked())
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    assert Export.get().state == "waiting"
    assert "made in the background" not in as_(alice).get(URL).text
    assert "Waiting its turn" in as_(alice).get(URL).text
    assert not Event.select().where(Event.name == "list_exported").exists()


def test_exactly_the_limit_is_sent_at_once(ask, many_orders):
    many_orders(AT_ONCE)
    assert ask().state == "sent"


def test_the_centre_asks_again_only_while_something_is_made(as_, alice, ask, many_orders, make):
    many_orders(AT_ONCE + 1)
    export = ask()
    assert 'hx-trigger="every 2s"' in as_(alice).get(URL, fragment=True).text
    make(export)
    text = as_(alice).get(URL, fragment=True).text
    assert "every 2s" not in text and "Download" in text


def test_what_may_not_be_seen_may_not_be_exported(as_, bob, alice, order_of, rival_store):
    order_of(1)
    order_of(2, at=rival_store)
    assert as_(bob).post(URL, data=asked()).status_code == 403
    assert len(rows_of(as_(alice).post(URL, data=asked()).data)) == 2


@pytest.mark.parametrize("changes, code", [
    ({"list": "nothing"}, 404), ({"query": "q=%00"}, 404), ({"query": "q=" + "x" * 3000}, 404), ({"format": "exe"}, 422),
    ({"columns": []}, 422), ({"columns": ["password_hash", "uid"]}, 422), ({"query": "q=302-9999999"}, 409),
])  # fmt: skip
def test_a_wish_that_makes_no_sense_changes_nothing(as_, alice, order_of, changes, code):
    order_of(1)
    assert as_(alice).post(URL, data=asked(**changes)).status_code == code
    assert not Export.select().exists()


def test_nobody_piles_up_files(ask, many_orders):
    many_orders(AT_ONCE + 1)
    for _ in range(MOST_OPEN):
        ask()
    with pytest.raises(Refused, match="Delete some"):
        ask()


def test_columns_are_those_of_the_list(ask, order_of):
    order_of(1)
    with pytest.raises(FieldRefused):
        ask(columns=["buyer_name"])


def test_two_wishes_at_once_are_both_kept(ask, order_of, in_parallel):
    order_of(1)
    outcomes = in_parallel(6, lambda: ask().number)
    assert not outcomes.errors and len(set(outcomes.results)) == 6


def test_an_empty_column_of_moments_names_its_zone_too(as_, alice, order_of):
    order_of(1)
    Order.update(ship_by=None).execute()
    alice.change(timezone="Asia/Tokyo")
    head, _row = rows_of(as_(alice).post(URL, data=asked(columns=["ship_by"])).data)
    assert head == ["Ship by (Asia/Tokyo)"]


def test_a_walk_whose_rest_vanishes_ends_instead_of_beginning_anew(ask, many_orders, lotus, alice):
    many_orders(1_500)
    viewer = viewer_of(alice, lotus)
    walk = ORDERS.rows(viewer, ORDERS.asked("", viewer))
    seen = [next(walk).id for _ in range(1_000)]
    OrderLine.delete().where(OrderLine.order.not_in(seen)).execute()
    Order.delete().where(Order.id.not_in(seen)).execute()
    assert list(walk) == []


@pytest.mark.both
def test_money_and_moments_leave_alike_on_both_databases(as_, alice, order_of):
    order_of(1, amount="1234.50")
    alice.change(timezone="Europe/Berlin")
    for file_format, read in (("csv", rows_of), ("xlsx", book_of)):
        head, row = read(as_(alice).post(URL, data=asked(columns=["total", "ordered"], format=file_format)).data)
        assert head == ["Total", "Total (currency)", "Ordered (Europe/Berlin)"]
        assert str(row[0]) in ("1234.50", "1234.5") and row[1] == "EUR"
