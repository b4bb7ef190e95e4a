"""The statements of months: asked for once each, those that ended while the portal was off as well."""

from __future__ import annotations

import os
import signal
from datetime import datetime

import pytest

from jobs import statements
from models.database import close_databases, open_databases
from models.people.team import Team
from models.support.job_run import JobRun
from models.wallet.mending import pay_in, pay_out
from models.wallet.statements import monthly, statement
from models.wallet.statements.statement import Statement
from models.wallet.team_closing import TeamClosing
from models.wallet.wallet import Wallet
from tests.wallet.test_pages import gao  # noqa: F401 (a fixture)
from tests.wallet.test_statements import run


def opened(team: Team, currency: str, clock, *at: int) -> Wallet:
    clock.move(to=datetime(*at))
    wallet = Wallet.open_for(team, currency)
    pay_in(wallet, 5, key=f"first {team.slug} {currency}")
    return wallet


def asked(**where) -> list[str]:
    """The months, as they were asked for."""
    found = Statement.select().filter(**where).order_by(Statement.id)
    assert {(one.first_day.day, one.state) for one in found} <= {(1, "waiting")}
    return [f"{one.last_day:%Y-%m}" for one in found]


def months(first: str, count: int) -> list[str]:
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(start, start + count)]


def test_every_wallet_gets_its_month_once(lotus, clock):
    opened(lotus, "CNY", clock, 2027, 2, 10)
    clock.move(to=datetime(2027, 3, 1, 3))
    run(statements.ask_for_months)
    run(statements.ask_for_months)
    (one,) = Statement.select()
    assert (str(one.first_day), one.state, one.language) == ("2027-02-01", "waiting", "zh_Hans")
    assert Statement.waiting() == [str(one.uid)]


def test_a_wallet_opened_on_the_first_of_a_month_where_its_team_is_has_none_of_the_month_before(lotus, clock):
    """It was still the month before in UTC."""
    assert lotus.timezone == "Asia/Shanghai"
    opened(lotus, "CNY", clock, 2027, 2, 28, 17)
    clock.move(to=datetime(2027, 3, 1, 3))
    run(statements.ask_for_months)
    assert asked() == []
    clock.move(to=datetime(2027, 4, 1, 3))
    run(statements.ask_for_months)
    assert asked() == ["2027-03"]


def test_months_that_ended_while_the_portal_was_off_are_asked_for_the_oldest_first(lotus, comet, clock):
    cny, usd = (opened(lotus, code, clock, 2027, month, 10) for code, month in (("CNY", 2), ("USD", 4)))
    other = opened(comet, "CNY", clock, 2027, 5, 10)
    clock.move(to=datetime(2027, 6, 20))
    Statement.ask(cny, datetime(2027, 3, 1).date(), datetime(2027, 3, 31).date())
    for _twice in range(2):
        run(statements.ask_for_months)
        assert asked(wallet=cny) == ["2027-03", "2027-02", "2027-04", "2027-05"], "one was there already"
        assert asked(wallet=usd) == ["2027-04", "2027-05"] and asked(wallet=other) == ["2027-05"]
    assert asked()[1:] == sorted(asked()[1:]), "the oldest month of all wallets first"


def test_a_year_is_caught_up_at_most(lotus, clock):
    opened(lotus, "CNY", clock, 2027, 2, 10)
    clock.move(to=datetime(2028, 6, 20))
    run(statements.ask_for_months)
    assert asked() == months("2027-06", 12)
    clock.move(to=datetime(2028, 8, 1))
    run(statements.ask_for_months)
    assert asked() == months("2027-06", 14)


def test_a_month_before_the_wallet_was_opened_or_moved_has_none(lotus, clock):
    clock.move(to=datetime(2027, 2, 10))
    late, never = (Wallet.open_for(lotus, code) for code in ("CNY", "USD"))
    clock.move(to=datetime(2027, 4, 30, 17))  # May where its team is.
    pay_in(late, 5, key="first")
    clock.move(to=datetime(2027, 8, 10))
    pay_out(late, 5, key="last")
    clock.move(to=datetime(2027, 10, 2))
    run(statements.ask_for_months)
    assert asked(wallet=late) == months("2027-05", 5), "a quiet month included"
    assert asked(wallet=never) == []


def test_a_wallet_that_was_closed_has_none_of_later_months(lotus, gao, olga, clock):  # noqa: F811
    opened(lotus, "CNY", clock, 2027, 2, 10)
    clock.move(to=datetime(2027, 4, 10))
    TeamClosing.propose(lotus, reason="they leave", by=olga).approve(by=gao)
    clock.move(to=datetime(2027, 9, 10))
    run(statements.ask_for_months)
    assert [f"{one.first_day:%m-%d} {one.last_day:%m-%d}" for one in Statement.select().order_by(Statement.id)] == [
        "04-01 04-10", "02-01 02-28", "03-01 03-31", "04-01 04-30",
    ]  # fmt: skip


def test_what_is_too_much_at_once_waits_for_the_next_time(lotus, clock, monkeypatch):
    cny = opened(lotus, "CNY", clock, 2027, 2, 10)
    opened(lotus, "USD", clock, 2027, 2, 11)
    clock.move(to=datetime(2027, 6, 20))
    monkeypatch.setattr(monthly, "AT_ONCE", 3)
    run(statements.ask_for_months)
    assert asked() == ["2027-02", "2027-02", "2027-03"]
    monkeypatch.setattr(statement, "MOST_OPEN", 2)
    run(statements.ask_for_months)
    assert asked() == ["2027-02", "2027-02", "2027-03", "2027-03"], "more of them are not made at once"
    Statement.update(state="failed").where(Statement.wallet == cny).execute()
    run(statements.ask_for_months)
    Statement.update(state="waiting").execute()
    assert asked(wallet=cny) == months("2027-02", 4)


@pytest.mark.both
def test_who_ask_at_once_ask_once(lotus, clock, in_parallel):
    opened(lotus, "CNY", clock, 2027, 2, 10)
    clock.move(to=datetime(2027, 8, 20))
    outcome = in_parallel(3, lambda number: monthly.ask_for_all())
    assert outcome.errors == [] and sum(outcome.results) == 6
    assert sorted(asked()) == months("2027-02", 6)


@pytest.mark.both
def test_killed_while_it_asks_it_goes_on_with_the_next(lotus, clock, portal):
    """A real process, ended by SIGKILL before the third of them is kept."""
    opened(lotus, "CNY", clock, 2027, 2, 10)
    clock.move(to=datetime(2027, 8, 20))
    close_databases()
    child = os.fork()
    if not child:
        open_databases(portal)
        ask, kept = Statement.ask, []

        def ask_and_die(*told, **more) -> Statement:
            kept.append(ask(*told, **more))
            if len(kept) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return kept[-1]

        Statement.ask = ask_and_die
        run(statements.ask_for_months)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    open_databases(portal)
    assert asked() == months("2027-02", 2)
    JobRun.update(lease_until=datetime(2020, 1, 1)).where(JobRun.state == "running").execute()
    for _twice in range(2):
        run(statements.ask_for_months)
        assert asked() == months("2027-02", 6)
