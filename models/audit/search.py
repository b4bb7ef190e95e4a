"""Searching the event log, newest first, a page at a time, however many million events it has.

What is asked for is walked along one index, or several beside each other; what that index does not know is looked at on the
way, and no more than `MOST_WALKED` events a page: a rare combination then says how far back it was looked, and goes on
from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import HAS_ADDRESS, HAS_REQUEST, Event
from models.support.bulk import as_moment, raw_rows
from models.support.paging import COUNT_LIMIT, AtLeast, Order, Page, make_key, read_key

NEWEST_FIRST = Order((Event.at, Event.id))
MOST_WALKED = 20_000
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Wanted:
    """Which events. Empty parts ask for nothing in particular; `with_portal` adds what belongs to no team. `stores` are those
    asked for, `reached` those the reader may see at all (None: every store; an event without a store is anybody's, but for those
    about an object of `unseen`)."""

    team_id: int
    with_portal: bool = False
    people: Sequence[int] = ()
    kinds: Sequence[str] = ()
    objects: Sequence[str] = ()
    object_id: int | None = None
    label: str = ""
    stores: Sequence[int] = ()
    reached: Sequence[int] | None = None
    unseen: Sequence[str] = ()
    address: str = ""
    request_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def teams(self) -> list[int | None]:
        return [self.team_id, None] if self.with_portal else [self.team_id]


@dataclass(frozen=True)
class Strand:
    """One walk: what its index finds, and what is only looked at on the way. `is_portal`: of what belongs to no team."""

    along: tuple[Any, ...]
    beside: tuple[Any, ...]
    is_portal: bool = False


@dataclass
class Found(Page):
    """A page of events. `looked_until`: the search stopped there, before the page was full."""

    looked_until: datetime | None = None


def strands(wanted: Wanted) -> list[Strand]:
    """How the events are walked: by the part that narrows most, each index in the order of the page."""
    rest = _conditions(wanted)
    walks: list[tuple[Any, ...]]  # Its name, what it walks along, and the team where it names one.
    if wanted.request_id:
        walks = [("request", (Event.request_id == wanted.request_id, HAS_REQUEST))]
    elif wanted.object_id is not None and wanted.objects:
        walks = [
            ("object", (Event.object_kind == kind, Event.object_id == wanted.object_id)) for kind in wanted.objects
        ]
    elif wanted.label:
        walks = [("label", (_team(team), Event.object_label == wanted.label), team) for team in wanted.teams]
    elif wanted.people:
        walks = [
            ("people", (_team(team), Event.actor_id == one), team) for one in wanted.people for team in wanted.teams
        ]
    elif wanted.kinds:
        walks = [("kinds", (_team(team), Event.name == kind), team) for kind in wanted.kinds for team in wanted.teams]
    elif wanted.stores:
        walks = [("stores", (_team(wanted.team_id), Event.store_id == store)) for store in wanted.stores]
    elif wanted.address:
        walks = [("address", (Event.address == wanted.address, HAS_ADDRESS))]
    else:
        walks = [("teams", (_team(team),), team) for team in wanted.teams]
    return [Strand(along, _beside(rest, name), team == [None]) for name, along, *team in walks]


def _conditions(wanted: Wanted) -> dict[str, Any]:
    """Every condition on its own, by the walk that would make it needless."""
    found: dict[str, Any] = {"teams": _any(_team(team) for team in wanted.teams)}
    for name, column, values in (
        ("people", Event.actor_id, wanted.people), ("kinds", Event.name, wanted.kinds), ("stores", Event.store_id, wanted.stores),
        ("objects", Event.object_kind, wanted.objects),
    ):  # fmt: skip
        if values:
            found[name] = column.in_(list(values))
    if wanted.object_id is not None:
        found["object"] = Event.object_id == wanted.object_id
    if wanted.label:
        found["label"] = Event.object_label == wanted.label
    if wanted.address:
        found["address"] = Event.address == wanted.address
    if wanted.reached is not None:
        found["reached"] = Event.store_id.is_null() | Event.store_id.in_(list(wanted.reached))
    if wanted.unseen:
        found["unseen"] = Event.store_id.is_null(False) | Event.object_kind.not_in(list(wanted.unseen))
    return found


WITH_A_TEAM = {"label", "people", "kinds", "stores", "teams"}


def _beside(rest: dict[str, Any], walked: str) -> tuple[Any, ...]:
    known = {walked} | ({"teams"} if walked in WITH_A_TEAM else set()) | ({"objects"} if walked == "object" else set())
    return tuple(condition for name, condition in rest.items() if name not in known)


def _any(conditions: Iterator[Any]) -> Any:
    found = list(conditions)
    return found[0] if len(found) == 1 else found[0] | found[1]


def _team(team: int | None) -> Any:
    return Event.team_id.is_null() if team is None else Event.team_id == team


# Pages


def search(wanted: Wanted, *, after: str = "", before: str = "", size: int = 50) -> Found:
    """A page of events, newest first. A key that cannot be read begins at the top."""
    bound = read_key(before or after, NEWEST_FIRST)
    backwards = bool(before) and bound is not None
    places, edge = _walk(wanted, tuple(bound) if bound else None, backwards, size + 1)
    more, places = len(places) > size, places[:size]
    rows = _whole([place[1] for place in (reversed(places) if backwards else places)])
    page = Found(rows)
    ends = (_key(edge) if edge else None) if not more else None
    if backwards:
        page.previous_key = make_key(rows[0], NEWEST_FIRST) if more and rows else ends
        page.next_key = make_key(rows[-1], NEWEST_FIRST) if rows else before
    else:
        page.previous_key = make_key(rows[0], NEWEST_FIRST) if bound and rows else after if bound else None
        page.next_key = make_key(rows[-1], NEWEST_FIRST) if more and rows else ends
    if edge and not more:
        page.looked_until = edge[0]
    return page


def holds(wanted: Wanted, event: Event) -> bool:
    """May somebody with this reach see the event?"""
    reached = wanted.reached is None or event.store_id is None or event.store_id in wanted.reached
    is_unseen = event.store_id is None and event.object_kind in wanted.unseen
    return event.team_id in wanted.teams and reached and not is_unseen


def count(wanted: Wanted, limit: int = COUNT_LIMIT) -> int:
    """How many match, at most `limit`; AtLeast so many where more than an index is asked and a page would not walk to the end."""
    found, is_whole = 0, True
    for strand in strands(wanted):
        walked = _limited(wanted, strand, None, False, limit - found)
        found += int(peewee.Select([walked.alias("counted")], [peewee.fn.COUNT(peewee.SQL("1"))]).bind(_db()).scalar())
        if found >= limit:
            return limit
        is_whole = is_whole and not (strand.beside and _edge(wanted, strand, None, False))
    return found if is_whole else AtLeast(found)


def every(wanted: Wanted, at_once: int = 1_000) -> Iterator[Event]:
    """All of them, newest first, however far back: for a file."""
    after = ""
    while True:
        page = search(wanted, after=after, size=at_once)
        yield from page
        if not page.next_key:
            return
        after = page.next_key


def _walk(wanted: Wanted, bound: Any, backwards: bool, most: int) -> tuple[list[Place], Place | None]:
    """The places of the next events in walking order, and where the walk was given up (None: it was not)."""
    found: list[Place] = []
    edges: list[Place] = []
    for strand in strands(wanted):
        rows = raw_rows(_limited(wanted, strand, bound, backwards, most))
        mine = [(moment, number) for at, number in rows if (moment := as_moment(at))]
        if strand.beside and len(mine) < most and (edge := _edge(wanted, strand, bound, backwards)):
            edges.append(edge)
        found += mine
    found = sorted(set(found), reverse=not backwards)
    if not edges:
        return found[:most], None
    edge = min(edges) if backwards else max(edges)
    near = [place for place in found if (place <= edge if backwards else place >= edge)]
    return near[:most], edge


def _limited(wanted: Wanted, strand: Strand, bound: Any, backwards: bool, most: int) -> Any:
    walk = _along(wanted, strand, bound, backwards)
    if not strand.beside:
        return walk.limit(most)
    seen = {
        field.name: field for field in (Event.at, Event.id, *(one for part in strand.beside for one in _fields(part)))
    }
    near = walk.select(*seen.values()).limit(MOST_WALKED).alias("near")
    columns = [near.c.at, near.c.id]
    return peewee.Select([near], columns).where(*(_renamed(one, near) for one in strand.beside)).limit(most).bind(_db())


def _along(wanted: Wanted, strand: Strand, bound: Any, backwards: bool) -> Any:
    query = Event.select(Event.at, Event.id).where(*strand.along)
    if wanted.since:
        query = query.where(Event.at >= wanted.since)
    if wanted.until:
        query = query.where(Event.at < wanted.until)
    if bound:
        here, there = peewee.Tuple(Event.at, Event.id), peewee.Tuple(*bound)
        query = query.where(here > there if backwards else here < there)
    # For PostgreSQL IS NULL is no constant: it takes the order of an index only when the order names the column, too.
    order = [*([Event.team_id] if strand.is_portal else []), Event.at, Event.id]
    return query.order_by(*(order if backwards else [column.desc() for column in order]))


def _edge(wanted: Wanted, strand: Strand, bound: Any, backwards: bool) -> Place | None:
    """Where a walk ends that saw as many events as it may."""
    rows = raw_rows(_along(wanted, strand, bound, backwards).offset(MOST_WALKED - 1).limit(1))
    if not rows:
        return None
    moment = as_moment(rows[0][0])
    assert moment is not None
    return moment, rows[0][1]


def _fields(node: Any) -> Iterator[Any]:
    """The columns a condition looks at."""
    if isinstance(node, peewee.Field):
        yield node
    elif isinstance(node, peewee.Expression):
        yield from _fields(node.lhs)
        yield from _fields(node.rhs)


def _renamed(node: Any, near: Any) -> Any:
    """A condition on events as one on the rows that were walked."""
    if isinstance(node, peewee.Field):
        return getattr(near.c, node.column_name)
    if isinstance(node, peewee.Expression):
        return peewee.Expression(_renamed(node.lhs, near), node.op, _renamed(node.rhs, near), node.flat)
    return node


def _whole(ids: Sequence[int]) -> list[Event]:
    rows = {event.id: event for event in Event.select().where(Event.id.in_(list(ids)))} if ids else {}
    return [rows[number] for number in ids if number in rows]


def _key(place: Place) -> str:
    return make_key(Event(at=place[0], id=place[1]), NEWEST_FIRST)


def _db() -> Any:
    return Event._meta.database
