"""The lines of a statement and what they add up to, read once along the wallet's index however many there are.

The CSV is the truth: its bytes are what the statement's digest is of, and the pages of the PDF show the same lines.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from models.freight.answering import plain
from models.freight.channel import Channel
from models.freight.explaining import UNITS
from models.freight.kept_quote import FreightQuote
from models.orders.order import Order
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.weighing import Weighing
from models.support import clock
from models.support.bulk import among, raw_rows
from models.support.money import Money
from models.support.sheets import neutral
from models.support.words import say
from models.wallet.statements.sums import Sums
from models.wallet.transfer import CHARGES, IN_ORDER, Transfer, later_than
from models.wallet.wallet import Wallet

AT_ONCE = 500
COLUMNS = ("date", "time", "transfer", "kind", "parcel", "tracking_number", "orders", "channel", "country", "kg", "billed",
           "billed_unit", "memo", "out", "in", "balance")  # fmt: skip


class DoesNotAddUp(Exception):
    """Opening and lines do not give the closing balance: nothing is issued."""


@dataclass(frozen=True)
class Line:
    """`out` and `into` are minor units, one of them 0; `balance` is after the line. `grams` is what a scale said, `billed` (in
    `billed_unit`) what the price was for: of something large its volume counts. `price` is what the freight of a charge was reckoned by."""

    at: datetime
    number: str
    kind: str
    parcel: str
    tracking_number: str
    orders: str
    channel: str
    country: str
    grams: int
    memo: str
    out: int
    into: int
    balance: int
    billed: str = ""
    billed_unit: str = ""
    price: FreightQuote | None = None

    def description(self, kind: str) -> tuple[str, str]:
        """What it is for in two lines: the kind as it is worded, waybill and orders; then by which way, how heavy, what was billed, and what was noted."""
        kilograms = f"{Decimal(self.grams) / 1000:.3f} kg" if self.grams else ""
        billed = str(say("billed: %(weight)s", weight=f"{self.billed} {self.billed_unit}")) if self.billed else ""
        above = (kind, self.tracking_number or self.parcel, self.orders)
        below = (self.channel, self.country, kilograms, billed, self.memo)
        return _joined(above), _joined(below)

    def cells(self, currency: str) -> tuple[str, ...]:
        def told(amount: int) -> str:
            return Money(amount, currency).text() if amount else ""

        kilograms = f"{Decimal(self.grams) / 1000:.3f}" if self.grams else ""
        return (
            f"{self.at:%Y-%m-%d}", f"{self.at:%H:%M:%S}", self.number, self.kind, self.parcel, self.tracking_number, self.orders,
            self.channel, self.country, kilograms, self.billed, self.billed_unit, self.memo, told(self.out), told(self.into),
            Money(self.balance, currency).text(),
        )  # fmt: skip


def _joined(parts: tuple[str, ...]) -> str:
    return " · ".join(part for part in parts if part)


def bounds(first_day: date, last_day: date, zone: str) -> tuple[datetime, datetime]:
    """The period in naive UTC, its end not included."""
    starts = [datetime.combine(day, time(), ZoneInfo(zone)) for day in (first_day, last_day + timedelta(days=1))]
    first, end = (moment.astimezone(ZoneInfo("UTC")).replace(tzinfo=None) for moment in starts)
    return first, end


def balance_at(wallet: Wallet, moment: datetime) -> int:
    """What was posted before a moment (minor units)."""
    query = Transfer.select(Transfer.balance_after_minor).where(Transfer.wallet == wallet, Transfer.posted_at < moment)
    return query.order_by(Transfer.posted_at.desc(), Transfer.id.desc()).limit(1).scalar() or 0


def lines_of(wallet: Wallet, first_day: date, last_day: date, zone: str) -> Iterator[tuple[Transfer, Line]]:
    """Every transfer of the period with its line, in order."""
    start, end = bounds(first_day, last_day, zone)
    mine = (Transfer.wallet == wallet) & (Transfer.posted_at >= start) & (Transfer.posted_at < end)
    left = more = Transfer.select().where(mine).order_by(*IN_ORDER)
    while rows := list(more.limit(AT_ONCE)):
        around = _Around.of([row.parcel_id for row in rows if row.parcel_id])
        for row in rows:
            yield row, _line(row, around, zone)
        more = left.where(later_than(rows[-1]))


@dataclass(frozen=True)
class _Around:
    """What lines need from elsewhere, by the parcel's id."""

    parcels: dict[int, Parcel]
    orders: dict[int, list[str]]
    channels: dict[int, str]
    weighed: dict[int, int]
    billed: dict[int, FreightQuote]

    @classmethod
    def of(cls, parcel_ids: list[int]) -> _Around:
        parcels = {one.id: one for one in Parcel.select().where(among(Parcel.id, parcel_ids))} if parcel_ids else {}
        orders: dict[int, list[str]] = defaultdict(list)
        if parcels:
            query = (
                ParcelLine.select(ParcelLine.parcel, Order.order_id)
                .join(Order)
                .where(among(ParcelLine.parcel, list(parcels)))
            )
            for parcel, order_id in raw_rows(query.distinct().order_by(ParcelLine.parcel, Order.order_id)):
                orders[parcel].append(order_id)
        wanted = [one.channel_id for one in parcels.values() if one.channel_id]
        channels = (
            {one.id: one.code for one in Channel.select(Channel.id, Channel.code).where(among(Channel.id, wanted))}
            if wanted
            else {}
        )
        weighings = Weighing.of_parcels(parcels) if parcels else {}
        columns = (
            FreightQuote.id,
            FreightQuote.chargeable,
            FreightQuote.unit,
            FreightQuote.currency,
            FreightQuote.answer,
        )
        asked = among(FreightQuote.id, sorted(one.quote_id for one in weighings.values() if one.quote_id))
        quotes = {one.id: one for one in FreightQuote.select(*columns).where(asked)} if weighings else {}
        billed = {key: quotes[one.quote_id] for key, one in weighings.items() if one.quote_id}
        return cls(parcels, orders, channels, {key: one.grams for key, one in weighings.items()}, billed)


def _line(row: Transfer, around: _Around, zone: str) -> Line:
    parcel = around.parcels.get(row.parcel_id) if row.parcel_id else None
    amount = row.amount_minor
    billed = around.billed.get(parcel.id) if parcel and row.kind in CHARGES else None
    return Line(
        at=clock.local(row.posted_at, zone), number=row.label, kind=row.kind, memo=row.memo,
        parcel=parcel.label if parcel else "", tracking_number=parcel.tracking_number if parcel else "",
        orders=" ".join(around.orders.get(parcel.id, ())) if parcel else "",
        channel=around.channels.get(parcel.channel_id, "") if parcel else "", country=parcel.country if parcel else "",
        grams=around.weighed.get(parcel.id, parcel.grams) if parcel else 0,
        out=0 if row.is_incoming else amount, into=amount if row.is_incoming else 0, balance=row.balance_after_minor,
        billed=plain(billed.chargeable) if billed else "", billed_unit=UNITS[billed.unit] if billed else "",
        price=billed if row.kind == "freight" else None,
    )  # fmt: skip


def summed(wallet: Wallet, first_day: date, last_day: date, zone: str, keep: Any = lambda line: None) -> Sums:
    """Reads the period once; `keep` gets every line. Raises DoesNotAddUp."""
    start, _end = bounds(first_day, last_day, zone)
    sums = Sums(opening=balance_at(wallet, start))
    balance, digest = sums.opening, hashlib.sha256()
    digest.update(csv_row(COLUMNS))
    for row, line in lines_of(wallet, first_day, last_day, zone):
        balance += line.into - line.out
        if balance != line.balance:
            raise DoesNotAddUp(f"{line.number}: {balance} is not {line.balance}")
        sums.lines += 1
        sums.by_kind[row.kind] += line.into - line.out
        sums.add_freight(row, line)
        digest.update(csv_row(line.cells(wallet.currency)))
        keep(line)
    sums.closing, sums.digest = balance, digest.hexdigest()
    return sums


def csv_row(cells: tuple[str, ...]) -> bytes:
    """One row of the CSV, safe to be opened by a spreadsheet."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return out.getvalue().encode()


MISMATCH = say("Opening balance and lines do not give the closing balance. The operator was told; nothing was issued.")
