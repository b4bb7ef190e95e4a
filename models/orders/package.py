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
# What Amazon says closer, where it adds anything: on the way back and gone wrong among them.
DETAILS = {
    "PENDING_SCHEDULE": say("Waits for a pick-up to be arranged"),
    "PENDING_PICK_UP": say("Waits to be picked up"),
    "PENDING_DROP_OFF": say("Waits to be handed in"),
    "LABEL_CANCELLED": say("Label cancelled"),
    "PICKED_UP": say("Picked up"),
    "DROPPED_OFF": say("Handed in"),
    "AT_ORIGIN_FC": say("In the first centre"),
    "AT_DESTINATION_FC": say("In the last centre"),
    "OUT_FOR_DELIVERY": say("Out for delivery"),
    "DELIVERED": say("Delivered"),
    "REJECTED_BY_BUYER": say("The buyer did not take it"),
    "UNDELIVERABLE": say("Undeliverable"),
    "RETURNING_TO_SELLER": say("On its way back to us"),
    "RETURNED_TO_SELLER": say("Back with us"),
    "LOST": say("Lost"),
    "DAMAGED": say("Damaged"),
}
WENT_WRONG = ("REJECTED_BY_BUYER", "UNDELIVERABLE", "RETURNING_TO_SELLER", "RETURNED_TO_SELLER", "LOST", "DAMAGED")


def words_of_package(status: str) -> Words:
    """A status or its detail in words; one we do not know as Amazon spells it."""
    return DETAILS.get(status) or STATUSES.get(status) or Words(status)


class OrderPackage(Record):
    id = peewee.BigAutoField()
    order = peewee.ForeignKeyField(Order, backref="packages", index=False, on_delete="CASCADE")
    reference = peewee.CharField(max_length=64)
    status = peewee.CharField(max_length=32, default="")
    detail = peewee.CharField(max_length=32, default="", constraints=[peewee.SQL("DEFAULT ''")])
    carrier = peewee.CharField(max_length=80, default="")
    tracking_number = peewee.CharField(max_length=80, default="")
    shipped_at = UtcField(null=True)

    about = About(why="what Amazon knows of the parcel", keep="18 months",
                  plain="id order reference status detail carrier tracking_number shipped_at")  # fmt: skip

    class Meta:
        indexes = ((("order", "reference"), True),)

    @property
    def status_words(self) -> Words:
        return words_of_package(self.detail or self.status)

    @property
    def tone(self) -> str:
        if self.detail in WENT_WRONG or self.status in WENT_WRONG:
            return "bad"
        return "ok" if self.status == "DELIVERED" else "info"

    @classmethod
    def of(cls, order: Order) -> list[OrderPackage]:
        return list(cls.select().where(cls.order == order).order_by(cls.id))


OrderPackage.add_index(
    OrderPackage.index(
        OrderPackage.tracking_number, where=OrderPackage.tracking_number != "", name="order_package_tracking_number"
    )
)
