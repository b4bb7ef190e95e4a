"""The work `exports`: a list as CSV and as XLSX, the whole way a job takes it, against hand-written SQL and a bare writer over
the same rows. What both sides keep in memory is measured too: it may not grow with the table."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from bench import ground
from bench.ground import Ground
from bench.measure import Measurement, at_least, at_most
from models.audit.origin import Origin, acting
from models.exports.export import Export
from models.exports.files import Folder
from models.exports.making import make
from models.lists.viewer import Viewer
from models.orders.listing import ORDERS
from models.people.person import Person
from models.people.reach import Reach
from models.people.team import Team
from models.support import clock
from models.support.db import db
from models.support.job_run import JobRun

LEAST_RATIO = {"csv": 1 / 12, "xlsx": 1 / 2}  # A bare cursor and csv.writer are C from the first byte to the last.
MOST_MIB = 64.0
COLUMNS = ("order", "ordered", "status", "items", "units", "total", "ship_by", "ship_to", "store")
HEADS = ("Order", "Ordered", "Status", "Items", "Units", "Total", "Currency", "Ship by", "Ship to", "Store")
SQL = (
    "SELECT o.order_id, o.ordered_at, o.status, o.first_title, o.unit_count, o.total_minor / 100.0, o.currency, o.ship_by,"
    ' o.ship_country, s.name FROM "order" o JOIN store s ON s.id = o.store_id WHERE o.team_id = ?'
    " ORDER BY o.ordered_at DESC, o.id DESC"
)


@dataclass(frozen=True)
class Size:
    orders: int


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """Each format by both sides, in turn."""
    tell(f"exports: making {size.orders:,} orders")
    with ground.fresh(orders=size.orders) as place, place.stood_on():
        for file_format in ("csv", "xlsx"):
            tell(f"exports: {size.orders:,} orders as {file_format}")
            bare = place.settings.data / f"bare.{file_format}"
            ours, grown, file = measured(lambda form=file_format: export(place, form))  # type: ignore[misc]
            limit, bare_grown, _none = measured(lambda form=file_format, to=bare: BARE[form](place, to))  # type: ignore[misc]
            require_equal(file_format, file, bare, size.orders)
            mine, theirs = rate(size.orders, ours, grown), rate(size.orders, limit, bare_grown)
            yield Measurement(
                "exports", f"{file_format}: rows", "sqlite", size.orders, mine, theirs,
                **at_least(limit / ours, LEAST_RATIO[file_format]),
            )  # fmt: skip
            yield Measurement(
                "exports", f"{file_format}: MiB more", "sqlite", size.orders, mine, theirs, **at_most(grown, MOST_MIB)
            )


def rate(rows: int, seconds: float, mebibytes: float) -> dict[str, Any]:
    return {"per_second": round(rows / seconds), "grown_mib": round(mebibytes, 1)}


def measured(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds, by how many MiB the process grew at most, and what the work gave."""
    over, marks = threading.Event(), [anonymous()]

    def watch() -> None:
        while not over.wait(0.02):
            marks.append(anonymous())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - began
    over.set()
    watcher.join()
    return seconds, max(marks) - marks[0], found


def anonymous() -> float:
    """What this process holds for itself, in MiB. Pages of the database that the system maps are the system's to drop."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon:"))
    return int(line.split()[1]) / 1024


# The two sides


def export(place: Ground, file_format: str) -> Path:
    """From the wish to the finished file, as the job does it."""
    team, person = Team.get_by_id(place.team_id), Person.get(Person.login == "bela")
    viewer = Viewer(Reach.of(person, team), "Europe/Berlin", "en")
    folder = Folder(place.settings.data)
    with acting(Origin("job", "bench")):
        wish = Export.ask(viewer, ORDERS, ORDERS.asked("", viewer), columns=COLUMNS, file_format=file_format)
        wish.change(state="waiting")  # However few rows the bench has, this is the way of many.
        run = JobRun.claim("exports.make", str(wish.uid), clock.now())
        assert run is not None
        make(wish, folder, run)
        run.finish("done")
    return folder.path / wish.reload().file_name


def bare_csv(place: Ground, to: Path) -> None:
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADS)
        writer.writerows(_rows(place))


def bare_xlsx(place: Ground, to: Path) -> None:
    with Workbook(str(to), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        for number, row in enumerate(_rows(place), 1):
            sheet.write_row(number, 0, row)


BARE = {"csv": bare_csv, "xlsx": bare_xlsx}


def _rows(place: Ground) -> Iterator[tuple]:
    return db.connection().execute(SQL, (place.team_id,))


def require_equal(file_format: str, ours: Path, bare: Path, rows: int) -> None:
    """Raises AssertionError unless both files name the same orders in the same order."""
    mine, theirs = _first_column(file_format, ours), _first_column(file_format, bare)
    if len(mine) != rows or mine != theirs:
        raise AssertionError(f"The two {file_format} files do not hold the same orders.")


def _first_column(file_format: str, file: Path) -> list[Any]:
    if file_format == "csv":
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return [row[0] for row in csv.reader(opened)][1:]
    return [row[0] for row in CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()][1:]
