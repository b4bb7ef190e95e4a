"""Bringing orders in: a page of snapshots becomes rows, newer wins, and what is personal is sealed on the way.

The keys of a page are made in one batch before its transaction, the ciphertext is written in it. Doing a page twice, late,
or beside another process changes nothing. A destroyed buyer stays destroyed, whatever Amazon sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.audit.event import declare, track
from models.orders.buyer import Buyer
from models.orders.change import OrderChange
from models.orders.daily import forget
from models.orders.line import OrderLine
from models.orders.merge import (
    KNOWN_COLUMNS,
    ORDER_COLUMNS,
    Known,
    changes,
    in_order,
    is_news,
    line_values,
    order_columns,
    package_values,
)
from models.orders.order import MERCHANT, Order, oldest_fetched, vault_subject, write_alone
from models.orders.parts import CHANGE_COLUMNS, write_buyers, write_lines, write_packages, write_payloads
from models.orders.payload import OrderPayload, without_persons
from models.stores.store import Store
from models.support import clock
from models.support.bulk import (
    Written,
    among,
    insert_rows,
    listed,
    next_ids,
    update_differing,
)
from models.support.db import db, require_no_txn, retrying, write_txn
from models.support.fields import compact, uid_in_order
from models.support.words import say
from models.vault import data_key
from models.vault.seal import Sealer, place_of

CHUNK = 500  # Orders in one transaction: well under 100 ms of the write lock.
MOST_TRIES = 10

declare("orders_fetched", say("Orders came from %(object)s: %(new)s new, %(changed)s changed"), "new", "changed")


@dataclass(frozen=True)
class Kept:
    """What became of a page. `dropped_old` were created more than 30 days ago and not kept."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    dropped_old: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.dropped_old + other.dropped_old,
        )


def keep(
    store: Store,
    snapshots: Iterable[Any],
    *,
    run_fence: Callable[..., None] | None = None,
    with_it: Callable[[], None] | None = None,
    again: bool = False,
) -> Kept:
    """Keeps a page of order snapshots (integrations' OrderSnapshot). `run_fence` opens each transaction of a job;
    `with_it` joins the last one, for the cursor of the sync. `again` takes an equal copy too: a person asked for it."""
    require_no_txn("The keys of a page were made")
    snapshots = list(snapshots)
    oldest = oldest_fetched()
    young = [snapshot for snapshot in snapshots if snapshot.ordered_at >= oldest]
    newest: dict[str, Any] = {}
    for snapshot in young:
        before = newest.get(snapshot.order_id)
        if before is None or snapshot.updated_at > before.updated_at:
            newest[snapshot.order_id] = snapshot
    kept = Kept(unchanged=len(young) - len(newest), dropped_old=len(snapshots) - len(young))
    chunks = list(_chunks(list(newest.values()))) or [[]]
    for chunk in chunks:
        kept += _keep_chunk(store, chunk, run_fence, with_it if chunk is chunks[-1] else None, again)
    return kept


def _chunks(snapshots: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(snapshots), CHUNK):
        yield snapshots[start : start + CHUNK]


class _Moved(Exception):
    """Somebody else changed these orders between our look and our transaction."""


@retrying
def _keep_chunk(store: Store, chunk: list[Any], run_fence: Any, with_it: Any, again: bool) -> Kept:
    order_ids = [snapshot.order_id for snapshot in chunk]
    for _ in range(MOST_TRIES):
        seen = _known(store, order_ids)
        work = _Work.of(store, chunk, seen, again)
        try:
            with write_txn():
                if run_fence:
                    run_fence(add=len(work.new) + len(work.changed))
                write_alone(store.id)
                if _known(store, order_ids) != seen:
                    raise _Moved
                work.write()
                if with_it:
                    with_it()
        except _Moved:
            continue
        return Kept(len(work.new), len(work.changed), len(chunk) - len(work.new) - len(work.changed))
    raise RuntimeError("The orders of this page never stood still.")


def _known(store: Store, order_ids: list[str]) -> list[tuple]:
    """The orders of these ids as they stand."""
    return _KNOWN.rows(store.id, listed(db, order_ids)) if order_ids else []


_KNOWN = Written(
    db,
    lambda: (
        Order.select(
            *(getattr(Order, name) for name in KNOWN_COLUMNS),
            Buyer.select(Buyer.address.is_null(False)).where(Buyer.order == Order.id),
        )
        .where(Order.store == 0, among(Order.order_id, []))
        .order_by(Order.id)
    ),
)


@dataclass(slots=True)
class _Item:
    """One order to write: its columns, and its parts with everything sealed."""

    snapshot: Any
    known: Known | None
    uid: Any
    subject: str
    row: dict[str, Any]
    order_id: int = 0  # Our id, known once it is written.
    lines: dict[str, list[Any]] = field(default_factory=dict)
    packages: dict[str, list[Any]] = field(default_factory=dict)
    gifts: dict[str, bytes] = field(default_factory=dict)
    buyer: dict[str, bytes] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def is_personal(self) -> bool:
        """May the buyer be kept?"""
        return self.row["buyer_state"] == "held" and self.row["fulfilled_by"] == MERCHANT

    @property
    def is_sealed(self) -> bool:
        """Is there anything to seal? Of an order whose time is up nothing is kept that could name a person."""
        return self.is_personal or (self.row["buyer_state"] == "none" and self.row["fulfilled_by"] != MERCHANT)

    def seal(self, sealer: Sealer) -> None:
        raw = self.snapshot.raw
        self.raw = self._sealed(sealer, OrderPayload, "raw", compact(raw if self.is_personal else without_persons(raw)))
        if not self.is_personal:
            return
        for name, text in _buyer_texts(self.snapshot).items():
            self.buyer[name] = self._sealed(sealer, Buyer, name, text)
        for line in self.snapshot.lines:
            if line.gift_message:
                row = line.order_item_id[:64]
                self.gifts[row] = self._sealed(sealer, OrderLine, "gift_message", line.gift_message, row)

    def _sealed(self, sealer: Sealer, model: Any, name: str, text: str, row: str = "") -> bytes:
        return sealer.seal(place_of(model._meta.table_name, name, self.subject, row), text.encode("utf-8", "ignore"))


@dataclass
class _Work:
    """What a chunk comes to: everything computed and sealed before the transaction, which only writes."""

    store: Store
    now: datetime
    new: list[_Item] = field(default_factory=list)
    changed: list[_Item] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store, chunk: list[Any], seen: list[tuple], again: bool) -> _Work:
        work = cls(store, clock.now())
        rows = {row[KNOWN_COLUMNS.index("order_id")]: row for row in seen}
        for snapshot in chunk:
            row = rows.get(snapshot.order_id)
            if row is None:
                work._take(snapshot, None)
            elif is_news(snapshot, row, again=again):
                work._take(snapshot, Known.of_row(row))
        work._seal()
        return work

    def _take(self, snapshot: Any, known: Known | None) -> None:
        uid = uid_in_order(self.now) if known is None else known.uid
        row = order_columns(snapshot, known, self.now)
        item = _Item(snapshot, known, uid, vault_subject(uid), row, known.id if known else 0)
        for line in snapshot.lines:
            values = line_values(line, self.store.team_id)
            item.lines[values[2]] = values
        for package in snapshot.packages:
            values = package_values(package)
            item.packages[values[1]] = values
        (self.changed if known else self.new).append(item)

    def _seal(self) -> None:
        """Keys first, in one batch. A destroyed key seals nothing more: the purge is at work on that order."""
        keys = data_key.new_keys(item.subject for item in self.new if item.is_sealed)
        keys |= data_key.keys_for(item.subject for item in self.changed if item.is_sealed)
        for item in (*self.new, *self.changed):
            if item.subject in keys:
                item.seal(Sealer(keys[item.subject]))

    def write(self) -> None:
        if not self.new and not self.changed:
            return
        self._write_orders()
        write_lines(self.new, self.changed)
        write_packages(self.new, self.changed)
        write_buyers(self.new, self.changed)
        write_payloads(self.new, self.changed)
        forget(self.store.id, (item.row["ordered_at"] for item in (*self.new, *self.changed)))
        track("orders_fetched", self.store, new=len(self.new), changed=len(self.changed))

    def _write_orders(self) -> None:
        for item, order_id in zip(self.new, next_ids(Order, len(self.new)), strict=True):
            item.order_id = order_id
        fixed = (self.store.team_id, self.store.id, self.now)
        insert_rows(
            Order,
            ("id", "uid", "order_id", "team", "store", "created_at", *ORDER_COLUMNS),
            [[item.order_id, item.uid, item.snapshot.order_id, *fixed, *in_order(item.row)] for item in self.new],
        )
        update_differing(
            Order,
            ORDER_COLUMNS,
            [(item.order_id, item.known.columns, in_order(item.row)) for item in self.changed if item.known],
        )
        insert_rows(
            OrderChange,
            CHANGE_COLUMNS,
            [
                (item.order_id, item.snapshot.updated_at, *change)
                for item in self.changed
                if item.known
                for change in changes(item.known, item.row)
            ],
        )


def _buyer_texts(snapshot: Any) -> dict[str, str]:
    """The fields of a Buyer that the snapshot gives, in clear."""
    buyer, recipient = snapshot.buyer or {}, snapshot.recipient or {}
    address = {name: part for name, part in recipient.items() if name != "phone"}
    texts = {
        "name": buyer.get("buyerName"),
        "email": buyer.get("buyerEmail"),
        "company": buyer.get("buyerCompanyName"),
        "address": compact(address) if address else None,
        "phone": recipient.get("phone"),
        "purchase_order": buyer.get("buyerPurchaseOrderNumber"),
    }
    return {name: text for name, text in texts.items() if isinstance(text, str) and text}
