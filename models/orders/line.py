"""A line of an order: one SKU, how many, what it cost. A gift message is the buyer's, so it is sealed."""

from __future__ import annotations

import json
from typing import Any

import peewee

from models.orders.order import Order
from models.people.team import Team
from models.support.fields import SealedField
from models.support.record import About, TeamRecord
from models.vault.seal import Sealed


class OrderLine(Sealed, TeamRecord):
    """`tax_minor` is the part of `total_minor` that is tax, None where Amazon does not tell it apart. `extras` is JSON, and empty for
    most; nothing personal has a way into it (integrations/amazon/mapping/order_extras.py)."""

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    order = peewee.ForeignKeyField(Order, backref="lines", index=False, on_delete="CASCADE")
    order_item_id = peewee.CharField(max_length=64)
    sku = peewee.CharField(max_length=80, default="")
    asin = peewee.CharField(max_length=16, default="")
    title = peewee.CharField(max_length=500, default="")
    quantity = peewee.IntegerField(default=0)
    quantity_shipped = peewee.IntegerField(default=0)
    quantity_cancelled = peewee.IntegerField(default=0, constraints=[peewee.SQL("DEFAULT 0")])
    unit_price_minor = peewee.BigIntegerField(null=True)
    total_minor = peewee.BigIntegerField(null=True)
    tax_minor = peewee.BigIntegerField(null=True)
    currency = peewee.CharField(max_length=3, default="")
    cancel_requested = peewee.BooleanField(default=False)
    cancel_reason = peewee.CharField(max_length=200, default="")
    is_gift = peewee.BooleanField(default=False)
    gift_message = SealedField(null=True)
    extras = peewee.TextField(default="", constraints=[peewee.SQL("DEFAULT ''")])

    about = About(
        why="what has to be shipped, and what it earned", keep="18 months; the gift message until 23 days after delivery",
        plain="id team order order_item_id sku asin title quantity quantity_shipped quantity_cancelled unit_price_minor "
        "total_minor tax_minor currency "
        "cancel_requested cancel_reason is_gift extras", buyer="gift_message",
    )  # fmt: skip

    class Meta:
        indexes = ((("order", "order_item_id"), True), (("team", "sku", "order"), False))

    def seal_subject(self) -> str:
        return self.order.vault_subject

    def seal_row(self) -> str:
        return self.order_item_id

    @property
    def quantity_to_ship(self) -> int:
        return max(0, self.quantity - self.quantity_shipped - self.quantity_cancelled)

    @property
    def extra(self) -> dict[str, Any]:
        """What few lines have: gift_wrap, programs, condition, needs, ioss, cancelled_by, cancelled_reason, is_custom, deliver."""
        return json.loads(self.extras) if self.extras else {}

    @classmethod
    def of(cls, order: Order) -> list[OrderLine]:
        lines = list(cls.select().where(cls.order == order).order_by(cls.id))
        for line in lines:
            line.order = order
        return lines
