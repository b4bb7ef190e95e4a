"""The board as a file: the same rows, figures and order as on the screen."""

from __future__ import annotations

import io
from typing import Any

from models.audit.event import declare, track
from models.audit.measure import ACTS
from models.audit.telling import tell
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.sheets import Sheet, SheetColumn, write_csv
from models.support.words import say
from models.support.workbooks import write_xlsx
from models.workload.board import Board, Row
from models.workload.spans import PERIODS

FORMATS = ("csv", "xlsx")

declare("work_exported", say("%(actor)s exported the work of %(rows)s people (%(period)s) as %(format)s"),
        "rows", "period", "format")  # fmt: skip
tell("work_exported.period", PERIODS)


def export_board(board: Board, file_format: str, team: Team, zone: str, *, by: Any) -> bytes:
    """The file. It leaves an event: what people did has left the portal."""
    with write_txn():
        track("work_exported", None, by=by, team=team, rows=len(board.rows), period=board.period, format=file_format)
    sheet = sheet_of(board, zone, by.name)
    if file_format == "csv":
        return b"".join(write_csv(sheet, board.rows))
    content = io.BytesIO()
    write_xlsx(content, sheet, board.rows)
    return content.getvalue()


def sheet_of(board: Board, zone: str, author: str) -> Sheet:
    columns = [
        SheetColumn(str(say("Name")), lambda row: row.person.name),
        SheetColumn(str(say("Sign-in name")), lambda row: row.person.login),
        SheetColumn(str(say("Last act")), lambda row: row.last_at, "moment"),
        *(SheetColumn(str(one.words), _count(one.key), "number") for one in board.measures),
        *(
            SheetColumn(str(say("%(what)s: median seconds", what=one.words)), _median(one.key), "number")
            for one in board.measures
            if one.seconds
        ),
        SheetColumn(str(say("Acts")), _count(ACTS), "number"),
        SheetColumn(str(say("Waits")), lambda row: row.waiting, "number"),
        SheetColumn(str(say("Targets")), _targets),
    ]
    title = str(say("Workload: %(period)s", period=PERIODS[board.period]))
    return Sheet(title, columns, zone, author=author, made_at=clock.now())


def _count(measure: str) -> Any:
    return lambda row: row.figures.of(measure)


def _median(measure: str) -> Any:
    return lambda row: row.figures.median(measure)


def _targets(row: Row) -> str:
    return ", ".join(f"{one.target.measure_words} {one.done}/{one.target.words}" for one in row.targets)
