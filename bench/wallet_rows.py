"""The rows of a wallet with many deductions behind it, made in bulk: parcels, what is packed in them, their transfers, and the sums of the
days that are over.

One deduction in a hundred is a recharge, one an extra; the others are the freight of a parcel each, of an order each. One channel in
seven is hardly used; another, and a store, had all of the first eighth and nothing since.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench import ground
from bench.ground import Ground
from models.audit.origin import Origin, acting
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.orders.line import OrderLine
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.stores.store import Store
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.wallet.account import Account
from models.wallet.country_block import note_next
from models.wallet.mending import pay_in
from models.wallet.reports.sums import sum_day
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

MUCH, PRICE, RECHARGE, DAYS, RARELY, AT_ONCE = 10**12, 4_590, 400_000, 360, 5_000, 5_000
CHANNELS = {"YUN-US": "US", "YUN-EU": "DE", "FX-DE": "DE", "FX-UK": "GB", "CNE-CA": "CA", "SEA-RARE": "LU", "OLD-IT": "IT"}  # fmt: skip
RARE, OLD, LONG_AGO = 5, 6, 8  # Places of channels; the first eighth.
PARCEL = ("uid", "team", "store", "number", "state", "country", "grams", "channel", "tracking_number", "core", "created_at", "shipped_at",
          "cargo", "length_mm", "width_mm", "height_mm", "carrier_name", "doubt", "status", "sub_status")  # fmt: skip
LINE = ("parcel", "order", "order_line", "quantity", "sku", "declared_name", "declared_name_cn", "hs_code", "origin", "value_minor",
        "currency", "grams")  # fmt: skip
TRANSFER = ("uid", "team", "wallet", "kind", "debit", "credit", "is_incoming", "amount_minor", "currency", "balance_after_minor", "parcel",
            "store", "ref_kind", "memo", "posted_at", "effective_on", "digest")  # fmt: skip
Rows = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]


def filled(place: Ground, rows: int) -> Wallet:
    """A wallet with so many deductions, evenly over the last days."""
    with acting(Origin("command", "bench")):
        team = Team.get_by_id(place.team_id)
        wallet = Wallet.open_for(team, "CNY")
        pay_in(wallet, MUCH, key="much")
        operator: Any = Team.operator()
        carrier = Carrier.make(operator, code="YUN", name="Yun")
        channels = [Channel.make(operator, carrier, code=code, name=code) for code in CHANNELS]
        Store.declare(team, "Lotus of long ago", "eu", by=Person.select().get())
    with ground._in_bulk(Parcel, ParcelLine, Transfer):
        for parcels, packed, transfers in _bunches(place, rows, wallet, channels):
            with write_txn():
                insert_rows(Parcel, PARCEL, parcels)
                insert_rows(ParcelLine, LINE, packed)
                insert_rows(Transfer, TRANSFER, transfers)
    with write_txn():
        wallet.change(balance_minor=transfers[-1][9], moved_at=transfers[-1][14])
    ground._tidy(place.settings)
    for back in range(DAYS, 0, -1):  # As the portal's job does, day by day.
        sum_day((place.today - timedelta(days=back)).date())
    while note_next():
        pass
    return wallet


def _bunches(place: Ground, rows: int, wallet: Wallet, channels: list[Channel]) -> Iterator[Rows]:
    with write_txn():
        mine, bank = Account.of_wallet(wallet).id, Account.bank("CNY").id
        earning = [Account.freight(channel, "CNY").id for channel in channels]
    lines: Any = list(OrderLine.select(OrderLine.id, OrderLine.order).tuples())
    stores = [one.id for one in Store.select().order_by(Store.id)]
    countries, balance = list(CHANNELS.values()), MUCH
    for start in range(1, rows + 1, AT_ONCE):
        parcels, packed, transfers = bunch = ([], [], [])  # type: ignore[var-annotated]
        uids = _uids()
        for at in range(start, min(start + AT_ONCE, rows + 1)):
            moment = place.today - timedelta(days=DAYS) + timedelta(days=DAYS) * at / (rows + 1)
            is_old = at <= rows // LONG_AGO
            channel = RARE if at % RARELY == 0 else OLD if is_old else at % RARE
            number, (line, order) = f"YT26326{at:011d}", lines[at % len(lines)]
            parcels.append((next(uids), place.team_id, stores[is_old], at, "shipped", countries[channel], 520, channels[channel].id, number,
                            number, moment, moment, [], 200, 150, 60, "Yun", "", "", ""))  # fmt: skip
            packed.append((at, order, line, 1, "LAMP-1", "Lamp", "灯", "9405", "CN", 990, "USD", 400))
            kind = ("recharge", "extra")[at % 100] if at % 100 < 2 else "freight"
            is_in = kind == "recharge"
            amount = RECHARGE if is_in else PRICE
            balance += amount if is_in else -amount
            debit, credit = (bank, mine) if is_in else (mine, earning[channel])
            transfers.append((next(uids), place.team_id, wallet.id, kind, debit, credit, is_in, amount, "CNY", balance,
                              None if is_in else at, None if is_in else stores[is_old], "", "", moment, moment.date(), "d" * 64))  # fmt: skip
        yield bunch


def _uids() -> Iterator[uuid.UUID]:
    """For a bunch of rows: random bytes are asked for once."""
    random = os.urandom(32 * AT_ONCE)
    return (uuid.UUID(bytes=random[at : at + 16], version=4) for at in range(0, len(random), 16))
