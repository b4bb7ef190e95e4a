"""One mail of a thread, as it came in or went out. What it says is sealed under the thread's key; marks find it again, and keep
it from coming twice."""

from __future__ import annotations

import json
from typing import Any

import peewee

from models.mailbox.thread import MailThread
from models.people.person import Person
from models.people.team import Team
from models.stores.store import Store
from models.support.fields import JsonField, SealedField, StatusField, UidField, UtcField
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.seal import Sealed

STATES = {
    "taken": say("Received"),
    "waiting": say("Waiting to be sent"),
    "sending": say("Being sent"),
    "sent": say("Sent"),
    "failed": say("Not sent"),
    "bounced": say("Came back"),
    "cancelled": say("Taken back"),
}
ANSWERS = {"": say("Not answered"), "reply": say("Answered"), "not_needed": say("No response needed")}
KINDS = {
    "buyer_message": say("Message of a buyer"),
    "amazon_cs_relay": say("Amazon's customer service, for a buyer"),
    "confirmation_receipt": say("Copy of our answer"),
    "delivery_failure": say("Not delivered"),
    "buyer_opt_out": say("The buyer wants no mail"),
    "return_request": say("Return request"),
    "a2z_claim": say("A-to-z claim"),
    "refund_notice": say("Refund notice"),
    "amazon_qa": say("Question about a product"),
    "amazon_system": say("Notice of Amazon"),
    "phishing_suspect": say("Suspect mail"),
    "other": say("Other mail"),
    "reply": say("Our answer"),
    "auto_reply": say("Automatic acknowledgement"),
}
IN_DOUBT = say("Perhaps sent")


class MailMessage(Sealed, TeamRecord):
    """`at` is its place in the thread: when it came, or was written. `mark` is of its Message-ID, `digest` of its very bytes, `refs` of
    the mails it answers, `text_mark` of what it says (two equal answers within minutes are one). `state` is for what goes out; `trouble_at` says since when
    one that failed, came back or is in doubt waits for a person."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    thread = peewee.ForeignKeyField(MailThread, index=False, backref="messages", on_delete="CASCADE")
    account_id = peewee.IntegerField(null=True)
    direction = StatusField("in", "out")
    kind = peewee.CharField(max_length=32)
    at = UtcField()
    received_at = UtcField(null=True)
    sent_at = UtcField(null=True)
    mark = peewee.CharField(max_length=64)
    digest = peewee.CharField(max_length=64, default="")
    refs = JsonField(default=list)
    starts_clock = peewee.BooleanField(default=False)
    answer = StatusField(*ANSWERS, default="")
    answered_at = UtcField(null=True)
    answered_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="mails_answered")
    warnings = JsonField(default=list)
    order_ids = JsonField(default=list)
    asins = JsonField(default=list)
    attachment_count = peewee.IntegerField(default=0)
    size = peewee.IntegerField(default=0)
    author = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="mails")
    state = StatusField(*STATES, default="taken")
    send_after = UtcField(null=True)
    tries = peewee.IntegerField(default=0)
    next_try_at = UtcField(null=True)
    trouble_at = UtcField(null=True)
    problem = peewee.CharField(max_length=300, default="")
    text_mark = peewee.CharField(max_length=64, default="")
    message_id = peewee.CharField(max_length=200, default="")
    translated_from = peewee.CharField(max_length=8, default="")
    created_at: UtcField = created_at()
    subject = SealedField(null=True)
    from_name = SealedField(null=True)
    from_addr = SealedField(null=True)
    text = SealedField(null=True)
    attachments = SealedField(null=True)

    about = About(
        why="one mail of a thread: when it came or went, and what became of it", keep="18 months; what is sealed as its thread",
        plain="id uid team store thread account_id direction kind at received_at sent_at mark digest refs starts_clock answer answered_at "
        "warnings order_ids asins attachment_count size state send_after tries next_try_at trouble_at problem text_mark "
        "message_id translated_from created_at",
        staff="author answered_by", buyer="subject from_name from_addr text attachments",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "direction", "mark"), True),
            (("team", "digest"), False),
            (("thread", "at", "id"), False),
        )

    def seal_subject(self) -> str:
        return self.thread.seal_subject()

    def seal_row(self) -> str:
        return str(self.uid)

    @property
    def label(self) -> str:
        return self.thread.label

    @property
    def is_incoming(self) -> bool:
        return self.direction == "in" and not self.is_elsewhere

    @property
    def is_elsewhere(self) -> bool:
        """Amazon's copy of an answer that Portolan did not send: it came in, and stands for what went out."""
        return self.direction == "in" and self.state == "sent"

    @property
    def is_unsure(self) -> bool:
        """The server's answer never came: it may have gone."""
        return self.state == "sending" and bool(self.problem)

    @property
    def state_words(self) -> Words:
        return IN_DOUBT if self.is_unsure else STATES[self.state]

    @property
    def state_tone(self) -> str:
        if self.is_unsure:
            return "warn"
        return {"sent": "ok", "failed": "bad", "bounced": "bad", "cancelled": "neutral"}.get(self.state, "info")

    @property
    def answer_words(self) -> Words:
        return ANSWERS[self.answer]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def kind_words(self) -> Words:
        return KINDS.get(self.kind) or Words(self.kind)

    @classmethod
    def of_uid(cls, team_id: int, uid: Any) -> MailMessage | None:
        return cls.get_or_none(cls.team == team_id, cls.uid == uid)

    def attached(self) -> list[dict[str, Any]]:
        """Of each attachment `filename`, `content_type`, `size`, `sha256`. Raises KeyDestroyed."""
        told = self.unseal("attachments")
        return json.loads(told) if told else []


# Few wait to be sent, and few wait for an answer.
MailMessage.add_index(
    MailMessage.index(
        MailMessage.send_after, MailMessage.id, where=MailMessage.state.in_(("waiting", "sending")), name="mail_message_leaving",
    )
)  # fmt: skip
MailMessage.add_index(
    MailMessage.index(
        MailMessage.thread, MailMessage.at, where=(MailMessage.starts_clock & (MailMessage.answer == "")),
        name="mail_message_unanswered",
    )
)  # fmt: skip


MailMessage.add_index(
    MailMessage.index(
        MailMessage.team, MailMessage.trouble_at, MailMessage.id, where=MailMessage.trouble_at.is_null(False),
        name="mail_message_trouble",
    )
)  # fmt: skip


class MailRaw(Sealed, Record):
    """The very bytes of a mail, apart from its row, which stays small. Files that came with it are read out of them when asked for."""

    message = peewee.ForeignKeyField(MailMessage, primary_key=True, backref="raws", on_delete="CASCADE")
    raw = SealedField()

    about = About(why="shows a mail as it came, and its files", keep="as its thread", plain="message", buyer="raw")

    def seal_subject(self) -> str:
        return self.message.seal_subject()

    def seal_row(self) -> str:
        return self.message.seal_row()

    @classmethod
    def of(cls, message: MailMessage) -> bytes | None:
        """The bytes in clear; None when they are not kept. Raises KeyDestroyed."""
        kept = cls.get_or_none(cls.message == message)
        if kept is None:
            return None
        kept.message = message
        return kept.unseal_bytes("raw")
