"""What a currency was worth on a day: who is believed, how old a rate may be, and that none is ever changed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import peewee
import pytest

from models.audit.event import Event
from models.freight.day_rate import DayRate, counting, rates_on
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused

pytestmark = pytest.mark.both
FRIDAY = date(2026, 3, 6)
DAY = timedelta(days=1)


@pytest.fixture
def bank(portal) -> None:
    DayRate.keep("history", {FRIDAY - 7 * DAY: {"USD": D("7.0"), "EUR": D("7.8"), "JPY": D("0.048")}})
    DayRate.keep("bank", {FRIDAY: {"USD": D("7.1"), "EUR": D("7.9")}})


def test_a_day_without_a_rate_takes_the_last_before_it_ten_days_old_at_most(bank) -> None:
    assert rates_on(None, FRIDAY) == {"CNY": 1, "USD": D("7.1"), "EUR": D("7.9"), "JPY": D("0.048")}
    assert rates_on(None, FRIDAY - DAY, ["USD", "CNY"]) == {"CNY": 1, "USD": D("7.0")}
    for sunday in (FRIDAY + 2 * DAY, FRIDAY + 10 * DAY):
        assert rates_on(None, sunday)["USD"] == D("7.1")
    assert "JPY" not in rates_on(None, FRIDAY + 4 * DAY)
    assert rates_on(None, FRIDAY + 11 * DAY) == rates_on(None, FRIDAY - 8 * DAY) == {"CNY": 1}


def test_a_teams_own_word_stands_first_then_one_by_hand_then_the_banks(bank, lotus, comet, harbor, olga, alice) -> None:
    for_all = DayRate.give(harbor, "USD", FRIDAY, D("7.2"), for_all=True, by=olga)
    DayRate.give(harbor, "AED", FRIDAY, D("1.95"), for_all=True, by=olga)
    own = DayRate.give(lotus, "USD", FRIDAY - 2 * DAY, D("7.3"), by=alice)
    DayRate.give(lotus, "USD", FRIDAY - 2 * DAY, D("7.35"), by=alice)  # The newest of a day counts.
    assert [rates_on(team.id, FRIDAY)["USD"] for team in (lotus, comet, harbor)] == [D("7.35"), D("7.2"), D("7.2")]
    assert rates_on(comet.id, FRIDAY)["AED"] == D("1.95")
    found = counting(lotus.id, FRIDAY)["USD"]
    assert (found.day, found.source, found.is_own) == (FRIDAY - 2 * DAY, "hand", True)
    DayRate.keep("bank", {FRIDAY + 3 * DAY: {"USD": D("7.0")}})
    assert rates_on(comet.id, FRIDAY + 3 * DAY)["USD"] == D("7.0")  # By hand it was said for its day.
    for row in DayRate.select().where(DayRate.team == lotus):
        row.withdraw(lotus, by=alice)
    assert rates_on(lotus.id, FRIDAY)["USD"] == D("7.2")
    with pytest.raises(AlreadyDecided):
        own.withdraw(lotus, by=alice)
    for_all.withdraw(harbor, by=olga)
    assert rates_on(lotus.id, FRIDAY)["USD"] == D("7.1")
    assert {event.name for event in Event.select()} >= {"day_rate_given", "day_rate_withdrawn"}


def test_the_bank_is_kept_once_and_its_corrections_beside(bank) -> None:
    said = {FRIDAY: {"USD": D("7.1"), "EUR": D("7.95"), "GBP": D("9.1")}}
    assert DayRate.keep("bank", said) == 2 and DayRate.keep("bank", said) == 0
    assert rates_on(None, FRIDAY)["EUR"] == D("7.95")


@pytest.mark.parametrize(
    ("currency", "day", "cny", "field"),
    [("CNY", FRIDAY, "1", "currency"), ("usd", FRIDAY, "1", "currency"), ("ＵＳＤ", FRIDAY, "1", "currency"), ("USD", FRIDAY, "0", "cny"),
     ("USD", FRIDAY, "1000001", "cny"), ("USD", date(1999, 12, 31), "1", "day"), ("USD", date(2999, 1, 1), "1", "day")],
)  # fmt: skip
def test_a_rate_nobody_means_is_refused_beside_its_field(lotus, currency, day, cny, field) -> None:
    with pytest.raises(FieldRefused) as refused:
        DayRate.give(lotus, currency, day, D(cny))
    assert refused.value.field == field and DayRate.select().count() == 0


def test_rates_are_never_changed_and_sellers_give_none_for_others(bank, lotus, alice) -> None:
    with pytest.raises(FieldRefused, match="Only the operator"):
        DayRate.give(lotus, "USD", FRIDAY, D("7"), for_all=True, by=alice)
    for change in ({"cny": D("9")}, {"day": FRIDAY}, {"source": "hand"}):
        with pytest.raises(peewee.DatabaseError), write_txn():
            DayRate.update(**change).execute()


def test_years_of_rates_are_asked_by_their_index(bank, request) -> None:
    if request.node.callspec.params["database"] == "sqlite":
        sql, params = (
            DayRate.select().where(DayRate.day >= FRIDAY, DayRate.day <= FRIDAY, DayRate.withdrawn_at.is_null()).sql()
        )
        plan = " ".join(str(row) for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall())
        assert "USING INDEX day_rate_day_currency" in plan
