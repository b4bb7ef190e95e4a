"""What a leaver holds in exports: those that wait for somebody's yes, or to be made. A file that is made passes to nobody."""

from __future__ import annotations

from models.exports.export import Export
from models.exports.personal import PERMISSION
from models.lists.list_of import LISTS
from models.people.handover import Held, hands_over
from models.people.person import Person
from models.people.team import Team
from models.support.words import say

MOST = 500
WAITING = ("waiting_approval", "waiting")


def _exports(team: Team, person: Person) -> list[Held]:
    query = Export.select().where(Export.team == team, Export.person == person, Export.state.in_(WAITING))
    exports = [one for one in query.order_by(Export.id).limit(MOST) if one.list_name in LISTS]
    return [Held(one.title, PERMISSION if one.is_personal else LISTS[one.list_name].permission) for one in exports]


@hands_over("exports", say("Exports that wait"), held=_exports)
def pass_exports(team: Team, person: Person, to: Person) -> int:
    """They are made with the rights of whoever takes them; one with buyers' data waits for somebody else's yes,
    also where there was one: it was given to the leaver."""
    mine = (Export.team == team) & (Export.person == person) & Export.state.in_(WAITING)
    agreed = mine & Export.is_personal & (Export.state == "waiting")
    Export.update(state="waiting_approval", approved_by=None, is_solo=False).where(agreed).execute()
    return Export.update(person=to).where(mine).execute()
