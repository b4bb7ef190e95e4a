"""What the bulk actions of the list of threads ask once: whose they are to be."""

from __future__ import annotations

from models.mailbox.handling import people_of
from views.lists.asking import asking
from views.support.access import reach


def _people() -> list[tuple[str, str]]:
    return [(str(person.uid), person.name) for person in people_of(reach.team_id)]


asking(
    "mail_person",
    "orders/_ask_person.html",
    read=lambda form: {"person": form.choice("person", dict(_people()), required=False)},
    given=lambda: {"people": _people()},
)
