"""A list as the table of a file: the chosen columns in their order, the rows as the list walks them, the watermark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from models.exports.again import DECLARED, may_import_again
from models.exports.export import Export
from models.exports.personal import PERMISSION, PERSONAL, Personal
from models.lists.list_of import LISTS, Asked, Column, ListOf
from models.lists.viewer import Viewer
from models.people.reach import Reach
from models.support import clock
from models.support.errors import Refused
from models.support.sheets import Sheet, SheetColumn, kind_of
from models.support.words import say

LOOKED_AT = 500  # Rows from which the kind of a column is told.
OPENED_AT_ONCE = 500


class NotAllowed(Refused):
    def __init__(self) -> None:
        super().__init__("You may not export this list any more.")


@dataclass
class Table:
    """What goes into the file. `total` is how many rows there will be."""

    sheet: Sheet
    records: Iterator[Any]
    total: int = 0


@dataclass
class _Opened:
    """The personal data of the records being written, and of no more than those."""

    personal: Personal | None
    reach: Reach
    rows: dict[int, dict[str, str]] = field(default_factory=dict)

    def through(self, records: Iterator[Any]) -> Iterator[Any]:
        if self.personal is None:
            yield from records
            return
        while chunk := list(islice(records, OPENED_AT_ONCE)):
            self.rows = self.personal.open(self.reach, chunk)
            yield from chunk
        self.rows = {}

    def value_of(self, name: str) -> Callable[[Any], Any]:
        return lambda record: self.rows.get(record.id, {}).get(name, "")


def table_of(export: Export) -> Table:
    """The table as the person who asked may see it now. Raises NotAllowed when that is nothing any more."""
    viewer, a_list = viewer_of(export)
    asked = a_list.asked(export.query, viewer)
    if export.is_to_import:
        return _to_import(export, viewer, a_list, asked)
    columns = [column for name in export.columns if (column := a_list.column(name))]
    rows = a_list.rows(viewer, asked)
    # Only so many buyers were asked for and agreed to; rows that matched since then are not among them.
    rows = islice(rows, export.row_count) if export.is_personal else rows
    first = list(islice(rows, LOOKED_AT))
    opened = _Opened(PERSONAL[a_list.name] if export.is_personal else None, viewer.reach)
    sheet = Sheet(
        title=str(a_list.title),
        columns=[_sheet_column(column, viewer, first) for column in columns] + _personal_columns(opened),
        zone=export.zone,
        remarks=watermark(export) if export.is_personal else (),
        author=export.person.name,
        made_at=clock.now(),
    )
    return Table(sheet, opened.through(chain(first, rows)), export.row_count)


def _to_import(export: Export, viewer: Viewer, a_list: ListOf, asked: Asked) -> Table:
    """Walks the list twice: to see which columns there are, and to write them."""
    again = DECLARED[a_list.name]
    columns = again.sheet_columns(viewer.reach, a_list.rows(viewer, asked))
    sheet = Sheet(str(a_list.title), columns, export.zone, author=export.person.name, made_at=clock.now())
    return Table(sheet, again.all_rows(a_list.rows(viewer, asked)), export.row_count)


def viewer_of(export: Export) -> tuple[Viewer, ListOf]:
    """Who looks, as their rights are now. Raises NotAllowed."""
    reach = Reach.of(export.person, export.team) if export.person.is_active else None
    a_list = LISTS.get(export.list_name)
    if reach is None or a_list is None or not reach.may(a_list.permission):
        raise NotAllowed()
    if export.is_personal and not reach.may(PERMISSION):
        raise NotAllowed()
    if export.is_to_import and not may_import_again(reach, a_list.name):
        raise NotAllowed()
    return Viewer(reach, zone=export.zone, language=export.language), a_list


def _sheet_column(column: Column, viewer: Viewer, first: list[Any]) -> SheetColumn:
    kind = column.kind or kind_of(column.value(record, viewer) for record in first)
    return SheetColumn(str(column.label), lambda record: column.value(record, viewer), kind)


def _personal_columns(opened: _Opened) -> list[SheetColumn]:
    if opened.personal is None:
        return []
    return [SheetColumn(str(label), opened.value_of(name)) for name, label in opened.personal.columns.items()]


def watermark(export: Export) -> list[str]:
    """Who took it, when, why, and who agreed: on every sheet, so that a copy tells where it came from."""
    at = clock.local(clock.now(), export.zone)
    lines = [
        say("Export %(number)s by %(name)s (%(login)s), %(at)s %(zone)s", number=export.number, name=export.person.name,
            login=export.person.login, at=f"{at:%Y-%m-%d %H:%M}", zone=export.zone),
        say("Reason: %(reason)s", reason=export.reason),
    ]  # fmt: skip
    if export.is_solo:
        lines.append(say("Decided alone: nobody else works in this team."))
    elif export.approved_by is not None:
        lines.append(
            say("Approved by %(name)s (%(login)s)", name=export.approved_by.name, login=export.approved_by.login)
        )
    lines.append(say("Buyers' personal data: do not pass it on, and delete this file when it has served its reason."))
    return [str(line) for line in lines]
