"""What becomes of a page of orders."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from integrations.amazon.mapping.orders import order as mapped
from models.audit.event import Event
from models.orders.buyer import Buyer
from models.orders.change import OrderChange
from models.orders.ingest import Kept, keep
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.orders.payload import OrderPayload
from models.vault import data_key
from models.vault.data_key import DataKey
from tests.orders.conftest import UK, later, payload, snapshot

pytestmark = pytest.mark.both


def everything() -> list[dict[str, Any]]:
    """All that is held, without the moments of fetching and the nonces."""
    return [
        {name: value for name, value in row.items() if name not in ("fetched_at", "created_at", "uid", "id")}
        for row in Order.select().order_by(Order.order_id).dicts()
    ]


def test_an_order_arrives_with_its_lines_its_money_and_its_sealed_buyer(store):
    kept = keep(store, [snapshot(1, skus=("CUP-1", "CUP-2"), gift="For Mia")])
    order = Order.get()
    assert kept == Kept(new=1)
    assert (order.team_id, order.store_id) == (store.team_id, store.id)
    assert (order.status, order.fulfilled_by, order.awaits_shipment) == ("UNSHIPPED", "MERCHANT", True)
    assert (order.total_minor, order.currency, order.ship_country) == (2490, "EUR", "DE")
    assert (order.unit_count, order.line_count, order.first_sku) == (4, 2, "CUP-1")
    assert [(line.sku, line.quantity, line.unit_price_minor) for line in OrderLine.of(order)] == [
        ("CUP-1", 2, 1245), ("CUP-2", 2, 1245),
    ]  # fmt: skip
    clear = Buyer.of(order).clear()
    assert (clear["name"], clear["phone"]) == ("Katharina Musterfrau", "+49 40 5550123")
    assert clear["address"]["addressLine1"] == "Lange Straße 17"
    assert OrderLine.of(order)[0].unseal("gift_message") == "For Mia"
    assert json.loads(OrderPayload.get().unseal("raw"))["orderId"] == order.order_id
    assert order.buyer_state == "held" and order.purge_at is not None


def test_the_same_page_twice_changes_nothing(store):
    page = [snapshot(n) for n in range(5)]
    keep(store, page)
    before, events = everything(), Event.select().count()
    assert keep(store, page) == Kept(unchanged=5)
    assert everything() == before
    assert Event.select().count() == events


def test_the_newer_copy_wins_in_whatever_order_the_copies_come(store):
    old = payload(1)
    copies = [old, later(old, 10, fulfillmentStatus="PARTIALLY_SHIPPED"), later(old, 20, fulfillmentStatus="SHIPPED")]
    for seed in range(4):
        Order.delete().execute()
        random.Random(seed).shuffle(copies)
        for copy in copies:
            keep(store, [mapped(copy)])
        assert Order.get().status == "SHIPPED"


def test_an_older_copy_changes_nothing_even_when_it_brings_the_address_or_was_asked_for(store):
    told = payload(1)
    keep(store, [mapped(later({**told, "recipient": None}, 10, fulfillmentStatus="SHIPPED"))])
    assert keep(store, [mapped(told)]) == keep(store, [mapped(told)], again=True) == Kept(unchanged=1)
    assert Order.get().status == "SHIPPED"


def test_of_two_copies_in_one_page_the_newer_counts(store):
    old = payload(1)
    new = later(old, 5, fulfillmentStatus="SHIPPED")
    assert keep(store, [mapped(new), mapped(old)]) == Kept(new=1, unchanged=1)
    assert Order.get().status == "SHIPPED"


def test_an_order_created_over_30_days_ago_is_dropped_at_the_door_whatever_changed(store, clock):
    assert keep(store, [snapshot(1, age_days=30.01, updated_minutes=43_000)]) == Kept(dropped_old=1)
    told = payload(2, age_days=29.9)
    keep(store, [mapped(told)])
    clock.move(days=1)
    assert keep(store, [mapped(later(told, 60, fulfillmentStatus="SHIPPED"))]) == Kept(dropped_old=1)
    assert [order.status for order in Order.select()] == ["UNSHIPPED"]


def test_nothing_personal_is_kept_of_an_order_amazon_ships(store):
    told = payload(1, ours=False, gift="A secret wish") | {
        "buyer": {"buyerName": "Nosy Parker"}, "recipient": {"deliveryAddress": {"city": "Hamburg", "countryCode": "DE"}},
        "tax": {"taxRegistrations": [{"legalName": "Parker Ltd"}]},
    }  # fmt: skip
    keep(store, [mapped(told)])
    order = Order.get()
    assert (order.buyer_state, order.purge_at, order.limit_at) == ("none", None, None)
    assert Buyer.select().count() == 0
    assert OrderLine.get().gift_message is None and OrderLine.get().is_gift
    raw = OrderPayload.get().unseal("raw")
    assert not any(word in raw for word in ("Parker", "wish", "Hamburg"))
    assert '"orderId"' in raw


def test_a_change_keeps_the_lines_rows_and_drops_those_that_are_gone(store):
    told = payload(1, skus=("CUP-1", "CUP-2"))
    keep(store, [mapped(told)])
    first = OrderLine.get(OrderLine.sku == "CUP-1").id
    changed = later(told)
    changed["orderItems"] = [changed["orderItems"][0] | {"quantityOrdered": 7}]
    assert keep(store, [mapped(changed)]) == Kept(changed=1)
    (line,) = OrderLine.select()
    assert (line.id, line.quantity) == (first, 7)
    assert (Order.get().unit_count, Order.get().line_count) == (7, 1)


def test_a_status_that_changed_is_a_moment_of_the_orders_story(store):
    told = payload(1)
    keep(store, [mapped(told)])
    keep(store, [mapped(later(told, 30, fulfillmentStatus="SHIPPED"))])
    keep(store, [mapped(later(told, 40, fulfillmentStatus="SHIPPED"))])
    assert [(change.old_status, change.new_status) for change in OrderChange.select()] == [("UNSHIPPED", "SHIPPED")]
    order = Order.get()
    assert order.shipped_at == mapped(later(told, 30)).updated_at, "the first time counts"
    assert not order.awaits_shipment


def test_the_first_delivery_scan_counts(store):
    told = payload(1, status="SHIPPED", package="SHIPPED")
    keep(store, [mapped(told)])
    first = later(told, 500)
    first["packages"][0]["packageStatus"]["status"] = "DELIVERED"
    again = later(first, 500)
    keep(store, [mapped(first)])
    keep(store, [mapped(again)])
    order = Order.get()
    assert order.delivered_at == mapped(first).updated_at
    assert order.purge_at == order.delivered_at + timedelta(days=23)
    assert order.limit_at == order.delivered_at + timedelta(days=30)
    assert order.shipped_at == OrderPackage.get().shipped_at


def test_a_part_that_does_not_come_leaves_what_is_held(store):
    keep(store, [mapped(payload(1, status="SHIPPED", package="SHIPPED", gift="Hi"))])
    bare = {name: part for name, part in later(payload(1)).items()
            if name not in ("fulfillment", "proceeds", "packages", "buyer", "recipient")}  # fmt: skip
    bare["orderItems"][0].pop("fulfillment")
    assert keep(store, [mapped(bare)]) == Kept(changed=1)
    order = Order.get()
    assert (order.status, order.fulfilled_by, order.total_minor) == ("SHIPPED", "MERCHANT", 2490)
    assert OrderPackage.select().count() == 1
    assert Buyer.of(order).clear()["name"] == "Katharina Musterfrau"
    assert OrderLine.get().unseal("gift_message") == "Hi"


def test_an_equal_copy_brings_the_address_that_was_denied_before(store):
    told = payload(1)
    keep(store, [mapped({**told, "recipient": None})])
    assert Buyer.of(Order.get()).clear()["address"] == {}
    assert keep(store, [mapped(told)]) == Kept(changed=1)
    assert Buyer.of(Order.get()).clear()["address"]["city"] == "Hamburg"
    assert keep(store, [mapped(told)]) == Kept(unchanged=1)


def test_a_destroyed_buyer_never_comes_back(store):
    from models.orders.purge import _empty

    told = payload(1, gift="Hi")
    keep(store, [mapped(told)])
    order = Order.get()
    _empty([(order.id, order.uid, store.id)], None)
    keep(store, [mapped(later(told, 10, fulfillmentStatus="SHIPPED"))])
    order = Order.get()
    assert (order.status, order.buyer_state, order.purge_at) == ("SHIPPED", "destroyed", None)
    assert Buyer.select().count() == OrderPayload.select().count() == 0
    assert OrderLine.get().gift_message is None


def test_a_buyer_whose_time_is_up_on_arrival_is_not_kept(store):
    told = payload(1, age_days=29, status="SHIPPED", package="DELIVERED", updated_minutes=60 * 24)
    keep(store, [mapped(told)])
    assert Order.get().buyer_state == "none"
    assert Buyer.select().count() == OrderPayload.select().count() == DataKey.select().where(DataKey.subject.startswith("order:")).count() == 0  # fmt: skip


def test_a_purge_at_work_on_the_order_gets_no_new_ciphertext(store):
    """The key is gone, the rows not yet: what comes now is sealed with nothing, and stays for the purge to find."""
    told = payload(1)
    keep(store, [mapped(told)])
    order = Order.get()
    before = OrderPayload.get().raw
    data_key.destroy([order.vault_subject])
    keep(store, [mapped(later(told, 10, fulfillmentStatus="SHIPPED"))])
    order = Order.get()
    assert order.status == "SHIPPED" and order.buyer_state == "held" and order.purge_at is not None
    assert OrderPayload.get().raw == before


def test_words_amazon_invents_are_kept_and_hostile_text_does_no_harm(store):
    told = payload(1, status="SOMETHING_NEW", amount="-3.5")
    told["fulfillment"]["fulfillmentServiceLevel"] = "BY_PIGEON_" * 30
    told["orderItems"][0]["product"] |= {
        "title": "A\x00B\ud800C " + "x" * 5000,
        "sellerSku": '\'; DROP TABLE "order"; --',
    }
    told["orderItems"][0]["quantityOrdered"] = 10**12
    told["programs"] = ["NEW_ONE"] * 500
    told["buyer"]["buyerName"] = "Zo\ud83d\x00ë"
    told["endless"] = 10**30
    keep(store, [mapped(told)])
    order = Order.get()
    assert (order.status, order.total_minor) == ("SOMETHING_NEW", -350)
    assert order.first_title.startswith("ABC xx") and len(order.first_title) == 300
    assert OrderLine.get().sku == '\'; DROP TABLE "order"; --'
    assert Buyer.of(order).clear()["name"] == "Zo\x00ë"
    raw = json.loads(OrderPayload.get().unseal("raw"))
    assert (raw["endless"], raw["buyer"]["buyerName"]) == (10**30, "Zo\ud83d\x00ë")


def test_an_order_with_the_same_number_in_another_store_is_another_order(store, rival_store):
    keep(store, [snapshot(1)])
    keep(rival_store, [snapshot(1, market=UK)])
    assert sorted(order.team_id for order in Order.select()) == sorted([store.team_id, rival_store.team_id])


def test_an_event_says_how_many_came_and_nothing_else(store):
    keep(store, [snapshot(n) for n in range(3)])
    event = Event.get(Event.name == "orders_fetched")
    assert event.details == {"new": 3, "changed": 0}
    assert (event.team_id, event.store_id, event.object_label) == (store.team_id, store.id, "Lotus EU")


def test_what_is_done_with_a_page_fails_and_succeeds_with_it(store):
    def refuse() -> None:
        raise RuntimeError("the cursor could not be written")

    with pytest.raises(RuntimeError):
        keep(store, [snapshot(1)], with_it=refuse)
    assert Order.select().count() == OrderLine.select().count() == Buyer.select().count() == 0
    moved: list[int] = []
    keep(store, [snapshot(n) for n in range(1200)], with_it=lambda: moved.append(Order.select().count()))
    assert moved == [1200], "once, with the last chunk"


def test_a_fenced_run_writes_nothing(store):
    from models.support.job_run import Fenced

    def fence(**_progress: int) -> None:
        raise Fenced

    with pytest.raises(Fenced):
        keep(store, [snapshot(1)], run_fence=fence)
    assert Order.select().count() == 0


def test_two_pollers_at_once_keep_every_order_once(store, in_parallel):
    old = [payload(n, skus=("CUP-1", "CUP-2")) for n in range(40)]
    new = [later(told, 10, fulfillmentStatus="SHIPPED") for told in old]

    def poller(number: int) -> None:
        pages = [old[:20], old[10:], new[:25], new[15:]]
        random.Random(number).shuffle(pages)
        for page in pages:
            keep(store, [mapped(told) for told in page])

    assert not in_parallel(4, poller).errors
    assert [order.status for order in Order.select()] == ["SHIPPED"] * 40
    assert OrderLine.select().count() == 80
    assert Buyer.select().count() == OrderPayload.select().count() == 40
    for order in Order.select():
        assert Buyer.of(order).clear()["name"] == "Katharina Musterfrau", "sealed under the key of the order that won"


def test_a_payload_can_be_mapped_again_without_fetching(store):
    keep(store, [snapshot(1)])
    again = mapped(json.loads(OrderPayload.get().unseal("raw")))
    assert again.lines[0].sku == "CUP-1" and again.recipient["city"] == "Hamburg"
