"""An access review: every quarter somebody looks at each person and each token of a team, and says whether it stays.

What was reviewed is written down when the review opens, and never changes once it is closed (triggers guard it).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.errors import AlreadyDecided
from models.support.fields import StatusField, UidField, UtcField
from models.support.prepared import Asked, Prepared
from models.support.record import About, TeamRecord

PERIOD = timedelta(days=90)
TIME_TO_DECIDE = timedelta(days=14)
REMIND_BEFORE = timedelta(days=7)


class AccessReview(TeamRecord):
    """open: people decide; closing: a job does what was decided, and goes on where it was killed; closed: for good.

    `due_at` is the day after which what nobody decided is suspended.
    """

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    state = StatusField("open", "closing", "closed", default="open")
    opened_at = UtcField(default=clock.now)
    opened_by = peewee.ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    due_at = UtcField()
    closed_at = UtcField(null=True)
    closed_by = peewee.ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    is_overdue = peewee.BooleanField(default=False)

    about = About(why="shows that access is looked at every quarter", keep="at least 3 years",
                  plain="id uid team state opened_at opened_by due_at closed_at closed_by is_overdue")  # fmt: skip

    @property
    def label(self) -> str:
        return self.team.name

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_closed(self) -> bool:
        return self.state == "closed"

    @property
    def number(self) -> int:
        return self.id

    @property
    def days_left(self) -> int:
        """Whole days until what is undecided is suspended; 0 on the last day and after it."""
        return max(0, (self.due_at - clock.now()).days)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at <= clock.now()

    # Finding

    @classmethod
    def of_team(cls, team: Any) -> list[AccessReview]:
        return list(cls.select().where(cls.team == team.id).order_by(cls.id.desc()).limit(100))

    @classmethod
    def open_of(cls, team_id: int) -> AccessReview | None:
        return cls.get_or_none(cls.team == team_id, cls.state == "open")

    @classmethod
    def ending_soon(cls, team_id: int) -> Asked:
        """Asks for the id of an open review that ends within a week."""
        return _ENDING_SOON.asking(team_id, clock.now() + REMIND_BEFORE)

    @classmethod
    def next_due(cls, team: Team) -> datetime:
        """When the next review opens by itself: a quarter after the last one began, or after the team did."""
        last = cls.select().where(cls.team == team).order_by(cls.opened_at.desc()).first()
        return (last.opened_at if last else team.created_at) + PERIOD

    @classmethod
    def to_open(cls) -> list[Team]:
        """Teams whose quarter is over and which have no review under way."""
        since = clock.now() - PERIOD
        settled = cls.select(cls.team).where((cls.state != "closed") | (cls.opened_at > since))
        return list(Team.select().where(Team.created_at <= since, Team.id.not_in(settled)).order_by(Team.id))

    @classmethod
    def overdue(cls) -> list[AccessReview]:
        return list(cls.select().where(cls.state == "open", cls.due_at <= clock.now()).order_by(cls.id))

    @classmethod
    def closing(cls) -> list[AccessReview]:
        return list(cls.select().where(cls.state == "closing").order_by(cls.id))

    @classmethod
    def has_work(cls) -> bool:
        return bool(cls.closing() or cls.overdue() or cls.to_open())

    def require_open(self) -> None:
        """Raises AlreadyDecided once the deciding is over. Call inside the transaction that writes."""
        cls = type(self)
        if not cls.update(state="open").where(cls.id == self.id, cls.state == "open").execute():
            raise AlreadyDecided("This review is closed; its decisions stand.")


AccessReview.add_index(
    AccessReview.index(
        AccessReview.team, unique=True, where=AccessReview.state != "closed", name="access_review_one_open"
    )
)
_ENDING_SOON = Prepared(
    lambda team, before: AccessReview.select(AccessReview.id).where(
        AccessReview.team == team, AccessReview.state == "open", AccessReview.due_at <= before
    )
)
