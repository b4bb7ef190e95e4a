"""A parcel: made of what waits, priced once, numbered with care, told to Amazon once, ended by news."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D

import peewee
import pytest

from models.audit.event import Event as Told
from models.catalog import saving
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between
from models.freight.engine.parcel import Box
from models.freight.engine.parcel import Parcel as Asked
from models.freight.engine.quoting import quote
from models.freight.kept_quote import FreightQuote
from models.freight.offering import offered
from models.freight.rate_card import RateCard
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order
from models.shipping.confirmation import Confirmation
from models.shipping.lists import countries_of
from models.shipping.making import make_one, make_parcel, to_pack
from models.shipping.numbering import DoubtfulNumber
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.status import Event, Status
from models.shipping.telling import ask
from models.shipping.tracking_event import TrackingEvent
from models.support.db import db, is_sqlite, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from tests.freight.sheets import LINE, card
from tests.orders.conftest import make_store, rival_store, snapshot  # noqa: F401
from tests.stores.selling import draft

pytestmark = pytest.mark.both
DAY, NUMBER = date(2026, 3, 1), "RR123456785CN"


@pytest.fixture
def store(lotus):
    return make_store(lotus)


def order_of(store, number: int = 1, **told) -> Order:
    keep(store, [snapshot(number, **told)])
    return Order.select().where(Order.store == store).order_by(Order.id.desc()).get()


@pytest.fixture
def order(store) -> Order:
    return order_of(store, skus=("CUP-1", "CUP-2"))


def kept_quote(team, by, second, country: str = "US") -> FreightQuote:
    channel = Channel.get_or_none(Channel.team == team)
    if channel is None:
        channel = Channel.make(team, Carrier.make(team, code="YUN", name="Yun"), code="DEMO-LINE", name="Line")
        made = replace(card(LINE), dates=Between(date(2026, 1, 1)))
        RateCard.draft(channel, made, by=by).approve(by=second)
    asked = Asked(DAY, country, (Box(D("0.3"), (D(20), D(15), D(5))),))
    (one,) = offered(team.id, DAY)
    return FreightQuote.keep(team, one, asked, quote(one.card, asked, {}), by=by)


def test_a_parcel_holds_what_waits_and_nothing_twice(order, alice):
    lines = OrderLine.of(order)
    assert to_pack(order) == {line.id: 2 for line in lines}
    first = make_parcel([order], {lines[0].id: 1}, by=alice)
    assert (first.label, first.country, first.state) == ("P-1", "DE", "draft")
    with pytest.raises(FieldRefused, match="At most 1"):
        make_parcel([order], {lines[0].id: 2}, by=alice)
    second = make_parcel([order], by=alice)
    assert [(line.order_line_id, line.quantity) for line in ParcelLine.of(second)] == [
        (lines[0].id, 1),
        (lines[1].id, 2),
    ]
    with pytest.raises(Refused, match="Nothing of this waits"):
        make_parcel([order], by=alice)
    first.void(reason="packed wrongly", by=alice)
    assert to_pack(order) == {lines[0].id: 1}


def test_two_who_pack_one_order_at_once_do_not_pack_it_twice(order, in_parallel):
    made = in_parallel(4, lambda: make_parcel([Order.get_by_id(order.id)]))
    assert len(made.results) == 1 and len(made.errors_of(Refused)) == 3
    assert sum(line.quantity for line in ParcelLine.select()) == 4


def test_orders_to_one_buyer_share_a_parcel_and_others_do_not(store, rival_team_order, alice):
    ours = [order_of(store, number) for number in (1, 2)]
    both = make_parcel(ours, by=alice)
    assert {line.order_id for line in ParcelLine.of(both)} == {order.id for order in ours}
    other = order_of(store, 3, buyer="Jean Untel")
    with pytest.raises(Refused, match="different buyers"):
        make_parcel([order_of(store, 4), other], by=alice)
    with pytest.raises(Refused, match="different stores"):
        make_parcel([other, rival_team_order], by=alice)


@pytest.fixture
def rival_team_order(comet) -> Order:
    return order_of(make_store(comet, "Comet EU"), 9)


@pytest.mark.parametrize(
    ("told", "words"),
    [({"ours": False}, "Amazon ships"), ({"status": "CANCELLED"}, "cancelled"), ({"status": "PENDING"}, "not paid")],
)
def test_what_cannot_be_shipped_is_refused_in_words(store, told, words):
    with pytest.raises(Refused, match=words):
        make_parcel([order_of(store, **told)])


def test_what_was_cancelled_meanwhile_is_neither_packed_nor_labelled(store, lotus, alice, bob):
    waiting, seen = order_of(store, 1), order_of(store, 2)
    parcel = make_parcel([waiting], by=alice)
    Parcel.update(country="US").execute()
    parcel.reload().choose(kept_quote(lotus, alice, bob), by=alice)
    parcel.reload().give_number(NUMBER)
    Order.update(status="CANCELLED", awaits_shipment=False).execute()
    with pytest.raises(Refused, match="was cancelled"):
        make_parcel([seen], by=alice)
    with pytest.raises(Refused, match="Void the parcel; what else"):
        parcel.reload().put_label_on(by=alice)
    assert parcel.reload().state == "draft"
    Order.update(status="UNSHIPPED", awaits_shipment=True, cancel_requested=True).execute()
    with pytest.raises(Refused, match="wants to cancel"):
        make_one(seen, by=alice)


def test_customs_are_told_what_the_product_says(store, lotus, alice):
    product = saving.create(lotus, draft(1), by=alice)
    sku = draft(1).variants[0].sku
    (line,) = ParcelLine.of(make_parcel([order_of(store, skus=(sku,))], by=alice))
    assert (line.declared_name, line.origin, line.value_minor, line.currency) == (
        product.title[:120],
        "CN",
        1245,
        "EUR",
    )


def test_a_label_fixes_the_quote_and_the_number(order, lotus, alice, bob):
    parcel = make_parcel([order], by=alice)
    with pytest.raises(Refused, match="Choose a channel"):
        parcel.put_label_on(by=alice)
    parcel.box(grams=300, sides_mm=(50, 200, 150), by=alice)
    assert (parcel.length_mm, parcel.width_mm, parcel.height_mm) == (200, 150, 50)
    with pytest.raises(Refused, match="another country"):
        parcel.choose(kept_quote(lotus, alice, bob), by=alice)
    Parcel.update(country="US").execute()
    parcel = parcel.reload()
    given = kept_quote(lotus, alice, bob)
    parcel.choose(given, by=alice)
    parcel.give_number("rr 123-456-785 cn", by=alice)
    parcel.put_label_on(by=alice)
    assert (parcel.reload().state, given.reload().waybill) == ("labelled", NUMBER)
    told = Told.select().where(Told.name == "parcel_labelled").get()
    assert told.details == {
        "quote": given.label,
        "amount_minor": given.total_minor,
        "currency": "CNY",
        "channel": "DEMO-LINE",
    }
    with pytest.raises(Refused, match="label already"):
        parcel.box(grams=400, sides_mm=(1, 1, 1))


def test_other_figures_take_the_channel_off(order, lotus, alice, bob):
    parcel = make_parcel([order], by=alice)
    Parcel.update(country="US").execute()
    parcel = parcel.reload()
    given = kept_quote(lotus, alice, bob)
    parcel.choose(given, by=alice)
    parcel.box(grams=900, sides_mm=(0, 0, 0), by=alice)
    assert (parcel.reload().quote_id, given.reload().waybill) == (None, "")


def test_a_number_that_cannot_be_right_wants_a_reason(store, alice):
    one, other = (make_parcel([order_of(store, number)], by=alice) for number in (1, 2))
    for text, words in (("123-1234567-1234567", "order's id"), ("ab", "5 to 64"), ("R" * 65, "5 to 64")):
        with pytest.raises(FieldRefused, match=words):
            one.give_number(text)
    with pytest.raises(DoubtfulNumber, match="check digit"):
        one.give_number("RR123456784CN")
    one.give_number("RR123456784CN", reason="so it stands on the label", by=alice)
    assert one.reload().doubt == "so it stands on the label"
    one.give_number(NUMBER, by=alice)
    with pytest.raises(DoubtfulNumber, match="P-1 has this number"):
        other.give_number("rr123456785cn")
    other.give_number("whatever-they-call-it", by=alice)
    assert other.reload().tracking_number == "WHATEVERTHEYCALLIT"


def test_amazon_is_told_once_however_often_it_is_asked(order, alice, in_parallel):
    parcel = make_parcel([order], by=alice)
    with pytest.raises(Refused, match="tracking number"):
        ask(parcel, order)
    parcel.give_number(NUMBER)
    asked = in_parallel(4, lambda: ask(Parcel.get_by_id(parcel.id), Order.get_by_id(order.id)))
    assert len({one.id for one in asked.results}) == 1 and Confirmation.select().count() == 1
    claims = in_parallel(4, lambda: Confirmation.select().get().claim())
    assert sorted(claims.results) == [False, False, False, True]
    told = Confirmation.select().get()
    told.later(60, is_unsure=True)
    told.accept()
    with pytest.raises(AlreadyDecided):
        told.reload().take_back()
    assert ask(parcel, order).id == told.id


def test_parcels_of_one_order_told_at_once_are_all_told(order, alice, in_parallel):
    parcels = [make_parcel([order], {line.id: 1}, by=alice) for line in OrderLine.of(order) for _ in range(2)]
    for parcel in parcels:
        parcel.give_number(NUMBER, reason="all in one bag", by=alice)
    told = in_parallel(4, lambda at: ask(parcels[at].reload(), order.reload(), by=alice).reference)
    assert (sorted(told.results), told.errors) == ([1, 2, 3, 4], [])


def test_after_a_refusal_it_is_told_under_a_number_of_its_own(order, alice):
    parcel = make_parcel([order], by=alice)
    parcel.give_number(NUMBER)
    first = ask(parcel, order)
    first.claim()
    first.refuse(Refused("No such item").words)
    assert first.reload().state == "refused"
    again = ask(parcel, order)
    assert (again.id, again.state, first.reference, again.reference) == (first.id, "waiting", 1, 2)


def test_news_is_kept_once_and_never_changed(order, alice):
    parcel = make_parcel([order], by=alice)
    news = [Event("manual", datetime(2026, 3, 2, 8), "Left the depot", "Hamburg", Status.read("InTransit"), 60)]
    with write_txn():
        assert TrackingEvent.keep(parcel, news) == 1
        assert TrackingEvent.keep(parcel, [*news, replace(news[0], description="Left  the depot")]) == 0
    assert [row.event for row in TrackingEvent.of(parcel)] == news
    with pytest.raises(peewee.DatabaseError), write_txn():
        TrackingEvent.update(description="x").execute()


def test_a_parcel_leaves_once_and_may_come_back_after_it_was_delivered(order, alice):
    parcel = make_parcel([order], by=alice)
    parcel.leave(datetime(2026, 3, 1), source="scan")
    parcel.leave(datetime(2026, 3, 2), source="scan")
    assert parcel.reload().shipped_at == datetime(2026, 3, 1)
    with pytest.raises(AlreadyDecided):
        parcel.reload().void(reason="too late now", by=alice)
    parcel.end("delivered", datetime(2026, 3, 9), source="seventeen")
    with pytest.raises(AlreadyDecided):
        parcel.end("delivered", datetime(2026, 3, 10), source="seventeen")
    parcel.end("returned", datetime(2026, 3, 20), source="seventeen")
    assert (parcel.reload().state, parcel.ended_at) == ("returned", datetime(2026, 3, 20))


def test_a_number_changed_after_the_label_takes_the_booking_along_until_the_parcel_ended(store, lotus, alice, bob):
    one, other = (make_parcel([order_of(store, number)], by=alice) for number in (1, 2))
    Parcel.update(country="US").execute()
    for parcel, number in ((one, NUMBER), (other, "YT1234567890123456")):
        parcel.reload().choose(kept_quote(lotus, alice, bob), by=alice)
        parcel.reload().give_number(number)
        parcel.reload().put_label_on()
    one.reload().give_number("LX000000005CN", by=alice, reason="as on the label")
    one = one.reload()
    assert one.quote.waybill == one.tracking_number == "LX000000005CN"
    told = Told.select().where(Told.name == "quote_rebooked").get()
    assert told.details == {"waybill": one.tracking_number, "was": NUMBER}
    with pytest.raises(FieldRefused, match="Another quote") as refused:
        one.give_number("YT1234567890123456", reason="they share a box")
    assert refused.value.field == "tracking_number" and one.reload().quote.waybill == one.tracking_number
    stale = one.reload()
    one.end("delivered", datetime(2026, 3, 9), source="seventeen")
    with pytest.raises(Refused, match="has ended"):
        stale.give_number(NUMBER)


def test_where_parcels_go_is_known_from_their_index(store, rival_store, alice):  # noqa: F811
    for number, country in enumerate(("FR", "DE", "FR", ""), 1):
        make_parcel([order_of(store, number)], by=alice).change(country=country)
    make_parcel([order_of(rival_store, 9)], by=alice).change(country="US")
    assert countries_of(store.team_id) == ["DE", "FR"]
    if is_sqlite():
        plan = [row[3] for row in explained(lambda: countries_of(store.team_id)) if "parcel" in row[3]]
        assert plan and all("(team_id=? AND country>?)" in step for step in plan), plan


def explained(verb) -> list:
    """How SQLite goes about the query that a verb asks."""
    true, found = db.execute_sql, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            db.obj, "execute_sql", lambda sql, params=None, *more: found.append((sql, params)) or true(sql, params)
        )
        verb()
    return [row for sql, params in found for row in true(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
