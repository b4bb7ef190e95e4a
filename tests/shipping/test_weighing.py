"""The operator's scale: a parcel is weighed in once, priced anew by its label's price sheet, and no buyer's data are opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import peewee
import pytest

from models.audit.event import Event
from models.freight.bills.carrier_bill import CarrierBill
from models.freight.bills.matching import matches_of, unbilled
from models.freight.channel import Channel
from models.freight.engine.card import Between
from models.freight.kept_quote import FreightQuote
from models.freight.rate_card import RateCard
from models.shipping import moments
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing, weigh
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.vault.data_key import DataKey
from tests.shipping.conftest import SIDES, labelled
from tests.shipping.test_parcel import NUMBER, order_of


@pytest.mark.both
def test_a_heavier_parcel_costs_the_difference_by_the_prices_and_the_place_of_its_label(
    entrusted, olga, alice, ops_channel
):
    label = entrusted.quote
    assert label.answer["zone"] == "DE-FAR", "the buyer's postcode decided at the label"
    later = replace(
        RateCard.current(ops_channel).card,
        rows=tuple(replace(row, rate=row.rate * 2) for row in RateCard.current(ops_channel).card.rows),
    )
    RateCard.draft(ops_channel, replace(later, dates=Between(label.ship_date)), by=alice).approve(
        by=olga, steep_ok=True
    )
    with write_txn():
        DataKey.delete().execute()
    kept = weigh(entrusted, grams=800, sides_mm=(50, 210, 150), by=olga)
    assert (kept.grams, kept.sides_mm, kept.reasons) == (800, (210, 150, 50), [])
    assert kept.quote.answer["zone"] == "DE-FAR" and kept.quote.rate_card_id == label.rate_card_id
    assert kept.difference_minor == kept.quote.total_minor - label.total_minor == 4500
    now = entrusted.reload()
    assert (now.state, now.grams, now.quote_id) == ("shipped", 300, label.id), "the label's price stays what it was"
    assert (kept.quote.corrects_id, kept.quote.order_id, kept.quote.team_id) == (
        label.id,
        label.order_id,
        entrusted.team_id,
    )
    told = {
        event.team_id: event.details
        for event in Event.select().where(Event.name.in_(("parcel_weighed", "weighing_kept")))
    }
    assert told[entrusted.team_id]["difference_minor"] == 4500 and told[ops_channel.team_id]["owner"] == "Lotus Trading"
    with pytest.raises(peewee.DatabaseError), write_txn():
        Weighing.update(grams=1).execute()


@pytest.mark.both
def test_it_is_weighed_in_once_and_never_both_weighed_and_voided(entrusted, olga, in_parallel):
    done = in_parallel(4, lambda: weigh(Parcel.get_by_id(entrusted.id), grams=300, sides_mm=SIDES, by=olga))
    assert len(done.results) == 1 and len(done.errors_of(Refused)) == 3
    assert Weighing.select().count() == 1 and Weighing.get().difference_minor == 0
    with pytest.raises(AlreadyDecided):
        entrusted.reload().void(reason="too late by now")


@pytest.mark.both
def test_weighing_and_voiding_at_once_leave_one_of_them(entrusted, olga, in_parallel):
    acts = (
        lambda: weigh(Parcel.get_by_id(entrusted.id), grams=400, sides_mm=SIDES, by=olga),
        lambda: Parcel.get_by_id(entrusted.id).void(reason="changed my mind"),
    )
    done = in_parallel(2, lambda number: acts[number]())
    assert len(done.results) == 1 and len(done.errors_of(Refused)) == 1
    assert (entrusted.reload().state == "void") == (Weighing.select().count() == 0)


def test_what_the_channel_does_not_take_is_kept_as_measured_with_the_reason(entrusted, olga, monkeypatch):
    heard = []
    monkeypatch.setitem(moments.LISTENERS, "weigh", [lambda parcel, **facts: heard.append(facts)])
    kept = weigh(entrusted, grams=2300, sides_mm=SIDES, by=olga)
    assert (kept.grams, kept.quote, kept.difference) == (2300, None, None)
    assert [str(words) for words in kept.reload().problems] == ["A box weighs 2.3 kg; at most 2 kg."]
    assert heard[0]["weighing"] == kept and heard[0]["charge"].amount_minor == entrusted.quote.total_minor


def test_what_is_not_to_be_weighed_in_is_refused_and_changes_nothing(entrusted, lotus, olga, alice, ops_channel):
    draft = make_parcel([order_of(entrusted.store, 2)], by=alice)
    own = labelled(make_parcel([order_of(entrusted.store, 3)], by=alice), alice, "YT1234567890123456")
    void = labelled(make_parcel([order_of(entrusted.store, 4)], by=alice), alice, "YT1234567890123457")
    void.void(reason="packed wrongly")
    ended = labelled(make_parcel([order_of(entrusted.store, 5)], by=alice), alice, "YT1234567890123458")
    ended.end("delivered", datetime(2026, 3, 9), source="seventeen")
    for one, words in ((draft, "no label"), (void, "voided"), (ended, "has ended")):
        with pytest.raises(Refused, match=words):
            weigh(one.reload(), grams=300, sides_mm=SIDES)
    for grams, sides, field in (
        (0, SIDES, "grams"),
        (300, (0, 0, 0), "length"),
        (300, (10, 0, 0), "length"),
        (300, (10_001, 1, 1), "length"),
    ):
        with pytest.raises(FieldRefused) as refused:
            weigh(entrusted, grams=grams, sides_mm=sides)
        assert refused.value.field == field
    Channel.update(team=lotus).execute()
    with pytest.raises(Refused, match="operator's channels"):
        weigh(own, grams=300, sides_mm=SIDES)

    assert Weighing.select().count() == 0 and entrusted.reload().state == own.reload().state == "labelled"


def test_a_carriers_bill_is_compared_with_what_the_scale_said(entrusted, olga, harbor, ops_channel):
    kept = weigh(entrusted, grams=800, sides_mm=SIDES, by=olga)
    bill = CarrierBill.of(
        ops_channel.carrier,
        "2026-03",
        currency="CNY",
        first_day=kept.quote.ship_date,
        last_day=kept.quote.ship_date,
        by=olga,
    )
    assert matches_of(bill, [NUMBER])[NUMBER].quote.id == kept.quote_id
    assert [(quote.id, quote.waybill) for quote in unbilled(bill, [])] == [(kept.quote_id, NUMBER)]
    assert FreightQuote.get_by_id(kept.quote_id).waybill == ""
