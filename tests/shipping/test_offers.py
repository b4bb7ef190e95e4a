"""The channel of a parcel: the cheapest or the fastest whole price, frozen; never one that is incomplete, never for another box."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.audit.event import Event
from models.catalog import saving
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between
from models.freight.kept_quote import FreightQuote
from models.freight.rate_card import RateCard
from models.orders.line import OrderLine
from models.orders.order import Order
from models.shipping import offers
from models.shipping.customs import declare_lines
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support.errors import FieldRefused, Refused
from tests.freight.sheets import LINE, card
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of
from tests.stores.selling import draft

pytestmark = pytest.mark.both
SINCE = Between(date(2020, 1, 1))
ZONES = "zone,country;DE,DE"
# Code, CNY for a kilogram, days.
PRICES = (("SLOW", 60, (12, 20)), ("QUICK", 90, (3, 5)), ("DEAR", 300, (3, 5)))


def offer(team, by, second) -> None:
    """Three channels to Germany, and one that would be cheapest, were its fuel rate known."""
    carrier = Carrier.make(team, code="YUN", name="Yun")
    for code, rate, days in (*PRICES, ("NO-FUEL", 1, (1, 2))):
        channel = Channel.make(team, carrier, code=code, name=code.title())
        more = {"fuel": "from,to,pct;2020-01-01,2020-01-02,25%"} if code == "NO-FUEL" else {}
        rates = f"zone,band,type,rate;DE,0<W<=30,PER_KG,{rate}"
        sheet = LINE["card"].replace("DEMO-LINE", code)
        made = card(LINE, card=sheet, zones=ZONES, rates=rates, **more)
        RateCard.draft(channel, replace(made, dates=SINCE, etas={"DE": days}), by=by).approve(by=second)


@pytest.fixture
def order(lotus) -> Order:
    return order_of(make_store(lotus), skus=("CUP-1", "CUP-2"))


@pytest.fixture
def parcel(lotus, alice, bob, order) -> Parcel:
    offer(lotus, alice, bob)
    made = make_parcel([order], {OrderLine.of(order)[0].id: 1}, by=alice)
    made.box(grams=300, sides_mm=(200, 150, 50), by=alice)
    return made


def test_the_cheapest_and_the_fastest_are_chosen_and_an_incomplete_price_never(parcel, alice):
    assert offers.offers(parcel).prices[0].offered.channel.code == "NO-FUEL"
    offers.choose_cheapest(parcel, by=alice)
    assert parcel.reload().channel.code == "SLOW"
    Channel.get(Channel.code == "SLOW").edit(kind="fba_air", by=alice)
    codes = {one.offered.channel.code for one in offers.offers(parcel.reload()).prices}
    assert codes == {"NO-FUEL", "QUICK", "DEAR"}, "what leads to Amazon's warehouses takes no parcel to a buyer"
    offers.choose_fastest(parcel.reload(), by=alice)
    chosen = parcel.reload()
    assert (chosen.channel.code, chosen.quote.order_id) == ("QUICK", ParcelLine.of(parcel)[0].order_id)
    kept = FreightQuote.select()
    assert {quote.postcode for quote in kept} == {""} and not any(
        "90210" in str(quote.asked | quote.answer) for quote in kept
    )
    RateCard.update(state="retired").where(RateCard.channel != Channel.get(Channel.code == "NO-FUEL")).execute()
    Channel.update(is_active=False).where(Channel.code != "NO-FUEL").execute()
    with pytest.raises(Refused, match="incomplete"):
        offers.choose_cheapest(chosen, by=alice)
    assert parcel.reload().channel.code == "QUICK"


def test_a_price_for_another_box_or_of_a_labelled_parcel_is_not_taken(parcel, alice):
    answer = offers.offers(parcel).prices[1]
    Parcel.get_by_id(parcel.id).box(grams=900, sides_mm=(200, 150, 50), by=alice)
    with pytest.raises(Refused, match="changed meanwhile"):
        offers.take(parcel, answer, by=alice)
    assert FreightQuote.select().count() == 0
    fresh = parcel.reload()
    offers.choose_cheapest(fresh, by=alice)
    fresh.give_number("RR123456785CN")
    stale = parcel.reload()
    fresh.put_label_on(by=alice)
    with pytest.raises(Refused, match="has a label"):
        offers.choose_fastest(stale, by=alice)
    labelled = Event.select().where(Event.name == "parcel_labelled").get()
    assert labelled.details["amount_minor"] == parcel.reload().quote.total_minor


def test_many_at_once_choose_and_label_one_parcel_once(parcel, alice, in_parallel):
    chosen = in_parallel(4, lambda: offers.choose_cheapest(Parcel.get_by_id(parcel.id)))
    assert not chosen.errors and parcel.reload().quote is not None
    parcel.reload().give_number("RR123456785CN")
    done = in_parallel(4, lambda: Parcel.get_by_id(parcel.id).put_label_on())
    assert len(done.results) == 1 and parcel.reload().quote.waybill == "RR123456785CN"


def test_the_box_comes_from_the_products_and_customs_from_the_last_parcel_with_the_sku(lotus, alice, order):
    made = saving.create(lotus, draft(1), by=alice)
    made.change(package_weight_grams=250, package_length_mm=205, package_width_mm=150, package_height_mm=45)
    sku = draft(1).variants[0].sku
    first = make_parcel([order_of(order.store, 2, skus=(sku,))], by=alice)
    assert (first.grams, first.length_mm, first.width_mm, first.height_mm) == (500, 205, 150, 90)
    assert make_parcel([order], by=alice).grams == 0, "a SKU nobody knows weighs nothing we know of"
    (line,) = ParcelLine.of(first)
    told = {
        "declared_name": "Cup",
        "declared_name_cn": "杯子",
        "hs_code": "6911.10-00",
        "origin": "cn",
        "value_minor": 500,
        "grams": 0,
    }
    with pytest.raises(FieldRefused, match="6 to 12"):
        declare_lines(first, {line.id: told | {"hs_code": "12<b>"}}, by=alice)
    declare_lines(first, {line.id: told}, by=alice)
    (again,) = ParcelLine.of(make_parcel([order_of(order.store, 3, skus=(sku,))], by=alice))
    assert (again.declared_name, again.declared_name_cn, again.hs_code, again.origin) == (
        "Cup",
        "杯子",
        "69111000",
        "CN",
    )
    first.void(reason="wrong box", by=alice)
    with pytest.raises(Refused, match="has left"):
        declare_lines(first, {line.id: told}, by=alice)


def test_two_who_give_one_number_to_two_parcels_at_once_do_not_both_succeed(order, parcel, alice, in_parallel):
    parcels = [parcel, make_parcel([order], by=alice)]
    given = in_parallel(2, lambda number: Parcel.get_by_id(parcels[number].id).give_number("RR123456785CN"))
    assert len(given.results) == 1 and "has this number" in str(given.errors_of(Refused)[0])
