"""A translation of one message, or of an answer somebody is writing: asked for by a person, made by a job, sealed as its thread.

A message has one for each language, however often and by whomever it is asked for. A person has one answer in each thread, the last.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.mailbox import moving, purge
from models.mailbox.message import MailMessage
from models.mailbox.thread import MailThread
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.bulk import among
from models.support.db import write_txn
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord
from models.support.words import Words
from models.translation.account import TranslatorAccount
from models.vault.data_key import KeyDestroyed
from models.vault.seal import Sealed

LOST_AFTER = timedelta(minutes=5)
UNDER_WAY = ("waiting", "working")


class MailTranslation(Sealed, TeamRecord):
    """Without a message it is an answer: then `original` is what the person wrote, and `back` what the translation says, translated back.
    `unsure_count` passages stand as they were written. `source` is empty where the translator shall find out."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    thread = peewee.ForeignKeyField(MailThread, backref="translations", on_delete="CASCADE")
    message = peewee.ForeignKeyField(MailMessage, null=True, index=False, backref="translations", on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    source = peewee.CharField(max_length=12, default="")
    target = peewee.CharField(max_length=12)
    state = StatusField("waiting", "working", "done", "failed", default="waiting")
    problem = peewee.CharField(max_length=300, default="")
    tries = peewee.IntegerField(default=0)
    next_try_at = UtcField(default=clock.now)
    asked_at = UtcField(default=clock.now)
    done_at = UtcField(null=True)
    used_at = UtcField(null=True)
    unsure_count = peewee.IntegerField(default=0)
    original = SealedField(null=True)
    text = SealedField(null=True)
    back = SealedField(null=True)

    about = About(
        why="what a message or an answer says in another language", keep="as its thread",
        plain="id uid team thread message source target state problem tries next_try_at asked_at done_at used_at unsure_count",
        staff="person", buyer="original text back",
    )  # fmt: skip

    def seal_subject(self) -> str:
        return self.thread.seal_subject()

    def seal_row(self) -> str:
        return str(self.uid)

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_done(self) -> bool:
        return self.state == "done"

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    def texts(self) -> dict[str, str]:
        """`original`, `text` and `back` in clear; empty when they are no more."""
        try:
            return {name: self.unseal(name) or "" for name in ("original", "text", "back")}
        except KeyDestroyed:
            return {"original": "", "text": "", "back": ""}

    # Asking

    @classmethod
    def of_thread(cls, thread: MailThread, target: str) -> dict[int, MailTranslation]:
        """By message, those into the language."""
        found = cls.select().where(cls.thread == thread, cls.target == target, cls.message.is_null(False))
        return {one.message_id: one._with(thread) for one in found}

    @classmethod
    def of_message(cls, message: MailMessage, target: str) -> MailTranslation | None:
        found = cls.get_or_none(cls.message == message, cls.target == target)
        return found._with(message.thread) if found else None

    @classmethod
    def of_answer(cls, thread: MailThread, person: Any) -> MailTranslation | None:
        found = cls.get_or_none(cls.thread == thread, cls.person == person.id, cls.message.is_null())
        return found._with(thread) if found else None

    def _with(self, thread: MailThread) -> MailTranslation:
        self.thread = thread
        return self

    # What the job does

    @classmethod
    def _due(cls) -> Any:
        """Those that wait, and those whose job was killed: asking a translator twice does no harm."""
        lost = (cls.state == "working") & (cls.next_try_at <= clock.now() - LOST_AFTER)
        return lost | ((cls.state == "waiting") & (cls.next_try_at <= clock.now()))

    @classmethod
    def of_account(cls, account: TranslatorAccount, most: int = 20) -> list[MailTranslation]:
        query = cls.select().where(cls.team == account.team_id, cls._due())
        return list(query.order_by(cls.next_try_at, cls.id).limit(most))

    @classmethod
    def accounts_with_work(cls) -> list[str]:
        """Accounts to be tried, and those that have something to translate."""
        now = clock.now()
        rested = TranslatorAccount.rest_until.is_null() | (TranslatorAccount.rest_until <= now)
        asked = TranslatorAccount.team.in_(cls.select(cls.team).where(cls._due()))
        has_work = (TranslatorAccount.state == "checking") | ((TranslatorAccount.state == "active") & asked)
        query = TranslatorAccount.select(TranslatorAccount.uid).where(rested, has_work)
        return [str(one.uid) for one in query]

    @classmethod
    def has_work(cls) -> bool:
        return TranslatorAccount.select().where(TranslatorAccount.state == "checking").exists() or (
            cls.select().where(cls._due()).exists()
        )

    def claim(self) -> bool:
        """Takes it for this run; of two at once one gets it. `next_try_at` then says when, and proves at the end that it is still ours."""
        now, cls = clock.now(), type(self)
        with write_txn():
            taken = cls.update(state="working", next_try_at=now, tries=cls.tries + 1).where(
                cls.id == self.id, cls._due(), cls.state == self.state, cls.next_try_at == self.next_try_at
            )
            if not taken.execute():
                return False
        self.state, self.next_try_at, self.tries = "working", now, self.tries + 1
        return True

    def settle(self, **values: Any) -> bool:
        """The outcome, unless it was asked for anew, taken over, or destroyed meanwhile."""
        cls = type(self)
        with write_txn():
            mine = (cls.id == self.id) & (cls.state == "working") & (cls.next_try_at == self.next_try_at)
            return bool(cls.update(**values).where(mine).execute())


MailTranslation.add_index(
    MailTranslation.index(
        MailTranslation.message, MailTranslation.target, unique=True, where=MailTranslation.message.is_null(False),
        name="mail_translation_of_message",
    )
)  # fmt: skip
MailTranslation.add_index(
    MailTranslation.index(
        MailTranslation.thread, MailTranslation.person, unique=True, where=MailTranslation.message.is_null(),
        name="mail_translation_of_answer",
    )
)  # fmt: skip
MailTranslation.add_index(
    MailTranslation.index(
        MailTranslation.next_try_at, where=MailTranslation.state.in_(UNDER_WAY), name="mail_translation_due"
    )
)


def _forget_threads(ids: list[int]) -> None:
    MailTranslation.delete().where(among(MailTranslation.thread, ids)).execute()


def _forget_moved(old: MailThread, new: MailThread, message_ids: list[int]) -> None:
    """They were sealed as the old thread; whoever wants them asks again."""
    moved = among(MailTranslation.message, message_ids)
    MailTranslation.delete().where(
        (MailTranslation.thread == old) & (moved | MailTranslation.message.is_null())
    ).execute()


purge.ON_DESTROYED.append(_forget_threads)
moving.ON_MOVED.append(_forget_moved)
