"""A wallet with many deductions behind it: its page, and the list filtered and deep, over HTTP.

One deduction in a hundred is a recharge, one an extra; the others are the freight of a
parcel each, of an order each. One channel in six is hardly used.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from bench import ground, postgres
from bench.ground import Ground
from bench.lists import Page as Asked
from bench.lists import look_inside, portal
from bench.measure import Measurement, at_least, at_most, quantiles
from bench.serving import get
from models.audit.origin import Origin, acting
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.orders.line import OrderLine
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.paging import make_key
from models.wallet.account import Account
from models.wallet.mending import adjust, pay_in
from models.wallet.movements import TRANSFERS
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

MOST_P95_MS, LEAST_OF_EMPTY = 50, 0.9
POSTED, SLICE = 1_000, 25
MUCH, PRICE, RECHARGE, DAYS, ORDERS, RARELY, AT_ONCE = 10**12, 4_590, 400_000, 360, 2_000, 5_000, 5_000
CHANNELS = ("YUN-US", "YUN-EU", "FX-DE", "FX-UK", "CNE-CA", "SEA-RARE")


def run(rows: int, samples: int, tell: Callable[[str], None]) -> Iterator[Measurement]:
    yield from measured(rows, samples, "sqlite", "", tell)
    programs = postgres.binaries()
    if programs is not None:
        with postgres.cluster(programs) as port:
            yield from measured(rows, samples, "postgres", postgres.create(port, "pages"), tell)


def measured(rows: int, samples: int, kind: str, database: str, tell: Callable[[str], None]) -> Iterator[Measurement]:
    tell(f"wallets: making {rows:,} deductions on {kind}")
    with ExitStack() as ended:
        place = ended.enter_context(ground.fresh(database=database, orders=ORDERS))
        stack = ended.enter_context(ExitStack())
        with place.stood_on():
            full = filled(place, rows)
            ground._tidy(place.settings)
            asked = pages(rows)
            inside = {page.name: look_inside(place, page, with_limit=False) for page in asked}
        server, cookie = stack.enter_context(portal(place)), f"sid={place.token}"
        times: dict[str, list[float]] = {page.name: [] for page in asked}
        for page in asked:
            get(server, page.path, cookie)
        for _ in range(samples):
            for page in asked:
                times[page.name].append(get(server, page.path, cookie)[0])
        for page in asked:
            found = quantiles(times[page.name])
            yield Measurement(
                "wallets",
                page.name,
                kind,
                rows,
                found,
                {},
                **at_most(found["p95_ms"], MOST_P95_MS),
                more=inside[page.name],
            )
        stack.close()  # Nobody else posts while it is posted.
        with place.stood_on():
            yield posted(full, kind, rows)


def posted(full: Wallet, database: str, rows: int) -> Measurement:
    """Postings to the wallet with so many transfers behind it and to an empty one beside it, by turns."""
    full.change(state="active")  # The portal's nightly proof froze it: rows made in bulk have no true digests.
    with acting(Origin("job", "bench")):
        empty = Wallet.open_for(full.team, "USD")
        pay_in(empty, MUCH, key="much too")
        sides: dict[str, tuple[Wallet, list[float]]] = {"full": (full, []), "empty": (empty, [])}
        for start in range(0, POSTED, SLICE):
            for name, (wallet, times) in sides.items():
                for at in range(start, start + SLICE):
                    began = time.perf_counter()
                    adjust(wallet, -1, key=f"{name} {at}")
                    times.append(time.perf_counter() - began)
    rates = {name: POSTED / sum(times) for name, (_wallet, times) in sides.items()}
    ours, theirs = ({"per_second": round(rates[name]), **quantiles(sides[name][1])} for name in ("full", "empty"))
    return Measurement(
        "wallets", "postings to a wallet with many lines, of an empty one's", database, rows, ours, theirs,
        **at_least(rates["full"] / rates["empty"], LEAST_OF_EMPTY),
    )  # fmt: skip


def pages(rows: int) -> list[Asked]:
    """What a person opens. The database must be open, to find the row in the middle."""
    sort = TRANSFERS.sorts["-posted"]
    newest_first = Transfer.select().order_by(*(column.desc() for column in sort.columns))
    [middle] = newest_first.offset(rows // 2).limit(1)
    day = f"{clock.now() - timedelta(days=DAYS // 2):%Y-%m-%d}"
    wanted: list[tuple[str, dict[str, str]]] = [
        ("first", {}),
        ("rare kind", {"kind": "recharge"}),
        ("one channel", {"channel": CHANNELS[0]}),
        ("a rare channel", {"channel": CHANNELS[-1]}),
        ("extras of a day", {"kind": "extra", "posted_from": day, "posted_to": day}),
        ("a waybill", {"q": f"YT26326{rows // 3:011d}"}),
        ("deep", {"after": make_key(middle, sort)}),
    ]
    return [Asked(f"deductions: {name}", "wallet", asked) for name, asked in wanted]


# The rows

PARCEL = ("uid", "team", "store", "number", "state", "country", "grams", "channel", "tracking_number", "core", "created_at", "shipped_at",
          "cargo", "length_mm", "width_mm", "height_mm", "carrier_name", "doubt", "status", "sub_status")  # fmt: skip
LINE = ("parcel", "order", "order_line", "quantity", "sku", "declared_name", "declared_name_cn", "hs_code", "origin", "value_minor",
        "currency", "grams")  # fmt: skip
TRANSFER = ("uid", "team", "wallet", "kind", "debit", "credit", "is_incoming", "amount_minor", "currency", "balance_after_minor", "parcel",
            "ref_kind", "memo", "posted_at", "effective_on", "digest")  # fmt: skip


def filled(place: Ground, rows: int) -> Wallet:
    """A wallet with so many deductions, evenly over the last days, and the parcels they are of."""
    with acting(Origin("command", "bench")):
        wallet = Wallet.open_for(Team.get_by_id(place.team_id), "CNY")
        pay_in(wallet, MUCH, key="much")
        operator: Any = Team.operator()
        carrier = Carrier.make(operator, code="YUN", name="Yun")
        channels = [Channel.make(operator, carrier, code=code, name=code) for code in CHANNELS]
    with write_txn():
        sides = (Account.of_wallet(wallet).id, Account.bank("CNY").id, Account.freight(channels[0], "CNY").id)
    lines: Any = list(OrderLine.select(OrderLine.id, OrderLine.order).tuples())
    first = place.today - timedelta(days=DAYS)
    balance = MUCH
    with ground._in_bulk(Parcel, ParcelLine, Transfer):
        for start in range(1, rows + 1, AT_ONCE):
            parcels: list[tuple[Any, ...]] = []
            packed: list[tuple[Any, ...]] = []
            transfers: list[tuple[Any, ...]] = []
            for at in range(start, min(start + AT_ONCE, rows + 1)):
                moment = first + timedelta(days=DAYS) * at / (rows + 1)
                channel = channels[-1 if at % RARELY == 0 else at % (len(channels) - 1)]
                number, (line, order) = f"YT26326{at:011d}", lines[at % len(lines)]
                parcels.append((uuid.uuid4(), place.team_id, place.store_id, at, "shipped", "US", 520, channel.id, number, number, moment,
                                moment, [], 200, 150, 60, "Yun", "", "", ""))  # fmt: skip
                packed.append((at, order, line, 1, "LAMP-1", "Lamp", "灯", "9405", "CN", 990, "USD", 400))
                kind = ("recharge", "extra")[at % 100] if at % 100 < 2 else "freight"
                amount = RECHARGE if kind == "recharge" else PRICE
                balance += amount if kind == "recharge" else -amount
                debit, credit = (sides[1], sides[0]) if kind == "recharge" else (sides[0], sides[2])
                transfers.append((uuid.uuid4(), place.team_id, wallet.id, kind, debit, credit, kind == "recharge", amount, "CNY", balance,
                                  None if kind == "recharge" else at, "", "", moment, moment.date(), "d" * 64))  # fmt: skip
            with write_txn():
                insert_rows(Parcel, PARCEL, parcels)
                insert_rows(ParcelLine, LINE, packed)
                insert_rows(Transfer, TRANSFER, transfers)
    with write_txn():
        wallet.change(balance_minor=balance)
    return wallet
