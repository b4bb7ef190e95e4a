"""The parts of orders, written with them: what came again takes what differs, and what Amazon leaves out stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from models.orders.buyer import FIELDS, Buyer
from models.orders.change import OrderChange
from models.orders.line import OrderLine
from models.orders.merge import LINE_COLUMNS, PACKAGE_COLUMNS, said_of
from models.orders.package import OrderPackage
from models.orders.payload import OrderPayload
from models.support.bulk import among, as_moment, insert_rows, raw_rows, update_differing, upsert_rows

CHANGE_COLUMNS = ("order", "at", "what", "old_status", "new_status")


class Item(Protocol):
    """An order that has its row: its parts as values of columns, by what names each, with everything sealed."""

    snapshot: Any
    order_id: int
    lines: dict[str, list[Any]]
    packages: dict[str, list[Any]]
    gifts: dict[str, bytes]
    buyer: dict[str, bytes]
    raw: bytes | None


def write_lines(new: Sequence[Item], changed: Sequence[Item]) -> None:
    """A line keeps its row for life; a gift message that does not come again stays."""
    names = (*LINE_COLUMNS, "gift_message")
    have = _parts_of(changed, "lines", OrderLine, names, "order_item_id")
    fresh, known = [], []
    for item in (*new, *changed):
        for key, values in item.lines.items():
            values[1] = item.order_id
            gift, found = item.gifts.get(key), have.pop((item.order_id, key), None)
            if found is None:
                fresh.append([*values, gift])
            else:
                *before, row_id = found
                known.append((row_id, before, [*values, gift or before[-1]]))
    insert_rows(OrderLine, names, fresh)
    update_differing(OrderLine, names, known)
    _delete(OrderLine, [row[-1] for row in have.values()])


def write_packages(new: Sequence[Item], changed: Sequence[Item]) -> None:
    """An answer without packages (the part may be refused) leaves those we know."""
    have = _parts_of(changed, "packages", OrderPackage, PACKAGE_COLUMNS, "reference")
    fresh, known, turned = [], [], []
    for item in (*new, *changed):
        for key, values in item.packages.items():
            values[0] = item.order_id
            found = have.pop((item.order_id, key), None)
            if found is None:
                fresh.append(values)
                continue
            *before, shipped_at, row_id = found
            known.append((row_id, [*before, as_moment(shipped_at)], values))
            if (said := said_of(before)) != (now := said_of(values)):
                turned.append((item.order_id, item.snapshot.updated_at, "package", said, now))
    insert_rows(OrderPackage, PACKAGE_COLUMNS, fresh)
    update_differing(OrderPackage, PACKAGE_COLUMNS, known)
    insert_rows(OrderChange, CHANGE_COLUMNS, turned)
    _delete(OrderPackage, [row[-1] for row in have.values()])


def write_buyers(new: Sequence[Item], changed: Sequence[Item]) -> None:
    """What Amazon leaves out this time (a refused part, a telephone number after delivery) stays as it was."""
    names = ("order", *FIELDS)
    fresh, later = (
        [[item.order_id, *(item.buyer.get(name) for name in FIELDS)] for item in items if item.buyer]
        for items in (new, changed)
    )
    insert_rows(Buyer, names, fresh)
    upsert_rows(Buyer, names, later, key=("order",), keeping=True)


def write_payloads(new: Sequence[Item], changed: Sequence[Item]) -> None:
    names = ("order", "raw")
    fresh, later = ([[item.order_id, item.raw] for item in items if item.raw is not None] for items in (new, changed))
    insert_rows(OrderPayload, names, fresh)
    upsert_rows(OrderPayload, names, later, key=("order",))


def _parts_of(
    items: Sequence[Item], parts: str, model: Any, names: Sequence[str], key: str
) -> dict[tuple[int, str], tuple]:
    """The rows of such parts we hold of the orders that tell any: the named columns, then the id; by order and key."""
    order_ids = [item.order_id for item in items if getattr(item, parts)]
    if not order_ids:
        return {}
    query = model.select(*(getattr(model, name) for name in names), model.id).where(among(model.order, order_ids))
    order_at, key_at = names.index("order"), names.index(key)
    return {(row[order_at], row[key_at]): row for row in raw_rows(query)}


def _delete(model: Any, row_ids: Sequence[int]) -> None:
    if row_ids:
        model.delete().where(among(model._meta.primary_key, row_ids)).execute()
