"""What the pages of people share: the parts of the room as tabs, and how roles and stores are offered and read."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models.people.permissions import TAKES_TWO
from models.people.proposal import Proposal
from models.people.role import Role
from models.people.team import Team
from models.stores.store import Store
from models.support.words import say
from views.support.access import reach
from views.support.forms import Form


def part_tabs(current: str) -> list[dict[str, Any]]:
    """The pages about people, those this person may open. Nothing where there is only one."""
    if not reach.may("people.manage"):
        return []
    waiting = Proposal.count_to_decide(reach)
    pages = [
        ("people.index", _("People"), None),
        ("people.arrivals", _("Invitations"), None),
        ("people.roles", _("Roles"), None),
        ("people.decisions", _("Decisions"), waiting or None),
        ("people.rules", _("Rules"), None),
    ]
    return [
        {"label": label, "url": url_for(page), "count": count, "is_current": page == current}
        for page, label, count in pages
    ]


def role_options(team: Team) -> list[tuple[str, str]]:
    """Roles to choose from by key; those that a second person has to agree to say so."""
    roles = Role.offered_to(team)
    weighty = {role: names & TAKES_TWO for role, names in Role.permissions_of(roles).items()}
    return [
        (role.key, _("%(role)s (a second person agrees)", role=role.words) if weighty[role.id] else str(role.words))
        for role in roles
    ]


def store_options(team: Team) -> list[tuple[str, str]]:
    return [(str(store.uid), store.name) for store in Store.of_team(team)]


def read_stores(form: Form, team: Team) -> list[int] | None:
    """All stores (None) or those that are ticked, by id."""
    by_uid = {str(store.uid): store.id for store in Store.of_team(team)}
    if form.choice("scope", ("all", "some"), required=False) != "some":
        return None
    chosen = form.choices("stores", by_uid)
    form.expect(chosen or form.errors.get("stores"), "stores", say("Choose at least one store, or all of them."))
    return [by_uid[one] for one in chosen]
