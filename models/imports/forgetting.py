"""What becomes of old imports: what was never applied goes after two weeks, details after 90 days, the rest after 18 months."""

from __future__ import annotations

from pathlib import Path

from models.imports.entry import ImportEntry, ImportRowError
from models.imports.mapping import ImportMapping
from models.imports.record import Import
from models.support import clock
from models.support.db import write_txn

NEVER_APPLIED, DETAILS, ALL = 14, 90, 548  # Days.


def forget_old(folder: Path) -> int:
    """Drops what is due. Returns how many imports were dropped. Originals that nothing names any more go too."""
    idle = Import.state.not_in(Import.busy_states)
    unused = Import.applied_at.is_null() & (Import.created_at < clock.ago(days=NEVER_APPLIED))
    with write_txn():
        old = Import.select(Import.id).where(Import.applied_at < clock.ago(days=DETAILS), idle)
        for table in (ImportEntry, ImportRowError):
            table.delete().where(table.batch.in_(old)).execute()
        due = Import.select().where(idle & (unused | (Import.applied_at < clock.ago(days=ALL))))
        gone = {batch.id: batch.original(folder) for batch in due}
        for number in gone:
            Import.delete().where(Import.id == number).execute()
        ImportMapping.delete().where(ImportMapping.used_at < clock.ago(days=ALL)).execute()
    for path in gone.values():
        if not Import.select().where(Import.sha256 == path.stem).exists():
            path.unlink(missing_ok=True)
    return len(gone)
