"""After-sales cases: opened, proposed by a mail of Amazon's, seen to, ended; what goes wrong is counted for each SKU."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from models.audit.event import Event
from models.mailbox import seeing_to
from models.mailbox.case import AfterSalesCase
from models.mailbox.case_reasons import by_sku
from models.mailbox.seeing_to import edit, move, open_case, take
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.reach import OutOfReach, Reach
from models.support import clock
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from tests.orders.conftest import amazon, shop  # noqa: F401
from tests.shipping.test_confirm import run


@pytest.fixture
def order(amazon, shop) -> Order:  # noqa: F811
    (order_id,) = amazon.orders(1, days=0.2, statuses=["UNSHIPPED"], fulfilled_by="MERCHANT")
    run(shop, "orders.poll")
    return Order.get(Order.order_id == order_id)


def test_a_case_goes_from_open_to_settled_with_its_reason_and_cost(order, alice):
    one = open_case(order, "refund", by=alice)
    assert (one.state, one.assignee, one.currency) == ("open", alice, order.currency)
    assert one.due_at - one.opened_at < timedelta(hours=49)
    with pytest.raises(FieldRefused, match="Say the reason first"):
        seeing_to.settle(one, by=alice)
    edit(one, by=alice, reason="damaged", note="Box was wet.", due_at=one.due_at, cost_minor=1250, units=1)
    one = one.reload()
    move(one, "waiting", by=alice)
    move(one, "settled", by=alice)
    assert one.reload().ended_at and str(one.reload().cost_minor) == "1250"
    with pytest.raises(AlreadyDecided):
        move(one.reload(), "waiting", by=alice)
    move(one.reload(), "open", by=alice)
    assert one.reload().ended_at is None
    names = [event.name for event in Event.select().where(Event.object_kind == "after_sales_case").order_by(Event.id)]
    assert names == ["case_opened", "case_edited", "case_moved", "case_moved", "case_moved"]


def test_an_order_has_one_case_of_a_kind_under_way(order, alice):
    open_case(order, "return", by=alice)
    with pytest.raises(Refused, match="under way"):
        open_case(order, "return", by=alice)
    open_case(order, "a_to_z", by=alice)


def test_nothing_personal_stands_in_a_note(order, alice):
    with pytest.raises(FieldRefused):
        open_case(order, "other", by=alice, note="Call +49 170 1234567")
    with pytest.raises(FieldRefused, match="pieces"):
        open_case(order, "other", by=alice, units=10_000_000)


@pytest.mark.both
def test_two_who_open_the_same_case_at_once_open_one(order, alice, in_parallel):
    def open_one() -> None:
        with suppress(Refused):
            open_case(Order.get_by_id(order.id), "return", by=alice)

    in_parallel(4, open_one)
    assert AfterSalesCase.select().count() == 1


@pytest.mark.both
def test_a_proposal_is_taken_by_one(order, alice, in_parallel):
    one = AfterSalesCase.create(
        team=order.team_id, store=order.store_id, order=order, kind="return", state="proposed", due_at=clock.now()
    )
    taken = []

    def take_it() -> None:
        try:
            take(AfterSalesCase.get_by_id(one.id), by=alice)
            taken.append(1)
        except AlreadyDecided:
            pass

    in_parallel(4, take_it)
    assert len(taken) == 1 and one.reload().state == "open"


@pytest.mark.both
def test_reasons_are_counted_for_each_sku_against_what_was_sold(order, alice):
    line = OrderLine.of(order)[0]
    one = open_case(order, "refund", by=alice, line=line, reason="damaged")
    edit(one, by=alice, reason="damaged", note="", due_at=one.due_at, cost_minor=700, units=1, line=line)
    reach = Reach.of(alice, order.team)
    (trouble,) = by_sku(reach, order.ordered_at - timedelta(days=1), clock.now() + timedelta(minutes=1))
    assert (trouble.sku, trouble.cases, trouble.sold) == (line.sku, 1, line.quantity)
    assert trouble.rate == 100 / line.quantity and trouble.reasons == [("damaged", 1)]
    assert [cost.amount_minor for cost in trouble.costs] == [700]
    assert not by_sku(reach, clock.now() + timedelta(days=1), clock.now() + timedelta(days=2))


def test_a_stranger_sees_no_case(order, alice, charlie, comet):
    one = open_case(order, "return", by=alice)
    with pytest.raises(OutOfReach):
        AfterSalesCase.get_visible(Reach.of(charlie, comet), one.uid)


def test_a_notice_of_amazons_proposes_a_case_once(order, alice, arrive, account):
    account.change(store=order.store)
    told = {
        "sender": "donotreply@amazon.de", "name": "Amazon", "notification": "", "order": order.order_id,
        "subject": f"Return authorization request for order {order.order_id}",
    }  # fmt: skip
    for _ in range(2):
        assert arrive("The buyer has requested a return.", **told).kind == "return_request"
    (one,) = AfterSalesCase.select()
    assert (one.state, one.kind, one.order, one.assignee) == ("proposed", "return", order, None)
    take(one, by=alice)
    assert one.reload().state == "open" and one.assignee == alice


def test_the_pages_of_cases_work_for_those_who_may(as_, alice, bob, charlie, order):
    browser = as_(alice)
    new = f"/t/lotus/mailbox/orders/{order.uid}/cases"
    assert browser.get(f"{new}/new").status_code == 200
    wrong = browser.post(new, data={"kind": "return", "units": "0"})
    assert wrong.status_code == 422
    made = browser.post(new, data={"kind": "return", "units": "1", "note": "Box was open"})
    assert made.status_code == 303
    one = AfterSalesCase.get()
    page = f"/t/lotus/mailbox/cases/{one.uid}"
    assert "Box was open" in browser.get(page).text
    told = {"reason": "damaged", "due": "2026-12-24", "units": "1", "cost": "12.50", "note": "Box was open"}
    assert browser.post(page, data=told).status_code == 303
    assert (one.reload().reason, one.reload().cost_minor) == ("damaged", 1250 if one.currency != "JPY" else 12)
    assert browser.post(f"{page}/state", data={"state": "settled"}).status_code == 303
    assert browser.post(f"{page}/state", data={"state": "waiting"}).status_code == 409
    for address in ("cases/", "reasons", "reasons?days=30", "outreach/", f"orders/{order.uid}"):
        assert browser.get(f"/t/lotus/mailbox/{address}").status_code == 200, address
    assert as_(bob).get(page).status_code in (403, 404)
    assert as_(charlie).get(f"/t/comet/mailbox/cases/{one.uid}").status_code == 404
