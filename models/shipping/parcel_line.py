"""What lies in a parcel: so many pieces of an order's line, and what customs are told of them."""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from models.orders.line import OrderLine
from models.orders.order import Order
from models.shipping.parcel import Parcel
from models.support.bulk import raw_rows
from models.support.record import About, Record

HOLDING = ("draft", "labelled", "shipped", "delivered", "lost", "returned")


class ParcelLine(Record):
    """`value_minor` is one piece's declared value in `currency`, `grams` one piece's weight."""

    id = peewee.BigAutoField()
    parcel = peewee.ForeignKeyField(Parcel, backref="lines", on_delete="CASCADE")
    order = peewee.ForeignKeyField(Order, backref="parcel_lines", on_delete="RESTRICT")
    order_line = peewee.ForeignKeyField(OrderLine, backref="parcel_lines", on_delete="RESTRICT")
    quantity = peewee.IntegerField(constraints=[peewee.Check("quantity > 0")])
    sku = peewee.CharField(max_length=80, default="")
    declared_name = peewee.CharField(max_length=120, default="")
    declared_name_cn = peewee.CharField(max_length=120, default="")
    hs_code = peewee.CharField(max_length=14, default="")
    origin = peewee.CharField(max_length=2, default="CN")
    value_minor = peewee.BigIntegerField(default=0)
    currency = peewee.CharField(max_length=3, default="")
    grams = peewee.IntegerField(default=0)

    about = About(
        why="what lies in a parcel and what customs are told", keep="as the parcel",
        plain="id parcel order order_line quantity sku declared_name declared_name_cn hs_code origin value_minor currency grams",
    )  # fmt: skip

    class Meta:
        indexes = ((("parcel", "order_line"), True),)

    @classmethod
    def of(cls, parcel: Parcel) -> list[ParcelLine]:
        return list(cls.select(cls, Order).join(Order).where(cls.parcel == parcel).order_by(cls.id))

    @classmethod
    def packed(cls, lines: Iterable[int]) -> dict[int, int]:
        """How many pieces of each order line lie in parcels that are not void (order line id → pieces)."""
        total = peewee.fn.SUM(cls.quantity)
        query = (
            cls.select(cls.order_line, total.alias("pieces")).join(Parcel)
            .where(cls.order_line.in_(list(lines)), Parcel.state.in_(HOLDING)).group_by(cls.order_line)
        )  # fmt: skip
        return {line: int(pieces) for line, pieces in raw_rows(query)}
