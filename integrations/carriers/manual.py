"""Events a person hands in: a CSV file with a line for each event. Nobody is called, and a bad line spoils no other.

Columns: `number`, `time` (ISO 8601; without a zone it is UTC), `description`, and where known `location`, `status`, `sub_status`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from integrations.carriers import (
    NO_NEWS,
    REGISTERED,
    Asked,
    EventSnapshot,
    Fetched,
    Outcome,
    Tracked,
    completed,
    no_webhook,
    require_few,
)
from integrations.carriers.reading import LONGEST_DESCRIPTION, LONGEST_PLACE, LONGEST_WORD, moment
from integrations.errors import IntegrationError

NEEDED = ("number", "time")
COLUMNS = {  # As they may be called.
    "number": ("number", "tracking number", "tracking_number", "单号", "跟踪号", "运单号"),
    "time": ("time", "time_utc", "date", "时间"),
    "description": ("description", "event", "描述", "轨迹"),
    "location": ("location", "place", "地点"),
    "status": ("status", "状态"),
    "sub_status": ("sub_status", "sub-status", "sub status", "子状态"),
}
ENCODINGS = ("utf-8-sig", "gb18030")
SPREADSHEET = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]+(\d{1,2})(:.*))?")
MOST_BYTES, MOST_LINES = 20 * 1024 * 1024, 200_000


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line of the file, counted from 1 as a spreadsheet does."""

    line: int
    code: str


@dataclass(frozen=True)
class File:
    events: Mapping[str, tuple[EventSnapshot, ...]]
    problems: tuple[Problem, ...] = field(default=())


class ManualProvider:
    """The role, filled by a file that was read."""

    name = "manual"
    at_once = 1000

    def __init__(self, file: File | None = None):
        self._events = file.events if file else {}

    def register(self, numbers: Sequence[Asked]) -> list[Outcome]:
        require_few(numbers, self.at_once)
        return [Outcome(number, REGISTERED) for number in dict.fromkeys(one.number for one in numbers)]

    def fetch(self, numbers: Sequence[Asked]) -> Fetched:
        require_few(numbers, self.at_once)
        known = [one for one in numbers if one.number in self._events]
        tracked = [
            Tracked(one.number, one.carrier, *_newest(self._events[one.number]), self._events[one.number])
            for one in known
        ]
        return completed(numbers, tracked, [Outcome(one.number, NO_NEWS) for one in numbers])

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> Fetched:
        raise no_webhook("Nobody")


def read(content: bytes, zone: tzinfo = UTC) -> File:
    """The file's events by number. Raises IntegrationError when it is no such file at all."""
    if len(content) > MOST_BYTES:
        raise _unreadable("The file is larger than 20 MB.")
    rows = csv.reader(io.StringIO(_decoded(content), newline=""))
    try:
        places = _places(next(rows, []))
        events: dict[str, list[EventSnapshot]] = {}
        problems = []
        for row in rows:
            if rows.line_num > MOST_LINES:
                raise _unreadable("The file has more than 200,000 lines.")
            if not any(cell.strip() for cell in row):
                continue
            found = _event(row, places, zone)
            if isinstance(found, str):
                problems.append(Problem(rows.line_num, found))
            else:
                events.setdefault(found[0], []).append(found[1])
    except csv.Error:
        raise _unreadable("The file is no CSV.") from None
    ordered = {number: tuple(sorted(told, key=lambda event: event.time_utc)) for number, told in events.items()}
    return File(ordered, tuple(problems))


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable("The file is neither UTF-8 nor GB 18030.")


def _places(head: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in head]
    places = {column: names.index(name) for column, known in COLUMNS.items() for name in known if name in names}
    if missing := [column for column in NEEDED if column not in places]:
        raise _unreadable(f"The file has no column {' and no column '.join(missing)}.")
    return places


def _event(row: Sequence[str], places: Mapping[str, int], zone: tzinfo) -> tuple[str, EventSnapshot] | str:
    """The number and its event, or what is wrong with the line."""

    def cell(column: str, most: int) -> str:
        place = places.get(column, len(row))
        return row[place].strip().replace("\0", "")[:most] if place < len(row) else ""

    number, when = cell("number", LONGEST_WORD), moment(_spelt_out(cell("time", LONGEST_WORD)))
    if not number:
        return "no_number"
    if when is None:
        return "no_time"
    local = when[0].replace(tzinfo=zone if when[1] is None else UTC)
    offset = local.utcoffset()
    minutes = when[1] if when[1] is not None else round(offset.total_seconds() / 60) if offset else None
    status, sub = cell("status", LONGEST_WORD), cell("sub_status", LONGEST_WORD)
    if not (status or sub or cell("description", 1)):
        return "no_words"
    return number, EventSnapshot(
        local.astimezone(UTC).replace(tzinfo=None), minutes, cell("description", LONGEST_DESCRIPTION),
        cell("location", LONGEST_PLACE), status, sub,
    )  # fmt: skip


def _spelt_out(time: str) -> str:
    """A time as spreadsheets write it (2026/3/9 9:05), with all its noughts."""
    if (found := SPREADSHEET.fullmatch(time)) is None:
        return time
    year, month, day, hour, rest = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}{rest}" if hour else "")


def _newest(events: Sequence[EventSnapshot]) -> tuple[str, str]:
    """The status and sub-status of the last event that has one."""
    return next(
        ((event.status, event.sub_status) for event in reversed(events) if event.status or event.sub_status), ("", "")
    )


def _unreadable(words: str) -> IntegrationError:
    return IntegrationError("file_unreadable", words, permanent=True)
