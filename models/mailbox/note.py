"""Notes on a thread: for colleagues, never for the buyer. They speak of the buyer, so they are sealed as the mails are."""

from __future__ import annotations

import uuid
from typing import Any

import peewee

from models.audit.event import declare, track
from models.mailbox.answer_clock import take_turn
from models.mailbox.thread import MailThread
from models.people.person import Person
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import SealedField, UidField
from models.support.record import About, Record, created_at
from models.support.words import say
from models.vault.seal import Sealed

MOST_TEXT, MOST_NOTES = 1000, 100

declare("thread_noted", say("%(actor)s wrote a note on the thread %(object)s"))
declare("thread_note_deleted", say("%(actor)s deleted a note on the thread %(object)s"))


class MailNote(Sealed, Record):
    uid = UidField()
    thread = peewee.ForeignKeyField(MailThread, backref="notes", on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="mail_notes")
    text = SealedField(null=True)
    created_at = created_at()

    about = About(why="what colleagues should know of a thread", keep="as what is sealed of its thread",
                  plain="id uid thread created_at", staff="person", buyer="text")  # fmt: skip

    def seal_subject(self) -> str:
        return self.thread.seal_subject()

    def seal_row(self) -> str:
        return str(self.uid)

    @classmethod
    def of(cls, thread: MailThread) -> list[MailNote]:
        """With their writers, the newest first."""
        query = cls.select(cls, Person).join(Person, peewee.JOIN.LEFT_OUTER).where(cls.thread == thread)
        found = list(query.order_by(cls.id.desc()).limit(MOST_NOTES))
        for note in found:
            note.thread = thread
        return found

    @classmethod
    def write(cls, thread: MailThread, text: str, *, by: Any) -> MailNote:
        """Raises FieldRefused for nothing or too much, Refused for a thread that is no more."""
        text = text.strip()
        if not 0 < len(text) <= MOST_TEXT:
            raise FieldRefused("text", "A note has 1 to %(most)s characters.", most=MOST_TEXT)
        with write_txn():
            take_turn(thread)
            if cls.select().where(cls.thread == thread).count() >= MOST_NOTES:
                raise Refused("A thread has at most %(most)s notes.", most=MOST_NOTES)
            note = cls(uid=uuid.uuid4(), thread=thread, person=by)
            note.seal(text=text)
            note.save(force_insert=True)
            track("thread_noted", thread, by=by)
        return note

    @classmethod
    def of_uid(cls, thread: MailThread, uid: Any) -> MailNote | None:
        found = cls.get_or_none(cls.thread == thread, cls.uid == uid)
        if found is not None:
            found.thread = thread
        return found

    def remove(self, *, by: Any) -> None:
        """Whoever wrote it deletes it. Raises Refused."""
        if self.person_id != by.id:
            raise Refused("Only who wrote a note deletes it.")
        with write_txn():
            track("thread_note_deleted", self.thread, by=by)
            self.delete_instance()
