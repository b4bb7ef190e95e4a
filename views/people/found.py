"""People of the team, as search everywhere finds them, and how to invite one."""

from collections.abc import Iterator

from flask_babel import gettext as _

from models.people.board import named
from views.support.access import current_team
from views.support.palette import Hit, action, source
from views.support.stills import links

action(lambda: _("Invite a person"), "user-plus", "people.new", "people.manage")


@source(lambda: _("People"), "people.view", 40)
def people(text: str, most: int) -> Iterator[Hit]:
    address = links("people.show")
    for person in named(current_team, text, most):
        yield Hit(person.name, address(person.uid), "user", person.login)
