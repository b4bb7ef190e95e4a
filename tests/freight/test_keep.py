"""A kept quote stays as it was given, whatever happens to the price sheet, and is booked once."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import peewee
import pytest

from models.freight.engine.quoting import quote
from models.freight.kept_quote import FreightQuote
from models.freight.offering import Offered
from models.freight.rate_card import RateCard
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.money import Money
from tests.freight.asking import approved, parcel, priced
from tests.freight.sheets import LINE

pytestmark = pytest.mark.both


@pytest.fixture
def channels(lotus, alice, bob):
    return approved(lotus, alice, bob)


def test_a_quote_stays_as_it_was_given_after_the_price_sheet_is_withdrawn(channels, lotus, alice, last_event) -> None:
    kept = FreightQuote.keep(lotus, *priced(lotus), by=alice)
    told = last_event()
    assert told.name == "quote_kept" and told.details["total"] == "42.90 CNY" and "10001" not in str(told.details)
    RateCard.get(RateCard.channel == channels[0]).retire(reason="Wrong prices", by=alice)
    channels[0].switch(False, by=alice)
    kept = kept.reload()
    assert (kept.label, kept.total, kept.home) == ("Q-1", Money(4290, "CNY"), Money(4290, "CNY"))
    assert [(line["code"], line["amount"]) for line in kept.answer["lines"]] == [
        ("freight", "27.90"),
        ("handling", "15.00"),
    ]
    assert (
        kept.answer["weight"] | {"chargeable": "0.31", "counted": "0.301", "by": "actual", "step": "0.01"}
        == kept.answer["weight"]
    )
    assert kept.asked["boxes"] == [{"kg": "0.301", "l": "20", "w": "15", "h": "5", "qty": 1}]
    assert FreightQuote.keep(lotus, *priced_again(kept), by=alice).number == 2


def priced_again(kept):
    """The same price from the version it was given under, as a label made later would have it."""
    card = kept.rate_card.card
    return Offered(kept.channel, kept.rate_card, card), parcel(), quote(card, parcel(), {})


def test_a_price_in_another_currency_is_kept_with_the_rate_of_its_day(lotus, alice, bob) -> None:
    sheet = {name: text.replace("currency,CNY", "currency,USD").replace("RMB/", "") for name, text in LINE.items()}
    approved(lotus, alice, bob, **{"DEMO-LINE": sheet})
    one, sent, _unrated = priced(lotus)
    kept = FreightQuote.keep(lotus, one, sent, quote(one.card, sent, {"USD": Decimal("7.1234")}), by=alice).reload()
    assert (kept.total, kept.home, kept.answer["rate"]) == (Money(4290, "USD"), Money(30559, "CNY"), "7.1234")
    unrated = FreightQuote.keep(lotus, *priced(lotus), by=alice).reload()
    assert (unrated.home, unrated.answer["warnings"]) == (None, ["FX_RATE_MISSING"])


def test_neither_a_statement_nor_a_replacement_changes_it(channels, lotus, alice) -> None:
    kept = FreightQuote.keep(lotus, *priced(lotus), by=alice)
    statements = [
        "UPDATE freight_quote SET total_minor = 1", "UPDATE freight_quote SET answer = '{}'", "DELETE FROM freight_quote",
        "UPDATE freight_quote SET postcode = ''", "UPDATE freight_quote SET waybill = ''",
    ]  # fmt: skip
    kept.book("YT2600000001", by=alice)
    for sql in [
        *statements,
        "UPDATE freight_quote SET waybill = '', booked_at = NULL",
        "UPDATE freight_quote SET booked_at = NULL",
    ]:
        with pytest.raises(peewee.DatabaseError), write_txn():
            db.execute_sql(sql)
    assert kept.reload().total_minor == 4290


def test_a_quote_is_booked_once_under_a_number_of_its_own(channels, lotus, comet, alice, charlie, in_parallel) -> None:
    one, other = (FreightQuote.keep(lotus, *priced(lotus), by=alice) for _ in range(2))
    outcomes = in_parallel(2, lambda number: FreightQuote.get_by_id(one.id).book(f"yt 26 0000 {number}", by=alice))
    assert len(outcomes.errors_of(AlreadyDecided)) == 1 and one.reload().waybill in ("YT2600000", "YT2600001")
    with pytest.raises(FieldRefused, match="Another quote"):
        other.book(one.reload().waybill, by=alice)
    for wrong in ("", "A", "<script>", "x" * 41, "单号12345"):
        with pytest.raises(FieldRefused, match="5 to 40"):
            other.book(wrong, by=alice)
    assert not other.reload().is_booked
    theirs = FreightQuote.keep(comet, *priced(lotus), by=charlie)  # Another team's parcel may have any number.
    theirs.book(one.reload().waybill, by=charlie)
    assert FreightQuote.found(lotus.id, "yt2600", 10) == [one.id] and FreightQuote.found(lotus.id, "Q-2", 10) == [
        other.id
    ]
    assert FreightQuote.found(lotus.id, "", 10) == [] and FreightQuote.found(lotus.id, "%", 10) == []


def test_quotes_kept_at_once_have_numbers_of_their_own(channels, lotus, alice, in_parallel) -> None:
    outcomes = in_parallel(6, lambda: FreightQuote.keep(lotus, *priced(lotus), by=alice).number)
    assert not outcomes.errors and sorted(outcomes.results) == [1, 2, 3, 4, 5, 6]


def test_a_rejected_parcel_has_no_price_to_keep(channels, lotus, alice) -> None:
    with pytest.raises(Refused, match="no price"):
        FreightQuote.keep(lotus, *priced(lotus, country="DE"), by=alice)


def test_a_quote_of_an_order_keeps_no_postcode(channels, lotus, alice) -> None:
    kept = FreightQuote.keep(lotus, *priced(lotus), by=alice, order=SimpleNamespace(id=7)).reload()
    assert (kept.order_id, kept.postcode, kept.country) == (7, "", "US") and "10001" not in str(kept.__data__)
