"""Telling Amazon that an order's pieces left, in which parcel and under which number. Told once: a claim stands before the call.

waiting → sending → confirmed, or refused with a sentence. Where the answer never came, or its job died, it is `unsure`: Amazon's own
list of packages is looked at before it is ever sent again. A number that changed later is told as a confirmation of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.orders.refetch import OrderRefetch
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.shipping import moments
from models.shipping.parcel import Parcel
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

JOB = "shipping.confirm"
STATES = {
    "waiting": say("Waiting to be sent"),
    "sending": say("Being sent"),
    "unsure": say("Being checked at Amazon"),
    "confirmed": say("Confirmed"),
    "refused": say("Refused"),
    "taken_back": say("Taken back"),
}
UNDER_WAY = ("waiting", "sending", "unsure")
LASTING = (*UNDER_WAY, "confirmed")
ANSWER_WITHIN = timedelta(minutes=5)  # Longer than any call lasts: what is still `sending` then, nobody sends any more.
SHOWS_WITHIN = timedelta(minutes=5)  # A package that Amazon took is among the order's packages by then.
BACK_OFF_FIRST, BACK_OFF_MOST = 30, 1800

declare(
    "confirmation_asked", say("%(actor)s wants Amazon told that %(object)s left with %(parcel)s"), "parcel", "number"
)
declare("confirmation_accepted", say("Amazon took the shipment of %(object)s with %(parcel)s"), "parcel", "number")
declare("confirmation_refused", say("The shipment of %(object)s was refused: %(reason)s"), "parcel", "reason")
declare("confirmation_taken_back", say("%(actor)s took back that %(object)s left with %(parcel)s"), "parcel")
declare("confirmation_settled", say("%(actor)s looked at Amazon for %(object)s: %(found)s"), "parcel", "found")


class Confirmation(TeamRecord):
    """One order in one parcel. `reference` is Amazon's packageReferenceId: a number that counts up within the order. `number`,
    `carrier` and `left_at` are what Amazon is told."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, backref="confirmations", on_delete="CASCADE")
    order = peewee.ForeignKeyField(Order, backref="confirmations", on_delete="RESTRICT")
    reference = peewee.IntegerField()
    state = StatusField(*STATES, default="waiting")
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    due_at = UtcField(default=clock.now)
    asked_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="confirmations")
    created_at: UtcField = created_at()
    decided_at = UtcField(null=True)
    number = peewee.CharField(max_length=64, default="", constraints=[peewee.SQL("DEFAULT ''")])
    carrier = peewee.CharField(max_length=90, default="", constraints=[peewee.SQL("DEFAULT ''")])
    left_at = UtcField(null=True)
    sent_at = UtcField(null=True)
    is_combined = peewee.BooleanField(default=False, constraints=[peewee.SQL("DEFAULT FALSE")])

    about = About(
        why="what Amazon was told of a shipment, and what it answered", keep="as the parcel",
        plain="id uid team store parcel order reference state problem tries due_at created_at decided_at number carrier left_at "
        "sent_at is_combined", staff="asked_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("order", "reference"), True),
            (("state", "due_at"), False),
            (("team", "created_at", "id"), False),
            (("team", "state", "created_at", "id"), False),
        )

    # Asking

    @property
    def label(self) -> str:
        return self.order.order_id

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def has_old_number(self) -> bool:
        """Amazon has a number that the parcel has no more."""
        return self.state == "confirmed" and bool(self.number) and self.number != self.parcel.core

    @classmethod
    def visible_to(cls, reach: Any, permission: str = "parcels.view") -> Any:
        """Those of the stores for which this person holds the permission."""
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Confirmation:
        """Raises OutOfReach."""
        found = cls.visible_to(reach).where(cls.uid == uid).first()
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def of_parcel(cls, parcel: Parcel) -> list[Confirmation]:
        """With their orders, the first asked first."""
        found = list(cls.select(cls, Order).join(Order).where(cls.parcel == parcel).order_by(cls.id))
        for one in found:
            one.parcel = parcel
        return found

    @classmethod
    def of_order(cls, order: Order) -> list[Confirmation]:
        """With their parcels, the first asked first."""
        found = list(cls.select(cls, Parcel).join(Parcel).where(cls.order == order).order_by(cls.id))
        for one in found:
            one.order = order
        return found

    @classmethod
    def refused_count(cls, reach: Any) -> int:
        return cls.visible_to(reach).where(cls.state == "refused").count()

    @classmethod
    def was_told_since(cls, order: Order) -> bool:
        """Amazon took something of it after it was fetched last."""
        mine = cls.select().where(cls.order == order, cls.state == "confirmed")
        return mine.where(cls.decided_at > order.fetched_at).exists()

    @classmethod
    def next_reference(cls, order: Order) -> int:
        """Beyond ours and those of packages that Amazon was told of elsewhere."""
        ours = cls.select(peewee.fn.MAX(cls.reference)).where(cls.order == order).scalar() or 0
        theirs = (int(one.reference) for one in OrderPackage.of(order) if one.reference.isdecimal())
        return max([ours, *(number for number in theirs if number < 1_000_000)]) + 1

    # Sending

    @classmethod
    def due(cls, store: Store, limit: int = 100) -> list[Confirmation]:
        """Those a step can be taken for now, oldest first."""
        query = cls.select(cls, Order).join(Order).where(
            cls.store == store, cls.state.in_(("waiting", "unsure")), cls.due_at <= clock.now()
        )  # fmt: skip
        return list(query.order_by(cls.due_at, cls.id).limit(limit))

    @classmethod
    def stores_with_work(cls) -> list[str]:
        """Uids of the stores for which something is due."""
        due = cls.select(cls.store).where(cls.state.in_(UNDER_WAY), cls.due_at <= clock.now())
        return [str(one.uid) for one in Store.select(Store.uid).where(Store.state == "active", Store.id.in_(due))]

    @classmethod
    def has_work(cls) -> bool:
        return cls.select(cls.id).where(cls.state.in_(UNDER_WAY), cls.due_at <= clock.now()).exists()

    @classmethod
    def doubt_the_lost(cls, store: Store) -> int:
        """What was being sent by a job that died: nobody knows whether Amazon got it."""
        with write_txn():
            lost = cls.update(state="unsure", due_at=clock.now())
            return lost.where(cls.store == store, cls.state == "sending", cls.due_at <= clock.now()).execute()

    @classmethod
    def rest(cls, store: Store, problem: Words, seconds: float) -> None:
        """The store has trouble that is nobody's of these: what is due waits a while."""
        with write_txn():
            cls.update(due_at=clock.ahead(seconds=seconds), problem=problem.to_json()).where(
                cls.store == store, cls.state.in_(("waiting", "unsure")), cls.due_at <= clock.now()
            ).execute()

    def claim(self, **told: Any) -> bool:
        """Takes it for sending; False when another was first."""
        now = clock.now()
        try:
            self.move("waiting", "sending", tries=self.tries + 1, sent_at=now, due_at=now + ANSWER_WITHIN, **told)
        except AlreadyDecided:
            return False
        return True

    def accept(self) -> None:
        """Amazon has it. The parcel left, if nobody said so before, and the order is fetched again soon."""
        with write_txn():
            self.move(("sending", "unsure"), "confirmed", decided_at=clock.now(), problem="")
            track("confirmation_accepted", self, parcel=self.parcel.label, number=self.number)
            self.parcel.leave(self.left_at or clock.now(), source="confirm")
            OrderRefetch.soon(self.order)

    def refuse(self, reason: Words) -> None:
        with write_txn():
            self.move(UNDER_WAY, "refused", decided_at=clock.now(), problem=reason.to_json())
            track("confirmation_refused", self, parcel=self.parcel.label, reason=str(reason))

    def later(self, seconds: float | None = None, problem: Words | None = None, *, is_unsure: bool = False) -> None:
        """Tries again after a while; `is_unsure` when Amazon may have taken it though its answer never came."""
        seconds = min(BACK_OFF_MOST, BACK_OFF_FIRST * 2 ** min(self.tries, 10)) if seconds is None else seconds
        words = problem.to_json() if problem else self.problem
        state = "unsure" if is_unsure else "waiting"
        self.move(("sending", "unsure"), state, due_at=clock.ahead(seconds=seconds), problem=words)

    @property
    def other_references(self) -> set[str]:
        """Amazon's packages of this order that are other parcels of ours."""
        told = Confirmation.select().where(Confirmation.order == self.order_id, Confirmation.id != self.id)
        return {str(one.reference) for one in told.where(Confirmation.state == "confirmed")}

    @property
    def would_show(self) -> bool:
        """If Amazon had taken what was sent last, its list would show it by now."""
        return self.sent_at is None or clock.now() - self.sent_at > SHOWS_WITHIN

    # What people decide

    def take_back(self, *, by: Any = None) -> None:
        """While it only waits, or was refused."""
        with write_txn():
            self.move(("waiting", "refused"), "taken_back", decided_at=clock.now())
            track("confirmation_taken_back", self, by=by, parcel=self.parcel.label)

    def settle(self, is_there: bool, *, by: Any = None) -> None:
        """Somebody looked in Seller Central where Portolan cannot tell: it is there, or it is to be sent again."""
        with write_txn():
            if self.state != "unsure":
                raise AlreadyDecided()
            found = say("it is there") if is_there else say("it is not there")
            track("confirmation_settled", self, by=by, parcel=self.parcel.label, found=str(found))
            self.accept() if is_there else self.later(0)


# An order is told once for a parcel and a number, whoever asks at the same time.
Confirmation.add_index(
    Confirmation.index(
        Confirmation.parcel,
        Confirmation.order,
        Confirmation.number,
        unique=True,
        where=Confirmation.state.not_in(("refused", "taken_back")),
        name="confirmation_once",
    )
)
# Who else was told with a number.
Confirmation.add_index(
    Confirmation.index(
        Confirmation.team, Confirmation.number, where=Confirmation.number != "", name="confirmation_number"
    )
)


@moments.at("void")
def stay(parcel: Parcel, **_more: Any) -> None:
    """What Amazon was told of has left, and cannot be taken back here."""
    states = {one.state for one in Confirmation.select(Confirmation.state).where(Confirmation.parcel == parcel)}
    if "confirmed" in states:
        raise Refused("Amazon was told that it left. Cancel or refund the order at Amazon instead; this parcel stays.")
    if "waiting" in states:
        raise Refused("Amazon is about to be told that it left. Take that back first.")
    if states & {"sending", "unsure"}:
        raise Refused("Amazon is being told that it left. Wait for its answer.")
