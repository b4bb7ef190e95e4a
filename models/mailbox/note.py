"""Notes on a thread: for colleagues, never for the buyer. They speak of the buyer, so they are sealed as the mails are."""

from __future__ import annotations

import peewee

from models.mailbox.thread import MailThread
from models.people.person import Person
from models.support.fields import SealedField, UidField
from models.support.record import About, Record, created_at
from models.vault.seal import Sealed


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
