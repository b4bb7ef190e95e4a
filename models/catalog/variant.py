"""A variant is one SKU of a product: its barcode, options, cost, stock, and a price per currency."""

from __future__ import annotations

import peewee

from models.catalog.product import Product
from models.people.team import Team
from models.support.fields import JsonField, UidField
from models.support.money import Money
from models.support.record import About, Record, TeamRecord


class Variant(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    product = peewee.ForeignKeyField(Product, backref="rows_of_variants", on_delete="CASCADE")
    sku = peewee.CharField(max_length=40)
    gtin = peewee.CharField(max_length=14, default="")
    options = JsonField(default=dict)
    cost_minor = peewee.BigIntegerField(null=True)
    cost_currency = peewee.CharField(max_length=3, default="CNY")
    quantity = peewee.IntegerField(default=0)
    position = peewee.IntegerField(default=0)

    about = About(why="what is sold and counted", keep="as the product",
                  plain="id uid team product sku gtin options cost_minor cost_currency quantity position")  # fmt: skip

    class Meta:
        indexes = ((("team", "sku"), True), (("product", "position"), False), (("team", "gtin"), False))

    @property
    def label(self) -> str:
        return self.sku

    @property
    def cost(self) -> Money | None:
        return None if self.cost_minor is None else Money(self.cost_minor, self.cost_currency)

    @property
    def option_text(self) -> str:
        return ", ".join(str(value) for value in self.options.values())

    @property
    def prices(self) -> dict[str, Money]:
        rows = self.__dict__.get("_prices")
        if rows is None:
            rows = VariantPrice.select().where(VariantPrice.variant == self).order_by(VariantPrice.currency)
        return {row.currency: Money(row.amount_minor, row.currency) for row in rows}

    @classmethod
    def of(cls, product: Product) -> list[Variant]:
        return list(cls.select().where(cls.product == product).order_by(cls.position, cls.id))

    @classmethod
    def with_prices(cls, product: Product) -> list[Variant]:
        """The variants of a product with their prices (two queries)."""
        variants = cls.of(product)
        by_id: dict[int, list[VariantPrice]] = {variant.id: [] for variant in variants}
        for row in (
            VariantPrice.select().where(VariantPrice.variant.in_(list(by_id) or [0])).order_by(VariantPrice.currency)
        ):
            by_id[row.variant_id].append(row)
        for variant in variants:
            variant.__dict__["_prices"] = by_id[variant.id]
        return variants


class VariantPrice(Record):
    """The master price in a currency; listings of that currency inherit it."""

    variant = peewee.ForeignKeyField(Variant, backref="rows_of_prices", on_delete="CASCADE")
    currency = peewee.CharField(max_length=3)
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor > 0")])

    about = About(why="what it costs the buyer", keep="as the product", plain="id variant currency amount_minor")

    class Meta:
        indexes = ((("variant", "currency"), True),)
