"""A room that listens to a parcel's life acts in the same transaction, and its refusal leaves nothing behind."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.audit.event import Event
from models.shipping import moments
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.support.errors import Refused
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import NUMBER, kept_quote, order_of


@pytest.fixture
def heard(monkeypatch):
    """Everything that comes, in order; (moment, the facts) of each."""
    found = []
    for moment in moments.MOMENTS:
        monkeypatch.setitem(moments.LISTENERS, moment, [])
        moments.at(moment)(lambda parcel, moment=moment, **facts: found.append((moment, parcel.state, facts)))
    return found


@pytest.fixture
def parcel(lotus, alice, bob) -> Parcel:
    made = make_parcel([order_of(make_store(lotus))], by=alice)
    Parcel.update(country="US").execute()
    made = made.reload()
    made.choose(kept_quote(lotus, alice, bob), by=alice)
    made.give_number(NUMBER)
    return made


def test_who_listens_hears_of_a_whole_life_with_what_the_label_fixed(parcel, heard, lotus, alice):
    quote = parcel.quote
    parcel.put_label_on(by=alice)
    parcel.give_number("YT1234567890123456", by=alice)
    parcel.hand_over(by=alice)
    parcel.end("lost", datetime(2026, 3, 9), source="seventeen")
    assert [(moment, state) for moment, state, _facts in heard] == [
        ("label", "labelled"), ("number", "labelled"), ("leave", "shipped"), ("end", "lost"),
    ]  # fmt: skip
    charge = heard[0][2]["charge"]
    assert (charge.quote, charge.amount_minor, charge.currency) == (quote, quote.total_minor, "CNY")
    assert (charge.channel.code, charge.owner_id) == ("DEMO-LINE", lotus.id)
    assert (heard[0][2]["by"], heard[1][2]["was"], heard[3][2]["state"]) == (alice, NUMBER, "lost")
    assert all(facts["charge"] == charge for _moment, _state, facts in heard)


def test_a_draft_that_is_voided_owes_nothing(parcel, heard, alice):
    parcel.void(reason="packed wrongly", by=alice)
    assert [(moment, facts["charge"]) for moment, _state, facts in heard] == [("void", None)]


@pytest.mark.both
def test_two_who_void_at_once_are_heard_once(parcel, heard, alice, in_parallel):
    parcel.put_label_on(by=alice)
    done = in_parallel(3, lambda: Parcel.get_by_id(parcel.id).void(reason="packed wrongly", by=alice))
    assert len(done.results) == 1 and [moment for moment, _state, _facts in heard] == ["label", "void"]
    assert heard[1][2]["charge"].amount_minor == parcel.quote.total_minor


def test_a_refusal_stops_the_label_and_leaves_nothing_behind(parcel, heard, as_, alice):
    @moments.at("label")
    def refuse(parcel, **_facts):
        raise Refused("The wallet is good for no more than 3.20.")

    page = as_(alice).post(f"/t/lotus/shipping/parcels/{parcel.uid}/label")
    assert page.status_code == 409 and "The wallet is good for no more" in page.text
    now = parcel.reload()
    assert (now.state, now.labelled_at, now.quote.waybill) == ("draft", None, "")
    assert not Event.select().where(Event.name.in_(("parcel_labelled", "quote_booked"))).exists()


def test_a_moment_outside_a_transaction_is_a_mistake(parcel):
    with pytest.raises(RuntimeError, match="write_txn"):
        moments.come("label", parcel, by=None)
