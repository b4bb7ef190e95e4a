"""The statement of a month for every wallet that had moved by then, asked for once when the month is over where its team is. One that was
closed before that month has had its last.

Months that ended while the portal was off are caught up, as far as a year back. A month of which anything was asked for is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.wallet.statements.lines import bounds
from models.wallet.statements.statement import Statement
from models.wallet.transfer import IN_ORDER, Transfer
from models.wallet.wallet import Wallet

MONTHS, AT_ONCE = 12, 1000
Month = tuple[date, date]
"""Its first and its last day."""


def last_month(today: date) -> Month:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def ask_for_all(step: Callable[[], Any] = lambda: None) -> int:
    """Asks for what is missing, the oldest month of all wallets first, and leaves what is too much at once for the next time: how many
    were asked for. Killed anywhere it goes on with the next; `step` is called in every transaction."""
    missing = sorted(_missing(), key=lambda one: one[2])
    done = 0
    for team, wallet, month in missing:
        if done == AT_ONCE:
            break
        with suppress(Refused):  # Too many of its statements are being made at this moment.
            done += _ask(team, wallet, month, step)
    return done


def _missing() -> Iterator[tuple[Team, Wallet, Month]]:
    for team in Team.everyone():
        months = _months_before(clock.local(clock.now(), team.timezone).date())
        for wallet in Wallet.of_team(team.id):
            yield from ((team, wallet, month) for month in _missing_of(wallet, team.timezone, months))


def _months_before(today: date) -> list[Month]:
    """The last twelve that are over, the oldest first."""
    found = [last_month(today)]
    while len(found) < MONTHS:
        found.append(last_month(found[-1][0]))
    return found[::-1]


def _missing_of(wallet: Wallet, zone: str, months: list[Month]) -> list[Month]:
    opened = clock.local(wallet.created_at, zone).date()
    since = Statement.select(Statement.first_day, Statement.last_day).where(Statement.last_day >= months[0][1])
    asked = set(since.where(Statement.wallet == wallet).tuples())
    left = [month for month in months if month[1] >= opened and month not in asked]
    moves = Transfer.select(Transfer.posted_at).where(Transfer.wallet == wallet).order_by(*IN_ORDER)
    first = moves.limit(1).scalar() if left else None
    return [month for month in left if first is not None and _is_told(wallet, first, *bounds(*month, zone))]


def _is_told(wallet: Wallet, first_move: Any, start: Any, end: Any) -> bool:
    """Had it moved before the month's end, and was not closed before the month?"""
    return first_move < end and (wallet.state != "closed" or wallet.moved_at >= start)


def _ask(team: Team, wallet: Wallet, month: Month, step: Callable[[], Any]) -> bool:
    first_day, last_day = month
    same = (Statement.wallet == wallet) & (Statement.first_day == first_day) & (Statement.last_day == last_day)
    with write_txn():
        step()
        Wallet.take_turn(wallet.id)
        if Statement.select().where(same).exists():  # Somebody was faster.
            return False
        Statement.ask(wallet, first_day, last_day, language=language_of(team))
    return True


def language_of(team: Team) -> str:
    """Teams on Chinese time read Chinese; whoever wants another language asks again in it."""
    return "zh_Hans" if team.timezone.startswith("Asia/") and team.timezone.endswith(("Shanghai", "Urumqi")) else "en"
