"""A team's account with a translator: who is asked, with which key, and how many characters a month at most.

The key is sealed, and no page ever shows it again. Without an account nothing is translated, and nothing leaves the house.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import as_said, tell
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.connection import STATES, TRIED, Connection
from models.support.db import after_commit, write_txn
from models.support.errors import AlreadyDecided
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault import data_key
from models.vault.seal import Sealed

JOB = "mailbox.translate"
MICROSOFT = "microsoft"
KINDS = {MICROSOFT: say("Microsoft Translator")}

declare("translator_works", say("The translator %(object)s let us in"))
declare("translator_refused", say("The translator %(object)s does not work: %(reason)s"), "reason")
tell("translator_refused.reason", as_said)
declare("translator_paused", say("%(actor)s paused the translator %(object)s"))
declare("translator_resumed", say("%(actor)s put the translator %(object)s to work again"))
declare("translator_removed", say("%(actor)s removed the translator %(object)s and destroyed its key"))


class TranslatorAccount(Connection, Sealed, TeamRecord):
    """One for each team. `most_a_month` is 0 where there is no limit; `used` counts the characters of `month` ("2026-11")."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, unique=True, on_delete="RESTRICT")
    kind = StatusField(MICROSOFT, "google")
    region = peewee.CharField(max_length=40, default="")
    secret = SealedField(null=True)
    last4 = peewee.CharField(max_length=4, default="")
    secret_set_at = UtcField(null=True)
    most_a_month = peewee.IntegerField(default=0)
    month = peewee.CharField(max_length=7, default="")
    used = peewee.IntegerField(default=0)
    state = StatusField(*STATES, default="checking")
    problem = peewee.TextField(default="")
    problem_at = UtcField(null=True)
    failures = peewee.IntegerField(default=0)
    good_at = UtcField(null=True)
    rest_until = UtcField(null=True)
    made_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()

    about = About(
        why="has buyers' messages and answers translated", keep="while in use",
        plain="id uid team kind region secret_set_at most_a_month month used state problem problem_at failures good_at rest_until "
        "created_at",
        secret="secret last4", staff="made_by",
    )  # fmt: skip

    @property
    def label(self) -> str:
        return KINDS[self.kind].message

    def seal_subject(self) -> str:
        return f"translator:{self.uid}"

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    def tell(self, what: str, **details: Any) -> None:
        track(f"translator_{what}", self, **details)

    def start(self) -> None:
        wake(JOB, str(self.uid))

    # Its life

    def try_again(self) -> None:
        """Asks the translator now whether it lets us in."""
        with write_txn():
            self.move(TRIED, "checking", rest_until=None, failures=0)
            self.start()

    def remove(self, *, by: Any = None) -> None:
        """Destroys the key and the row. What was translated stays with its threads."""
        with write_txn():
            if not TranslatorAccount.delete().where(TranslatorAccount.id == self.id).execute():
                raise AlreadyDecided()
            self.tell("removed", by=by)
            after_commit(self._destroy_key)

    def _destroy_key(self) -> None:
        data_key.destroy([self.seal_subject()])

    def open_secret(self) -> str:
        """For the job that calls the translator."""
        return self.unseal("secret") or ""

    # How much of it

    @property
    def used_this_month(self) -> int:
        return self.used if self.month == _month() else 0

    def may_send(self, characters: int) -> bool:
        """Within what the team allows for a month."""
        return not self.most_a_month or self.used_this_month + characters <= self.most_a_month

    def count(self, characters: int) -> None:
        """What was handed over; also when no good answer came, for it may be billed."""
        month = _month()
        cls = type(self)
        before = peewee.Case(None, [(cls.month == month, cls.used)], 0)
        with write_txn():
            cls.update(used=before + characters, month=month).where(cls.id == self.id).execute()
        self.month, self.used = month, self.used_this_month + characters

    # Asking

    @classmethod
    def of_uid(cls, uid: Any) -> TranslatorAccount | None:
        return cls.get_or_none(cls.uid == uid)

    @classmethod
    def of_team(cls, team: Team | int) -> TranslatorAccount | None:
        return cls.get_or_none(cls.team == team)

    @classmethod
    def to_mend_count(cls, reach: Any) -> int:
        return cls.select().where(cls.team == reach.team_id, cls.state == "refused").count()


def _month() -> str:
    return f"{clock.now():%Y-%m}"
