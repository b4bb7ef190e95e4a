"""What a person or a token may do, as an access review writes it down: roles, stores, unusual rights, last use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import Event
from models.compliance.marks import factors_of, marks_of
from models.people.employees import employees_of
from models.people.permissions import PERMISSIONS
from models.people.person import Person
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.team import Team
from models.stores.application import Application
from models.stores.call_log import CallLog
from models.stores.store import Authorization, Store
from models.support import clock
from models.support.words import Words, say

UNUSED_DAYS = 90
# Of the permissions that matter most, the events that show they were used.
USED_BY = {
    "pii.reveal": ("buyer_revealed",),
    "pii.export": ("list_exported", "export_approved", "export_refused"),
    "people.manage": (
        "person_invited",
        "grant_given",
        "grant_taken",
        "person_suspended",
        "person_restored",
        "link_made",
    ),
    "stores.connect": ("store_declared", "store_authorized", "store_disconnected"),
    "networks.manage": ("network_allowed", "network_removed"),
    "teams.manage": ("team_created",),
}
FEW = 5  # From so many people on, a right that a fifth of them hold is one that few hold.
# Roles that one person should not hold together: who looks and who acts, who asks and who decides.
SHOULD_NOT_MEET = (
    ("auditor", "boss"), ("auditor", "manager"), ("auditor", "lister"), ("auditor", "shipper"), ("auditor", "operator"),
    ("security", "boss"), ("security", "operator"), ("clerk", "cashier"), ("finance", "shipper"),
)  # fmt: skip
UNUSUAL = {
    "few": say("%(permission)s – only %(count)s of %(people)s may"),
    "unused": say("%(permission)s – not used in %(days)s days"),
    "reveals": say("Looked at %(count)s buyers in %(days)s days"),
    "meet": say("%(first)s and %(second)s should not meet in one person"),
    "never": say("Has never signed in"),
    "idle": say("Not seen for %(days)s days"),
    "old_secret": say("The secret is older than %(days)s days"),
}


@dataclass
class Known:
    """What is asked once for a whole team."""

    stores: dict[int, str]
    permissions: dict[int, frozenset[str]]  # By role.
    stores_of: dict[int, list[int]]  # By grant.
    used: dict[int, dict[str, int]]  # By person, how often each kind of event.
    factors: dict[int, str]
    marks: dict[int, list[str]]


def known_of(team: Team, people: list[Person]) -> Known:
    ids = [person.id for person in people]
    stores = {store.id: store.name for store in Store.of_team(team) if store.state != "disconnected"}
    permissions: dict[int, set[str]] = defaultdict(set)
    for row in RolePermission.select():
        permissions[row.role_id].add(row.permission)
    stores_of: dict[int, list[int]] = defaultdict(list)
    for part in GrantStore.select().join(Grant).where(Grant.team == team):
        stores_of[part.grant_id].append(part.store_id)
    marks = {person.id: marks_of(person, team) for person in people}
    return Known(
        stores, {k: frozenset(v) for k, v in permissions.items()}, stores_of, _used(team), factors_of(ids), marks
    )


def _used(team: Team) -> dict[int, dict[str, int]]:
    """How often each person did what shows a sensitive right, in the last 90 days (one query)."""
    names = sorted({name for names in USED_BY.values() for name in names})
    query: Any = (
        Event.select(Event.actor_id, Event.name, peewee.fn.COUNT(Event.id))
        .where(Event.name.in_(names), Event.team_id == team.id, Event.at > clock.ago(days=UNUSED_DAYS))
        .group_by(Event.actor_id, Event.name)
    )
    used: dict[int, dict[str, int]] = defaultdict(dict)
    for person_id, name, count in query.tuples():
        used[person_id][name] = count
    return used


def people_of(team: Team) -> list[tuple[Person, dict[str, Any]]]:
    """Everybody with a grant in the team, with what they may do now."""
    employees = employees_of(team)
    known = known_of(team, [employee.person for employee in employees])
    held = {e.person.id: _permissions(known, e.grants) for e in employees}
    holders = {name: sum(name in mine for mine in held.values()) for name in USED_BY}
    return [
        (e.person, {**_of_person(e.person, known), "grants": [_grant(g, known) for g in e.grants],
                    "unusual": _unusual(e.person, e.grants, held[e.person.id], holders, len(employees), known)})
        for e in employees
    ]  # fmt: skip


def grants_of(person: Person, team: Team) -> list[dict[str, Any]]:
    """A person's roles in the team as they are now; what a line shows as "after"."""
    known = known_of(team, [person])
    grants = Grant.select(Grant, Role).join(Role).where(Grant.person == person, Grant.team == team).order_by(Grant.id)
    return [_grant(grant, known) for grant in grants]


def _permissions(known: Known, grants: Iterable[Grant]) -> frozenset[str]:
    return frozenset().union(*(known.permissions.get(grant.role_id, frozenset()) for grant in grants))


def _of_person(person: Person, known: Known) -> dict[str, Any]:
    return {
        "login": person.login, "state": person.state, "last_seen": _iso(person.last_seen_at),
        "second_factor": known.factors.get(person.id, ""), "marks": known.marks.get(person.id, []),
    }  # fmt: skip


def _grant(grant: Grant, known: Known) -> dict[str, Any]:
    mine = sorted(known.stores) if grant.all_stores else sorted(known.stores_of.get(grant.id, []))
    return {
        "uid": str(grant.uid), "role": grant.role.key, "name": grant.role.name, "all_stores": grant.all_stores,
        "stores": [known.stores[number] for number in mine if number in known.stores],
        "choosable": [{"id": number, "name": known.stores[number]} for number in mine if number in known.stores],
    }  # fmt: skip


def _unusual(
    person: Person, grants: list[Grant], held: frozenset[str], holders: dict[str, int], people: int, known: Known
) -> list[str]:
    """What a reviewer should look at, as stored words, the gravest first."""
    found: list[Words] = []
    keys = {grant.role.key: grant.role.name for grant in grants}
    for first, second in SHOULD_NOT_MEET:
        if first in keys and second in keys:
            found.append(_say("meet", first=Words(keys[first]), second=Words(keys[second])))
    used = known.used.get(person.id, {})
    if reveals := used.get("buyer_revealed"):
        found.append(_say("reveals", count=reveals, days=UNUSED_DAYS))
    is_new = person.created_at > clock.ago(days=UNUSED_DAYS)  # Had no quarter to use anything in.
    for name in USED_BY:
        if name in held and not is_new and not any(used.get(event) for event in USED_BY[name]):
            found.append(_say("unused", permission=PERMISSIONS[name], days=UNUSED_DAYS))
        elif name in held and people >= FEW and holders[name] * 5 <= people:
            found.append(_say("few", permission=PERMISSIONS[name], count=holders[name], people=people))
    if person.last_seen_at is None:
        found.append(_say("never"))
    elif (days := (clock.now() - person.last_seen_at).days) >= 30:
        found.append(_say("idle", days=days))
    return [words.to_json() for words in found]


def _say(code: str, **params: Any) -> Words:
    return Words(UNUSUAL[code].message, **params)


def tokens_of(team: Team) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Kind, id, title and what is known of each token: authorizations of stores, application secrets. No secret is read."""
    held = Authorization.select(Authorization, Store, Application).join(Store).switch(Authorization).join(Application)
    authorizations = list(held.where(Store.team == team).order_by(Store.name))
    applications = list(Application.select().where(Application.team == team).order_by(Application.id))
    found = [("authorization", row.store_id, row.store.name, _authorization(row)) for row in authorizations]
    return found + [("application", row.id, row.name, _application(row)) for row in applications]


def _authorization(row: Authorization) -> dict[str, Any]:
    used = CallLog.select(peewee.fn.MAX(CallLog.id)).where(CallLog.store == row.store).scalar()
    last = CallLog.get_or_none(CallLog.id == used) if used else None
    return {
        "state": row.store.state, "region": row.store.region, "application": row.application.name,
        "since": _iso(row.created_at), "last_seen": _iso(last.at if last else None), "unusual": [],
    }  # fmt: skip


def _application(row: Application) -> dict[str, Any]:
    users = Store.select(Store.name).join(Authorization).where(Authorization.application == row).order_by(Store.name)
    age = (clock.now() - row.secret_set_at).days
    return {
        "state": row.kind, "since": _iso(row.secret_set_at), "used_by": [store.name for store in users][:50],
        "is_shared": row.is_shared,
        "unusual": [_say("old_secret", days=150).to_json()] if row.should_rotate and age else [],
    }  # fmt: skip


def _iso(moment: datetime | None) -> str:
    return clock.iso(moment.replace(microsecond=0)) if moment else ""
