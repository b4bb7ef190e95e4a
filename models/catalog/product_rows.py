"""From the rows of a sheet to the draft of a product. A column the file does not have leaves what is stored as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from models.catalog.cargo import tags_of
from models.catalog.declaring import DECLARED
from models.catalog.draft import SIZES, ImageDraft, ProductDraft, TextDraft, VariantDraft
from models.catalog.draft_checks import MOST_BULLET
from models.catalog.product_columns import OF_PRODUCT
from models.imports import cells
from models.imports.importer import CellError, Record, Row
from models.support.errors import FieldRefused, Refused
from models.support.money import Money
from models.support.words import Words, say

Read = TypeVar("Read")
MOST_OF_ATTRIBUTE = 99  # As many values as the columns can number.


class Reader:
    """Reads the rows of one product. What is wrong with them stands in `errors`."""

    def __init__(self, columns: frozenset[str], record: Record, held: ProductDraft | None):
        self.columns, self.record, self.held = columns, record, held
        self.errors: list[CellError] = []

    def fail(self, row: Row, column: str, words: Words) -> None:
        self.errors.append(CellError(row.number, column, row[column][:80], words))

    def read(self, row: Row, column: str, reader: Callable[..., Read | None], *args: Any) -> Read | None:
        """The value of a cell, or None and an error."""
        try:
            return reader(row[column], *args)
        except cells.CellRefused as refused:
            self.fail(row, column, refused.words)
            return None

    def draft(self) -> ProductDraft:
        first, held = self.record.rows[0], self.held
        self._require_agreement(first)
        language = first["language"] or (held.language if held and "language" not in self.columns else "en")
        draft = ProductDraft(
            code=self.record.key,
            language=language,
            texts=self._texts(first, language),
            variants=self._variants(),
            attributes=self._attributes(first),
            images=self._images(first),
            country_of_origin=(first["country_of_origin"] or "CN").upper(),
            product_type=first["product_type"],
            brand=first["brand"],
        )
        for name in SIZES:
            setattr(draft, name, self.read(first, name, cells.whole))
        draft.cargo = self.read(first, "cargo", _cargo) or []
        for name in DECLARED:
            setattr(draft, name, first[name])
        for name in ("product_type", "brand", "country_of_origin", "cargo", *DECLARED, *SIZES):
            if held is not None and name not in self.columns:
                setattr(draft, name, getattr(held, name))
        return draft

    def _require_agreement(self, first: Row) -> None:
        for other in self.record.rows[1:]:
            for column in sorted(OF_PRODUCT):
                if other[column] and other[column] != first[column]:
                    self.fail(other, column, say("Differs from row %(row)s of the same product.", row=first.number))

    def _images(self, row: Row) -> list[ImageDraft]:
        named = [ImageDraft(url=row[name]) for name in numbered(row, "image")]
        return named or (self.held.images or [] if self.held else [])

    def _texts(self, row: Row, language: str) -> dict[str, TextDraft]:
        """The master text, and one for every language with a title of its own; those not in the file stay."""
        named = {name.partition(":")[2] for name in self.columns if name.startswith("title:") and row[name]}
        texts = dict(self.held.texts) if self.held else {}
        for each in [language, *sorted(named - {language})]:
            suffix = f":{each}" if row[f"title:{each}"] else ""
            before = texts.get(each, TextDraft(""))
            columns = [c for c in sorted(self.columns, key=natural) if re.fullmatch(rf"bullet\d+{suffix}", c)]
            texts[each] = TextDraft(
                row[f"title{suffix}"],
                self._kept(row, f"description{suffix}", before.description),
                [row[name] for name in columns if row[name]] if columns else before.bullets,
                self._kept(row, f"keywords{suffix}", before.keywords),
            )
        return texts

    def _kept(self, row: Row, column: str, before: str) -> str:
        return row[column] if column in self.columns else before

    def _variants(self) -> list[VariantDraft]:
        """The stored variants as the file changes them, then the new ones of the file. None is lost by not being named."""
        before = {variant.sku: variant for variant in self.held.variants} if self.held else {}
        drafts = [self._variant(row, before.get(row["sku"])) for row in self.record.rows]
        named = {draft.sku: draft for draft in drafts}
        if len(named) < len(drafts) or not before:
            return drafts
        return [named.pop(sku, variant) for sku, variant in before.items()] + list(named.values())

    def _variant(self, row: Row, before: VariantDraft | None) -> VariantDraft:
        kept = before or VariantDraft("")
        currency = (row["cost_currency"] or (kept.cost_currency if "cost" not in self.columns else "CNY")).upper()
        prices, options = dict(kept.prices), dict(kept.options)
        for name in sorted(self.columns):
            kind, _, part = name.partition(":")
            if kind == "price":
                prices[part] = self._price(row, name, part)
            elif kind == "option":
                options[part] = row[name]
        return VariantDraft(
            sku=row["sku"],
            gtin=self._kept(row, "gtin", kept.gtin),
            options={name: value for name, value in options.items() if value},
            cost_minor=self.read(row, "cost", cells.money, currency) if "cost" in self.columns else kept.cost_minor,
            cost_currency=currency,
            quantity=(self.read(row, "quantity", cells.whole) or 0) if "quantity" in self.columns else kept.quantity,
            prices={part: minor for part, minor in sorted(prices.items()) if minor},
        )

    def _price(self, row: Row, column: str, currency: str) -> int:
        before = len(self.errors)
        minor = self.read(row, column, cells.money, currency)
        if row[column] and not minor and len(self.errors) == before:
            self.fail(row, column, say("A price is more than zero."))
        return minor or 0

    def _attributes(self, row: Row) -> dict[str, list[dict]]:
        """`attr:capacity.value` and `attr:capacity.unit` make one object; `attr:material` is short for `.value`, and
        `attr:material#2` is its second value.

        An attribute the file has columns for is what they say, also nothing; the others stay.
        """
        found: dict[str, dict[int, dict]] = {}
        for column in sorted(name for name in self.columns if name.startswith("attr:")):
            head, *path = column.removeprefix("attr:").split(".")
            name, _, number = head.partition("#")
            place: Any = found.setdefault(name, {}).setdefault(int(number or 1), {})
            if not row[column]:
                continue
            for step in path[:-1]:
                place = place.setdefault(step, {}) if isinstance(place, dict) else place
            last = path[-1] if path else "value"
            if not isinstance(place, dict) or last in place:
                self.fail(row, column, say("Another column fills this attribute already."))
                continue
            place[last] = row[column]
        kept = {name: items for name, items in (self.held.attributes if self.held else {}).items() if name not in found}
        made = {name: [items[number] for number in sorted(items) if items[number]] for name, items in found.items()}
        return {**kept, **{name: items for name, items in made.items() if items}}


def _cargo(text: str) -> list[str]:
    try:
        return tags_of(text)
    except FieldRefused as refused:
        raise cells.CellRefused(refused.words) from refused


def placed(refused: Refused, record: Record, draft: ProductDraft) -> CellError:
    """A refusal of the draft, at the row and column it came from."""
    if not isinstance(refused, FieldRefused):
        return CellError(record.rows[0].number, "code", record.key[:80], refused.words)
    part = re.fullmatch(r"variants-(\d+)-(.+)", refused.field)
    sku = draft.variants[int(part[1])].sku if part else None
    row = next((row for row in record.rows if row["sku"] == sku), record.rows[0])
    column = (part[2] if part else refused.field).replace("price-", "price:").replace("attr.", "attr:")
    column = re.sub(r"^(title|description|keywords|bullets)-", r"\1:", column)
    column = {"variants": "sku", "image_urls": "image1"}.get(column, column)
    url = refused.words.params.get("url") or refused.words.params.get("host")
    if column == "image1" and isinstance(url, str):
        column = next((name for name in numbered(row, "image") if url in row[name]), column)
    if column.startswith("bullets"):
        column = next((c for c in numbered(row, "bullet") if len(row[c]) > MOST_BULLET), "bullet1")
    column = f"option:{column}" if f"option:{column}" in row.values else column
    return CellError(row.number, column, row[column][:80], refused.words)


def rows_of(draft: ProductDraft) -> Iterator[dict[str, str]]:
    """The rows of a sheet that say what the draft says: one for each variant."""
    shared: dict[str, Any] = {
        name: getattr(draft, name)
        for name in ("code", "product_type", "brand", "language", "country_of_origin", *DECLARED, *SIZES)
    } | {"cargo": "|".join(draft.cargo)}
    for language, text in draft.texts.items():
        suffix = "" if language == draft.language else f":{language}"
        shared |= {f"title{suffix}": text.title, f"description{suffix}": text.description}
        shared |= {f"bullet{n}{suffix}": bullet for n, bullet in enumerate(text.bullets, start=1)}
        shared[f"keywords{suffix}"] = text.keywords
    for name, items in draft.attributes.items():
        for number, item in enumerate(items[:MOST_OF_ATTRIBUTE], start=1):
            head = name if number == 1 else f"{name}#{number}"
            shared |= {f"attr:{head}.{path}": value for path, value in _flat(item)}
    addresses = [image.url for image in draft.images or []]
    if all(addresses):  # Where one was uploaded the columns cannot say all of them, so they say none, and all stay.
        shared |= {f"image{n}": url for n, url in enumerate(addresses[:9], start=1)}
    for variant in draft.variants:
        row = shared | {"sku": variant.sku, "gtin": variant.gtin, "quantity": variant.quantity}
        row |= {f"option:{name}": value for name, value in variant.options.items()}
        cost = None if variant.cost_minor is None else Money(variant.cost_minor, variant.cost_currency).text()
        row |= {"cost": cost, "cost_currency": variant.cost_currency}
        row |= {f"price:{currency}": Money(minor, currency).text() for currency, minor in variant.prices.items()}
        yield {name: "" if value is None else str(value) for name, value in row.items()}


def _flat(item: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def natural(name: str) -> tuple[str, int]:
    """Sorts bullet10 behind bullet9."""
    digits = re.search(r"\d+", name)
    return name[: digits.start()] if digits else name, int(digits[0]) if digits else 0


def numbered(row: Row, stem: str) -> list[str]:
    return [name for name in sorted(row.values, key=natural) if re.fullmatch(rf"{stem}\d+", name) and row[name]]
