"""A parcel's number as a tracking service follows it, and when it is looked at next. A row is the work to be done: whoever takes it
holds it for a while, and a row whose holder died is free again by itself.

waiting (to be registered) → followed → ended; stuck while a person has to do something.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.carrier import Carrier
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import JOB, SEVENTEEN, TrackingAccount
from models.support import clock
from models.support.db import is_sqlite, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import StatusField, UtcField
from models.support.job_run import wake
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

HELD_FOR = timedelta(minutes=5)
ASKED_ANEW_AFTER = timedelta(minutes=1)
BEFORE_OTHERS = timedelta(days=30)  # What a person waits for does not stand in line.

STATES = {
    "waiting": say("To be registered"),
    "followed": say("Followed"),
    "stuck": say("Somebody has to look"),
    "ended": say("No longer followed"),
}

declare(
    "carrier_named_to_service",
    say("%(actor)s told %(service)s which carrier moves %(object)s"),
    "service",
    "carrier_key",
)


class Following(TeamRecord):
    """`carrier_key` is the service's own word for the carrier, as a person named it. `heard_at` is when we last learnt something
    new, `looked_at` when we last asked."""

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, unique=True, on_delete="CASCADE", backref="followings")
    account = peewee.ForeignKeyField(TrackingAccount, on_delete="CASCADE", index=False, backref="followings")
    number = peewee.CharField(max_length=64)
    carrier_key = peewee.CharField(max_length=20, default="")
    state = StatusField(*STATES, default="waiting")
    due_at = UtcField(null=True)
    held_until = UtcField(null=True)
    tries = peewee.IntegerField(default=0)
    problem = peewee.TextField(default="")
    heard_at = UtcField(null=True)
    looked_at = UtcField(null=True)
    registered_at = UtcField(null=True)
    created_at: UtcField = created_at()

    about = About(
        why="when a parcel's number is looked at next", keep="as the parcel",
        plain="id team parcel account number carrier_key state due_at held_until tries problem heard_at looked_at registered_at "
        "created_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("account", "number"), False),)

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def label(self) -> str:
        return self.parcel.label

    @classmethod
    def of(cls, parcel: Parcel) -> Following | None:
        query: Any = cls.select(cls, TrackingAccount).join(TrackingAccount).where(cls.parcel == parcel)
        return query.first()

    @property
    def is_due(self) -> bool:
        return self.due_at is not None and self.due_at <= clock.now()

    # Whose turn it is

    @classmethod
    def work_of(cls, account: TrackingAccount, now: datetime) -> Any:
        """The condition of what is due and nobody holds."""
        states = ["followed", *(["waiting"] if account.may_register else [])]
        is_free = cls.held_until.is_null() | (cls.held_until <= now)
        return (cls.account == account) & cls.state.in_(states) & (cls.due_at <= now) & is_free

    @classmethod
    def take(cls, account: TrackingAccount, state: str, most: int) -> list[Following]:
        """Takes the rows of a state that are due, those that waited longest first; nobody else gets them meanwhile."""
        now = clock.now()
        with write_txn():
            query: Any = cls.select(cls.id).where(cls.work_of(account, now), cls.state == state)
            query = query.order_by(cls.due_at, cls.id).limit(most)
            ids = [row.id for row in (query if is_sqlite() else query.for_update("FOR UPDATE SKIP LOCKED"))]
            cls.update(held_until=now + HELD_FOR).where(cls.id.in_(ids)).execute()
        return cls._with_parcels(account, cls.id.in_(ids)) if ids else []

    @classmethod
    def release(cls, rows: list[Following]) -> None:
        """Gives back what was taken and not asked about."""
        with write_txn():
            cls.update(held_until=None).where(cls.id.in_([row.id for row in rows])).execute()

    @classmethod
    def still_held(cls, rows: Sequence[Following]) -> list[Following]:
        """Of rows that were taken those that nobody has changed or taken since, as they stand now."""
        held = {row.id: row.held_until for row in rows}
        found = cls._with_parcels(rows[0].account, cls.id.in_(list(held)))
        return [row for row in found if row.held_until == held[row.id]]

    @classmethod
    def of_number(cls, account: TrackingAccount, number: str) -> list[Following]:
        return cls._with_parcels(account, (cls.account == account) & (cls.number == number))

    @classmethod
    def _with_parcels(cls, account: TrackingAccount, which: Any) -> list[Following]:
        """Rows of an account with their parcels and carriers (one query), in the order in which they are due."""
        query: Any = cls.select(cls, Parcel, Carrier).join(Parcel).join(Carrier, peewee.JOIN.LEFT_OUTER)
        rows: list[Following] = list(query.where(which).order_by(cls.due_at, cls.id))
        for row in rows:
            row.account = account
            row._dirty.clear()
        return rows

    @property
    def key_of_carrier(self) -> str:
        """The service's own number of the carrier, as somebody named it here or beside the carrier; empty: it finds out."""
        if self.account.kind != SEVENTEEN:
            return ""
        carrier = self.parcel.carrier
        return self.carrier_key or str(carrier.track_key if carrier is not None and carrier.track_key else "")

    # What became of it

    def go_on(self, due_at: datetime | None, **values: Any) -> None:
        """It was asked about, or heard of: the next look, or none."""
        state = "followed" if due_at else "ended"
        self.change(state=state, due_at=due_at, held_until=None, tries=0, problem="", looked_at=clock.now(), **values)

    def wait(self, due_at: datetime, words: Words | None = None, **values: Any) -> None:
        """It is tried again later, for the reason given."""
        self.change(
            due_at=due_at, held_until=None, tries=self.tries + 1, problem=words.to_json() if words else "", **values
        )

    def stick(self, words: Words) -> None:
        """A person has to do something; what that is, the words say."""
        self.change(state="stuck", due_at=clock.now(), held_until=None, problem=words.to_json(), looked_at=clock.now())

    # What a person does

    def look_again(self) -> None:
        """Has the service asked now. Raises Refused when it was only just asked."""
        self._require_sent()
        if self.looked_at is not None and self.looked_at > clock.now() - ASKED_ANEW_AFTER:
            raise Refused("The service was asked less than a minute ago. Wait a moment.")
        state = "followed" if self.registered_at else "waiting"
        with write_txn():
            self.change(state=state, due_at=clock.now() - BEFORE_OTHERS, held_until=None, tries=0)
            wake(JOB, str(self.account.uid))

    def name_carrier(self, key: str, *, by: Any = None) -> None:
        """Says by the service's own number which carrier it is; then the parcel's number is registered anew. Raises FieldRefused."""
        self._require_sent()
        if self.account.kind != SEVENTEEN:
            raise Refused("This service knows its own parcels only.")
        if not (key.isascii() and key.isdecimal() and 3 <= len(key) <= 9):
            raise FieldRefused("carrier_key", "The carrier's number at 17TRACK has 3 to 9 digits, such as 3011.")
        with write_txn():
            self.change(carrier_key=key, state="waiting", due_at=clock.now(), held_until=None, tries=0, problem="")
            track("carrier_named_to_service", self.parcel, by=by, service=self.account.label, carrier_key=key)
            wake(JOB, str(self.account.uid))

    def _require_sent(self) -> None:
        if self.parcel.state == "void":
            raise Refused("The parcel is void.")


Following.add_index(
    Following.index(
        Following.account,
        Following.state,
        Following.due_at,
        where=Following.due_at.is_null(False),
        name="following_due",
    )
)
