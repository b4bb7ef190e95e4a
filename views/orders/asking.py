"""What the bulk actions of the list of orders ask once: which tag, which person, why they are held."""

from __future__ import annotations

from typing import Any

from models.orders.assigning import people_of
from models.orders.holding import MOST_REASON, require_reason
from models.orders.tag import OrderTag
from views.lists.asking import asking
from views.support.access import reach
from views.support.forms import Form


def _tags() -> list[tuple[str, str]]:
    return [(str(tag.uid), tag.name) for tag in OrderTag.of_team(reach.team_id)]


def _people() -> list[tuple[str, str]]:
    return [(str(person.uid), person.name) for person in people_of(reach.team_id)]


def _reason(form: Form) -> dict[str, Any]:
    reason = form.text("hold_reason", required=True, most=MOST_REASON)
    with form.refusals():
        require_reason(reason)
    return {"reason": reason}


asking(
    "tag",
    "orders/_ask_tag.html",
    read=lambda form: {"tag": form.choice("tag", dict(_tags()))},
    given=lambda: {"tags": _tags()},
)
asking(
    "person",
    "orders/_ask_person.html",
    read=lambda form: {"person": form.choice("person", dict(_people()), required=False)},
    given=lambda: {"people": _people()},
)
asking("hold_reason", "orders/_ask_reason.html", read=_reason)
