"""Events by file: what a carrier's own table says of many parcels, a row for each event. A row that is known already changes nothing.

Whoever brings the file changes only parcels they could change by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.audit.event import declare
from models.imports.fields import Field
from models.imports.importer import CellError, Importer, Planned, Record, Row, register
from models.imports.record import Import
from models.people.reach import Reach
from models.shipping.by_hand import described, require_on_its_way, write_down
from models.shipping.number import normalized
from models.shipping.parcel import Parcel
from models.shipping.status import Status, description_hash
from models.shipping.status_words import words_of
from models.shipping.targets import changed_by
from models.shipping.tracking_account import MANUAL
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.bulk import among, as_moment, raw_rows
from models.support.errors import FieldRefused, Refused
from models.support.words import say

KIND, PERMISSION = "tracking_events", "parcels.edit"
SPREADSHEET = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]+(\d{1,2})(:.*))?", re.ASCII)
CORE = re.compile(r"9[1-5]\d{20}", re.ASCII)  # What USPS writes behind 420 and a ZIP code.
FIELDS = (
    Field("number", say("Tracking number"), ("单号", "跟踪号", "运单号", "物流单号", "tracking number", "waybill"), required=True),
    Field("time", say("When it happened"), ("时间", "日期", "time utc", "date", "event time"), required=True),
    Field("description", say("What happened, in words"), ("描述", "轨迹", "event", "details")),
    Field("location", say("Where"), ("地点", "place", "city")),
    Field("status", say("Status"), ("状态",)),
    Field("sub_status", say("Sub-status"), ("子状态", "sub status")),
)  # fmt: skip
NAMES = {field.name: field.label for field in FIELDS} | {"event": say("Event")}

declare("tracking_events_imported", say("%(actor)s imported events of parcels from %(file)s: %(created)s new, %(bad)s rows refused"),
        "file", "created", "changed", "bad")  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A row, read."""

    row: Row
    at: datetime
    status: Status | None

    @property
    def description(self) -> str:
        return described(self.status, self.row["description"])


class EventPlanner:
    """Plans rows for whoever brought the file, or applies it. Times without a zone are on the team's clock."""

    def __init__(self, batch: Import, _named: frozenset[str]):
        person = batch.applied_by if batch.state == "applying" else batch.uploaded_by
        reach = Reach.of(person, batch.team) if person else None
        if reach is None:
            raise Refused("Nobody who may change parcels brought this file.")
        self.reach: Reach = reach
        self.zone = ZoneInfo(batch.team.timezone)

    def plan(self, records: Sequence[Record]) -> list[Planned]:
        parcels = self._parcels({normalized(record.rows[0]["number"]) for record in records})
        known = _known([parcel.id for parcel in parcels.values()])
        return [self._planned(record, parcels, known) for record in records]

    def _parcels(self, numbers: set[str]) -> dict[str, Parcel]:
        """By their number as it is written, or by what of it services are told; the newest of several."""
        ours = Parcel.select().where(Parcel.team == self.reach.team_id, Parcel.state != "void").order_by(Parcel.id)
        written = ours.where(among(Parcel.tracking_number, sorted(numbers)), Parcel.tracking_number != "")
        found = {number: one for one in changed_by(self.reach, written) for number in (one.core, one.tracking_number)}
        if cores := sorted(number for number in numbers - found.keys() if CORE.fullmatch(number)):
            every = ours.where(among(Parcel.core, cores))  # All parcels are looked through.
            found |= {one.core: one for one in changed_by(self.reach, every)}
        return found

    def _planned(self, record: Record, parcels: dict[str, Parcel], known: set[Any]) -> Planned:
        row = record.rows[0]
        parcel = parcels.get(normalized(row["number"]))
        try:
            told = Told(row, self._moment(row["time"]), Status.read(row["status"], row["sub_status"]))
            if parcel is None:
                raise FieldRefused("number", "No parcel of yours has this number.")
            require_on_its_way(parcel)
            if not told.description:
                raise FieldRefused("description", "Say what happened: in words, or by a status.")
        except Refused as refused:
            return Planned(record, "refused", errors=[_error(row, refused)])
        if (parcel.id, told.at, description_hash(told.description)) in known:
            return Planned(record, "unchanged")
        what = str(words_of(told.status) or told.description)
        return Planned(record, "new", {"event": ("", f"{parcel.label}: {what[:80]}")}, carry=(parcel, told))

    def _moment(self, text: str) -> datetime:
        """As naive UTC. Raises FieldRefused."""
        try:
            parsed = datetime.fromisoformat(_spelt_out(text.strip()))
            at = (parsed if parsed.tzinfo else parsed.replace(tzinfo=self.zone)).astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):  # Also the first and the last year, where our clock has none.
            raise FieldRefused("time", "Write a moment like 2026-11-30 14:05.") from None
        if not datetime(2000, 1, 1) <= at <= clock.now():
            raise FieldRefused("time", "This moment is still to come, or too long ago.")
        return at.replace(microsecond=0)

    def save(self, planned: Planned, *, by: Any) -> None:
        parcel, told = planned.carry
        write_down(parcel.reload(), status=told.status, at=told.at, description=told.description,
                   location=told.row["location"], by=by)  # fmt: skip

    def place(self, refused: Refused, planned: Planned) -> CellError:
        return _error(planned.record.rows[0], refused)


def _known(parcels: list[int]) -> set[Any]:
    columns = (TrackingEvent.parcel, TrackingEvent.at, TrackingEvent.digest)
    query = TrackingEvent.select(*columns).where(among(TrackingEvent.parcel, parcels), TrackingEvent.provider == MANUAL)
    return {(parcel, as_moment(at), digest) for parcel, at, digest in raw_rows(query)}


def _spelt_out(time: str) -> str:
    """A time as spreadsheets write it (2026/3/9 9:05), with all its noughts."""
    if (found := SPREADSHEET.fullmatch(time)) is None:
        return time
    year, month, day, hour, rest = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}{rest}" if hour else "")


def _error(row: Row, refused: Refused) -> CellError:
    column = refused.field if isinstance(refused, FieldRefused) else "number"
    column = "time" if column == "day" else column
    return CellError(row.number, column, row[column][:80], refused.words)


def _key(row: Row) -> str:
    """Each event of a number by itself."""
    number = normalized(row["number"])
    if not number:
        raise FieldRefused("number", "Write the parcel's tracking number.")
    told = description_hash(f"{row['description']} {row['status']} {row['sub_status']}")[:16]
    return f"{number[:60]} {row['time'][:40]} {told}"


def _by_person(_team: Any, _named: frozenset[str]) -> Any:
    raise Refused("Nobody who may change parcels brought this file.")


EVENTS = register(
    Importer(
        kind=KIND,
        title=say("Events of parcels"),
        permission=PERMISSION,
        event="tracking_events_imported",
        fields=FIELDS,
        key=_key,
        planner=_by_person,
        columns=lambda reach: [field.name for field in FIELDS],
        key_column="number",
        help=say("A row for each event: the tracking number, when it happened, and what, in words or by a status of 17TRACK. "
                 "Times without a zone are on your team's clock."),
        back="shipping.index",
        named=lambda name: str(NAMES.get(name, name)),
        of_file=EventPlanner,
        offer=say("Write down %(new)s events"),
    )
)  # fmt: skip
