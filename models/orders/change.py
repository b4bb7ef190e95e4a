"""What changed in an order after it had arrived, as the sync saw it. One row for each change.

| `what` | old and new |
|---|---|
| `status` | Amazon's words |
| `asked` | empty, and "yes" from when the buyer wants to cancel; back when that was withdrawn |
| `total` | currency and minor units, such as "EUR 1290" |
| `ship_by` | ISO moments |
| `package` | what Amazon says of a package: the closest it says |
"""

from __future__ import annotations

import peewee

from models.orders.order import Order
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record


class OrderChange(Record):
    """`at` is Amazon's time of the change."""

    id = peewee.BigAutoField()
    order = peewee.ForeignKeyField(Order, backref="changes", on_delete="CASCADE")
    at = UtcField()
    what = StatusField("status", "asked", "total", "ship_by", "package", default="status",
                       constraints=[peewee.SQL("DEFAULT 'status'")])  # fmt: skip
    old_status = peewee.CharField(max_length=32)
    new_status = peewee.CharField(max_length=32)

    about = About(why="tells the story of an order", keep="18 months", plain="id order at what old_status new_status")

    @classmethod
    def of(cls, order: Order) -> list[OrderChange]:
        return list(cls.select().where(cls.order == order).order_by(cls.id))
