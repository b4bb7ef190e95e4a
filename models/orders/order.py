"""An order as Amazon tells it, without the buyer: what a list shows of it stands in one row.

Amazon's own words are kept as text, unknown ones too. What is personal is sealed under the order's own key, elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.stores.marketplace import marketplace_code, timezone_of
from models.stores.store import Store
from models.support import clock
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

MERCHANT, AMAZON = "MERCHANT", "AMAZON"
STATUSES = {
    "PENDING_AVAILABILITY": say("Pending availability"),
    "PENDING": say("Pending"),
    "UNSHIPPED": say("Unshipped"),
    "PARTIALLY_SHIPPED": say("Partially shipped"),
    "SHIPPED": say("Shipped"),
    "CANCELLED": say("Cancelled"),
    "UNFULFILLABLE": say("Unfulfillable"),
}
NEARLY = timedelta(hours=24)
TO_SHIP = ("UNSHIPPED", "PARTIALLY_SHIPPED")
FULFILLED_BY = {MERCHANT: say("Us"), AMAZON: say("Amazon")}


def words_of_status(status: str) -> Words:
    return STATUSES[status] if status in STATUSES else Words(status)


def tone_of(status: str, awaits_shipment: bool, is_late: bool) -> str:
    """How the state looks: warn calls for somebody, bad is late."""
    if awaits_shipment:
        return "bad" if is_late else "warn"
    return {"SHIPPED": "ok", "CANCELLED": "neutral"}.get(status, "info")


class Order(TeamRecord):
    """`awaits_shipment` is true while we have something of it to ship. `purge_at` is set while `buyer_state` is held. `marks` has
    a letter for each kind of order it is (models/orders/marks.py), `replaces` the order it makes good. From `assignee` on it is the
    team's own, which no sync touches."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    marketplace_id = peewee.CharField(max_length=24)
    order_id = peewee.CharField(max_length=40)
    ordered_at = UtcField()
    updated_at = UtcField()
    status = peewee.CharField(max_length=32)
    awaits_shipment = peewee.BooleanField()
    fulfilled_by = peewee.CharField(max_length=16)
    service_level = peewee.CharField(max_length=32)
    ship_by_from = UtcField(null=True)
    ship_by = UtcField(null=True)
    deliver_by_from = UtcField(null=True)
    deliver_by = UtcField(null=True)
    programs = JsonField(default=list)
    marks = peewee.CharField(max_length=16, default="", constraints=[peewee.SQL("DEFAULT ''")])
    replaces = peewee.CharField(max_length=40, default="", constraints=[peewee.SQL("DEFAULT ''")])
    total_minor = peewee.BigIntegerField(default=0)
    currency = peewee.CharField(max_length=3, default="")
    unit_count = peewee.IntegerField(default=0)
    line_count = peewee.IntegerField(default=0)
    first_title = peewee.CharField(max_length=300, default="")
    first_sku = peewee.CharField(max_length=80, default="")
    ship_country = peewee.CharField(max_length=2, default="")
    cancel_requested = peewee.BooleanField(default=False)
    shipped_at = UtcField(null=True)
    delivered_at = UtcField(null=True)
    cancelled_at = UtcField(null=True)
    buyer_state = StatusField("none", "held", "destroyed", default="none")
    purge_at = UtcField(null=True)
    limit_at = UtcField(null=True)
    destroyed_at = UtcField(null=True)
    fetched_at = UtcField(default=clock.now)
    created_at: UtcField = created_at()
    assignee = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="orders")
    held_at = UtcField(null=True)
    held_by_id = peewee.IntegerField(null=True)
    hold_reason = peewee.CharField(max_length=200, default="", constraints=[peewee.SQL("DEFAULT ''")])

    about = About(
        why="what was bought, by when it must leave, what it brought", keep="18 months",
        plain="id uid team store marketplace_id order_id ordered_at updated_at status awaits_shipment fulfilled_by "
        "service_level ship_by_from ship_by deliver_by_from deliver_by programs marks replaces total_minor currency unit_count line_count first_title "
        "first_sku ship_country cancel_requested shipped_at delivered_at cancelled_at buyer_state purge_at limit_at "
        "destroyed_at fetched_at created_at held_at hold_reason", staff="assignee held_by_id",
    )  # fmt: skip

    class Meta:
        # One index for each filter and sort a list offers; the id makes the order total, so that pages have keys.
        indexes = (
            (("store", "order_id"), True),
            (("team", "ordered_at", "id"), False),
            (("team", "store", "ordered_at", "id"), False),
            (("team", "status", "ordered_at", "id"), False),
            (("team", "marketplace_id", "ordered_at", "id"), False),
            (("team", "status", "marketplace_id", "ordered_at", "id"), False),
            (("team", "awaits_shipment", "ordered_at", "id"), False),
            (("team", "total_minor", "id"), False),
            (("team", "status", "total_minor", "id"), False),
        )

    @property
    def label(self) -> str:
        return self.order_id

    @property
    def vault_subject(self) -> str:
        return vault_subject(self.uid)

    @property
    def status_words(self) -> Words:
        return words_of_status(self.status)

    @property
    def tone(self) -> str:
        return tone_of(self.status, self.awaits_shipment, self.is_late)

    @property
    def total(self) -> Money | None:
        """What the buyer pays; None while Amazon names no currency."""
        return Money(self.total_minor, self.currency) if self.currency else None

    @property
    def fulfilled_by_words(self) -> Words:
        return FULFILLED_BY.get(self.fulfilled_by, Words(self.fulfilled_by or "?"))

    @property
    def is_ours_to_ship(self) -> bool:
        return self.fulfilled_by == MERCHANT

    @property
    def is_cancelled(self) -> bool:
        return self.status == "CANCELLED"

    @property
    def is_late(self) -> bool:
        return bool(self.awaits_shipment and self.ship_by and self.ship_by < clock.now())

    @property
    def is_nearly_late(self) -> bool:
        return bool(self.awaits_shipment and self.ship_by and self.ship_by < clock.now() + NEARLY)

    @property
    def has_buyer_destroyed(self) -> bool:
        return self.buyer_state == "destroyed"

    @property
    def is_held(self) -> bool:
        """Does it stand still until a person lets it go?"""
        return self.held_at is not None

    @property
    def marketplace(self) -> str:
        return marketplace_code(self.marketplace_id)

    @property
    def zone(self) -> str:
        """The time zone in which Amazon promises for this order."""
        return timezone_of(self.marketplace_id)

    @classmethod
    def visible_to(cls, reach: Any, permission: str = "orders.view") -> Any:
        """Orders of the stores for which this person holds the permission."""
        query = cls.select().where(cls.team == reach.team_id)
        stores = reach.by_permission.get(permission, frozenset())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> Order:
        """The order of this uid with its store, if this person may see it. Raises OutOfReach."""
        order = cls.visible_to(reach).select_extend(Store).join(Store).where(cls.uid == uid).first()
        if order is None:
            raise OutOfReach
        return order

    @property
    def original(self) -> Order | None:
        """The order this one makes good, if it is here."""
        mine = (Order.store == self.store_id) & (Order.order_id == self.replaces)
        return Order.get_or_none(mine) if self.replaces else None

    @property
    def replacements(self) -> list[Order]:
        """The orders that make this one good."""
        theirs = Order.select().where(Order.team == self.team_id, Order.replaces != "", Order.replaces == self.order_id)
        return list(theirs.where(Order.store == self.store_id).order_by(Order.id).limit(20))


# Only a small part of all orders waits for destruction.
Order.add_index(Order.index(Order.purge_at, where=Order.purge_at.is_null(False), name="order_due"))
# As few wait for us; the index holds all that their counts look at.
Order.add_index(
    Order.index(
        Order.team,
        Order.ship_by,
        Order.cancel_requested,
        Order.store,
        Order.awaits_shipment,
        where=Order.awaits_shipment,
        name="order_waiting",
    )
)
# Few are special, in somebody's hands, on hold or in place of another.
Order.add_index(
    Order.index(
        Order.team, Order.ordered_at, Order.id, Order.marks, where=Order.marks != "", name="order_marks"
    )
)  # fmt: skip
Order.add_index(
    Order.index(
        Order.assignee, Order.team, Order.ordered_at, Order.id, Order.awaits_shipment, where=Order.assignee.is_null(False),
        name="order_assignee",
    )
)  # fmt: skip
Order.add_index(
    Order.index(Order.team, Order.ordered_at, Order.id, where=Order.held_at.is_null(False), name="order_held")
)
Order.add_index(Order.index(Order.team, Order.replaces, where=Order.replaces != "", name="order_replaces"))


def vault_subject(uid: Any) -> str:
    """Whose key seals what is personal in the order."""
    return f"order:{uid}"


def write_alone(store_id: int) -> None:
    """One writer of a store's orders at a time, till the end of the transaction: on PostgreSQL by the store's row,
    on SQLite by the write lock everybody has."""
    Store.take_turn(store_id)


def oldest_fetched() -> datetime:
    """Orders created before this (30 days ago) are never fetched, whatever they changed since."""
    return clock.ago(days=30)
