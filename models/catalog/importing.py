"""Products from a CSV file: a row per variant, rows of one code make one product (docs/products.md).

Reading is a dry run: it says what each row would do and what is wrong with it. Applying skips products with a bad row,
keeps the original by its hash, and refuses the same file twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import peewee

from models.audit.event import declare, track
from models.catalog import saving
from models.catalog.product import Product
from models.catalog.saving import ImageDraft, ProductDraft, TextDraft, VariantDraft
from models.catalog.variant import Variant
from models.people.team import Team
from models.support.bulk import among, raw_rows
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import UidField, UtcField
from models.support.money import exponent
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

MOST_BYTES, MOST_ROWS = 20 * 1024 * 1024, 20_000
AT_ONCE = 50
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
Members = list[tuple[int, dict[str, str]]]
WHOLE = {
    "package_length_mm", "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams", "quantity",
}  # fmt: skip
PRODUCT_COLUMNS = {
    "code",
    "product_type",
    "brand",
    "language",
    "country_of_origin",
    "title",
    "description",
    "keywords",
} | (WHOLE - {"quantity"})
VARIANT_COLUMNS = {"sku", "gtin", "quantity", "cost", "cost_currency"}
PATTERNS = (
    re.compile(r"bullet[1-9]\d?"),
    re.compile(r"image[1-9]"),
    re.compile(r"price:[A-Z]{3}"),
    re.compile(r"option:[a-z_]+(\.[a-z_]+)?"),
    re.compile(r"attr:[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*"),
    re.compile(r"(title|description|keywords|bullet[1-9]\d?):[a-z]{2}"),
)

declare("products_imported", say("%(actor)s imported %(file)s: %(created)s new, %(changed)s changed, %(bad)s rows refused"),
        "file", "created", "changed", "bad")  # fmt: skip


class ImportFile(TeamRecord):
    """A file that was applied. Its original lies in `imports/` under its hash."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    kind = peewee.CharField(max_length=30)
    sha256 = peewee.CharField(max_length=64)
    name = peewee.CharField(max_length=200)
    rows = peewee.IntegerField()
    created_count = peewee.IntegerField(default=0)
    changed_count = peewee.IntegerField(default=0)
    bad_count = peewee.IntegerField(default=0)
    created_at: UtcField = created_at()

    about = About(why="what was imported, to look it up later", keep="18 months",
                  plain="id uid team kind sha256 name rows created_count changed_count bad_count created_at")  # fmt: skip

    class Meta:
        indexes = ((("team", "kind", "sha256"), True),)

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True)
class RowError:
    """What is wrong with a cell. `row` counts from 1 with the header as row 1, as a spreadsheet does."""

    row: int
    column: str
    value: str
    words: Words

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.words}"


@dataclass
class Entry:
    """One product of the file: its draft, its rows, and what it would do to what is there."""

    code: str
    rows: list[int]
    draft: ProductDraft | None = None
    existing: Product | None = None
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        if self.draft is None:
            return "refused"
        if self.existing is None:
            return "new"
        return "changed" if self.differences else "unchanged"


@dataclass
class Plan:
    """The outcome of a dry run."""

    team: Team
    name: str
    sha256: str
    content: bytes = field(repr=False)
    row_count: int = 0
    entries: list[Entry] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    def count(self, verb: str) -> int:
        return sum(entry.verb == verb for entry in self.entries)


def plan(team: Team, name: str, content: bytes) -> Plan:
    """Reads a file without changing anything. Raises Refused when it is no such file at all or was applied before."""
    made = Plan(team, name, hashlib.sha256(content).hexdigest(), content)
    earlier = ImportFile.get_or_none(
        ImportFile.team == team, ImportFile.kind == "products", ImportFile.sha256 == made.sha256
    )
    if earlier:
        raise Refused(
            "This very file was imported on %(day)s. Change it, or import another.",
            day=f"{earlier.created_at:%Y-%m-%d}",
        )
    head, rows = _rows(content)
    made.row_count = len(rows)
    grouped: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in rows:
        code = row.get("code", "") or row.get("sku", "")
        if not code:
            made.errors.append(RowError(number, "code", "", say("Every row needs a code or a SKU.")))
            continue
        grouped.setdefault(code, []).append((number, row))
    products = {p.code: p for p in Product.select().where(Product.team == team, among(Product.code, list(grouped)))}
    drafts = saving.drafts_of(list(products.values()))
    owners = _owners(team, {row.get("sku", "") for _number, row in rows})
    for code, members in grouped.items():
        existing = products.get(code)
        held = drafts[existing.id] if existing else None
        made.entries.append(_Reader(head, owners, made.errors).entry(code, members, existing, held))
    return made


def _owners(team: Team, skus: set[str]) -> dict[str, str]:
    """Whose a SKU is: the code of the product that has it, for those SKUs the team has."""
    found = (
        Variant.select(Variant.sku, Product.code).join(Product).where(Variant.team == team, among(Variant.sku, skus))
    )
    return dict(raw_rows(found))  # type: ignore[arg-type]


def apply(
    made: Plan, folder: Path, *, by: Any = None, progress: Callable[[int, int], None] | None = None
) -> ImportFile:
    """Carries the plan out, a product at a time, and keeps the original in the folder. Products with bad rows are skipped."""
    keep_original(folder, made.sha256, made.content)
    good = [entry for entry in made.entries if entry.verb in ("new", "changed")]
    done = {"new": 0, "changed": 0}
    for start in range(0, len(good), AT_ONCE):
        part = good[start : start + AT_ONCE]
        saved, errors = _save(made.team, part, by)
        made.errors.extend(errors)
        for verb in saved:
            done[verb] += 1
        if progress:
            progress(start + len(part), len(good))
    with write_txn():
        file = ImportFile.create(
            team=made.team, kind="products", sha256=made.sha256, name=made.name[:200], rows=made.row_count, created_count=done["new"],
            changed_count=done["changed"], bad_count=len({error.row for error in made.errors}),
        )  # fmt: skip
        track(
            "products_imported",
            file,
            by=by,
            file=made.name[:200],
            created=done["new"],
            changed=done["changed"],
            bad=file.bad_count,
        )
    return file


@retrying
def _save(team: Team, entries: list[Entry], by: Any) -> tuple[list[str], list[RowError]]:
    """Saves some products in one transaction; one that is refused leaves the others alone."""
    saved, errors = [], []
    with write_txn():
        for entry in entries:
            assert entry.draft is not None
            try:
                if entry.existing is None:
                    saving.create(team, entry.draft, by=by)
                else:
                    saving.change(entry.existing, entry.draft, version=entry.existing.version, by=by)
                saved.append(entry.verb)
            except Refused as refused:
                column = re.sub(r"variants-\d+-", "", refused.field) if isinstance(refused, FieldRefused) else "code"
                errors.append(RowError(entry.rows[0], column, entry.code, refused.words))
    return saved, errors


def keep_original(folder: Path, sha256: str, content: bytes) -> None:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    target = folder / f"{sha256}.csv"
    if not target.exists():
        fresh = folder / f"{uuid.uuid4().hex}.new"
        fresh.write_bytes(content)
        fresh.replace(target)


def _rows(content: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header, and rows as dictionaries with their numbers. Raises Refused for what is no CSV file of products."""
    if len(content) > MOST_BYTES:
        raise Refused("The file is larger than 20 MB. Split it.")
    if content[:4] == b"PK\x03\x04":
        raise Refused("This is an Excel workbook. Save it as CSV (UTF-8) and import that.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The file is not UTF-8 (byte %(place)s). Save it as “CSV UTF-8”.", place=error.start) from None
    if "\0" in text:
        raise Refused("The file is not a text file.")
    csv.field_size_limit(MOST_BYTES)  # A long cell is a wrong cell, not a wrong file.
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _require_head(head)
        rows: list[tuple[int, dict[str, str]]] = []
        for number, cells in enumerate(reader, start=2):
            if len(rows) >= MOST_ROWS:
                raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
            if any(cell.strip() for cell in cells):
                cells = [clean(cell) for cell in cells] + [""] * (len(head) - len(cells))
                rows.append((number, dict(zip(head, cells, strict=False))))
    except csv.Error as error:
        raise Refused("The file cannot be read as CSV (%(problem)s).", problem=error) from None
    return head, rows


def clean(cell: str) -> str:
    """A cell composed (NFC), without control and direction characters, but with its line breaks; as forms read text."""
    text = unicodedata.normalize("NFC", cell).replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(
            sign
            for sign in text
            if sign in "\n\t" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in BIDI)
        )
    return text.strip()


def _require_head(head: list[str]) -> None:
    unknown = [
        name
        for name in head
        if name not in PRODUCT_COLUMNS | VARIANT_COLUMNS and not any(p.fullmatch(name) for p in PATTERNS)
    ]
    if unknown:
        raise Refused("The file has columns that are not known: %(names)s.", names=", ".join(unknown[:10]) or "–")
    repeated = {name for name in head if head.count(name) > 1}
    if repeated:
        raise Refused("The column %(name)s stands twice.", name=sorted(repeated)[0])
    for needed in ("sku", "title"):
        if needed not in head:
            raise Refused("The column %(name)s is missing.", name=needed)


class _Reader:
    """Reads the rows of one product. A column the file does not have leaves what is stored as it is."""

    def __init__(self, head: list[str], owners: dict[str, str], errors: list[RowError]):
        self.head, self.owners, self.errors = set(head), owners, errors
        self.wrong: list[RowError] = []

    def entry(self, code: str, members: Members, existing: Product | None, held: ProductDraft | None) -> Entry:
        entry = Entry(code, [number for number, _row in members], existing=existing)
        draft = self._draft(code, members, held)
        self._require_own_skus(code, members)
        if not self.wrong:
            try:
                saving.check(draft)
            except FieldRefused as refused:
                self.wrong.append(_placed(refused, members, draft))
        if self.wrong:
            self.errors.extend(self.wrong)
            return entry
        entry.draft = draft
        if held is not None:
            entry.differences = saving.differences(held, draft)
        return entry

    def _require_own_skus(self, code: str, members: Members) -> None:
        for number, row in members:
            sku = row.get("sku", "")
            if self.owners.setdefault(sku, code) != code:
                words = say("The SKU %(sku)s belongs to the product %(code)s.", sku=sku, code=self.owners[sku])
                self._fail(number, "sku", sku, words)

    def _fail(self, number: int, column: str, value: Any, words: Words) -> None:
        self.wrong.append(RowError(number, column, str(value)[:80], words))

    def _draft(self, code: str, members: Members, held: ProductDraft | None) -> ProductDraft:
        number, first = members[0]
        for other_number, other in members[1:]:
            for column in sorted(PRODUCT_COLUMNS):
                if other.get(column) and other[column] != first.get(column, ""):
                    words = say("Differs from row %(row)s of the same product.", row=number)
                    self._fail(other_number, column, other[column], words)
        language = first.get("language") or (held.language if held and "language" not in self.head else "en")
        draft = ProductDraft(
            code=code,
            language=language,
            texts=self._texts(first, language, held),
            variants=self._variants(members, held),
            attributes=self._attributes(number, first, held),
            images=self._images(first, held),
            country_of_origin=(first.get("country_of_origin") or "CN").upper(),
            product_type=first.get("product_type", ""),
            brand=first.get("brand", ""),
        )
        for name in saving.SIZES:
            setattr(draft, name, self._whole(number, first, name))
        for name in ("product_type", "brand", "country_of_origin", *saving.SIZES):
            if held is not None and name not in self.head:
                setattr(draft, name, getattr(held, name))
        return draft

    def _images(self, row: dict[str, str], held: ProductDraft | None) -> list[ImageDraft]:
        named = [ImageDraft(url=row[name]) for name in _numbered(row, "image")]
        return named or (held.images or [] if held else [])

    def _texts(self, row: dict[str, str], language: str, held: ProductDraft | None) -> dict[str, TextDraft]:
        """The master text, and one for every language with a title of its own; those not in the file stay."""
        named = {name.partition(":")[2] for name in row if name.startswith("title:") and row[name]}
        texts = dict(held.texts) if held else {}
        for each in [language, *sorted(named - {language})]:
            suffix = f":{each}" if row.get(f"title:{each}") else ""
            before = texts.get(each, TextDraft(""))
            columns = [name for name in sorted(row, key=_natural) if re.fullmatch(rf"bullet\d+{suffix}", name)]
            texts[each] = TextDraft(
                row.get(f"title{suffix}", ""),
                row.get(f"description{suffix}", before.description),
                [row[name] for name in columns if row[name]] if columns else before.bullets,
                row.get(f"keywords{suffix}", before.keywords),
            )
        return texts

    def _variants(self, members: Members, held: ProductDraft | None) -> list[VariantDraft]:
        """The stored variants as the file changes them, then the new ones of the file. None is lost by not being named."""
        before = {variant.sku: variant for variant in held.variants} if held else {}
        drafts = [self._variant(number, row, before.get(row.get("sku", ""))) for number, row in members]
        named = {draft.sku: draft for draft in drafts}
        if len(named) < len(drafts) or not before:
            return drafts
        return [named.pop(sku, variant) for sku, variant in before.items()] + list(named.values())

    def _variant(self, number: int, row: dict[str, str], before: VariantDraft | None) -> VariantDraft:
        kept = before or VariantDraft("")
        currency = (row.get("cost_currency") or (kept.cost_currency if "cost" not in self.head else "CNY")).upper()
        prices, options = dict(kept.prices), dict(kept.options)
        for name in self.head:
            kind, _, part = name.partition(":")
            if kind == "price":
                prices[part] = self._money(number, row, name, part) or 0
                if row[name] and prices[part] == 0 and not self.wrong:
                    self._fail(number, name, row[name], say("A price is more than zero."))
            elif kind == "option":
                options[part] = row[name]
        return VariantDraft(
            sku=row.get("sku", ""),
            gtin=row["gtin"] if "gtin" in self.head else kept.gtin,
            options={name: value for name, value in options.items() if value},
            cost_minor=self._money(number, row, "cost", currency) if "cost" in self.head else kept.cost_minor,
            cost_currency=currency,
            quantity=(self._whole(number, row, "quantity") or 0) if "quantity" in self.head else kept.quantity,
            prices={part: minor for part, minor in sorted(prices.items()) if minor},
        )

    def _attributes(self, number: int, row: dict[str, str], held: ProductDraft | None) -> dict[str, list[dict]]:
        """`attr:capacity.value` and `attr:capacity.unit` make one object; `attr:material` is short for `.value`.

        An attribute the file has columns for is what they say, also nothing; the others stay.
        """
        found: dict[str, dict] = {}
        for column in sorted(name for name in self.head if name.startswith("attr:")):
            name, *path = column.removeprefix("attr:").split(".")
            place: Any = found.setdefault(name, {})
            if not row[column]:
                continue
            for step in path[:-1]:
                place = place.setdefault(step, {}) if isinstance(place, dict) else place
            last = path[-1] if path else "value"
            if not isinstance(place, dict) or last in place:
                self._fail(number, column, row[column], say("Another column fills this attribute already."))
                continue
            place[last] = row[column]
        kept = {name: items for name, items in (held.attributes if held else {}).items() if name not in found}
        return {**kept, **{name: [item] for name, item in found.items() if item}}

    def _decimal(self, number: int, row: dict[str, str], column: str) -> Decimal | None:
        text = unicodedata.normalize("NFKC", row.get(column, "")).replace(" ", "")
        if not text:
            return None
        if re.fullmatch(r"\d{1,12},\d{1,2}", text):
            text = text.replace(",", ".")
        elif re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+", text):
            text = text.replace(",", "")
        if not re.fullmatch(r"\d{1,12}(\.\d{1,10})?", text) or Decimal(text) > 10**9:
            self._fail(number, column, row[column], say("Write a number like 12.5."))
            return None
        return Decimal(text)

    def _whole(self, number: int, row: dict[str, str], column: str) -> int | None:
        value = self._decimal(number, row, column)
        if value is not None and value != value.to_integral_value():
            self._fail(number, column, row[column], say("Write a whole number."))
            return None
        return None if value is None else int(value)

    def _money(self, number: int, row: dict[str, str], column: str, currency: str) -> int | None:
        value = self._decimal(number, row, column)
        if value is None:
            return None
        minor = value.scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            self._fail(number, column, row[column], say("%(currency)s has no such fractions.", currency=currency))
            return None
        return int(minor)


def _placed(refused: FieldRefused, members: Members, draft: ProductDraft) -> RowError:
    """A refusal of the draft, at the row and column it came from."""
    part = re.fullmatch(r"variants-(\d+)-(.+)", refused.field)
    sku = draft.variants[int(part[1])].sku if part else None
    number, row = next((member for member in members if member[1].get("sku") == sku), members[0])
    column = (part[2] if part else refused.field).replace("price-", "price:").replace("attr.", "attr:")
    column = re.sub(r"^(title|description|keywords|bullets)-", r"\1:", column)
    column = {"variants": "sku", "image_urls": "image1"}.get(column, column)
    if column == "image1" and isinstance(
        url := refused.words.params.get("url") or refused.words.params.get("host"), str
    ):
        column = next((name for name in _numbered(row, "image") if url in row[name]), column)
    column = f"option:{column}" if f"option:{column}" in row else column
    return RowError(number, column, row.get(column, "")[:80], refused.words)


def _natural(name: str) -> tuple[str, int]:
    digits = re.search(r"\d+", name)
    return name[: digits.start()] if digits else name, int(digits[0]) if digits else 0


def _numbered(row: dict[str, str], stem: str) -> list[str]:
    return [name for name in sorted(row, key=_natural) if re.fullmatch(rf"{stem}\d+", name) and row[name]]


def template(currencies: Iterable[str] = ("USD", "EUR", "GBP", "JPY")) -> str:
    """The header line of an empty file to fill in."""
    columns = [
        "code", "title", "brand", "product_type", "language", "description", *(f"bullet{n}" for n in range(1, 6)), "keywords", "sku", "gtin",
        "option:color", "option:size", "quantity", "cost", "cost_currency", *(f"price:{c}" for c in currencies), "package_length_mm",
        "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams", "country_of_origin", "image1", "image2",
    ]  # fmt: skip
    return ",".join(columns) + "\r\n"
