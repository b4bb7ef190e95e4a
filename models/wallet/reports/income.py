"""What channels earned: charges and extras less what was given back, by channel, carrier, country, month or team, and beside it what
carriers billed for the same parcels, by the months their bills are for. The margin is told where both are in one currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import peewee

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.people.team import Team
from models.support import clock
from models.support.money import Money
from models.support.words import say
from models.wallet.account import Account
from models.wallet.reports.sums import BILLED, FreightMonth, billed, earned, last_summed, zone_of_days
from models.wallet.transfer import Transfer

GROUPS = {
    "channel": say("Channel"),
    "carrier": say("Carrier"),
    "country": say("Country"),
    "month": say("Month"),
    "team": say("Team"),
}
PARTS = {
    "freight": "charged",
    "extra": "extras",
    "bill": "extras",
    "refund": "given",
    "claim": "given",
    "reversal": "reversed",
}
FIRST = datetime(2000, 1, 1)


@dataclass
class Income:
    """One group in one currency; minor units, above zero what was earned. `key` is what the group is: a code, a month, a team."""

    key: Any
    currency: str
    sums: Counter[str] = field(default_factory=Counter)
    parcels: int = 0
    grams: int = 0
    billed_parcels: int = 0

    @property
    def net(self) -> int:
        return sum(self.sums[name] for name in ("charged", "extras", "given", "reversed"))

    @property
    def margin(self) -> int | None:
        """None where no bill has come, or nothing was earned in its currency."""
        return self.net - self.sums[BILLED] if self.billed_parcels and self.parcels else None

    @property
    def kg(self) -> Decimal:
        return Decimal(self.grams) / 1000

    def money(self, name: str) -> Money:
        return Money(self.net if name == "net" else self.sums[name], self.currency)

    def add(self, kind: str, amount: int, count: int, grams: int) -> None:
        if kind == BILLED:
            self.sums[BILLED] += amount
            self.billed_parcels += count
            return
        self.sums[PARTS.get(kind, "reversed")] -= amount  # What a wallet loses, the channel earns.
        self.parcels += count if kind == "freight" else 0
        self.grams += grams


@dataclass(frozen=True)
class Asked:
    """`first` and `last` are first days of months."""

    first: date
    last: date
    by: str = "channel"
    team: Team | None = None
    channel: str = ""
    carrier: str = ""
    country: str = ""


def income(asked: Asked) -> tuple[list[Income], list[Income]]:
    """The groups, and the totals of their currencies."""
    accounts = _accounts()
    groups: dict[tuple[Any, str], Income] = {}
    totals: dict[str, Income] = {}
    for team, month, account, country, kind, amount, count, grams in _rows(asked):
        if (known := accounts.get(account)) is None or not _fits(asked, team, month, country, known):
            continue
        channel, carrier, currency = known
        key = {"channel": channel, "carrier": carrier, "country": country, "month": month, "team": team}[asked.by]
        for one in (
            groups.setdefault((key, currency), Income(key, currency)),
            totals.setdefault(currency, Income(None, currency)),
        ):
            one.add(kind, amount, count, grams)
    if asked.by == "team":
        told: Any = Team.select(Team.id, Team.name).tuples()
        names: dict[int, str] = dict(told)
        for one in groups.values():
            one.key = names.get(one.key, "")
    return sorted(groups.values(), key=lambda one: (str(one.key), one.currency)), [
        totals[code] for code in sorted(totals)
    ]


def _fits(asked: Asked, team: int, month: date, country: str, known: tuple[str, str, str]) -> bool:
    wanted = (asked.team.id if asked.team else "", asked.channel, asked.carrier, asked.country)
    told = (team, known[0], known[1], country)
    return asked.first <= month <= asked.last and all(
        not want or want == one for want, one in zip(wanted, told, strict=True)
    )


def _rows(asked: Asked) -> Iterable[tuple[Any, ...]]:
    """What is summed, and what came since."""
    last = last_summed()
    since = last.ended_at if last else FIRST
    if last is not None:
        model = FreightMonth
        grains = (model.team, model.month, model.account, model.country, model.kind)
        sums = (peewee.fn.SUM(one) for one in (model.amount_minor, model.transfers, model.grams))
        query: Any = (
            model.select(*grains, *sums).where(model.month.between(asked.first, asked.last)).group_by(*grains).tuples()
        )
        for *told, amount, count, grams in query:
            yield (*told, int(amount), int(count), int(grams))
    until = clock.now() + timedelta(days=1)
    yield from earned(max(since, _first_moment()), until)
    yield from billed(since, until)


def _first_moment() -> datetime:
    first = Transfer.select(Transfer.posted_at).order_by(Transfer.id).first()
    return first.posted_at - timedelta(days=2) if first else clock.now()


def _accounts() -> dict[int, tuple[str, str, str]]:
    """Each channel's accounts: channel, carrier and currency."""
    channels: Any = Channel.select(Channel.id, Channel.code, Carrier.code).join(Carrier).tuples()
    known = {number: (code, carrier) for number, code, carrier in channels}
    found = {}
    for account in Account.select().where(Account.code.startswith("freight:")):
        number = int(account.code.split(":")[1])
        if number in known:
            found[account.id] = (*known[number], account.currency)
    return found


def months() -> tuple[date, date]:
    """This month and the one before, on the operator's clock."""
    this = clock.local(clock.now(), zone_of_days()).date().replace(day=1)
    return (this - timedelta(days=1)).replace(day=1), this


def offered(team: Team) -> dict[str, list[str]]:
    """The operator's channels and their carriers, by code."""
    query: Any = Channel.select(Channel.code, Carrier.code).join(Carrier).where(Channel.team == team).tuples()
    codes = list(query)
    return {
        "channel": sorted({channel for channel, _one in codes}),
        "carrier": sorted({carrier for _one, carrier in codes}),
    }
