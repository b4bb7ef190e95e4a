"""What is kept beside price sheets: fuel rates and surcharges by date, never changed, only followed, replaced or withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import peewee
import pytest

from models.audit.event import Event
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.channel_surcharge import ChannelSurcharge
from models.freight.dated import Overlap, Span, gaps
from models.freight.engine.card import Between, Fuel, Surcharge
from models.freight.engine.parcel import Box, Parcel
from models.freight.engine.quoting import quote
from models.freight.fuel_rate import FuelRate, table_of
from models.freight.offering import offered
from models.freight.rate_card import RateCard
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from tests.freight.sheets import EXPRESS, LINE, card

pytestmark = pytest.mark.both
PEAK = {"code": "peak", "when": "always", "basis": "PER_KG", "amount": "2.5", "fuelable": "yes"}


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def span(first: str, last: str = "") -> Span:
    return Span(day(first), day(last) if last else None)


@pytest.fixture
def carrier(lotus) -> Carrier:
    return Carrier.make(lotus, code="YUN", name="Yun Lines")


@pytest.fixture
def line(carrier, alice, bob) -> Channel:
    """A channel with an approved price sheet that has no fuel table."""
    channel = Channel.make(carrier.team, carrier, code="DEMO-LINE", name="Demo line")
    made = replace(card(LINE), dates=Between(day("01-01")))
    RateCard.draft(channel, made, by=alice).approve(by=bob)
    return channel


def told(rows) -> list[tuple[str, str, D]]:
    return [
        (f"{one.dates.first:%m-%d}", f"{one.dates.last:%m-%d}" if one.dates.last else "", one.percent) for one in rows
    ]


def table(carrier: Carrier, channel: Channel | None = None) -> list[tuple[str, str, D]]:
    return told(table_of(FuelRate(carrier=carrier, channel=channel).mates()))


def test_a_rate_without_an_end_ends_before_the_next_one(carrier, alice) -> None:
    FuelRate.give(carrier, None, span("01-01"), D("18.5"), by=alice)
    FuelRate.give(carrier, None, span("03-01"), D("20"), by=alice)
    FuelRate.give(carrier, None, span("02-01"), D("19"), by=alice)
    assert table(carrier) == [("01-01", "01-31", D("18.5")), ("02-01", "02-28", D("19")), ("03-01", "", D("20"))]
    FuelRate.get(FuelRate.percent == D("19")).withdraw(by=alice)
    assert table(carrier) == [("01-01", "02-28", D("18.5")), ("03-01", "", D("20"))]
    kinds = [event.name for event in Event.select().order_by(Event.id.desc()).limit(2)]
    assert kinds == ["fuel_rate_withdrawn", "fuel_rate_given"]


def test_two_rates_for_one_day_are_refused_in_words_or_one_takes_the_others_place(carrier, alice) -> None:
    FuelRate.give(carrier, None, span("03-01", "03-31"), D("18"), by=alice)
    for claimed in (span("03-01", "03-31"), span("03-31"), span("01-01", "03-01"), span("03-10", "03-11")):
        with pytest.raises(Overlap, match="2026-03-01 to 2026-03-31 has 18 % already"):
            FuelRate.give(carrier, None, claimed, D("20"), by=alice)
    FuelRate.give(carrier, None, span("01-01"), D("17"), by=alice)
    with pytest.raises(Overlap, match="2026-01-01 to 2026-02-28 has 17 %"):
        FuelRate.give(carrier, None, span("02-01", "02-10"), D("1"), by=alice)
    new = FuelRate.give(carrier, None, span("02-20", "03-10"), D("25"), replaces=True, by=alice)
    assert table(carrier) == [
        ("01-01", "02-19", D("17")), ("02-20", "03-10", D("25")), ("03-11", "03-31", D("18")),
    ]  # fmt: skip
    gone = FuelRate.select().where(FuelRate.withdrawn_at.is_null(False))
    assert {(one.percent, one.replaced_by_id, one.withdrawn_by_id) for one in gone} == {
        (D("17"), new.id, alice.id), (D("18"), new.id, alice.id)
    }  # fmt: skip


def test_days_between_two_rates_that_none_holds_are_a_gap(carrier) -> None:
    FuelRate.give(carrier, None, span("01-01", "01-31"), D("18"))
    FuelRate.give(carrier, None, span("02-05", "02-28"), D("19"))
    assert gaps(FuelRate(carrier=carrier, channel=None).mates()) == [span("02-01", "02-04")]


@pytest.mark.parametrize(
    ("claimed", "percent", "field"),
    [(span("03-01", "02-01"), "1", "last"), (Span(date(1999, 1, 1)), "1", "first"), (span("01-01"), "200.1", "percent"),
     (span("01-01"), "-1", "percent")],
)  # fmt: skip
def test_a_rate_nobody_means_is_refused_beside_its_field(carrier, claimed, percent, field) -> None:
    with pytest.raises(FieldRefused) as refused:
        FuelRate.give(carrier, None, claimed, D(percent))
    assert refused.value.field == field and FuelRate.select().count() == 0


def test_of_many_who_give_the_same_days_at_once_one_does(carrier, in_parallel) -> None:
    made = in_parallel(4, lambda number: FuelRate.give(carrier, None, span("01-01", "01-31"), D(number)))
    assert len(made.results) == 1 and all(isinstance(error, Overlap) for error in made.errors), made
    assert len(table(carrier)) == 1


def test_a_sheet_is_taken_in_whole_or_not_at_all(carrier, alice) -> None:
    FuelRate.give(carrier, None, span("01-01", "01-31"), D("18"), by=alice)
    sheet = [Fuel(Between(day("01-01"), day("01-31")), D("18")), Fuel(Between(day("02-01")), D("19")),
             Fuel(Between(day("01-20"), day("01-31")), D("30"))]  # fmt: skip
    planned = FuelRate.plan(carrier, None, sheet)
    assert [(one.is_there, len(one.met)) for one in planned] == [(True, 0), (False, 0), (False, 1)]
    with pytest.raises(Overlap):
        FuelRate.take_in(carrier, None, sheet, replaces=False, source="fuel.csv", by=alice)
    assert table(carrier) == [("01-01", "01-31", D("18"))]
    assert FuelRate.take_in(carrier, None, sheet, replaces=True, source="fuel.csv", by=alice) == 2
    assert table(carrier) == [("01-01", "01-19", D("18")), ("01-20", "01-31", D("30")), ("02-01", "", D("19"))]


def test_what_was_said_cannot_be_changed_even_past_the_verbs(carrier, line, alice) -> None:
    rate = FuelRate.give(carrier, None, span("01-01"), D("18"), by=alice)
    fee = ChannelSurcharge.give(line, PEAK, span("01-01"), by=alice)
    for model, change in (
        (FuelRate, {"percent": D("1")}),
        (FuelRate, {"first": day("02-01")}),
        (ChannelSurcharge, {"terms": {}}),
    ):
        with pytest.raises(peewee.DatabaseError), write_txn():
            model.update(**change).execute()
    for row in (rate, fee):
        row.withdraw(by=alice)
        with pytest.raises(AlreadyDecided):
            row.reload().withdraw(by=alice)
        with pytest.raises(peewee.DatabaseError), write_txn():
            type(row).update(withdrawn_at=None).execute()
        with pytest.raises(peewee.DatabaseError), write_txn():
            type(row).delete().execute()


def asked(team, on: str = "03-02"):
    """The price of a kilogram to the US in the only channel, on a day."""
    (one,) = offered(team.id, day(on))
    return quote(one.card, Parcel(day(on), "US", (Box(D("1")),)), {})


def lines(found) -> dict[str, D]:
    return {line.code: line.amount for line in found.lines}


def test_a_price_is_reckoned_with_the_channels_fuel_else_its_carriers_else_the_sheets(carrier, line, lotus) -> None:
    assert lines(asked(lotus)) == {"freight": D("90.00"), "handling": D("15.00")}
    theirs = FuelRate.give(carrier, None, span("01-01"), D("10"))
    assert lines(asked(lotus))["fuel"] == D("9.00")
    own = FuelRate.give(carrier, line, span("03-01", "03-31"), D("20"))
    assert lines(asked(lotus))["fuel"] == D("18.00")
    assert asked(lotus, "04-01").warnings[0] == "FUEL_RATE_MISSING"  # Its own table counts, and has nothing for April.
    own.withdraw()
    assert lines(asked(lotus))["fuel"] == D("9.00")
    theirs.withdraw()
    assert "fuel" not in lines(asked(lotus))


def test_a_sheets_own_fuel_counts_as_long_as_nothing_is_kept_beside_it(carrier, lotus, alice, bob) -> None:
    channel = Channel.make(lotus, carrier, code="DEMO-EXP", name="Express")
    RateCard.draft(channel, replace(card(EXPRESS), dates=Between(day("01-01"))), by=alice).approve(by=bob)
    (one,) = offered(lotus.id, day("03-02"))
    assert one.card.fuels == card(EXPRESS).fuels
    FuelRate.give(carrier, None, span("01-01"), D("30"))
    (one,) = offered(lotus.id, day("03-02"))
    assert told(one.card.fuels) == [("01-01", "", D("30"))]


def test_a_channel_whose_prices_include_fuel_is_not_charged_its_carriers(carrier, line, lotus) -> None:
    FuelRate.give(carrier, None, span("01-01"), D("10"))
    line.edit(includes_fuel=True)
    assert "fuel" not in lines(asked(lotus))
    FuelRate.give(carrier, line, span("01-01"), D("10"))
    assert lines(asked(lotus))["fuel"] == D("9.00")


def test_a_surcharge_by_hand_counts_for_its_days_and_fuel_on_it(carrier, line, lotus, alice) -> None:
    FuelRate.give(carrier, None, span("01-01"), D("10"))
    given = ChannelSurcharge.give(line, PEAK, span("03-01", "03-31"), by=alice)
    assert given.surcharge == Surcharge("peak", "always", "PER_KG", D("2.5"), fuelable=True)
    assert lines(asked(lotus)) == {"freight": D("90.00"), "handling": D("15.00"), "peak": D("2.50"), "fuel": D("9.25")}
    assert "peak" not in lines(asked(lotus, "04-01"))
    with pytest.raises(Overlap, match=r"has peak: 2\.5 already"):
        ChannelSurcharge.give(line, PEAK | {"amount": "9"}, span("03-15", "04-15"), by=alice)
    ChannelSurcharge.give(line, PEAK | {"amount": "9"}, span("03-15", "04-15"), replaces=True, by=alice)
    assert (lines(asked(lotus))["peak"], lines(asked(lotus, "04-01"))["peak"]) == (D("2.50"), D("9.00"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"code": "fuel"}, "code"), ({"code": "=1+1"}, "code"), ({"amount": "much"}, "amount"), ({"amount": ""}, "amount"),
     ({"basis": "GUESS"}, "basis"), ({"when": "box"}, "measure"), ({"when": "cargo", "cargo": "gold"}, "cargo")],
)  # fmt: skip
def test_a_surcharge_a_sheet_would_not_have_is_refused_beside_its_field(line, wrong, field) -> None:
    with pytest.raises(FieldRefused) as refused:
        ChannelSurcharge.give(line, PEAK | wrong, span("01-01"))
    assert refused.value.field == field and ChannelSurcharge.select().count() == 0


def test_a_card_is_made_once_and_anew_when_something_beside_it_changes(carrier, line, lotus) -> None:
    first, again = (offered(lotus.id, day("03-02"))[0].card for _ in range(2))
    assert first is again
    FuelRate.give(carrier, None, span("01-01"), D("10"))
    with_fuel = offered(lotus.id, day("03-02"))[0].card
    assert with_fuel is not first and offered(lotus.id, day("03-03"))[0].card is with_fuel
