"""Applying an import: every record is planned anew against what is stored now, and saved only when it still does what a
person saw. What somebody changed meanwhile is held back for another look.

A record's outcome is written with the record, so a job killed anywhere goes on behind the last one saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.audit.event import track
from models.imports.entry import ImportEntry, ImportRowError, shown
from models.imports.importer import CellError, Planned, Planner, Record
from models.imports.looking import Step
from models.imports.record import Import
from models.imports.spool import Spool
from models.support import clock
from models.support.bulk import update_rows
from models.support.db import retrying, write_txn
from models.support.errors import Refused
from models.support.words import say

AT_ONCE = 50
DONE_BY = {"new": "created", "changed": "changed"}
MEANWHILE = say("Somebody else changed this since you looked at the file. Look again to see old and new.").message


def work(batch: Import, folder: Path, step: Step) -> None:
    """Applies what is left of an import. `step` is the fence of the run."""
    left = ImportEntry.left_of(batch)
    importer = batch.importer
    with write_txn():
        step(done=0, total=len(left))
    if left:
        planner = importer.planner_of(batch)
        with Spool(importer, folder).fill(batch.original(folder), batch.shape, batch.mapping, left) as spool:
            for records in spool.records(AT_ONCE):
                _bundle(batch, planner, records, left, step)
    finish(batch, step)


@retrying
def _bundle(
    batch: Import, planner: Planner, records: Sequence[Record], seen: dict[str, tuple[int, str]], step: Step
) -> None:
    """Saves some records in one transaction; one that is refused leaves the others alone."""
    with write_txn():
        step(add=len(records))
        outcomes = []
        for plan in planner.plan(records):
            entry, digest = seen[plan.record.key]
            outcome, errors = _carry_out(batch, planner, plan, digest)
            ImportRowError.add(batch, errors)
            outcomes.append((outcome, entry))
            if outcome == "held":
                update_rows(ImportEntry, ("differences",), [(shown(batch.importer, plan.differences), entry)])
        update_rows(ImportEntry, ("outcome",), outcomes)


def _carry_out(batch: Import, planner: Planner, plan: Planned, digest: str) -> tuple[str, list[CellError]]:
    if plan.verb == "unchanged":  # It is there already.
        return "unchanged", []
    if plan.errors:
        return "refused", plan.errors
    if plan.digest != digest:
        first = plan.record.rows[0]
        column = batch.importer.key_column
        return "held", [CellError(first.number, column, plan.record.key[:80], say(MEANWHILE))]
    try:
        with write_txn():
            planner.save(plan, by=batch.applied_by)
    except Refused as refused:
        return "refused", [planner.place(refused, plan)]
    return DONE_BY[plan.verb], []


def finish(batch: Import, step: Step) -> None:
    """Closes the import, with the one event that tells of it."""
    with write_txn():
        step()
        done = ImportEntry.counted(batch, ImportEntry.outcome)
        bad = ImportRowError.rows_of(batch)
        by: Any = batch.applied_by
        batch.importer.ending(batch)
        batch.move("applying", "applied", outcome=done, error_count=bad, applied_at=clock.now(), problem="")
        track(
            batch.importer.event, batch, by=by, file=batch.name, created=done.get("created", 0),
            changed=done.get("changed", 0), bad=bad,
        )  # fmt: skip
