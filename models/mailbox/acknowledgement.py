"""That a thread was acknowledged by a rule, or why it was not. A thread has one for good: nobody is told twice that a message came."""

from __future__ import annotations

from typing import Any

import peewee

from models.mailbox.acknowledgement_rule import AcknowledgementRule
from models.mailbox.message import MailMessage
from models.mailbox.thread import MailThread
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import Words, say

WRITTEN, WITHHELD = "written", "withheld"
REASONS = {
    "automatic": say("what came was written by a machine"),
    "unreachable": say("this buyer wants no mail, or mail to this buyer came back"),
    "lately": say("this buyer had an acknowledgement a few days ago"),
    "no_text": say("its template has no text in the buyer's language, nor in English"),
    "hole": say("something its template names is not known here"),
    "lint": say("the check of answers found something in the text"),
    "no_way": say("there is no address or no mailbox an answer could go by"),
}


class Acknowledgement(Record):
    """`for_at` is since when the buyer waited. One that was withheld is considered anew when the buyer writes again after an answer."""

    thread = peewee.ForeignKeyField(MailThread, unique=True, on_delete="CASCADE", backref="acknowledgements")
    rule = peewee.ForeignKeyField(AcknowledgementRule, null=True, on_delete="SET NULL", backref="acknowledgements")
    message = peewee.ForeignKeyField(MailMessage, null=True, on_delete="SET NULL", backref="+")
    state = StatusField(WRITTEN, WITHHELD)
    why = peewee.CharField(max_length=20, default="")
    for_at = UtcField()
    at: UtcField = created_at()

    about = About(why="keeps a buyer from being told twice that a message came", keep="as its thread",
                  plain="id thread rule message state why for_at at")  # fmt: skip

    @property
    def why_words(self) -> Words | None:
        return REASONS.get(self.why)

    @classmethod
    def of(cls, thread: MailThread) -> Acknowledgement | None:
        return cls.get_or_none(cls.thread == thread)

    @classmethod
    def was_told_lately(cls, thread: MailThread, since: Any) -> bool:
        """Did this buyer get one for another thread with the store since then?"""
        if not thread.buyer_mark:
            return False
        told = cls.select().join(MailThread).where(
            MailThread.team == thread.team_id, MailThread.buyer_mark == thread.buyer_mark, MailThread.store == thread.store_id,
            MailThread.id != thread.id, cls.state == WRITTEN, cls.at > since,
        )  # fmt: skip
        return bool(told.exists())
