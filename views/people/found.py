"""People of the team, as search everywhere finds them, and how to invite one."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from models.people.employees import employees_of
from views.support.access import current_team
from views.support.palette import Hit, action, source

action(lambda: _("Invite a person"), "user-plus", "people.new", "people.manage")


@source(lambda: _("People"), "people.view", 40)
def people(text: str, most: int) -> Iterator[Hit]:
    wanted, address = text.casefold(), url_for("people.index")
    for employee in employees_of(current_team):
        person = employee.person
        if most and (wanted in person.name.casefold() or wanted in person.login):
            most -= 1
            yield Hit(person.name, address, "user", person.login)
