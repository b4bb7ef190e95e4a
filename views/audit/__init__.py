"""The event log of a team: searched by anybody who may read it, each event in a drawer with its place in the hash chain."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import gettext as _

from models.audit.chain import seal_of
from models.audit.event import KINDS, Event
from models.audit.feed import lines_of
from models.audit.naming import named
from models.audit.telling import Amount, Change
from models.people.team import Team
from models.stores.store import Store
from models.workload.log import EVENTS, OBJECTS, event_of
from views.audit.objects import address_of
from views.support.access import reach, requires
from views.support.lists import ListPage, list_page, shows
from views.support.shell import place

bp = Blueprint("audit", __name__)
place("team", 20, lambda: _("Event log"), "history", "audit.index", "audit.view")
shows(EVENTS, "audit.index")


@bp.get("/t/<team>/audit/")
@requires("audit.view")
def index():
    found = list_page(EVENTS)
    if not isinstance(found, ListPage):
        return found
    return render_template("audit/index.html", list=found, looked_until=getattr(found.page, "looked_until", None))


@bp.get("/t/<team>/audit/<number>")
@requires("audit.view")
def detail(number: str):
    event = event_of(reach, number) or abort(404)
    return render_template("audit/show.html", **parts(event))


def parts(event: Event) -> dict[str, Any]:
    """All fields of an event, in the words of whoever reads it, and where it stands in the chain."""
    store = Store.get_or_none(Store.id == event.store_id) if event.store_id else None
    team = Team.get_or_none(Team.id == event.team_id) if event.team_id else None
    return {
        "event": event,
        "line": lines_of([event])[0],
        "seal": seal_of(event),
        "store": store,
        "of_team": team,
        "kind_words": KINDS[event.name].words if event.name in KINDS else "",
        "object_words": OBJECTS.get(event.object_kind, event.object_kind),
        "object_url": address_of(event, reach),
        "changes": changes(event),
        "is_security": reach.may("networks.manage"),
        "like": {
            "name": url_for("audit.index", name=event.name),
            "person": url_for("audit.index", who=event.actor_id) if event.actor_id else None,
            "object": url_for("audit.index", object=event.object_kind, object_id=event.object_id)
            if event.object_kind in OBJECTS and event.object_id
            else None,
        },
    }  # fmt: skip


# Details of which one tells what was before the other.
PAIRS = (
    ("before", "amount"), ("before", "after"), ("old", "new"), ("was", "amount"), ("was", "value"), ("was", "person"),
    ("was", "number"), ("was", "waybill"),
)  # fmt: skip


def changes(event: Event) -> list[tuple[Any, Any, Any]]:
    """The details by name: what was before and what came of it, where the event tells both; else the one value."""
    kept = event.told
    found: list[tuple[Any, Any, Any]] = []
    if any(isinstance(value, Amount) and name.endswith("_minor") for name, value in kept.items()):
        kept.pop("currency", None)  # It is told with the amount.
    for old, new in [*PAIRS, *((f"was_{name}", name) for name in list(kept))]:
        if old in kept and new in kept:
            found.append((named(new), written(kept.pop(old)), written(kept.pop(new))))
    for name, value in kept.items():
        lines = value if name == "changes" and isinstance(value, list) else [value]
        found += [
            (str(one.what), written(one.old), written(one.new))
            if isinstance(one, Change)
            else (named(name), None, written(one))
            for one in lines
        ]
    return found


def written(value: Any) -> str:
    """A detail as a person reads it, a dash where there is nothing."""
    return str(value) or "—"
