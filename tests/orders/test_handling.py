"""What a team makes of its orders: tags, notes, holds, whose they are; one by one, many at once, two people at once."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from models.audit.event import Event
from models.lists.bulk_run import BulkRun
from models.orders import handling
from models.orders.assigning import assign, pass_orders
from models.orders.holding import OnHold, hold, release
from models.orders.ingest import keep
from models.orders.note import OrderNote
from models.orders.order import Order
from models.orders.refetch import FIRST_WAIT, MOST_TRIES, OrderRefetch
from models.orders.tag import OrderTag, OrderTagging, put_on, tags_of
from models.orders.timeline import timeline
from models.orders.together import others_to_the_same
from models.orders.unread import UnreadOrder
from models.people.handover import shares_of
from models.people.role import Grant, Role
from models.shipping.making import make_one, make_parcel, to_pack
from models.shipping.moments import come
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say
from tests.orders.conftest import later, make_store, payload, snapshot

LIST = "/t/lotus/orders/"
START = "/t/lotus/lists/orders/bulk"
EVIL = "<script>alert(1)</script> %(x)s {{ 7 * 7 }}"


@pytest.fixture
def red(lotus, alice) -> OrderTag:
    return OrderTag.make(lotus, "Fragile", "red", by=alice)


def bulk(browser, name: str, *orders: Order, **more):
    return browser.post(START, data={"bulk": name, "selected": [str(one.uid) for one in orders], **more})


def take_back(browser, answer) -> None:
    undo = re.findall(r'action="([^"]+/undo)"', browser.get(answer.location).text)
    assert browser.post(undo[-1]).status_code == 303


def told(order: Order) -> list[str]:
    everything = SimpleNamespace(may=lambda permission, store=None: True)
    return [str(moment.text) for moment in timeline(order, everything)]


@pytest.mark.both
def test_a_held_order_is_neither_packed_nor_labelled_until_a_person_releases_it(order, alice, in_parallel):
    parcel = make_parcel([order], {line: 1 for line in list(to_pack(order))[:1]}, by=alice)
    outcomes = in_parallel(4, lambda: hold(Order.get_by_id(order.id), "Address to be asked for", by=alice))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(Refused)) == 3
    for packed in (lambda: make_one(order.reload(), by=alice), lambda: come_to_label(parcel)):
        with pytest.raises(OnHold, match="Address to be asked for"):
            packed()
    keep(order.store, [snapshot(1, updated_minutes=90)])
    assert order.reload().is_held, "a sync leaves what is ours alone"
    assert release(order.reload(), by=alice) == {"reason": "Address to be asked for"}
    with pytest.raises(Refused):
        release(order.reload(), by=alice)
    assert make_one(order.reload(), by=alice).state == "draft"
    story = told(order.reload())
    assert sum("on hold: Address to be asked for" in line for line in story) == 1
    assert sum("drafted the parcel" in line for line in story) == 2


def come_to_label(parcel) -> None:
    with write_txn():
        come("label", parcel, by=None)


@pytest.mark.both
def test_a_tag_is_one_word_however_it_is_written_and_stands_on_an_order_once(order, lotus, alice, red, in_parallel):
    outcomes = in_parallel(4, lambda: OrderTag.make(lotus, "  fragile ", "blue", by=alice))
    assert len(outcomes.errors_of(FieldRefused)) == 4
    outcomes = in_parallel(4, lambda: put_on(Order.get_by_id(order.id), red, by=alice))
    assert len(outcomes.results) == 1 and OrderTagging.select().count() == 1
    red.rename("Glass", "amber", by=alice)
    assert [tag.name for tag in tags_of([order.id])[order.id]] == ["Glass"]
    assert red.delete_from_all(by=alice) == 1 and tags_of([order.id]) == {}


@pytest.mark.both
def test_orders_of_a_leaver_pass_to_a_colleague_and_only_who_sees_an_order_may_have_it(
    order_of, lotus, alice, bob, charlie
):
    waiting, shipped = order_of(1), order_of(2, status="SHIPPED")
    for person in (bob, charlie):  # Bob lists products and sees no orders.
        with pytest.raises(FieldRefused):
            assign(waiting, person, by=alice)
    for one in (waiting, shipped):
        assign(one, alice, by=alice)
    with pytest.raises(Refused, match="theirs already"):
        assign(waiting, alice, by=alice)
    assert [held.label for share in shares_of(lotus, alice) if share.kind.key == "orders" for held in share.held] == [
        waiting.order_id
    ]
    assert pass_orders(lotus, alice, bob) == 1
    assert (waiting.reload().assignee, shipped.reload().assignee) == (None, alice), (
        "Bob may not see it, so it is nobody's"
    )


def test_many_are_tagged_assigned_and_held_at_once_and_it_is_taken_back(order_of, as_, alice, red):
    orders = [order_of(number) for number in (1, 2, 3)]
    browser = as_(alice)
    put_on(orders[0], red, by=alice)
    page = bulk(browser, "tag", *orders)
    assert page.status_code == 200 and "Fragile" in page.text and page.text.count('name="selected"') == 3
    assert bulk(browser, "tag", *orders, asked="1", tag="nonsense").status_code == 422
    bulk(browser, "tag", *orders, asked="1", tag=str(red.uid))
    run = BulkRun.select().order_by(BulkRun.id.desc()).get()
    assert (run.done, run.failed) == (2, 1), "one had it already"
    browser.post(f"/t/lotus/lists/bulk/{run.uid}/undo")
    assert list(tags_of(one.id for one in orders)) == [orders[0].id], "what was there before stays"
    assign(orders[0], alice, by=alice)
    answer = bulk(browser, "assign", *orders[1:], asked="1", person=str(alice.uid))
    assert [one.reload().assignee for one in orders] == [alice] * 3
    take_back(browser, answer)
    assert [one.reload().assignee for one in orders] == [alice, None, None]
    assert bulk(browser, "hold", *orders, asked="1", hold_reason="write to a@b.example").status_code == 422
    take_back(browser, bulk(browser, "hold", *orders, asked="1", hold_reason="Stock is counted"))
    assert not any(one.reload().is_held for one in orders)
    bulk(browser, "hold", *orders, asked="1", hold_reason="Stock is counted")
    take_back(browser, bulk(browser, "release", *orders))
    assert {one.reload().hold_reason for one in orders} == {"Stock is counted"}
    assert "give_back" not in browser.get(LIST).text
    assert [numbers(browser.get(f"{LIST}?{asked}").text) for asked in ("care=held", "care=mine", f"tag={red.uid}")] == [
        3,
        1,
        1,
    ]


def numbers(text: str) -> int:
    return len(set(re.findall(r'<tr id="order-([0-9a-f-]+)"', text)))


def test_the_page_of_one_order_does_the_same_and_hostile_text_stays_text(order, as_, alice, red):
    browser, one = as_(alice), f"{LIST}{order.uid}"
    red.rename("<b>x</b>", "red", by=alice)
    for path, data in (("/notes", {"text": EVIL}), ("/hold", {"hold_reason": EVIL}), ("/tags", {"tag": str(red.uid)}),
                       ("/assignment", {"person": str(alice.uid)})):  # fmt: skip
        assert browser.post(one + path, data=data).status_code == 303, path
    page = browser.get(one).text
    assert (
        "<script>alert(1)" not in page
        and "<b>x</b>" not in page
        and "&lt;script&gt;alert(1)" in page
        and "{{ 7 * 7 }}" in page
    )
    for text in ("call +49 40 5550123", "k7@marketplace.example", "", "x" * 1001):
        assert browser.post(f"{one}/notes", data={"text": text}).status_code == 422, text
    assert "&lt;b&gt;x" in browser.get(LIST).text
    note = OrderNote.get()
    note.change(person=None)
    assert browser.post(f"{one}/notes/{note.uid}/deletion").status_code == 409
    note.change(person=alice)
    fragment = browser.post(f"{one}/notes/{note.uid}/deletion", headers={"HX-Request": "true"})
    assert fragment.status_code == 200 and OrderNote.select().count() == 0 and 'id="desk"' in fragment.text
    assert (
        browser.post(f"{one}/tags/{red.uid}/removal").status_code == 303
        and browser.post(f"{one}/release").status_code == 303
    )
    assert not Event.select().where(Event.name == "order_noted", Event.details.contains("script")).exists()


def test_tags_and_waiting_answers_of_another_team_are_not_there(as_, charlie, order, red, store):
    for path in (
        f"tags/{red.uid}",
        f"tags/{red.uid}/deletion",
        f"{order.uid}/tags/{red.uid}/removal",
        f"{order.uid}/hold",
    ):
        assert (
            as_(charlie)
            .post(f"/t/comet/orders/{path}", data={"name": "x", "colour": "red", "hold_reason": "abc"})
            .status_code
            == 404
        )
    assert "Fragile" not in as_(charlie).get("/t/comet/orders/tags").text
    with pytest.raises(Refused):
        handling.tag(order, by=charlie, tag="not a uid")


def test_orders_of_the_same_buyer_at_the_same_address_are_found_and_nothing_is_shown_of_either(order_of, as_, alice):
    mine, same, held = order_of(1), order_of(2, age_days=2), order_of(3)
    order_of(4, buyer="Jonas Anders"), order_of(5, status="SHIPPED")
    hold(held, "Waits for stock", by=alice)
    assert others_to_the_same(mine) == [same]
    page = as_(alice).get(f"{LIST}{mine.uid}/others").text
    assert same.order_id in page and "Musterfrau" not in page and "Lange" not in page
    assert others_to_the_same(held) == []


def test_what_changes_at_amazon_is_told_in_the_story_and_special_things_are_shown(store, as_, alice):
    first = payload(7, skus=("CUP-1", "CUP-2"), package="SHIPPED", status="PARTIALLY_SHIPPED", programs=["AMAZON_BUSINESS", "PRIME"],
                    associatedOrders=[{"orderId": "302-0000001-7654321", "associationType": "REPLACEMENT_ORIGINAL_ID"}])  # fmt: skip
    keep(store, [snapshot(1, gift="Many happy returns"), mapped(first)])
    second = later(first)
    second["proceeds"]["grandTotal"]["amount"] = "10.00"
    second["fulfillment"]["shipByWindow"]["latestDateTime"] = "2027-01-02T10:00:00Z"
    second["packages"][0]["packageStatus"] = {"status": "UNDELIVERABLE", "detailedStatus": "RETURNING_TO_SELLER"}
    line = second["orderItems"][0]
    line["fulfillment"] |= {"quantityUnfulfilled": 1, "shipping": {"shippingConstraints": {"signatureConfirmation": "MANDATORY"},
                                                                  "internationalShipping": {"iossNumber": "IM2760000742"}}}  # fmt: skip
    line["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Found cheaper"}}
    keep(store, [mapped(second)])
    order = Order.get(Order.order_id == first["orderId"])
    assert (order.marks, order.replaces, order.cancel_requested) == ("bpr", "302-0000001-7654321", True)
    story = told(order)
    for words in (
        "asked to cancel",
        "10.00 EUR instead of 24.90 EUR",
        "to ship by to 2027-01-02",
        "On its way back to us",
    ):
        assert any(words in line for line in story), (words, story)
    page = as_(alice).get(f"{LIST}{order.uid}").text
    for words in ("1 of them cancelled", "Signature on delivery", "IM2760000742", "Found cheaper", "It makes good the order", "Business",
                  "sellercentral"):  # fmt: skip
        assert words in page, words
    original = as_(alice).get(f"{LIST}{order.original.uid}").text
    assert "It was made good by" in original and order.order_id in original and "Gift" in original
    assert "Many happy returns" not in original
    with pytest.raises(Refused, match="wants to cancel"):
        make_one(order, by=alice)
    keep(store, [mapped(later(second, 30))])
    assert len(told(order.reload())) == len(story), "the same again is no news"


def mapped(told_by_amazon):
    from integrations.amazon.mapping.orders import order

    return order(told_by_amazon)


def test_what_failed_for_the_moment_is_tried_again_by_itself_and_then_it_is_a_persons_turn(
    order, as_, alice, charlie, clock
):
    wish, store = OrderRefetch.ask(order, by=alice), order.store
    for tries in range(1, MOST_TRIES + 1):
        assert [one.order for one in OrderRefetch.waiting_at(store)] == [order] and OrderRefetch.store_uids() == [
            str(store.uid)
        ]
        wish.later(say("Amazon has trouble on its side. Portolan tries again by itself."))
        assert OrderRefetch.waiting_at(store) == [] and (wish.failed_at is None) is (tries < MOST_TRIES)
        clock.move(seconds=FIRST_WAIT * 2 ** (tries - 1) + 1)
    page = as_(alice).get(f"{LIST}fetches").text
    assert order.order_id in page and "Amazon has trouble on its side" in page and "when you ask" in page
    assert as_(alice).post(f"{LIST}{order.uid}/fetches").status_code == 303
    assert OrderRefetch.of(order).tries == 0 and OrderRefetch.waiting_at(store)
    UnreadOrder.keep_all(store, UnreadOrder.sealed(store, "orders.merchant", [{"orderId": "302-9-9"}], "unreadable"))
    unread = UnreadOrder.get()
    again = f"{LIST}fetches/unread/{unread.uid}"
    assert (
        "302-9-9" in as_(alice).get(f"{LIST}fetches").text
        and "302-9-9" not in as_(charlie).get("/t/comet/orders/fetches").text
    )
    assert as_(charlie).post(again.replace("lotus", "comet")).status_code == 404 and unread.reload().again_at is None
    assert as_(alice).post(again).status_code == 303 and unread.reload().again_at is not None


def test_a_tag_on_orders_of_other_stores_is_not_deleted(as_, bob, lotus, order, red, alice):
    Grant.delete().where(Grant.person == bob).execute()
    Grant.give(bob, lotus, Role.built_in("manager"), stores=[make_store(lotus, "Lotus US").id])
    put_on(order, red, by=alice)
    deletion = f"{LIST}tags/{red.uid}/deletion"
    answer = as_(bob).post(deletion)
    assert answer.status_code == 409 and "not yours" in answer.text and tags_of([order.id])
    assert as_(alice).post(deletion).status_code == 303 and not tags_of([order.id])
