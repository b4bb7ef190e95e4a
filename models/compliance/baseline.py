"""Who may do what, written down once a day, and what of it no event explains.

The approved baseline is what events explain. A grant, a role's permission, a token or a living account that appeared without its
event was put into the database by other means: an alarm, until somebody settles it as explained or the row is gone again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import Event
from models.compliance.alarm import EXPLAINED, FALSE_ALARM, Alarm, raise_alarm
from models.people.permissions import DEFAULT_ROLES
from models.people.person import Person
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.team import Team
from models.stores.application import Application
from models.stores.store import Authorization, Store
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record

KEPT_DAYS = 400
# What these events are about is explained by them; whoever adds a verb that changes rights adds its event here.
EXPLAINS: dict[str, set[str]] = {
    "grant": {"grant_given", "grant_taken", "grant_changed", "role_changed", "stores_changed"},
    "role": {"role_created", "role_made", "role_changed", "role_saved", "role_deleted"},
    "account": {"person_invited", "password_chosen", "person_restored", "person_suspended", "password_set"},
    "token": {"store_authorized", "store_connected", "store_declared"},
    "application": {"application_saved"},
}


class Baseline(Record):
    """One a day: the sha256 of who may do what, and the whole of it, packed, where it differs from the day before."""

    day = peewee.DateField(unique=True)
    sha256 = peewee.CharField(max_length=64)
    content = peewee.BlobField(null=True)
    lines = peewee.IntegerField()
    unexplained = peewee.IntegerField(default=0)
    event_id = peewee.BigIntegerField()
    made_at = UtcField(default=clock.now)

    about = About(why="shows who could do what on any day", keep="400 days",
                  plain="id day sha256 content lines unexplained event_id made_at")  # fmt: skip

    @classmethod
    def last(cls) -> Baseline | None:
        return cls.select().order_by(cls.day.desc()).first()

    @classmethod
    def latest(cls, limit: int = 30) -> list[Baseline]:
        return list(cls.select().order_by(cls.day.desc()).limit(limit))

    def unpacked(self) -> list[str]:
        """The lines of the day, wherever they were kept."""
        cls = type(self)
        kept = cls.select().where(cls.day <= self.day, cls.content.is_null(False)).order_by(cls.day.desc()).first()
        return json.loads(zlib.decompress(bytes(kept.content))) if kept else []


def lines_now() -> dict[str, tuple[int | None, str]]:
    """Who may do what at this moment: a line for each, with its team's id and what to call it in an alarm."""
    found: dict[str, tuple[int | None, str]] = {}
    parts: dict[int, list[int]] = {}
    for part in GrantStore.select().order_by(GrantStore.store_id):
        parts.setdefault(part.grant_id, []).append(part.store_id)
    for grant in Grant.select(Grant, Person, Role, Team).join(Person).switch(Grant).join(Role).switch(Grant).join(Team):
        scope = "*" if grant.all_stores else ",".join(map(str, parts.get(grant.id, [])))
        found[f"grant:{grant.person_id}:{grant.team_id}:{grant.role_id}:{scope}"] = (
            grant.team_id, f"{grant.person.name} – {grant.role.name} ({grant.team.name})",
        )  # fmt: skip
    for row in RolePermission.select(RolePermission, Role).join(Role):
        found[f"role:{row.role_id}:{row.permission}"] = (row.role.team_id, f"{row.role.name} – {row.permission}")
    for person in Person.select().where(Person.state == "active"):
        found[f"account:{person.id}"] = (None, person.login)
    for token in Authorization.select(Authorization, Store).join(Store):
        found[f"token:{token.store_id}:{token.id}"] = (token.store.team_id, token.store.name)
    for application in Application.select():
        found[f"application:{application.id}"] = (application.team_id, application.name)
    return found


def take(at: datetime | None = None) -> Baseline:
    """Writes the day's baseline and raises an alarm for each line that no event explains. Run twice, it does no harm."""
    now = at or clock.now()
    with write_txn():
        last = Baseline.last()
        lines = lines_now()
        known = set(last.unpacked()) if last else set()
        doubtful = (lines.keys() - known) | _taken_since(lines.keys() & known, last)
        unexplained = [line for line in sorted(doubtful) if not _is_explained(line, last)]
        approved = sorted(lines.keys() - set(unexplained))
        baseline = _keep(now, approved, len(unexplained), last)
        for line in unexplained:
            _tell(line, *lines[line])
    return baseline


def _taken_since(lines: set[str], last: Baseline | None) -> set[str]:
    """Lines that stand there as before, though an event took them meanwhile: were they put back by their verb?"""
    if last is None:
        return set()
    gone = Event.select().where(Event.id > last.event_id, Event.name.in_(("grant_taken", "person_suspended")))
    marks = {f"grant:{e.object_id}:{e.team_id}:" if e.name == "grant_taken" else f"account:{e.object_id}" for e in gone}
    return {line for line in lines if line in marks or line.startswith(tuple(m for m in marks if m.endswith(":")))}


def _keep(now: datetime, approved: list[str], unexplained: int, last: Baseline | None) -> Baseline:
    packed = json.dumps(approved)
    digest = hashlib.sha256(packed.encode()).hexdigest()
    same_day = Baseline.get_or_none(Baseline.day == now.date())
    is_new = last is None or last.sha256 != digest
    values: dict[str, Any] = {
        "sha256": digest, "lines": len(approved), "unexplained": unexplained, "event_id": _newest_event(), "made_at": now,
    }  # fmt: skip
    if same_day is not None:
        if is_new:
            values["content"] = zlib.compress(packed.encode())
        return same_day.change(**values)
    return Baseline.create(day=now.date(), content=zlib.compress(packed.encode()) if is_new else None, **values)


def _newest_event() -> int:
    return Event.select(peewee.fn.MAX(Event.id)).scalar() or 0


def _tell(line: str, team_id: int | None, what: str) -> None:
    kind, number = line.split(":")[:2]
    person = Person.get_by_id(int(number)) if kind in ("grant", "account") else None
    raise_alarm("drift", team=Team.get_or_none(Team.id == (team_id or 0)), key=line, person=person, what=what)


def _is_explained(line: str, last: Baseline | None) -> bool:
    kind, *ids = line.split(":")
    return _EXPLAINED[kind](ids, last) or _is_settled(line)


def _is_settled(line: str) -> bool:
    """Did a person say that it is as it should be?"""
    return (
        Alarm.select()
        .where(Alarm.kind == "drift", Alarm.key == line, Alarm.outcome.in_((EXPLAINED, FALSE_ALARM)))
        .exists()
    )


def _told(kind: str, table: str, number: str, last: Baseline | None, since: int = 500) -> Any:
    """Events of a kind about a record since the last baseline. Some may have become visible only after it."""
    query = Event.select().where(
        Event.object_kind == table, Event.object_id == int(number), Event.name.in_(EXPLAINS[kind])
    )
    return query.where(Event.id > last.event_id - since) if last else query


def _grant_explained(ids: list[str], last: Baseline | None) -> bool:
    """Was the role given, and not taken since?"""
    person_id, team_id, role_id, _scope = ids
    role = Role.get_by_id(int(role_id))
    told = [e for e in _told("grant", "person", person_id, last).order_by(Event.id) if e.team_id == int(team_id)]
    about = [e for e in told if e.details.get("role") in (None, role.key, role.name)]
    return bool(about) and about[-1].name != "grant_taken"


def _role_explained(ids: list[str], last: Baseline | None) -> bool:
    """A built-in role is explained by this version of Portolan; any other by who changed it."""
    role = Role.get_by_id(int(ids[0]))
    if role.team_id is None:
        default = next((d for d in DEFAULT_ROLES if d.key == role.key), None)
        if default is not None and ids[1] in default.permissions:
            return True
    return any(_covers(event, ids[1]) for event in _told("role", "role", ids[0], last))


def _covers(event: Event, permission: str) -> bool:
    """An event that lists permissions explains those alone."""
    listed = [value for value in event.details.values() if isinstance(value, list)]
    return not listed or len(max(listed, key=len)) >= 50 or any(permission in value for value in listed)


def _account_explained(ids: list[str], last: Baseline | None) -> bool:
    told = _told("account", "person", ids[0], last).order_by(Event.id.desc()).first()
    return told is not None and told.name != "person_suspended"


def _token_explained(ids: list[str], last: Baseline | None) -> bool:
    return _told("token", "store", ids[0], last).exists()


def _application_explained(ids: list[str], last: Baseline | None) -> bool:
    return _told("application", "application", ids[0], last).exists()


_EXPLAINED = {
    "grant": _grant_explained,
    "role": _role_explained,
    "account": _account_explained,
    "token": _token_explained,
    "application": _application_explained,
}


def forget_old() -> int:
    """Drops days beyond 400, keeping the newest content that later days stand on."""
    limit = clock.ago(days=KEPT_DAYS).date()
    base = (
        Baseline.select()
        .where(Baseline.day <= limit, Baseline.content.is_null(False))
        .order_by(Baseline.day.desc())
        .first()
    )
    if base is None:
        return 0
    with write_txn():
        return Baseline.delete().where(Baseline.day < base.day).execute()
