"""The boss's page: the people of a team by name, narrowed by what the address asks for, in a few queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import Event
from models.people import lockout
from models.people.authenticator import Authenticator
from models.people.employees import Employee, employees_of
from models.people.passkey import Passkey
from models.people.person import Person
from models.people.role import Grant, GrantStore, Role
from models.people.session import Session
from models.people.team import Team
from models.support import clock
from models.support.matching import beside_index
from models.support.paging import Order, Page, capped_count, page_of

BY_NAME = Order((Person.name, Person.id), descending=False)
HERE = timedelta(minutes=5)
STATES = ("active", "invited", "leaving", "suspended")


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to see of the people."""

    text: str = ""
    state: str = ""
    role: Role | None = None
    store: Any = None
    is_due: bool = False

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.state or self.role or self.store or self.is_due)


@dataclass
class Board:
    """A page of employees, and what is known of them from elsewhere, by the person's id."""

    page: Page
    count: int
    employees: list[Employee]
    here: set[int] = field(default_factory=set)
    locks: dict[int, Any] = field(default_factory=dict)
    acts: dict[int, int] = field(default_factory=dict)
    enrolled: set[int] = field(default_factory=set)


def board(team: Team, wanted: Wanted, *, today: datetime, after: str = "", before: str = "") -> Board:
    """The page of people; `today` is when the reader's day began (UTC). Seven queries and the count."""
    query = _narrowed(team, wanted)
    page = page_of(query, BY_NAME, after=after, before=before)
    people = page.rows
    return Board(
        page, capped_count(query), employees_of(team, people), here(people), lockout.states_of(people), acts_since(team, people, today), enrolled(people),
    )  # fmt: skip


def _narrowed(team: Team, wanted: Wanted) -> Any:
    grants = Grant.select(Grant.person).where(Grant.team == team)
    if wanted.role is not None:
        grants = grants.where(Grant.role == wanted.role)
    if wanted.store is not None:
        named = GrantStore.select(GrantStore.grant).where(GrantStore.store_id == wanted.store.id)
        grants = grants.where((Grant.all_stores == True) | Grant.id.in_(named))  # noqa: E712
    query = Person.select().where(Person.id.in_(grants))
    if wanted.text:
        query = query.where(Person.name.contains(wanted.text) | Person.login.contains(wanted.text))
    if wanted.state:
        query = query.where(_is(wanted.state))
    return query.where(_is_due(team)) if wanted.is_due else query


def _is(state: str) -> Any:
    stays = Person.leaves_at.is_null()
    is_gone = Person.leaves_at <= clock.now()  # Before the job has closed the account, too.
    if state == "leaving":
        return (Person.state != "suspended") & (Person.leaves_at > clock.now())
    if state == "suspended":
        return (Person.state == "suspended") | (~stays & is_gone)
    return (Person.state == state) & stays


def _is_due(team: Team) -> Any:
    """Those to whom buyers' data is closed."""
    due: Any = Person.id < 0
    if team.needs_registration:
        due = due | Person.registered_on.is_null()
    if team.training_days:
        today = clock.local(clock.now(), team.timezone).date()
        due = due | Person.trained_on.is_null() | (Person.trained_on < today - timedelta(days=team.training_days))
    return due


def named(team: Team, text: str, most: int) -> list[Person]:
    """The first people of the team whose name or sign-in name holds the text."""
    return list(_narrowed(team, Wanted(text=text)).order_by(Person.name, Person.id).limit(most)) if text else []


def counts(team: Team) -> dict[str, int]:
    """How many people in each state, and how many to whom buyers' data is closed (one query)."""
    cases = {"all": None, **{state: _is(state) for state in STATES}, "due": _is_due(team)}
    columns = [
        peewee.fn.SUM(1 if case is None else peewee.Case(None, [(case, 1)], 0)).alias(name)
        for name, case in cases.items()
    ]
    grants = Grant.select(Grant.person).where(Grant.team == team)
    row = Person.select(*columns).where(Person.id.in_(grants)).tuples().first()
    return {name: number or 0 for name, number in zip(cases, row, strict=True)}


def here(people: Iterable[Person]) -> set[int]:
    """Who of them was seen in the last minutes and has not signed out, by id."""
    ids = [person.id for person in people]
    query = Session.select(Session.person).where(
        Session.person.in_(ids), Session.ended_at.is_null(), Session.last_seen_at > clock.now() - HERE
    )
    alive = query.join(Person).where(Session.epoch == Person.epoch, Person.state == "active")
    return {row.person_id for row in alive} if ids else set()


def enrolled(people: Iterable[Person]) -> set[int]:
    """Who of them has a second factor, by id (one query)."""
    ids = [person.id for person in people]
    if not ids:
        return set()
    keys = Passkey.select(Passkey.person).where(Passkey.person.in_(ids))
    apps = Authenticator.select(Authenticator.person).where(
        Authenticator.person.in_(ids), Authenticator.confirmed_at.is_null(False)
    )
    return {row[0] for row in (keys | apps).tuples()}


def acts_since(team: Team, people: Iterable[Person], since: datetime) -> dict[int, int]:
    """How many events of the team each of them left since then, by id."""
    ids = [person.id for person in people]
    if not ids:
        return {}
    query = Event.select(Event.actor_id, peewee.fn.COUNT(Event.id)).where(
        Event.at >= since, beside_index(Event.actor_id).in_(ids), beside_index(Event.team_id) == team.id
    )
    return dict(tuple(row) for row in query.group_by(Event.actor_id).tuples())  # type: ignore[misc, arg-type]


def history(team: Team, person: Person, limit: int = 40) -> list[Event]:
    """The latest events of the team by this person and about them, newest first (two queries, each on its index)."""
    mine = Event.select().where(Event.team_id == team.id)
    about = mine.where(Event.object_kind == Person._meta.table_name, Event.object_id == person.id)
    by = mine.where(Event.actor_id == person.id)
    found = {event.id: event for query in (about, by) for event in query.order_by(Event.id.desc()).limit(limit)}
    return [found[id] for id in sorted(found, reverse=True)][:limit]


def living_sessions(person: Person) -> int:
    """How many places the person is signed in at."""
    sessions = Session.select(Session, Person).join(Person).where(Session.person == person, Session.ended_at.is_null())
    return sum(session.is_alive for session in sessions.limit(50))
