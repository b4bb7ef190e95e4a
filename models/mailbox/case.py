"""An after-sales case: something went wrong for a buyer after the sale, and somebody sees to it until a date.

It holds nothing personal: what the buyer wrote stays in the thread. open and waiting (for the buyer or Amazon) are under way; settled
and refused are ends that can be opened again. A notice of Amazon's is `proposed` until a person takes or dismisses it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import declare
from models.audit.measure import measure
from models.audit.telling import tell
from models.mailbox.thread import PERMISSION, MailThread
from models.orders.order import Order
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.stores.marketplace import marketplace_code
from models.stores.store import Store
from models.support import clock
from models.support.fields import StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

KINDS = {
    "return": say("Return"),
    "refund": say("Refund"),
    "replacement": say("Replacement"),
    "a_to_z": say("A-to-z claim"),
    "chargeback": say("Chargeback"),
    "feedback": say("Negative feedback"),
    "other": say("Other complaint"),
}
# By when somebody has to have seen to it; Amazon's own limits where it has some.
WITHIN = {
    "return": timedelta(hours=48),
    "refund": timedelta(hours=48),
    "replacement": timedelta(hours=48),
    "a_to_z": timedelta(hours=72),
    "chargeback": timedelta(days=7),
    "feedback": timedelta(days=7),
    "other": timedelta(hours=48),
}
REASONS = {
    "": say("Not known yet"),
    "defective": say("Defective"),
    "damaged": say("Damaged on the way"),
    "wrong_item": say("Wrong item"),
    "missing_parts": say("Parts or pieces missing"),
    "not_as_described": say("Not as described"),
    "does_not_fit": say("Does not fit"),
    "quality": say("Poor quality"),
    "too_late": say("Came too late"),
    "never_arrived": say("Never arrived"),
    "changed_mind": say("Changed their mind"),
    "unauthorized": say("Bought without permission"),
    "other": say("Another reason"),
}
STATES = {
    "proposed": say("Proposed"),
    "open": say("Open"),
    "waiting": say("Waiting"),
    "settled": say("Settled"),
    "refused": say("Refused"),
    "dismissed": say("Dismissed"),
}
UNDER_WAY, ENDED = ("open", "waiting"), ("settled", "refused", "dismissed")
tell("case_state", STATES)
tell("case_kind", KINDS)

declare("case_opened", say("%(actor)s opened a case for %(object)s: %(case_kind)s"), "case_kind")
declare("case_proposed", say("A mail from Amazon proposes a case for %(object)s: %(case_kind)s"), "case_kind")
declare("case_moved", say("%(actor)s changed the case of %(object)s to: %(case_state)s"), "case_state", "case_kind")
declare("case_edited", say("%(actor)s changed the case of %(object)s: %(what)s"), "what")
declare("case_assigned", say("%(actor)s gave the case of %(object)s to %(person)s"), "person")
measure("cases_settled", say("After-sales cases ended"), "case_moved")


class AfterSalesCase(TeamRecord):
    """`sku`, `units` and `store` are the order's, kept here so that reasons are counted without it. `cost` is what the team lost."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    order = peewee.ForeignKeyField(Order, backref="cases", on_delete="RESTRICT")
    thread = peewee.ForeignKeyField(MailThread, null=True, backref="cases", on_delete="SET NULL")
    sku = peewee.CharField(max_length=80, default="")
    units = peewee.IntegerField(default=1)
    marketplace_id = peewee.CharField(max_length=24, default="")
    kind = StatusField(*KINDS)
    reason = StatusField(*REASONS, default="")
    state = StatusField(*STATES, default="open")
    cost_minor = peewee.BigIntegerField(default=0)
    currency = peewee.CharField(max_length=3, default="")
    note = peewee.TextField(default="")
    due_at = UtcField()
    assignee = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="cases")
    opened_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    opened_at: UtcField = created_at()
    ended_at = UtcField(null=True)
    ended_by_id = peewee.IntegerField(null=True)

    about = About(
        why="what went wrong after a sale, who sees to it, what it cost", keep="18 months",
        plain="id uid team store order thread sku units marketplace_id kind reason state cost_minor currency note due_at opened_at ended_at",
        staff="assignee opened_by ended_by_id",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "opened_at", "id"), False),
            (("team", "state", "opened_at", "id"), False),
            (("team", "state", "due_at", "id"), False),
            (("team", "kind", "opened_at", "id"), False),
            (("team", "store", "opened_at", "id"), False),
            (("team", "sku", "opened_at", "id"), False),
            (("team", "assignee", "state", "due_at", "id"), False),
        )

    @property
    def label(self) -> str:
        return self.order.order_id

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def reason_words(self) -> Words:
        return REASONS[self.reason]

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def marketplace(self) -> str:
        return marketplace_code(self.marketplace_id) if self.marketplace_id else ""

    @property
    def cost(self) -> Money | None:
        return Money(self.cost_minor, self.currency) if self.currency else None

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_overdue(self) -> bool:
        return self.state == "open" and self.due_at < clock.now()

    @classmethod
    def visible_to(cls, reach: Any, permission: str = PERMISSION) -> Any:
        """Cases of the stores for which this person holds the permission."""
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> AfterSalesCase:
        """Raises OutOfReach."""
        found = cls.visible_to(reach).where(cls.uid == uid).first()
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def of_order(cls, order: Order) -> list[AfterSalesCase]:
        found = list(cls.select().where(cls.order == order).order_by(cls.id.desc()))
        for one in found:
            one.order = order
        return found

    @classmethod
    def overdue_count(cls, reach: Any) -> int:
        mine = cls.visible_to(reach).where(cls.state == "open", cls.due_at < clock.now())
        return mine.count()


def due(kind: str, since: datetime | None = None) -> datetime:
    return (since or clock.now()) + WITHIN[kind]
