"""Products from a CSV file: a row per variant, rows of one code make one product (docs/products.md).

Reading is a dry run: it says what each row would do and what is wrong with it. Applying skips products with a bad row,
keeps the original by its hash, and refuses the same file twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import peewee

from models.audit.event import declare, track
from models.catalog import saving
from models.catalog.product import Product
from models.catalog.saving import ImageDraft, ProductDraft, TextDraft, VariantDraft
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import UidField, UtcField
from models.support.money import exponent
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

MOST_BYTES, MOST_ROWS = 20 * 1024 * 1024, 20_000
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
    re.compile(r"option:[a-z_]+"),
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
    rows = _rows(content)
    made.row_count = len(rows)
    grouped: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in rows:
        code = row.get("code", "") or row.get("sku", "")
        if not code:
            made.errors.append(RowError(number, "code", "", say("Every row needs a code or a SKU.")))
            continue
        grouped.setdefault(code, []).append((number, row))
    held = (
        {p.code: p for p in Product.select().where(Product.team == team, Product.code.in_(list(grouped)))}
        if grouped
        else {}
    )
    for code, members in grouped.items():
        made.entries.append(_entry(team, code, members, held.get(code), made.errors))
    return made


def apply(
    made: Plan, folder: Path, *, by: Any = None, progress: Callable[[int, int], None] | None = None
) -> ImportFile:
    """Carries the plan out, a product at a time, and keeps the original in the folder. Products with bad rows are skipped."""
    keep_original(folder, made.sha256, made.content)
    good = [entry for entry in made.entries if entry.verb in ("new", "changed")]
    done = {"new": 0, "changed": 0}
    for place, entry in enumerate(good):
        assert entry.draft is not None
        try:
            if entry.existing is None:
                saving.create(made.team, entry.draft, by=by)
            else:
                saving.change(entry.existing, entry.draft, version=entry.existing.version, by=by)
            done[entry.verb] += 1
        except FieldRefused as refused:
            made.errors.append(RowError(entry.rows[0], refused.field, entry.code, refused.words))
        except Refused as refused:
            made.errors.append(RowError(entry.rows[0], "code", entry.code, refused.words))
        if progress:
            progress(place + 1, len(good))
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


def keep_original(folder: Path, sha256: str, content: bytes) -> None:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    target = folder / f"{sha256}.csv"
    if not target.exists():
        fresh = folder / f"{uuid.uuid4().hex}.new"
        fresh.write_bytes(content)
        fresh.replace(target)


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Rows as dictionaries, with their numbers. Raises Refused for what is no CSV file of products."""
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
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _require_head(head)
        rows: list[tuple[int, dict[str, str]]] = []
        for cells in reader:
            if len(rows) >= MOST_ROWS:
                raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
            if any(cell.strip() for cell in cells):
                cells = [cell.strip() for cell in cells] + [""] * (len(head) - len(cells))
                rows.append((reader.line_num, dict(zip(head, cells, strict=False))))
    except csv.Error as error:
        raise Refused("The file cannot be read as CSV (%(problem)s).", problem=error) from None
    return rows


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


def _entry(
    team: Team, code: str, members: list[tuple[int, dict[str, str]]], existing: Product | None, errors: list[RowError]
) -> Entry:
    entry = Entry(code, [number for number, _row in members], existing=existing)
    mine: list[RowError] = []
    draft = _draft(code, members, mine)
    if not mine:
        try:
            saving.check(draft)
        except FieldRefused as refused:
            mine.append(_placed(refused, members))
    if mine:
        errors.extend(mine)
        return entry
    entry.draft = draft
    if existing is not None:
        held = saving.draft_of(existing)
        draft.images = draft.images or held.images
        entry.differences = saving.differences(held, draft)
    return entry


def _placed(refused: FieldRefused, members: list[tuple[int, dict[str, str]]]) -> RowError:
    """A refusal of the draft, at the row and column it came from."""
    part = re.fullmatch(r"variants-(\d+)-(\w+)", refused.field)
    number, row = members[int(part[1])] if part else members[0]
    column = part[2] if part else refused.field.replace("-", ":")
    return RowError(number, column, row.get(column, "")[:80], refused.words)


def _draft(code: str, members: list[tuple[int, dict[str, str]]], errors: list[RowError]) -> ProductDraft:
    number, first = members[0]
    for other_number, other in members[1:]:
        for column in sorted(PRODUCT_COLUMNS):
            if other.get(column) and other[column] != first.get(column, ""):
                errors.append(
                    RowError(
                        other_number,
                        column,
                        other[column][:80],
                        say("Differs from row %(row)s of the same product.", row=number),
                    )
                )
    reading = _Reading(number, first, errors)
    language = first.get("language") or "en"
    return ProductDraft(
        code=code,
        language=language,
        texts=_texts(first, language),
        variants=[_variant(n, row, errors) for n, row in members],
        product_type=first.get("product_type", ""),
        brand=first.get("brand", ""),
        country_of_origin=(first.get("country_of_origin") or "CN").upper(),
        package_length_mm=reading.whole("package_length_mm"),
        package_width_mm=reading.whole("package_width_mm"),
        package_height_mm=reading.whole("package_height_mm"),
        package_weight_grams=reading.whole("package_weight_grams"),
        item_weight_grams=reading.whole("item_weight_grams"),
        attributes=_attributes(first),
        images=[ImageDraft(url=first[name]) for name in _numbered(first, "image")],
    )


def _texts(row: dict[str, str], language: str) -> dict[str, TextDraft]:
    """The master text, and one for every language with a title of its own."""
    languages = {name.partition(":")[2] for name in row if name.startswith("title:") and row[name]}
    texts = {}
    for each in [language, *sorted(languages - {language})]:
        suffix = f":{each}" if row.get(f"title:{each}") else ""
        bullets = [
            row[name] for name in sorted(row, key=_natural) if re.fullmatch(rf"bullet\d+{suffix}", name) and row[name]
        ]
        texts[each] = TextDraft(
            row.get(f"title{suffix}", ""),
            row.get(f"description{suffix}", ""),
            bullets,
            row.get(f"keywords{suffix}", ""),
        )
    return texts


def _natural(name: str) -> tuple[str, int]:
    digits = re.search(r"\d+", name)
    return name[: digits.start()] if digits else name, int(digits[0]) if digits else 0


def _numbered(row: dict[str, str], stem: str) -> list[str]:
    return [name for name in sorted(row, key=_natural) if re.fullmatch(rf"{stem}\d+", name) and row[name]]


def _variant(number: int, row: dict[str, str], errors: list[RowError]) -> VariantDraft:
    reading = _Reading(number, row, errors)
    cost_currency = (row.get("cost_currency") or "CNY").upper()
    prices = {
        name.partition(":")[2]: reading.money(name, name.partition(":")[2])
        for name in row
        if name.startswith("price:") and row[name]
    }
    return VariantDraft(
        sku=row.get("sku", ""),
        gtin=row.get("gtin", ""),
        options={name.partition(":")[2]: row[name] for name in row if name.startswith("option:") and row[name]},
        cost_minor=reading.money("cost", cost_currency),
        cost_currency=cost_currency,
        quantity=reading.whole("quantity") or 0,
        prices={currency: minor for currency, minor in prices.items() if minor},
    )


def _attributes(row: dict[str, str]) -> dict[str, list[dict]]:
    """`attr:capacity.value` and `attr:capacity.unit` make one object; `attr:material` is short for `.value`."""
    found: dict[str, dict] = {}
    for column in row:
        if column.startswith("attr:") and row[column]:
            name, *path = column.removeprefix("attr:").split(".")
            place = found.setdefault(name, {})
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1] if path else "value"] = row[column]
    return {name: [item] for name, item in found.items()}


@dataclass
class _Reading:
    number: int
    row: dict[str, str]
    errors: list[RowError]

    def _decimal(self, column: str) -> Decimal | None:
        text = self.row.get(column, "").replace("\u00a0", "").replace(" ", "")
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or not 0 <= value <= 10**9:
            self.errors.append(RowError(self.number, column, text[:80], say("Write a number like 12.5.")))
            return None
        return value

    def whole(self, column: str) -> int | None:
        value = self._decimal(column)
        if value is not None and value != value.to_integral_value():
            self.errors.append(RowError(self.number, column, str(value), say("Write a whole number.")))
            return None
        return None if value is None else int(value)

    def money(self, column: str, currency: str) -> int | None:
        value = self._decimal(column)
        if value is None:
            return None
        minor = value.scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            self.errors.append(
                RowError(self.number, column, str(value), say("%(currency)s has no such fractions.", currency=currency))
            )
            return None
        return int(minor)


def template(currencies: Iterable[str] = ("USD", "EUR", "GBP", "JPY")) -> str:
    """The header line of an empty file to fill in."""
    columns = [
        "code", "title", "brand", "product_type", "language", "description", *(f"bullet{n}" for n in range(1, 6)), "keywords", "sku", "gtin",
        "option:color", "option:size", "quantity", "cost", "cost_currency", *(f"price:{c}" for c in currencies), "package_length_mm",
        "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams", "country_of_origin", "image1", "image2",
    ]  # fmt: skip
    return ",".join(columns) + "\r\n"
