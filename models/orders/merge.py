"""What becomes of an order when Amazon tells it again: pure, a snapshot and what we hold in, columns out.

A part that is missing in the answer (Amazon may refuse parts) leaves what we hold as it is. Texts of a snapshot are such as
databases take (the mapping sees to it); here they are cut to the width of their columns.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from models.orders.marks import marks_of
from models.orders.order import MERCHANT, TO_SHIP, Order
from models.orders.retention import DESTROY_AFTER, LEGAL_AFTER, Facts, due_dates
from models.support.bulk import as_moment, as_uid
from models.support.fields import UtcField
from models.support.money import Money, exponent

UNTOLD = "UNKNOWN"  # The status of a snapshot without its fulfilment part.
MOST_UNITS = 1_000_000
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

ORDER_COLUMNS = (
    "marketplace_id", "ordered_at", "updated_at", "status", "awaits_shipment", "fulfilled_by", "service_level",
    "ship_by_from", "ship_by", "deliver_by_from", "deliver_by", "programs", "marks", "replaces", "total_minor", "currency",
    "unit_count", "line_count", "first_title", "first_sku", "ship_country", "cancel_requested", "shipped_at", "delivered_at", "cancelled_at", "buyer_state", "purge_at",
    "limit_at", "fetched_at",
)  # fmt: skip
in_order = itemgetter(*ORDER_COLUMNS)
LINE_COLUMNS = (
    "team", "order", "order_item_id", "sku", "asin", "title", "quantity", "quantity_shipped", "quantity_cancelled",
    "unit_price_minor", "total_minor", "tax_minor", "currency", "cancel_requested", "cancel_reason", "is_gift", "extras",
)  # fmt: skip
PACKAGE_COLUMNS = ("order", "reference", "status", "detail", "carrier", "tracking_number", "shipped_at")


class Known(NamedTuple):
    """An order we hold: what names it, all of ORDER_COLUMNS in their order, and whether we have an address for it."""

    id: int
    uid: Any
    order_id: str
    marketplace_id: str
    ordered_at: datetime
    updated_at: datetime
    status: str
    awaits_shipment: bool
    fulfilled_by: str
    service_level: str
    ship_by_from: datetime | None
    ship_by: datetime | None
    deliver_by_from: datetime | None
    deliver_by: datetime | None
    programs: list[str]
    marks: str
    replaces: str
    total_minor: int
    currency: str
    unit_count: int
    line_count: int
    first_title: str
    first_sku: str
    ship_country: str
    cancel_requested: bool
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    buyer_state: str
    purge_at: datetime | None
    limit_at: datetime | None
    fetched_at: datetime
    has_address: bool

    @classmethod
    def of_row(cls, row: tuple) -> Known:
        values = list(row)
        for place in _MOMENTS:
            values[place] = as_moment(values[place])
        values[_UID], values[_PROGRAMS] = as_uid(values[_UID]), json.loads(values[_PROGRAMS])
        return cls._make(values)

    @property
    def columns(self) -> tuple:
        """The values of ORDER_COLUMNS."""
        return self[len(NAMING) : -1]


NAMING = ("id", "uid", "order_id")
KNOWN_COLUMNS = (*NAMING, *ORDER_COLUMNS)
_UID, _PROGRAMS, _UPDATED_AT, _BUYER_STATE, _HAS_ADDRESS = (
    Known._fields.index(name) for name in ("uid", "programs", "updated_at", "buyer_state", "has_address")
)
_MOMENTS = [place for place, name in enumerate(KNOWN_COLUMNS) if isinstance(Order._meta.fields[name], UtcField)]


def is_news(snapshot: Any, row: tuple, *, again: bool = False) -> bool:
    """Newer wins against a row of what is known. An equal copy only counts when it brings the address we lack, or when a
    person asked for it again."""
    held_at = as_moment(row[_UPDATED_AT])
    if held_at is None or snapshot.updated_at != held_at:
        return held_at is None or snapshot.updated_at > held_at
    return again or (bool(snapshot.recipient) and not row[_HAS_ADDRESS] and row[_BUYER_STATE] == "held")


def order_columns(snapshot: Any, known: Known | None, now: datetime) -> dict[str, Any]:
    """All columns of the order, but for those that never change. The buyer's state is that of an order that holds one."""
    is_told = snapshot.status != UNTOLD or bool(snapshot.fulfilled_by)
    told = snapshot if is_told or known is None else known
    lines = snapshot.lines
    status, fulfilled_by = told.status[:32], told.fulfilled_by[:16]
    total, currency = _total(snapshot, known)
    row: dict[str, Any] = {
        "marketplace_id": snapshot.marketplace_id[:24] or (known.marketplace_id if known else ""),
        "ordered_at": snapshot.ordered_at,
        "updated_at": snapshot.updated_at,
        "status": status,
        "awaits_shipment": fulfilled_by == MERCHANT and status in TO_SHIP,
        "fulfilled_by": fulfilled_by,
        "service_level": told.service_level[:32],
        "ship_by_from": told.ship_by_from,
        "ship_by": told.ship_by,
        "deliver_by_from": told.deliver_by_from,
        "deliver_by": told.deliver_by,
        "programs": [program[:40] for program in snapshot.programs[:20]],
        "marks": marks_of(snapshot, fulfilled_by) if is_told or known is None else known.marks,
        "replaces": snapshot.original_order_id[:40] or (known.replaces if known else ""),
        "total_minor": total,
        "currency": currency,
        "ship_country": _country(snapshot) or (known.ship_country if known else ""),
        "cancel_requested": any(line.cancel_requested for line in lines),
        "fetched_at": now,
    }
    if lines or known is None:
        row["unit_count"] = sum(units(line.quantity) for line in lines)
        row["line_count"] = len(lines)
        row["first_title"] = lines[0].title[:300] if lines else ""
        row["first_sku"] = lines[0].sku[:80] if lines else ""
    else:
        for name in ("unit_count", "line_count", "first_title", "first_sku"):
            row[name] = getattr(known, name)
    _date(row, snapshot, known)
    _limit(row, known)
    return row


def _date(row: dict[str, Any], snapshot: Any, known: Known | None) -> None:
    """First times: they never move once they are known."""
    shipped = known.shipped_at if known else None
    if shipped is None and row["status"] == "SHIPPED":
        left = [package.shipped_at for package in snapshot.packages if package.shipped_at]
        shipped = max(left) if left else snapshot.updated_at
    delivered = known.delivered_at if known else None
    if delivered is None and any(package.status == "DELIVERED" for package in snapshot.packages):
        delivered = snapshot.updated_at
    cancelled = known.cancelled_at if known else None
    if cancelled is None and row["status"] == "CANCELLED":
        cancelled = snapshot.updated_at
    row["shipped_at"], row["delivered_at"], row["cancelled_at"] = shipped, delivered, cancelled


def _limit(row: dict[str, Any], known: Known | None) -> None:
    """What is held must go one day, whatever Amazon says later about who ships."""
    is_held = known is not None and known.buyer_state == "held"
    is_ours = is_held or row["fulfilled_by"] == MERCHANT
    if not is_ours or (known is not None and known.buyer_state == "destroyed"):
        row["buyer_state"], row["purge_at"], row["limit_at"] = (known.buyer_state if known else "none"), None, None
        return
    purge_at, limit_at = due_dates(
        Facts(
            MERCHANT, row["ordered_at"], row["deliver_by"], row["shipped_at"], row["delivered_at"], row["cancelled_at"]
        )
    )
    if known is not None and known.delivered_at and known.purge_at and purge_at and purge_at > known.purge_at:
        # A carrier's delivery after the promised day (models/orders/delivery.py) keeps nothing longer than was settled.
        purge_at, limit_at = known.purge_at, known.purge_at + (LEGAL_AFTER - DESTROY_AFTER)
    is_due = purge_at is not None and purge_at <= row["fetched_at"]
    if is_due and not is_held:
        row["buyer_state"], row["purge_at"], row["limit_at"] = "none", None, None
        return
    row["buyer_state"], row["purge_at"], row["limit_at"] = "held", purge_at, limit_at


def line_values(line: Any, team_id: int) -> list[Any]:
    """A line in the order of LINE_COLUMNS; the order's id comes later."""
    price, total = line.unit_price, line.total
    return [
        team_id, None, line.order_item_id[:64], line.sku[:80], line.asin[:16], line.title[:500],
        units(line.quantity), units(line.quantity_shipped), units(line.quantity_cancelled), price and _minor(price),
        total and _minor(total), line.tax and _minor(line.tax), paid[1][:3] if (paid := total or price) else "", line.cancel_requested, line.cancel_reason[:200],
        line.is_gift, _json(line.extras) if line.extras else "",
    ]  # fmt: skip


def package_values(package: Any) -> list[Any]:
    """A package in the order of PACKAGE_COLUMNS; the order's id comes later."""
    return [
        None, package.reference[:64], package.status[:32], package.detail[:32], package.carrier[:80],
        package.tracking_number[:80], package.shipped_at,
    ]  # fmt: skip


def said_of(package: list[Any]) -> str:
    """The closest that Amazon says of a package, of its `package_values`."""
    return package[3] or package[2]


def changes(known: Known, row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a timeline tells of the difference: (what, old, new), each as `models/orders/change.py` says."""
    found = []
    if known.status != row["status"]:
        found.append(("status", known.status, row["status"]))
    if known.cancel_requested != row["cancel_requested"]:
        found.append(("asked", "yes", "") if known.cancel_requested else ("asked", "", "yes"))
    if known.currency and (known.total_minor, known.currency) != (row["total_minor"], row["currency"]):
        found.append(("total", f"{known.currency} {known.total_minor}", f"{row['currency']} {row['total_minor']}"))
    if known.ship_by and row["ship_by"] and known.ship_by != row["ship_by"]:
        found.append(("ship_by", known.ship_by.isoformat(), row["ship_by"].isoformat()))
    return found


def units(count: int) -> int:
    return max(0, min(count, MOST_UNITS))


def _total(snapshot: Any, known: Known | None) -> tuple[int, str]:
    if snapshot.total is not None:
        return _minor(snapshot.total), snapshot.total[1][:3]
    return (known.total_minor, known.currency) if known else (0, "")


def _minor(pair: tuple[Decimal, str]) -> int:
    """Minor units of an amount; what does not come out even is rounded as money is."""
    amount, currency = pair
    scaled = amount.scaleb(exponent(currency))
    minor = int(scaled)
    return minor if minor == scaled else Money.of(amount, currency).amount_minor


def _country(snapshot: Any) -> str:
    code = (snapshot.recipient or {}).get("countryCode")
    return code.upper() if isinstance(code, str) and len(code) == 2 and code.isalpha() and code.isascii() else ""
