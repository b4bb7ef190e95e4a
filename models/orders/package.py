"""A package Amazon knows of: carrier, tracking number, how far it has come. Only of orders we ship ourselves."""

from __future__ import annotations

import peewee

from models.orders.order import Order
from models.support.fields import UtcField
from models.support.record import About, Record
from models.support.words import Words, say

STATUSES = {
    "PENDING": say("Not handed over yet"),
    "IN_TRANSIT": say("In transit"),
    "SHIPPED": say("Shipped"),
    "DELIVERED": say("Delivered"),
    "CANCELLED": say("Cancelled"),
    "UNDELIVERABLE": say("Undeliverable"),
}


class OrderPackage(Record):
    id = peewee.BigAutoField()
    order = peewee.ForeignKeyField(Order, backref="packages", index=False, on_delete="CASCADE")
    reference = peewee.CharField(max_length=64)
    status = peewee.CharField(max_length=32, default="")
    carrier = peewee.CharField(max_length=80, default="")
    tracking_number = peewee.CharField(max_length=80, default="")
    shipped_at = UtcField(null=True)

    about = About(why="what Amazon knows of the parcel", keep="18 months",
                  plain="id order reference status carrier tracking_number shipped_at")  # fmt: skip

    class Meta:
        indexes = ((("order", "reference"), True),)

    @property
    def status_words(self) -> Words:
        return STATUSES.get(self.status, Words(self.status))

    @classmethod
    def of(cls, order: Order) -> list[OrderPackage]:
        return list(cls.select().where(cls.order == order).order_by(cls.id))


OrderPackage.add_index(
    OrderPackage.index(
        OrderPackage.tracking_number, where=OrderPackage.tracking_number != "", name="order_package_tracking_number"
    )
)
