"""The dry run: what each record of the file would do, and what is wrong with it. It changes nothing but the import itself.

Small files are looked at while the person waits; large ones by the job, which may be killed anywhere and starts over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from models.imports.entry import ImportEntry, ImportRowError
from models.imports.importer import Planned
from models.imports.record import Import
from models.imports.spool import Spool
from models.support import clock
from models.support.db import write_txn

AT_ONCE = 100
WHILE_WAITING = 500  # Rows; more than that is work for the job.

Step = Callable[..., None]


def look(batch: Import, folder: Path, *, by: Any = None) -> None:
    """Starts the dry run: at once when the file is small, else as a job."""
    if batch.rows > WHILE_WAITING:
        batch.begin("looking", by=by)
        return
    batch.require_not_busy()
    with _spooled(batch, folder) as spool:
        plans = list(_plans(batch, spool))
        with write_txn():
            batch.move(("mapping", "looked", "stopped", "applied"), "looking", problem="")
            _begin(batch, spool)
            for bundle in plans:
                _store(batch, bundle)
            _finish(batch, spool)


def work(batch: Import, folder: Path, step: Step) -> None:
    """The dry run as a job. `step` is the fence of the run: first in every transaction, it tells how far it is."""
    with _spooled(batch, folder) as spool:
        with write_txn():
            step(done=0, total=spool.row_count)
            _begin(batch, spool)
        for bundle in _plans(batch, spool):
            with write_txn():
                step(add=sum(len(plan.record.rows) for plan in bundle))
                _store(batch, bundle)
        with write_txn():
            step()
            _finish(batch, spool)


def _spooled(batch: Import, folder: Path) -> Spool:
    return Spool(batch.importer, folder).fill(batch.original(folder), batch.shape, batch.mapping)


def _plans(batch: Import, spool: Spool) -> Iterator[list[Planned]]:
    planner = batch.importer.planner_of(batch)
    for bundle in spool.records(AT_ONCE):
        yield planner.plan(bundle)


def _begin(batch: Import, spool: Spool) -> None:
    for table in (ImportEntry, ImportRowError):
        table.delete().where(table.batch == batch).execute()
    ImportRowError.add(batch, spool.errors)


def _store(batch: Import, plans: list[Planned]) -> None:
    ImportEntry.add(batch, plans)
    ImportRowError.add(batch, (error for plan in plans for error in plan.errors))


def _finish(batch: Import, spool: Spool) -> None:
    planned = ImportEntry.counted(batch, ImportEntry.verb)
    batch.move(
        "looking", "looked", planned=planned, outcome={}, error_count=ImportRowError.rows_of(batch),
        rows=spool.row_count, looked_at=clock.now(),
    )  # fmt: skip
