"""A rule by which a buyer who waits is told at once that the message came: for all stores or one, a marketplace, a language.

Off until a person switches it on. What came before that moment is left alone, and an acknowledgement answers nothing: the clock goes on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import peewee

from models.mailbox.template import MailTemplate
from models.people.person import Person
from models.people.team import Team
from models.stores.marketplace import marketplace_code
from models.stores.store import Store
from models.support import clock
from models.support.fields import UidField, UtcField
from models.support.record import About, TeamRecord, created_at

MOST_RULES = 50
MOST_HOURS, MOST_QUIET_DAYS = 20, 90
DAY_MINUTES = 24 * 60
WEEKDAYS = "1234567"  # As ISO counts them: 1 is Monday.


class AcknowledgementRule(TeamRecord):
    """`store`, `marketplace_id` and `language` are empty for all of them. `after_hours` is how long a message has to wait. With
    `is_outside_only` nothing is sent while the team works: on `weekdays`, between the two minutes of its own day. `quiet_days` is for how
    long a buyer who had one gets no other."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, null=True, index=False, on_delete="CASCADE", backref="acknowledgement_rules")
    marketplace_id = peewee.CharField(max_length=24, default="")
    language = peewee.CharField(max_length=8, default="")
    template = peewee.ForeignKeyField(MailTemplate, index=False, on_delete="RESTRICT", backref="acknowledgement_rules")
    after_hours = peewee.IntegerField(default=1)
    is_outside_only = peewee.BooleanField(default=True)
    weekdays = peewee.CharField(max_length=7, default="12345")
    from_minute = peewee.IntegerField(default=9 * 60)
    to_minute = peewee.IntegerField(default=18 * 60)
    quiet_days = peewee.IntegerField(default=7)
    is_on = peewee.BooleanField(default=False)
    on_since = UtcField(null=True)
    sent_count = peewee.IntegerField(default=0)
    made_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()

    about = About(
        why="tells buyers who wait that their message came", keep="while in use",
        plain="id uid team store marketplace_id language template after_hours is_outside_only weekdays from_minute to_minute quiet_days "
        "is_on on_since sent_count created_at", staff="made_by",
    )  # fmt: skip

    @property
    def label(self) -> str:
        return self.template.name

    @property
    def marketplace(self) -> str:
        return marketplace_code(self.marketplace_id) if self.marketplace_id else ""

    @property
    def width(self) -> tuple[bool, bool, bool]:
        """How narrow it is: a store before a marketplace before a language before all."""
        return (self.store_id is None, not self.marketplace_id, not self.language)

    @property
    def lacks_template(self) -> bool:
        """Was its template taken away?"""
        return bool(self.template.is_retired)

    @classmethod
    def of_team(cls, team_id: int) -> list[AcknowledgementRule]:
        """With their templates and stores, the narrowest first."""
        query = cls.select(cls, MailTemplate, Store).join(MailTemplate).switch(cls).join(Store, peewee.JOIN.LEFT_OUTER)
        return sorted(query.where(cls.team == team_id), key=lambda rule: (*rule.width, rule.id))

    def fits(self, thread: Any) -> bool:
        return (
            self.store_id in (None, thread.store_id)
            and self.marketplace_id in ("", thread.marketplace_id)
            and self.language in ("", thread.language)
        )

    def speaks_at(self, moment: datetime, zone: str) -> bool:
        """May it send at this moment? Not while people work, where it is for the time outside their hours."""
        if not self.is_outside_only:
            return True
        there = clock.local(moment, zone)
        minute = there.hour * 60 + there.minute
        return str(there.isoweekday()) not in self.weekdays or not self.from_minute <= minute < self.to_minute
