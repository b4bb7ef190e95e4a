"""What a leaver holds in imports: files that were taken in and are not applied yet."""

from __future__ import annotations

from models.imports.importer import IMPORTERS
from models.imports.record import Import
from models.people.handover import Held, hands_over
from models.people.person import Person
from models.people.team import Team
from models.support.words import say

MOST = 500
OPEN = ("mapping", "looking", "looked", "applying", "stopped")


def _imports(team: Team, person: Person) -> list[Held]:
    query = Import.select().where(Import.team == team, Import.uploaded_by == person, Import.state.in_(OPEN))
    files = [one for one in query.order_by(Import.id).limit(MOST) if one.kind in IMPORTERS]
    return [Held(one.name, IMPORTERS[one.kind].permission) for one in files]


@hands_over("imports", say("Imports that are not applied yet"), held=_imports)
def pass_imports(team: Team, person: Person, to: Person) -> int:
    mine = (Import.team == team) & (Import.uploaded_by == person) & Import.state.in_(OPEN)
    return Import.update(uploaded_by=to).where(mine).execute()
