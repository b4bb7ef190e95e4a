"""An event: who did what to what, when, from where. Append-only; the sentence is worded when it is read.

Every kind is declared with the details it may carry, so personal data has no way in.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import peewee

from models.audit.origin import current_origin
from models.audit.telling import Sentence, told
from models.support import clock
from models.support.db import in_write_txn
from models.support.fields import JsonField, UtcField
from models.support.inserting import Inserting
from models.support.record import About, Record
from models.support.words import Words

DETAIL_LIMIT = 500


@dataclass(frozen=True)
class Kind:
    """A kind of event. `sentence` may use %(actor)s, %(object)s and its details."""

    name: str
    sentence: str
    details: frozenset[str]

    @property
    def words(self) -> Words:
        """The sentence with nobody and nothing in it, to choose the kind by."""
        return Words(self.sentence, **dict.fromkeys(self.details | {"actor", "object"}, "…"))


KINDS: dict[str, Kind] = {}


def declare(name: str, sentence: Words, *details: str) -> None:
    """Registers a kind of event. Called by each room beside the verbs that leave it."""
    if name in KINDS and KINDS[name].sentence != sentence.message:
        raise ValueError(f"The event {name} is declared twice.")
    KINDS[name] = Kind(name, sentence.message, frozenset(details))


class Event(Record):
    id = peewee.BigAutoField()
    at = UtcField(default=clock.now)
    name = peewee.CharField(max_length=64)
    actor_kind = peewee.CharField(max_length=16)
    actor_id = peewee.IntegerField(null=True)
    actor_label = peewee.CharField(max_length=80, default="")
    team_id = peewee.IntegerField(null=True)
    store_id = peewee.IntegerField(null=True)
    object_kind = peewee.CharField(max_length=40, default="")
    object_id = peewee.BigIntegerField(null=True)
    object_label = peewee.CharField(max_length=120, default="")
    details = JsonField(default=dict)
    address = peewee.CharField(max_length=45, default="")
    request_id = peewee.CharField(max_length=36, default="")

    about = About(
        why="the audit log, the activity feed and the workload of employees",
        keep="400 days, at least 365",
        plain="id at name actor_kind actor_id actor_label team_id store_id object_kind object_id object_label details request_id",
        staff="address",
    )

    class Meta:
        indexes = (
            (("team_id", "at", "id"), False),
            (("team_id", "name", "at", "id"), False),
            (("team_id", "object_label", "at", "id"), False),
            (("object_kind", "object_id", "at", "id"), False),
            (("at",), False),
        )

    def words(self, actor: str | Words, **labels: Any) -> Words:
        """The sentence, with the actor's name as the reader may see it."""
        kind = KINDS.get(self.name)
        if kind is None:
            return Words("%(actor)s did %(name)s", actor=actor, name=self.name)
        params = dict.fromkeys(kind.details, "") | self.told
        return Sentence(kind.sentence, **params | {"actor": actor, "object": self.object_words} | labels)

    @property
    def told(self) -> dict[str, Any]:
        """The details as a person reads them."""
        beside = {**self.details, "object": self.object_label}
        return {name: told(self.name, name, value, beside) for name, value in self.details.items()}

    @property
    def object_words(self) -> Any:
        """What it is about, by the label it had then."""
        return told(self.name, "object", self.object_label, self.details)


HAS_ADDRESS, HAS_REQUEST = peewee.SQL("\"address\" <> ''"), peewee.SQL("\"request_id\" <> ''")
"""In queries: beside the one that is looked for, so that its index is used."""


def _index(*columns: Any, where: Any, name: str) -> None:
    """Each event costs every index it is in, so what many leave empty holds only those that say it: jobs act for nobody."""
    Event.add_index(Event.index(*columns, Event.at, Event.id, where=where, name=name))


_index(Event.actor_id, where=Event.actor_id.is_null(False), name="event_actor_id_at_id")
_index(Event.team_id, Event.actor_id, where=Event.actor_id.is_null(False), name="event_team_id_actor_id_at_id")
_index(Event.team_id, Event.store_id, where=Event.store_id.is_null(False), name="event_team_id_store_id_at_id")
_index(Event.address, where=HAS_ADDRESS, name="event_address_at_id")
_index(Event.request_id, where=HAS_REQUEST, name="event_request_id_at_id")

EVENTS = Inserting(Event)


def track(
    name: str,
    subject: Any = None,
    *,
    by: Any = None,
    team: Any = None,
    store: Any = None,
    label: str | None = None,
    **details: Any,
) -> Event:
    """Writes an event into the open transaction. `by` is the person acting (default: whoever the door let in).

    Team and store are taken from the subject where it has them. Raises when the kind or a detail is not declared.
    """
    if not in_write_txn():
        raise RuntimeError("track() belongs inside write_txn(): the change and its event share one transaction.")
    told = drafted(name, subject, by=by, team=team, store=store, label=label, **details)
    EVENTS.keep(told)
    return told


def drafted(
    name: str,
    subject: Any = None,
    *,
    by: Any = None,
    team: Any = None,
    store: Any = None,
    label: str | None = None,
    **details: Any,
) -> Event:
    """The event that `track()` writes, for who puts it in together with its subject (`Telling`)."""
    kind = KINDS[name]
    if not details.keys() <= kind.details:
        raise ValueError(f"The event {name} does not declare {sorted(details.keys() - kind.details)}.")
    origin = current_origin()
    person_id = by.id if by is not None else origin.person_id
    return EVENTS.draft(  # type: ignore[no-any-return]
        at=clock.now(), name=name,
        actor_kind="person" if person_id else origin.kind,
        actor_id=person_id,
        actor_label="" if person_id else origin.label,
        team_id=_id_of(team) if team is not None else getattr(subject, "team_id", None),
        store_id=_id_of(store) if store is not None else getattr(subject, "store_id", None),
        object_kind=type(subject)._meta.table_name if subject is not None else "",
        object_id=subject.get_id() if subject is not None else None,
        object_label=(label if label is not None else str(getattr(subject, "label", "") or ""))[:120],
        details={key: plain(value) for key, value in details.items()},
        address=origin.address,
        request_id=origin.request_id,
    )  # fmt: skip


def plain(value: Any) -> Any:
    """A detail as JSON can hold it; long text is cut. A sentence is kept as its message and what goes into it."""
    if isinstance(value, Words):
        return {"say": value.message, "with": {name: _within(one) for name, one in value.params.items()}}
    if isinstance(value, str):
        return value[:DETAIL_LIMIT]
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, (date, Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in list(value)[:50]]
    if value is None or isinstance(value, (bool, int)):
        return value
    raise TypeError(f"An event cannot carry a {type(value).__name__}.")


def _within(value: Any) -> Any:
    return plain(value) if isinstance(value, Words) else str(value)[:DETAIL_LIMIT]


def _id_of(thing: Any) -> int:
    return thing if isinstance(thing, int) else thing.id


def events_about(subject: Any, limit: int = 100) -> Iterable[Event]:
    """The latest events of one record, newest first."""
    return (
        Event.select()
        .where(Event.object_kind == type(subject)._meta.table_name, Event.object_id == subject.get_id())
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(limit)
    )
