"""Sums of days that are over, so that a report over a million transfers reads few rows: what moved each wallet on a day, and what each
channel earned in a month. A transfer is never changed, so neither is a day once it is over.

A day is the operator's. It is summed an hour after its end, in one transaction with the row that says so: what was posted later stands
in none of these tables and is added up as it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import peewee

from models.freight.bills.line import BillLine
from models.freight.channel import Channel
from models.lists.days import midnight
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record, TeamRecord
from models.wallet.account import Account
from models.wallet.transfer import OTHER, SIGNED, Transfer
from models.wallet.wallet import Wallet

LATE = timedelta(hours=1)  # Longer than any transaction lives.
BILLED, fn = "billed", peewee.fn
KEEP = "as the transfers; made anew from them at any time"


class SummedDay(Record):
    """A day that is over and summed, with its end in UTC. All are of one zone."""

    day = peewee.DateField(primary_key=True)
    zone = peewee.CharField(max_length=64)
    ended_at = UtcField()

    about = About(why="which days are summed", keep=KEEP, plain="day zone ended_at")


class WalletDay(TeamRecord):
    """What moved a wallet on a day, as the wallet feels it."""

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="days")
    day = peewee.DateField()
    kind = peewee.CharField(max_length=12)
    amount_minor = peewee.BigIntegerField()
    transfers = peewee.IntegerField()

    about = About(why="reports over many transfers", keep=KEEP, plain="id team wallet day kind amount_minor transfers")

    class Meta:
        indexes = ((("day", "wallet", "kind"), True),)


class FreightMonth(TeamRecord):
    """What a channel's account earned of a team's parcels to a country in a month; `billed` is what carriers billed for them. `month`
    is its first day; the weight is the scale's, else the label's."""

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    month = peewee.DateField()
    account = peewee.ForeignKeyField(Account, index=False, on_delete="RESTRICT", backref="months")
    country = peewee.CharField(max_length=2)
    kind = peewee.CharField(max_length=12)
    amount_minor = peewee.BigIntegerField()
    transfers = peewee.IntegerField()
    grams = peewee.BigIntegerField()

    about = About(
        why="reports over many transfers", keep=KEEP,
        plain="id team month account country kind amount_minor transfers grams",
    )  # fmt: skip

    class Meta:
        indexes = ((("month", "team", "account", "country", "kind"), True),)


GRAINS = ("team", "month", "account", "country", "kind")
Moved = tuple[int, int, str, int, int]
"""Team, wallet, kind, amount as the wallet feels it, how many transfers."""
Earned = tuple[int, date, int, str, str, int, int, int]
"""Team, month, the channel's account, country, kind, amount as wallets feel it, how many, grams."""


def zone_of_days() -> str:
    operator = Team.operator()
    return operator.timezone if operator else "UTC"


def last_summed() -> SummedDay | None:
    """None too where the operator lives in another zone now."""
    last = SummedDay.select().order_by(SummedDay.day.desc()).first()
    return last if last is not None and last.zone == zone_of_days() else None


def next_day() -> date | None:
    """The day to sum next, if it is over for an hour."""
    zone = zone_of_days()
    if (last := last_summed()) is not None:
        day = last.day + timedelta(days=1)
    elif (first := Transfer.select(Transfer.posted_at).order_by(Transfer.id).first()) is not None:
        day = clock.local(first.posted_at, zone).date() - timedelta(days=1)  # A lower number may have come later.
    else:
        return None
    return day if midnight(day + timedelta(days=1), zone) + LATE <= clock.now() else None


def sum_day(day: date, step: Callable[[], Any] = lambda: None) -> None:
    """Sums one day, once. What was summed for another zone goes first."""
    zone = zone_of_days()
    since, until = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    with write_txn():
        step()
        if SummedDay.select().where(SummedDay.zone != zone).exists():
            for table in (SummedDay, WalletDay, FreightMonth):
                table.delete().execute()
        SummedDay.create(day=day, zone=zone, ended_at=until)
        rows = [(team, wallet, day, *more) for team, wallet, *more in moved(since, until)]
        insert_rows(WalletDay, ("team", "wallet", "day", "kind", "amount_minor", "transfers"), rows)
        for row in (*earned(since, until), *billed(since, until)):
            _add(row)


def _add(row: Earned) -> None:
    values = dict(zip((*GRAINS, "amount_minor", "transfers", "grams"), row, strict=True))
    added = {
        getattr(FreightMonth, name): getattr(FreightMonth, name) + values[name]
        for name in ("amount_minor", "transfers", "grams")
    }
    target = [getattr(FreightMonth, name) for name in GRAINS]
    FreightMonth.insert(**values).on_conflict(conflict_target=target, update=added).execute()


# What was posted between two moments, added up now


def moved(since: datetime, until: datetime) -> list[Moved]:
    query: Any = (
        Transfer.select(Transfer.team, Transfer.wallet, Transfer.kind, fn.SUM(SIGNED), fn.COUNT(Transfer.id))
        .where(_posted(since, until)).group_by(Transfer.team, Transfer.wallet, Transfer.kind).tuples()
    )  # fmt: skip
    return [(team, wallet, kind, int(amount), count) for team, wallet, kind, amount, count in query]


def earned(since: datetime, until: datetime) -> list[Earned]:
    """By months of the operator's clock."""
    found = []
    for month, first, last in _months(since, until):
        grams = peewee.Case(None, [(Transfer.kind == "freight", fn.COALESCE(Weighing.grams, Parcel.grams))], 0)
        query: Any = (
            Transfer.select(Transfer.team, Account.id, Parcel.country, Transfer.kind, fn.SUM(SIGNED), fn.COUNT(Transfer.id), fn.SUM(grams))
            .join(Account, on=(Account.id == OTHER)).switch(Transfer).join(Parcel)
            .join(Weighing, "LEFT OUTER JOIN", on=(Weighing.parcel == Parcel.id))
            .where(_posted(first, last), Account.code.startswith("freight:"))
            .group_by(Transfer.team, Account.id, Parcel.country, Transfer.kind).tuples()
        )  # fmt: skip
        found += [(team, month, account, country, kind, int(amount), count, int(weight))
                  for team, account, country, kind, amount, count, weight in query]  # fmt: skip
    return found


def billed(since: datetime, until: datetime) -> list[Earned]:
    """What carriers billed in lines that came between two moments, by the month they are for. Of the operator's bills, and of parcels
    that are known; what was billed twice counts once."""
    query: Any = (
        BillLine.select(BillLine.parcel_team, BillLine.billed_on, BillLine.channel, BillLine.currency, BillLine.country,
                        fn.SUM(BillLine.billed_minor), fn.COUNT(BillLine.id))
        .where(BillLine.created_at >= since, BillLine.created_at < until, BillLine.kind.not_in(("MISSING", "DUPLICATE")),
               BillLine.team == Team.operator(), BillLine.channel.is_null(False), BillLine.parcel_team.is_null(False))
        .group_by(BillLine.parcel_team, BillLine.billed_on, BillLine.channel, BillLine.currency, BillLine.country).tuples()
    )  # fmt: skip
    found: Counter[tuple[Any, ...]] = Counter()
    counts: Counter[tuple[Any, ...]] = Counter()
    fallback = clock.local(since, zone_of_days()).date()
    for team, day, channel, currency, country, amount, count in list(query):
        key = (team, (day or fallback).replace(day=1), Account.freight(Channel(id=channel), currency).id, country)
        found[key] += int(amount)
        counts[key] += count
    return [(*key, BILLED, amount, counts[key], 0) for key, amount in found.items()]


def _posted(since: datetime, until: datetime) -> Any:
    """In a form that each wallet's index answers."""
    return Transfer.wallet.in_(Wallet.select(Wallet.id)) & (Transfer.posted_at >= since) & (Transfer.posted_at < until)


def _months(since: datetime, until: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    zone = zone_of_days()
    while since < until:
        month = clock.local(since, zone).date().replace(day=1)
        end = midnight((month + timedelta(days=32)).replace(day=1), zone)
        yield month, since, min(end, until)
        since = end
