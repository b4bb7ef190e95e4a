"""A parcel's number as a tracking service follows it, and when it is looked at next. A row is the work to be done: whoever takes it
holds it for a while, and a row whose holder died is free again by itself.

waiting (to be registered) → followed → ended; stuck while a person has to do something.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import TrackingAccount
from models.support import clock
from models.support.fields import StatusField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

STATES = {
    "waiting": say("To be registered"),
    "followed": say("Followed"),
    "stuck": say("Somebody has to look"),
    "ended": say("No longer followed"),
}


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

    @classmethod
    def of(cls, parcel: Parcel) -> Following | None:
        query: Any = cls.select(cls, TrackingAccount).join(TrackingAccount).where(cls.parcel == parcel)
        return query.first()

    @property
    def is_due(self) -> bool:
        return self.due_at is not None and self.due_at <= clock.now()


Following.add_index(
    Following.index(
        Following.account,
        Following.state,
        Following.due_at,
        where=Following.due_at.is_null(False),
        name="following_due",
    )
)
