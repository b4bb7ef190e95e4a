"""What becomes of uploaded price sheets: without a draft they go after 14 days, findings after 90; what a version was made of stays."""

from __future__ import annotations

from pathlib import Path

from models.freight.sheet_findings import SheetChange, SheetProblem
from models.freight.sheet_import import OPEN, SheetImport
from models.people.handover import Held, hands_over
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.words import say

UNUSED, DETAILS = 14, 90  # Days.
MOST = 500


def forget_old(folder: Path) -> int:
    """Drops what is due. Returns how many files were dropped."""
    with write_txn():
        old = SheetImport.select(SheetImport.id).where(SheetImport.read_at < clock.ago(days=DETAILS))
        for table in (SheetProblem, SheetChange):
            table.delete().where(table.batch.in_(old)).execute()
        unused = SheetImport.rate_card.is_null() & (SheetImport.created_at < clock.ago(days=UNUSED))
        gone = list(SheetImport.select().where(unused, SheetImport.state.not_in(SheetImport.busy_states)))
        for batch in gone:
            SheetImport.delete().where(SheetImport.id == batch.id).execute()
    for batch in gone:
        if not SheetImport.select().where(SheetImport.sha256 == batch.sha256).exists():
            batch.original(folder).unlink(missing_ok=True)
    return len(gone)


def _open_ones(team: Team, person: Person) -> list[Held]:
    query = SheetImport.select().where(
        SheetImport.team == team, SheetImport.uploaded_by == person, SheetImport.state.in_(OPEN)
    )
    return [Held(one.name, "freight.edit") for one in query.order_by(SheetImport.id).limit(MOST)]


@hands_over("price_sheets", say("Price sheets that are not drafted yet"), held=_open_ones)
def pass_sheets(team: Team, person: Person, to: Person) -> int:
    mine = (SheetImport.team == team) & (SheetImport.uploaded_by == person) & SheetImport.state.in_(OPEN)
    return SheetImport.update(uploaded_by=to).where(mine).execute()
