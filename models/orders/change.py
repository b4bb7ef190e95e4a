"""What changed in an order after it had arrived: its status, as the sync saw it. One row for each change."""

from __future__ import annotations

import peewee

from models.orders.order import Order
from models.support.fields import UtcField
from models.support.record import About, Record


class OrderChange(Record):
    """`at` is Amazon's time of the change."""

    id = peewee.BigAutoField()
    order = peewee.ForeignKeyField(Order, backref="changes", on_delete="CASCADE")
    at = UtcField()
    old_status = peewee.CharField(max_length=32)
    new_status = peewee.CharField(max_length=32)

    about = About(why="tells the story of an order", keep="18 months", plain="id order at old_status new_status")

    @classmethod
    def of(cls, order: Order) -> list[OrderChange]:
        return list(cls.select().where(cls.order == order).order_by(cls.id))
