"""A product: entered once, with texts in one or more languages, variants, images and attributes.

`version` counts every saved change; saving needs the version one has seen, so two people cannot overwrite each other.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import say

LANGUAGES = {
    "en": "English", "zh": "中文", "de": "Deutsch", "fr": "Français", "it": "Italiano", "es": "Español", "ja": "日本語",
    "nl": "Nederlands", "pl": "Polski", "sv": "Svenska", "pt": "Português", "tr": "Türkçe", "ar": "العربية",
}  # fmt: skip

declare("product_created", say("%(actor)s entered the product %(object)s"), "variants")
declare("product_changed", say("%(actor)s changed the product %(object)s: %(fields)s"), "fields", "version",
        "changes")  # fmt: skip
declare("product_archived", say("%(actor)s archived the product %(object)s"))
declare("product_restored", say("%(actor)s restored the product %(object)s"))
tell("product_changed.language", LANGUAGES)
measure(
    "products_edited",
    say("Products edited"),
    "product_created",
    "product_changed",
    "product_archived",
    "product_restored",
)


class Product(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, backref="products", on_delete="RESTRICT")
    code = peewee.CharField(max_length=40)
    title = peewee.CharField(max_length=500)
    product_type = peewee.CharField(max_length=80, default="")
    brand = peewee.CharField(max_length=120, default="")
    language = peewee.CharField(max_length=8, default="en")
    country_of_origin = peewee.CharField(max_length=2, default="CN")
    package_length_mm = peewee.IntegerField(null=True)
    package_width_mm = peewee.IntegerField(null=True)
    package_height_mm = peewee.IntegerField(null=True)
    package_weight_grams = peewee.IntegerField(null=True)
    item_weight_grams = peewee.IntegerField(null=True)
    carton_quantity = peewee.IntegerField(null=True)
    carton_length_mm = peewee.IntegerField(null=True)
    carton_width_mm = peewee.IntegerField(null=True)
    carton_height_mm = peewee.IntegerField(null=True)
    carton_weight_grams = peewee.IntegerField(null=True)
    cargo = JsonField(default=list, constraints=[peewee.SQL("DEFAULT '[]'")])
    hs_code = peewee.CharField(max_length=14, default="", constraints=[peewee.SQL("DEFAULT ''")])
    declared_name = peewee.CharField(max_length=120, default="", constraints=[peewee.SQL("DEFAULT ''")])
    declared_name_cn = peewee.CharField(max_length=120, default="", constraints=[peewee.SQL("DEFAULT ''")])
    attributes = JsonField(default=dict)
    state = StatusField("active", "archived", default="active")
    version = peewee.IntegerField(default=1)
    variant_count = peewee.IntegerField(default=0)
    first_sku = peewee.CharField(max_length=40, default="")
    image_url = peewee.CharField(max_length=2000, default="")
    updated_at = UtcField(default=clock.now)
    created_at: UtcField = created_at()

    about = About(
        why="what the team sells", keep="while sold, then 18 months",
        plain="id uid team code title product_type brand language country_of_origin package_length_mm package_width_mm "
        "package_height_mm package_weight_grams item_weight_grams carton_quantity carton_length_mm carton_width_mm "
        "carton_height_mm carton_weight_grams cargo hs_code declared_name declared_name_cn attributes state version variant_count first_sku image_url updated_at created_at",
    )  # fmt: skip

    class Meta:
        # One index for each filter and sort of the list; the id makes the order total, so that pages have keys.
        indexes = (
            (("team", "code"), True),
            (("team", "state", "updated_at", "id"), False),
            (("team", "state", "title", "id"), False),
            (("team", "state", "product_type", "updated_at", "id"), False),
            (("team", "state", "product_type", "title", "id"), False),
        )

    @property
    def label(self) -> str:
        return self.code

    @property
    def texts(self) -> dict[str, ProductText]:
        """Texts by language, the master language first."""
        rows = {row.language: row for row in ProductText.select().where(ProductText.product == self)}
        return dict(sorted(rows.items(), key=lambda pair: (pair[0] != self.language, pair[0])))

    def text_for(self, language: str) -> ProductText | None:
        """The text in a language, else in the master language."""
        texts = self.texts
        return texts.get(language) or texts.get(self.language)

    def archive(self, *, by: Any) -> None:
        with write_txn():
            self.move("active", "archived", updated_at=clock.now())
            track("product_archived", self, by=by)

    def restore(self, *, by: Any) -> None:
        with write_txn():
            self.move("archived", "active", updated_at=clock.now())
            track("product_restored", self, by=by)


class ProductText(Record):
    """What buyers read, in one language."""

    product = peewee.ForeignKeyField(Product, backref="rows", on_delete="CASCADE")
    language = peewee.CharField(max_length=8)
    title = peewee.CharField(max_length=500)
    description = peewee.TextField(default="")
    bullets = JsonField(default=list)
    keywords = peewee.TextField(default="")

    about = About(
        why="what buyers read", keep="as the product", plain="id product language title description bullets keywords"
    )

    class Meta:
        indexes = ((("product", "language"), True),)
