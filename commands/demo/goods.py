"""What the demo's teams sell, from kinds.toml and products.toml, as the portal's own drafts and as a CSV file to import."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from commands import imports
from commands.demo.pictures import picture
from config.settings import Settings
from models.catalog import saving
from models.catalog.draft import ImageDraft, ProductDraft, TextDraft, VariantDraft, draft_of
from models.catalog.image import stored
from models.catalog.product import Product
from models.catalog.product_importer import PRODUCTS
from models.catalog.product_rows import rows_of
from models.imports.entry import ImportRowError
from models.imports.record import Import
from models.people.person import Person
from models.people.team import Team
from models.support.errors import Refused
from models.support.money import Money

FOLDER = Path(__file__).parent
RATES = {"EUR": Decimal(1), "GBP": Decimal("0.88"), "JPY": Decimal(168), "AUD": Decimal("1.72"), "USD": Decimal("1.12")}
CURRENCIES = {"lotus": ("AUD", "EUR", "GBP", "JPY"), "comet": ("USD",)}
PLUGS = {"UK": "g_3pin_uk", "JP": "a_2pin_na", "AU": "i_3pin_au"}
COMPANY = "9520001"  # GS1 keeps 952 for demonstrations.


@dataclass(frozen=True)
class Good:
    """A product of the demo as its files describe it."""

    spec: dict[str, Any]
    kind: dict[str, Any]
    colours: list[tuple[str, str, str]]  # Short name, name, tint.
    currencies: tuple[str, ...]
    number: int

    @property
    def code(self) -> str:
        return str(self.spec["code"])

    @property
    def is_entered_by_hand(self) -> bool:
        return self.spec.get("way") == "form"

    @property
    def is_found_late(self) -> bool:
        """Does Amazon find its flaw only after it is live?"""
        return bool(self.spec.get("is_found_late"))

    @property
    def markets(self) -> list[str]:
        """Codes of the marketplaces it is published to."""
        return str(self.spec.get("markets", "")).split()

    @property
    def language(self) -> str:
        return str(self.spec.get("language", "en"))

    @property
    def drawing(self) -> tuple[str, str]:
        tint = self.colours[0][2] if self.colours else "#9aa4ad"
        return self.spec.get("picture") or self.kind["picture"], tint

    @cached_property
    def draft(self) -> ProductDraft:
        length, width, height, weight = self.kind["package"]
        pieces, *carton_sides, carton_weight = self.kind["carton"]
        hs_code, declared, declared_cn = self.kind.get("customs", ("", "", ""))
        return ProductDraft(
            code=self.code,
            language=self.language,
            texts={language: self._text(language) for language in [self.language, *self.spec["title"]]},
            variants=self._variants(),
            product_type=self.kind["type"],
            brand=self.spec.get("brand") or self.spec["title"].get("en", "").partition(" ")[0] + " Home",
            package_length_mm=length,
            package_width_mm=width,
            package_height_mm=height,
            package_weight_grams=weight,
            item_weight_grams=self.kind["weight"],
            carton_quantity=pieces,
            carton_length_mm=carton_sides[0],
            carton_width_mm=carton_sides[1],
            carton_height_mm=carton_sides[2],
            carton_weight_grams=carton_weight,
            cargo=list(self.kind.get("cargo", [])),
            hs_code=hs_code,
            declared_name=declared,
            declared_name_cn=declared_cn,
            attributes={name: [item] for name, item in nested(self._attributes()).items()},
        )

    def _text(self, language: str) -> TextDraft:
        shared = self.kind["texts"].get(language) or self.kind["texts"]["en"]
        keywords = self.spec.get("keywords", {}).get(language) or self.kind["keywords"].get(language, "")
        bullets = [self.spec["point"][language], *shared["bullets"]]
        return TextDraft(self.spec["title"][language], shared["description"], bullets, keywords)

    def _variants(self) -> list[VariantDraft]:
        chance = random.Random(self.code)
        variants = []
        for place, (short, name, _tint) in enumerate(self.colours or [("", "", "")]):
            sku = self.spec.get("skus", {}).get(short) or "-".join(filter(None, (self.code, short)))
            variants.append(
                VariantDraft(
                    sku=sku,
                    gtin=gtin(self.number * 10 + place),
                    options={"color": name} if name else {},
                    cost_minor=Money.of(str(self.spec["cost"]), "CNY").amount_minor,
                    quantity=chance.randrange(18, 420),
                    prices=self._prices(),
                )
            )
        return variants

    def _prices(self) -> dict[str, int]:
        left_out = set(self.spec.get("no_price", []))
        return {c: price_in(c, Decimal(str(self.spec["price"]))) for c in self.currencies if c not in left_out}

    def _attributes(self) -> dict[str, str]:
        without = set(self.spec.get("without", []))
        merged = {
            "supplier_declared_dg_hz_regulation": "not_applicable",
            **self.kind["attributes"],
            **self.spec.get("attributes", {}),
        }
        return {name: value for name, value in merged.items() if value and name.partition(".")[0] not in without}

    def own_values_on(self, market: str) -> dict[str, Any]:
        """What differs on a marketplace."""
        attributes = self._own_attributes_on(market)
        own: dict[str, Any] = dict(self.spec.get("own", {}).get(market, {}))
        return own | ({"attributes": attributes} if attributes else {})

    def _own_attributes_on(self, market: str) -> dict[str, list[dict]]:
        """Plugs and voltages are not the same everywhere."""
        own: dict[str, list[dict]] = {}
        if "power_plug_type" in self._attributes() and market in PLUGS and not self.spec.get("keep_plug"):
            own["power_plug_type"] = [{"value": PLUGS[market]}]
        if "voltage.value" in self._attributes() and market == "JP":
            own["voltage"] = [{"value": "100", "unit": "volts"}]
        if wrong := self.spec.get("list_price", {}).get(market):
            own["list_price"] = [{"currency": "EUR", "value_with_tax": wrong}]
        return own


def goods() -> dict[str, list[Good]]:
    """The products by team."""
    shared = tomllib.loads((FOLDER / "kinds.toml").read_text("utf-8"))
    listed = tomllib.loads((FOLDER / "products.toml").read_text("utf-8"))
    colours = {short: (short, *named) for short, named in shared["colours"].items()}
    made: dict[str, list[Good]] = {}
    number = 0
    for team, specs in listed.items():
        for spec in specs:
            number += 1
            mine = [colours[short] for short in spec["colours"]]
            made.setdefault(team, []).append(Good(spec, shared["kinds"][spec["kind"]], mine, CURRENCIES[team], number))
    return made


def price_in(currency: str, euros: Decimal) -> int:
    """A price as shops write it: 2,980 yen, 19.99 pounds."""
    amount = euros * RATES[currency]
    if currency == "EUR":
        return Money.of(amount, currency).amount_minor
    if currency == "JPY":
        return int(amount / 100) * 100 + 80
    ending = {"GBP": "0.99", "AUD": "0.95", "USD": "0.99"}[currency]
    return Money.of(int(amount) + Decimal(ending), currency).amount_minor


def gtin(number: int) -> str:
    """A barcode number with its check digit."""
    digits = f"{COMPANY}{number:05d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def nested(values: dict[str, str]) -> dict[str, dict]:
    """`capacity.value` and `capacity.unit` as one object; a bare name is its `.value`."""
    made: dict[str, dict] = {}
    for name, value in values.items():
        first, *path = name.split(".")
        place = made.setdefault(first, {})
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1] if path else "value"] = value
    return made


# Entering them


class Album:
    """Draws the pictures beside the other work."""

    def __init__(self, folder: Path, everything: Iterable[Good]):
        self._folder = folder
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="pictures")
        self._pictures: dict[str, list[Future[ImageDraft]]] = {}
        for good in everything:
            views = [0, 1] if good.number % 5 == 0 else [0]
            self._pictures[good.code] = [self._pool.submit(self._draw, good, view) for view in views]

    def __enter__(self) -> Album:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _draw(self, good: Good, view: int) -> ImageDraft:
        name, width, height = stored(self._folder, picture(*good.drawing, view))
        return ImageDraft("", name, width, height)

    def of(self, good: Good) -> list[ImageDraft]:
        return [drawn.result() for drawn in self._pictures[good.code]]


def enter(settings: Settings, team: Team, its: list[Good], album: Album, *, by: Person) -> None:
    """Imports the most of them from a file per master language, gives those pictures, and enters the rest by hand."""
    for language in sorted({good.language for good in its}):
        listed = [good for good in its if good.language == language and not good.is_entered_by_hand]
        if listed:
            content = csv_of([good.draft for good in listed])
            import_file(settings, team, f"{team.slug}-{language}.csv", content, by=by)
    held = {product.code: product for product in Product.select().where(Product.team == team)}
    for good in its:
        if good.is_entered_by_hand:
            saving.create(team, replace(good.draft, images=album.of(good)), by=by)
        else:
            product = held[good.code]
            draft = replace(draft_of(product), images=album.of(good))
            saving.change(product, draft, version=product.version, by=by)


def improve(team: Team, its: list[Good], *, by: Person) -> None:
    """Changes what is changed after it was published; listings with values of their own will say so."""
    for good in its:
        if bullet := good.spec.get("later"):
            product = Product.get(Product.team == team, Product.code == good.code)
            draft = draft_of(product)
            draft.texts[good.language].bullets[-1] = bullet
            saving.change(product, draft, version=product.version, by=by)


def import_file(settings: Settings, team: Team, name: str, content: bytes, *, by: Person) -> Import:
    """The same steps as `./portolan product import --apply`. Raises Refused when a row is not taken."""
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        batch = imports.apply(settings, imports.look(settings, team, PRODUCTS.kind, file, by=by), by=by)
    for error in ImportRowError.of(batch):
        raise Refused(f"{name}: row {error.row}, {error.column}: {error.sentence}")
    return batch


def csv_of(drafts: list[ProductDraft]) -> bytes:
    """The file a person would import: a row per variant."""
    rows = [row for draft in drafts for row in rows_of(draft)]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()
