"""An answer not yet sent, one for each person and thread. When it was last saved tells who is writing now."""

from __future__ import annotations

import peewee

from models.mailbox.thread import MailThread
from models.people.person import Person
from models.support import clock
from models.support.fields import SealedField, UtcField
from models.support.record import About, Record
from models.vault.seal import Sealed


class MailDraft(Sealed, Record):
    thread = peewee.ForeignKeyField(MailThread, backref="drafts", index=False, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, backref="mail_drafts", on_delete="CASCADE")
    text = SealedField(null=True)
    attachments = SealedField(null=True)
    saved_at = UtcField(default=clock.now)

    about = About(why="keeps what somebody began to answer", keep="until it is sent, and no longer than its thread",
                  plain="id thread saved_at", staff="person", buyer="text attachments")  # fmt: skip

    class Meta:
        indexes = ((("thread", "person"), True),)

    def seal_subject(self) -> str:
        return self.thread.seal_subject()

    def seal_row(self) -> str:
        return f"draft:{self.person_id}"
