"""The statement of a month for every wallet that ever moved, asked for once when the month is over where its team is. One that was closed
before that month has had its last."""

from __future__ import annotations

from datetime import date, timedelta

from models.people.team import Team
from models.support import clock
from models.wallet.statements.lines import bounds
from models.wallet.statements.statement import Statement
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet


def last_month(today: date) -> tuple[date, date]:
    """The first and the last day of the month before."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def ask_for_all(team: Team, today: date) -> int:
    """How many were asked for."""
    first_day, last_day = last_month(today)
    done = 0
    for wallet in Wallet.of_team(team.id):
        if _is_needed(wallet, first_day, last_day):
            Statement.ask(wallet, first_day, last_day, language=language_of(team))
            done += 1
    return done


def _is_needed(wallet: Wallet, first_day: date, last_day: date) -> bool:
    mine = (Statement.wallet == wallet) & (Statement.first_day == first_day) & (Statement.last_day == last_day)
    opened = clock.local(wallet.created_at, wallet.team.timezone).date()
    if Statement.select().where(mine).exists() or opened > last_day:
        return False
    moved = Transfer.select().where(Transfer.wallet == wallet)
    if wallet.state == "closed":
        moved = moved.where(Transfer.posted_at >= bounds(first_day, last_day, wallet.team.timezone)[0])
    return wallet.balance_minor != 0 or moved.exists()


def language_of(team: Team) -> str:
    """Teams on Chinese time read Chinese; whoever wants another language asks again in it."""
    return "zh_Hans" if team.timezone.startswith("Asia/") and team.timezone.endswith(("Shanghai", "Urumqi")) else "en"
