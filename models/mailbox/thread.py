"""A conversation with one buyer. Its row holds times and states; what is personal is sealed under the thread's own key.

The clock runs on the oldest unanswered message of the buyer: `unanswered_at` is empty while nothing waits for us.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import peewee

from models.orders.order import Order
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.stores.marketplace import marketplace_code
from models.stores.store import Store
from models.support import clock
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.data_key import KeyDestroyed
from models.vault.seal import Sealed

PERMISSION, ANSWER, MANAGE = "mailbox.view", "mailbox.answer", "mailbox.manage"
STATES = {
    "open": say("Open"),
    "waiting": say("Waiting for the buyer"),
    "done": say("Done"),
    "spam": say("Spam"),
}
AMAZONS_PART = re.compile(r"\s*[-–—]\s*Amazon\b.{0,40}$", re.I)
ANSWER_WITHIN = timedelta(hours=24)


class MailThread(Sealed, TeamRecord):
    """`open`: a buyer waits, or a person must look. `order_no` is Amazon's number, which is nobody's name. `buyer_mark` finds the
    buyer's other threads and tells nobody who it is. A merged one keeps its row and says where its messages went."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    order = peewee.ForeignKeyField(Order, null=True, on_delete="SET NULL", backref="threads")
    order_no = peewee.CharField(max_length=40, default="")
    buyer_mark = peewee.CharField(max_length=64, default="")
    marketplace_id = peewee.CharField(max_length=24, default="")
    language = peewee.CharField(max_length=8, default="")
    state = StatusField(*STATES, default="open")
    kind = peewee.CharField(max_length=32, default="")
    unanswered_at = UtcField(null=True)
    due_at = UtcField(null=True)
    last_at = UtcField()
    last_in_at = UtcField(null=True)
    snoozed_until = UtcField(null=True)
    assignee = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="threads")
    is_suspect = peewee.BooleanField(default=False)
    message_count = peewee.IntegerField(default=0)
    has_attachment = peewee.BooleanField(default=False)
    merged_into = peewee.ForeignKeyField("self", null=True, index=False, on_delete="SET NULL", backref="merged")
    escalated_at = UtcField(null=True)
    purge_at = UtcField(null=True)
    destroyed_at = UtcField(null=True)
    created_at: UtcField = created_at()
    subject = SealedField(null=True)
    buyer_name = SealedField(null=True)
    to_address = SealedField(null=True)

    about = About(
        why="what a buyer and the team write each other, and until when an answer is due", keep="18 months; what is sealed until 23 days "
        "after delivery, or after its last message",
        plain="id uid team store order order_no buyer_mark marketplace_id language state kind unanswered_at due_at last_at last_in_at "
        "snoozed_until is_suspect message_count has_attachment merged_into escalated_at purge_at destroyed_at created_at",
        staff="assignee", buyer="subject buyer_name to_address",
    )  # fmt: skip

    class Meta:
        # One index for each filter and sort the list offers; the id makes the order total, so that pages have keys.
        indexes = (
            (("team", "last_at", "id"), False),
            (("team", "state", "last_at", "id"), False),
            (("team", "state", "due_at", "id"), False),
            (("team", "store", "last_at", "id"), False),
            (("team", "marketplace_id", "last_at", "id"), False),
            (("team", "language", "last_at", "id"), False),
            (("team", "assignee", "state", "due_at", "id"), False),
            (("team", "order_no"), False),
            (("team", "buyer_mark", "last_at"), False),
        )

    def seal_subject(self) -> str:
        return thread_subject(self.uid)

    @property
    def label(self) -> str:
        """As events name it: by the order, else by the last signs of its uid. Never by what a buyer wrote."""
        return self.order_no or f"M-{str(self.uid)[-8:]}"

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def marketplace(self) -> str:
        return marketplace_code(self.marketplace_id) if self.marketplace_id else ""

    @property
    def is_destroyed(self) -> bool:
        return self.destroyed_at is not None

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > clock.now()

    # Asking

    @classmethod
    def visible_to(cls, reach: Any, permission: str = PERMISSION) -> Any:
        """Threads of the stores for which this person holds the permission."""
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any, permission: str = PERMISSION) -> MailThread:
        """The thread of this uid with its store, if this person may see it. Raises OutOfReach."""
        thread = cls.visible_to(reach, permission).select_extend(Store).join(Store).where(cls.uid == uid).first()
        if thread is None:
            raise OutOfReach
        return thread

    @classmethod
    def overdue(cls, team_id: int) -> Any:
        """What nobody answered within 24 hours and somebody was told of."""
        return cls.select().where(
            cls.team == team_id, cls.state == "open", cls.due_at < clock.now(), cls.escalated_at.is_null(False),
            cls.merged_into.is_null(),
        )  # fmt: skip

    @classmethod
    def earlier_of(cls, thread: MailThread, most: int = 10) -> list[MailThread]:
        """Other threads of the same buyer with the store, the newest first."""
        if not thread.buyer_mark:
            return []
        query = cls.select().where(
            cls.team == thread.team_id, cls.buyer_mark == thread.buyer_mark, cls.store == thread.store_id, cls.id != thread.id,
            cls.merged_into.is_null(),
        )  # fmt: skip
        return list(query.order_by(cls.last_at.desc()).limit(most))

    @classmethod
    def mergeable_with(cls, thread: MailThread, most: int = 20) -> list[MailThread]:
        """Threads of the same buyer, or of the same order, with the store: the ones it may be merged into."""
        alike = (cls.buyer_mark == thread.buyer_mark) if thread.buyer_mark else (cls.id < 0)
        if thread.order_no:
            alike = alike | (
                (cls.order_no == thread.order_no) & ((cls.buyer_mark == "") | (cls.buyer_mark == thread.buyer_mark))
            )
        query = cls.select().where(
            cls.team == thread.team_id, cls.store == thread.store_id, cls.id != thread.id, alike, cls.merged_into.is_null(),
            cls.destroyed_at.is_null(), cls.is_suspect == thread.is_suspect,
        )  # fmt: skip
        return list(query.order_by(cls.last_at.desc()).limit(most))

    def messages_in_order(self, most: int = 500) -> list[Any]:
        """The oldest first; of very many the newest. An answer that was taken back is none."""
        shown = self.messages.where(peewee.SQL("\"state\" <> 'cancelled'"))
        found = list(shown.order_by(peewee.SQL('"at" DESC, "id" DESC')).limit(most))
        for message in found:
            message.thread = self
        return found[::-1]

    def names(self) -> dict[str, str]:
        """`subject` and `buyer_name` in clear; empty when they are no more."""
        try:
            return {name: self.unseal(name) or "" for name in ("subject", "buyer_name")}
        except KeyDestroyed:
            return {"subject": "", "buyer_name": ""}


# What is still held is a small part of all threads there ever were; so is what is snoozed or suspect.
MailThread.add_index(
    MailThread.index(MailThread.purge_at, where=MailThread.purge_at.is_null(False), name="mail_thread_due")
)
MailThread.add_index(
    MailThread.index(
        MailThread.snoozed_until, where=MailThread.snoozed_until.is_null(False), name="mail_thread_snoozed"
    )
)
MailThread.add_index(
    MailThread.index(
        MailThread.team, MailThread.last_at, MailThread.id, where=MailThread.is_suspect, name="mail_thread_suspect"
    )
)


def plain_name(name: str) -> str:
    """A buyer's name without what Amazon writes behind it: "Anna Müller - Amazon Marketplace" is Anna Müller."""
    return AMAZONS_PART.sub("", name).strip()


def thread_subject(uid: Any) -> str:
    """Whose key seals what is personal in the thread."""
    return f"thread:{uid}"
