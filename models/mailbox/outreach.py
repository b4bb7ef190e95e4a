"""What is written to a buyer through Amazon's own messages, and the one request for a review an order may have. Wanted here, sent by a
job, and sent once: Amazon shows no list of messages, so where its answer never came a person looks in Seller Central.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import as_said, tell
from models.orders.order import Order
from models.orders.sent_once import FOUND, UNDER_WAY, SentOnce
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.seal import Sealed

JOB = "mailbox.outreach"
REVIEW = "productReviewAndSellerFeedback"
ACTIONS = {
    "confirmOrderDetails": say("A question about the order"),
    "confirmDeliveryDetails": say("A question about the delivery"),
    "confirmCustomizationDetails": say("A question about what was customized"),
    "confirmServiceDetails": say("A question about a service at home"),
    "unexpectedProblem": say("An unexpected problem"),
    "digitalAccessKey": say("A key for something digital"),
    "invoice": say("An invoice"),
    "warranty": say("A warranty"),
    "legalDisclosure": say("Documents the law asks for"),
    REVIEW: say("Request for a review"),
}
LONGEST = {"confirmCustomizationDetails": 800, "digitalAccessKey": 400}
LONGEST_OTHERS = 2000
# Amazon's words around our files, and those that take both; the others take a text alone.
DOCUMENTS = ("invoice", "warranty", "legalDisclosure")
TAKES_FILES = frozenset({*DOCUMENTS, "confirmCustomizationDetails", "digitalAccessKey"})
MOST_FILES = 5
STATES = {
    "waiting": say("Waiting to be sent"),
    "sending": say("Being sent"),
    "unsure": say("Nobody knows whether it was sent"),
    "sent": say("Sent"),
    "refused": say("Refused"),
    "taken_back": say("Taken back"),
}
KEPT = timedelta(days=23)

declare("outreach_asked", say("%(actor)s writes to the buyer of %(object)s through Amazon: %(action)s"), "action")
declare("outreach_sent", say("Amazon took the message to the buyer of %(object)s: %(action)s"), "action")
declare("outreach_refused", say("The message to the buyer of %(object)s was refused: %(reason)s"), "action", "reason")
tell("outreach_refused.reason", as_said)
declare("outreach_taken_back", say("%(actor)s took back the message to the buyer of %(object)s"), "action")
declare("outreach_settled", say("%(actor)s looked in Seller Central for the message to %(object)s: %(found)s"), "found")
for _act in ("asked", "sent", "refused", "taken_back"):
    tell(f"outreach_{_act}.action", ACTIONS)
tell("outreach_settled.found", FOUND)
measure("outreach_written", say("Messages to buyers through Amazon"), "outreach_asked")


class Outreach(SentOnce, Sealed, TeamRecord):
    """Text and files (models/mailbox/outreach_file.py) are sealed under a key of its own and gone 23 days after they were written, or with the
    order's buyer if that is earlier. `covers_from` and `covers_until` are of a warranty."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    order = peewee.ForeignKeyField(Order, backref="outreach", on_delete="RESTRICT")
    action = StatusField(*ACTIONS)
    text = SealedField(null=True)
    file_count = peewee.IntegerField(default=0)
    covers_from = peewee.DateField(null=True)
    covers_until = peewee.DateField(null=True)
    state = StatusField(*STATES, default="waiting")
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    due_at = UtcField(default=clock.now)
    asked_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="outreach")
    created_at: UtcField = created_at()
    sent_at = UtcField(null=True)
    decided_at = UtcField(null=True)
    purge_at = UtcField(null=True)

    about = About(
        why="what was written to a buyer through Amazon, and what came of it", keep="18 months, the text 23 days at most",
        plain="id uid team store order action file_count covers_from covers_until state problem tries due_at created_at sent_at decided_at "
        "purge_at",
        buyer="text", staff="asked_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("state", "due_at"), False),
            (("team", "created_at", "id"), False),
            (("team", "state", "created_at", "id"), False),
        )

    def seal_subject(self) -> str:
        return f"outreach:{self.uid}"

    @property
    def label(self) -> str:
        return self.order.order_id

    @property
    def action_words(self) -> Words:
        return ACTIONS[self.action]

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def is_review(self) -> bool:
        return self.action == REVIEW

    # Asking

    @classmethod
    def visible_to(cls, reach: Any, permission: str = "mailbox.view") -> Any:
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Outreach:
        """Raises OutOfReach."""
        found = cls.visible_to(reach).where(cls.uid == uid).first()
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def of_order(cls, order: Order) -> list[Outreach]:
        """With who wrote them, the newest first."""
        query = cls.select(cls, Person).join(Person, peewee.JOIN.LEFT_OUTER).where(cls.order == order)
        found = list(query.order_by(cls.id.desc()))
        for one in found:
            one.order = order
        return found

    # What comes of it

    def accept(self) -> None:
        with write_txn():
            self.move(("sending", "unsure"), "sent", decided_at=clock.now(), problem="")
            self._drop_files()
            track("outreach_sent", self, action=self.action)

    def refuse(self, reason: Words, lasting: Words | None = None) -> None:
        """`lasting` is what the event says, which outlives the buyer's data: none of Amazon's own words, which may repeat the message."""
        with write_txn():
            self.move(UNDER_WAY, "refused", decided_at=clock.now(), problem=reason.to_json())
            self._drop_files()
            track("outreach_refused", self, action=self.action, reason=lasting or reason)

    def take_back(self, *, by: Any = None) -> None:
        """While it only waits. Raises AlreadyDecided."""
        with write_txn():
            self.move("waiting", "taken_back", decided_at=clock.now())
            self._drop_files()
            track("outreach_taken_back", self, by=by, action=self.action)

    def _drop_files(self) -> None:
        """Nobody sends them any more."""
        if self.file_count:
            self.files.model.drop_bytes(self)  # type: ignore[attr-defined]

    def settle(self, was_sent: bool, *, by: Any = None) -> None:
        """Somebody looked in Seller Central: it is there, or it is to be sent again."""
        with write_txn():
            self.move("unsure", "unsure")
            track("outreach_settled", self, by=by, found=was_sent)
            self.accept() if was_sent else self.later(0)


# An order has one request for a review, whoever asks at the same time.
Outreach.add_index(
    Outreach.index(
        Outreach.order,
        unique=True,
        where=(Outreach.action == REVIEW) & Outreach.state.not_in(("refused", "taken_back")),
        name="outreach_review_once",
    )
)
Outreach.add_index(Outreach.index(Outreach.purge_at, where=Outreach.purge_at.is_null(False), name="outreach_purge"))


def longest(action: str) -> int:
    """How many characters Amazon takes."""
    return LONGEST.get(action, LONGEST_OTHERS)
