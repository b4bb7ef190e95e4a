"""Weighing in by file: what an automatic scale wrote, a row for each parcel. Read as the screen of the scale reads (models/shipping/scale.py);
the dry run says what each parcel would cost.

What is far from the weight of its label is refused here: a person puts it on the scale and says that it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.audit.event import declare
from models.freight.kept_quote import FreightQuote
from models.imports.fields import Field
from models.imports.importer import CellError, Importer, Planned, Record, Row, register
from models.imports.record import Import
from models.people.reach import Reach
from models.shipping.number import normalized
from models.shipping.scale import AlreadyWeighed, grams_of, meant, require_near, sides_of
from models.shipping.warehouse import PERMISSION
from models.shipping.weighing import priced, weigh
from models.support.errors import FieldRefused, Refused
from models.support.words import say

KIND = "weighings"
FIELDS = (
    Field("number", say("Tracking number"), ("跟踪号", "运单号", "快递单号", "转单号", "单号", "包裹号", "tracking", "tracking no", "waybill", "code",
          "barcode"), required=True),
    Field("weight", say("Weight"), ("重量", "实重", "称重", "实际重量", "weight g", "grams", "actual weight"), required=True),
    Field("length", say("Length (cm)"), ("长", "长度", "长(cm)", "length", "l")),
    Field("width", say("Width (cm)"), ("宽", "宽度", "宽(cm)", "width", "w")),
    Field("height", say("Height (cm)"), ("高", "高度", "高(cm)", "height", "h")),
    Field("unit", say("Unit of weight"), ("单位", "重量单位", "weight unit")),
)  # fmt: skip
NAMES = {field.name: field.label for field in FIELDS} | {"price": say("Price"), "size": say("Size")}

declare("weighings_imported", say("%(actor)s weighed parcels in from %(file)s: %(created)s new, %(bad)s rows refused"),
        "file", "created", "changed", "bad")  # fmt: skip


class WeighingPlanner:
    """Plans rows for whoever brought the file, or applies it."""

    def __init__(self, batch: Import, _named: frozenset[str]):
        person = batch.applied_by if batch.state == "applying" else batch.uploaded_by
        reach = Reach.of(person, batch.team) if person else None
        if reach is None or not reach.may(PERMISSION):
            raise Refused("Nobody who may weigh parcels brought this file.")
        self.reach: Reach = reach
        self.known: dict[int, int] = {}

    def plan(self, records: Sequence[Record]) -> list[Planned]:
        return [self._planned(record) for record in records]

    def _planned(self, record: Record) -> Planned:
        first, *more = record.rows
        errors = [
            _error(row, "number", say("The parcel stands in row %(row)s already.", row=first.number)) for row in more
        ]
        try:
            planned = self._willing(record, first)
        except Refused as refused:
            planned = Planned(record, "refused", errors=[_refused(first, refused)])
        if errors:
            planned = Planned(record, "refused", errors=[*errors, *planned.errors])
        return planned

    def _willing(self, record: Record, row: Row) -> Planned:
        grams, sides = figures_of(row)
        try:
            parcel = meant(self.reach, row["number"])
        except AlreadyWeighed as weighed:
            if weighed.last.grams == grams and (
                not any(sides) or weighed.last.sides_mm == tuple(sorted(sides, reverse=True))
            ):
                return Planned(record, "unchanged")
            raise
        if self.known.setdefault(parcel.id, row.number) != row.number:
            raise FieldRefused("number", "The parcel stands in row %(row)s already.", row=self.known[parcel.id])
        require_near(parcel, grams)
        label = FreightQuote.get_by_id(parcel.quote_id)
        length, width, height = sorted(sides, reverse=True)
        _offered, _asked, found = priced(label, parcel, grams, (length, width, height))
        price = f"{found.total} {label.currency}" if found.is_ok else ""  # None: it is kept for a person.
        differences: dict[str, tuple[Any, Any]] = {
            "weight": (f"{parcel.grams} g", f"{grams} g"),
            "price": (f"{label.total.text()} {label.currency}", price),
        }
        return Planned(record, "new", differences, carry=(parcel, grams, sides))

    def save(self, planned: Planned, *, by: Any) -> None:
        parcel, grams, sides = planned.carry
        weigh(parcel, grams=grams, sides_mm=sides, by=by)

    def place(self, refused: Refused, planned: Planned) -> CellError:
        return _refused(planned.record.rows[0], refused)


def figures_of(row: Row) -> tuple[int, tuple[int, int, int]]:
    unit = row["unit"].strip().lower()
    if unit not in ("", "g", "kg"):
        raise FieldRefused("unit", "The unit is g or kg.")
    return grams_of(row["weight"], unit), sides_of([row["length"], row["width"], row["height"]])


def _refused(row: Row, refused: Refused) -> CellError:
    names = {"code": "number", "grams": "weight"}
    column = refused.field if isinstance(refused, FieldRefused) else "number"
    return _error(row, names.get(column, column), refused.words)


def _error(row: Row, column: str, words: Any) -> CellError:
    return CellError(row.number, column, row[column][:80], words)


def _key(row: Row) -> str:
    if number := normalized(row["number"]):
        return number
    raise FieldRefused("number", "Write the parcel's tracking number.")


def _by_person(_team: Any, _named: frozenset[str]) -> Any:
    raise Refused("Nobody who may weigh parcels brought this file.")


WEIGHINGS = register(
    Importer(
        kind=KIND,
        title=say("Weights of parcels"),
        permission=PERMISSION,
        event="weighings_imported",
        fields=FIELDS,
        key=_key,
        planner=_by_person,
        columns=lambda reach: [field.name for field in FIELDS],
        key_column="number",
        help=say("A row for each parcel: its tracking number, its weight in grams (or 0.8 kg), its sides in centimetres. What is far from the "
                 "weight of its label is not taken from a file."),
        back="shipping.scale",
        named=lambda name: str(NAMES.get(name, name)),
        of_file=WeighingPlanner,
        verbs={"new": say("To weigh in"), "created": say("Weighed in"), "changed": say("Changed")},
        offer=say("Weigh %(new)s parcels in"),
    )
)  # fmt: skip
