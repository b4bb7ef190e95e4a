"""Reading events: lines of sentences for a team, a record or a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from models.audit.event import Event
from models.audit.search import Wanted, search
from models.support.paging import Page
from models.support.words import Words, say

# The people room hands in names by id; events themselves keep only ids.
names_of: Callable[[Iterable[int]], dict[int, str]] = lambda ids: {}  # noqa: E731


@dataclass(frozen=True)
class Line:
    at: datetime
    name: str
    words: Words
    actor: str | Words
    address: str


def lines_of(events: Iterable[Event]) -> list[Line]:
    """The events as sentences, with the names of the people in them (one query)."""
    events = list(events)
    names = names_of({event.actor_id for event in events if event.actor_id})
    return [Line(e.at, e.name, e.words(actor := _actor(e, names)), actor, e.address) for e in events]


def actors_of(events: Iterable[Event]) -> dict[int, str | Words]:
    """Who acted, by the event's number (one query)."""
    events = list(events)
    names = names_of({event.actor_id for event in events if event.actor_id})
    return {event.id: _actor(event, names) for event in events}


def _actor(event: Event, names: dict[int, str]) -> str | Words:
    if event.actor_id:
        return names.get(event.actor_id, f"#{event.actor_id}")
    if event.actor_kind == "job":
        return say("Portolan")
    if event.actor_kind == "command":
        return say("%(user)s at the server", user=event.actor_label or "?")
    return say("Somebody")


def feed(
    team_id: int, *, with_portal: bool = False, name: str = "", after: str = "", before: str = "", size: int = 50
) -> tuple[Page, list[Line]]:
    """A page of a team's events, newest first; for the operator with those that belong to no team (signing in, jobs)."""
    wanted = Wanted(team_id, with_portal=with_portal, kinds=(name,) if name else ())
    page = search(wanted, after=after, before=before, size=size)
    return page, lines_of(page)
