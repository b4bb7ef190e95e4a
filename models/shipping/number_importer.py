"""Tracking numbers by file: the carrier's list of parcels and numbers, with the day they left. Read as pasted numbers are; what is
doubtful wants its reason in a column of its own.

Whoever brings the file changes only parcels they could change by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import declare
from models.freight.carrier import Carrier
from models.imports.cells import CellRefused, day
from models.imports.fields import Field
from models.imports.importer import CellError, Importer, Planned, Record, Row, register
from models.imports.record import Import
from models.lists.days import FIRST_DAY, midnight
from models.orders.order import Order
from models.people.reach import Reach
from models.shipping import pasting
from models.shipping.numbering import LEAST_REASON, MOST_REASON
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.targets import target_of
from models.support import clock
from models.support.bulk import among, as_moment, raw_rows
from models.support.errors import FieldRefused, Refused
from models.support.words import say

KIND = "tracking_numbers"
NOON = timedelta(hours=12)
FIELDS = (
    Field("parcel", say("Parcel or order"), ("包裹", "包裹号", "订单号", "订单编号", "平台订单号", "客户单号", "参考号", "order", "order id",
          "amazon order id", "parcel number", "order number", "reference", "reference number"), required=True),
    Field("number", say("Tracking number"), ("跟踪号", "追踪号", "运单号", "快递单号", "转单号", "单号", "物流单号", "tracking", "tracking no",
          "tracking id", "waybill", "waybill number", "awb"), required=True),
    Field("carrier", say("Carrier"), ("承运商", "物流商", "快递公司", "carrier name", "carrier code", "shipping carrier")),
    Field("shipped", say("Day it left"), ("发货日期", "出货日期", "发货时间", "出库日期", "ship date", "shipping date", "shipped on", "date")),
    Field("reason", say("Why a doubtful number is right"), ("原因", "说明", "why", "remark")),
)  # fmt: skip
NAMES = {field.name: field.label for field in FIELDS}

declare("tracking_numbers_imported", say("%(actor)s imported tracking numbers from %(file)s: %(created)s new, %(changed)s changed, %(bad)s rows refused"),
        "file", "created", "changed", "bad")  # fmt: skip


@dataclass(frozen=True)
class Carry:
    """What saving a row needs."""

    parcel: Parcel
    text: str
    carrier: Carrier | None
    carrier_name: str
    reason: str
    left_at: datetime | None
    is_numbered: bool


class NumberPlanner:
    """Plans rows for whoever brought the file, or applies it."""

    def __init__(self, batch: Import, _named: frozenset[str]):
        person = batch.applied_by if batch.state == "applying" else batch.uploaded_by
        reach = Reach.of(person, batch.team) if person else None
        if reach is None:
            raise Refused("Nobody who may change parcels brought this file.")
        self.reach: Reach = reach
        self.known: dict[str, int] = {}
        self.carriers = {name.casefold(): one for one in Carrier.of_team(batch.team) for name in (one.code, one.name)}

    def plan(self, records: Sequence[Record]) -> list[Planned]:
        pairs = [pasting.Pair(record.rows[0].number, record.key, record.rows[0]["number"]) for record in records]
        rows = pasting.planned(self.reach, pairs, known=self.known)
        bought = _bought([row.parcel.id for row in rows if row.parcel])
        return [self._planned(record, row, bought) for record, row in zip(records, rows, strict=True)]

    def _planned(self, record: Record, row: pasting.Row, bought: dict[int, datetime]) -> Planned:
        first, *more = record.rows
        errors = [
            _error(other, "parcel", say("The parcel stands in row %(row)s already.", row=first.number))
            for other in more
        ]
        parcel, reason = row.parcel, first["reason"][:MOST_REASON]
        if row.verb == pasting.REFUSED and row.words is not None:
            errors.append(_error(first, "number" if parcel else "parcel", row.words))
        if row.verb == pasting.DOUBTFUL and row.words is not None and len(reason) < LEAST_REASON:
            errors.append(_error(first, "number", row.words))
        left_at = None
        if parcel is not None:
            try:
                left_at = self._left_at(first, parcel, bought)
            except Refused as refused:
                errors.append(_error(first, "shipped", refused.words))
        if errors or parcel is None:
            return Planned(record, "refused", errors=errors)
        return self._willing(record, row, parcel, reason, left_at)

    def _willing(
        self, record: Record, row: pasting.Row, parcel: Parcel, reason: str, left_at: datetime | None
    ) -> Planned:
        named = record.rows[0]["carrier"].strip()
        carrier = self.carriers.get(named.casefold()) if named else parcel.usual_carrier
        name = "" if carrier or not named else named[:80]
        differences: dict[str, tuple[Any, Any]] = {}
        if row.verb != pasting.SAME:
            differences["number"] = (parcel.tracking_number, row.number)
        if named and (carrier != parcel.carrier or name != parcel.carrier_name):
            differences["carrier"] = (
                parcel.carrier.name if parcel.carrier else parcel.carrier_name,
                carrier.name if carrier else name,
            )
        is_numbered = bool(differences.keys() & {"number", "carrier"})
        if left_at:
            differences["shipped"] = ("", f"{left_at:%Y-%m-%d}")
        if row.verb == pasting.DOUBTFUL:
            differences["reason"] = ("", reason)
        verb = "unchanged" if not differences else "changed" if parcel.tracking_number else "new"
        return Planned(
            record, verb, differences, carry=Carry(parcel, row.text, carrier, name, reason, left_at, is_numbered)
        )

    def _left_at(self, row: Row, parcel: Parcel, bought: dict[int, datetime]) -> datetime | None:
        """Noon of the day in the team's zone; nothing for a parcel that left already. Raises Refused."""
        left_on = day(row["shipped"])
        if left_on is None or not parcel.is_open:
            return None
        zone, since = self.reach.team.timezone, bought.get(parcel.id)
        if left_on > clock.local(clock.now(), zone).date():
            raise CellRefused("This day is still to come.")
        if left_on < FIRST_DAY or (since and midnight(left_on + timedelta(days=1), zone) <= since):
            raise CellRefused("The order was placed later than that.")
        return min(midnight(left_on, zone) + NOON, clock.now())

    def save(self, planned: Planned, *, by: Any) -> None:
        carry: Carry = planned.carry
        parcel = carry.parcel.locked()
        if carry.is_numbered:
            reason = carry.reason or parcel.doubt
            parcel.give_number(carry.text, carrier=carry.carrier, carrier_name=carry.carrier_name, reason=reason, by=by)
        if carry.left_at:
            parcel.leave(carry.left_at, source="import", by=by)

    def place(self, refused: Refused, planned: Planned) -> CellError:
        column = "number" if isinstance(refused, FieldRefused) else "parcel"
        return _error(planned.record.rows[0], column, refused.words)


def _bought(parcels: list[int]) -> dict[int, datetime]:
    """When the first order of each parcel was placed."""
    first = peewee.fn.MIN(Order.ordered_at)
    query = ParcelLine.select(ParcelLine.parcel, first).join(Order).where(among(ParcelLine.parcel, parcels))
    return {parcel: moment for parcel, at in raw_rows(query.group_by(ParcelLine.parcel)) if (moment := as_moment(at))}


def _error(row: Row, column: str, words: Any) -> CellError:
    return CellError(row.number, column, row[column][:80], words)


def _key(row: Row) -> str:
    if target := target_of(row["parcel"]):
        return target
    raise FieldRefused("parcel", "Write the parcel's number, such as P-12, or the order's id.")


def _by_person(_team: Any, _named: frozenset[str]) -> Any:
    raise Refused("Nobody who may change parcels brought this file.")


NUMBERS = register(
    Importer(
        kind=KIND,
        title=say("Tracking numbers"),
        permission="parcels.edit",
        event="tracking_numbers_imported",
        fields=FIELDS,
        key=_key,
        planner=_by_person,
        columns=lambda reach: [field.name for field in FIELDS],
        key_column="parcel",
        help=say("A row for each parcel: its number (P-12) or its order's id, and the tracking number. A number with a wrong check digit, "
                 "or that another parcel has, is taken only with a reason in its column."),
        back="shipping.numbers",
        named=lambda name: str(NAMES.get(name, name)),
        of_file=NumberPlanner,
        verbs={"new": say("New"), "created": say("New"), "changed": say("Changed")},
        offer=say("Give %(new)s numbers and change %(changed)s"),
    )
)  # fmt: skip
