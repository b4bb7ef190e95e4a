"""Products and their variants from a sheet: what a record would do to the library, and saving it through the form's own verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.audit.event import declare
from models.audit.measure import measure
from models.catalog import saving
from models.catalog.differences import named, shown
from models.catalog.draft import ProductDraft, differences, drafts_of
from models.catalog.draft_checks import check
from models.catalog.product import Product
from models.catalog.product_columns import FIELDS, empty_columns
from models.catalog.product_rows import Reader, placed
from models.catalog.variant import Variant
from models.imports.cells import CellRefused
from models.imports.importer import CellError, Importer, Planned, Record, Row, register
from models.people.team import Team
from models.stores.store import Store
from models.support.bulk import among, raw_rows
from models.support.errors import FieldRefused, Refused
from models.support.words import say

declare("products_imported", say("%(actor)s imported %(file)s: %(created)s new, %(changed)s changed, %(bad)s rows refused"),
        "file", "created", "changed", "bad")  # fmt: skip
measure("imports_applied", say("Imports applied"), "products_imported")
measure("rows_imported", say("Rows imported"), products_imported=("created", "changed"))

SHOWN_FIRST = ["EUR", "GBP", "JPY", "USD"]


@dataclass
class Carry:
    """What saving needs: the draft, and the product it changes."""

    draft: ProductDraft
    existing: Product | None


class ProductPlanner:
    """Plans bundles of products; it remembers which product of the file has which SKU."""

    def __init__(self, team: Team, columns: frozenset[str]):
        self.team, self.columns = team, columns
        self._owners: dict[str, str] = {}

    def plan(self, records: Sequence[Record]) -> list[Planned]:
        products = {
            product.code: product
            for product in Product.select().where(
                Product.team == self.team, among(Product.code, [record.key for record in records])
            )
        }
        drafts = drafts_of(list(products.values()))
        stored = _owners(self.team, {row["sku"] for record in records for row in record.rows})
        plans = []
        for record in records:
            existing = products.get(record.key)
            plans.append(self._planned(record, existing, drafts[existing.id] if existing else None, stored))
        return plans

    def _planned(
        self, record: Record, existing: Product | None, held: ProductDraft | None, stored: dict[str, str]
    ) -> Planned:
        reader = Reader(self.columns, record, held)
        draft = reader.draft()
        self._require_own_skus(reader, stored)
        if not reader.errors:
            try:
                check(draft)
            except FieldRefused as refused:
                reader.errors.append(placed(refused, record, draft))
        if reader.errors:
            return Planned(record, "refused", errors=reader.errors)
        found = differences(held, draft) if held else {}
        verb = "new" if held is None else "changed" if found else "unchanged"
        return Planned(record, verb, found, carry=Carry(draft, existing))

    def _require_own_skus(self, reader: Reader, stored: dict[str, str]) -> None:
        for row in reader.record.rows:
            sku, code = row["sku"], reader.record.key
            owner = stored.get(sku) or self._owners.setdefault(sku, code)
            if owner != code:
                reader.fail(row, "sku", say("The SKU %(sku)s belongs to the product %(code)s.", sku=sku, code=owner))

    def save(self, planned: Planned, *, by: Any) -> None:
        draft, existing = planned.carry.draft, planned.carry.existing
        if existing is None:
            saving.create(self.team, draft, by=by)
        else:
            saving.change(existing, draft, version=existing.version, by=by)

    def place(self, refused: Refused, planned: Planned) -> CellError:
        return placed(refused, planned.record, planned.carry.draft)


def _owners(team: Team, skus: set[str]) -> dict[str, str]:
    """Whose a SKU is: the code of the product that has it, for those SKUs the team has."""
    found = (
        Variant.select(Variant.sku, Product.code).join(Product).where(Variant.team == team, among(Variant.sku, skus))
    )
    return dict(raw_rows(found))  # type: ignore[arg-type]


def _key(row: Row) -> str:
    if not (code := row["code"] or row["sku"]):
        raise CellRefused("Every row needs a code or a SKU.")
    return code


def _columns(reach: Any) -> list[str]:
    """The empty file has the currencies in which the stores sell that a person may reach; the common four without any."""
    stores = Store.reached(reach) if reach is not None else []
    found = {row.currency for store in stores for row in store.marketplaces if row.is_known and row.currency}
    return empty_columns(sorted(found) or SHOWN_FIRST)


PRODUCTS = register(
    Importer(
        kind="products",
        title=say("Products"),
        permission="products.edit",
        event="products_imported",
        fields=FIELDS,
        key=_key,
        planner=ProductPlanner,
        columns=_columns,
        help=say("A row per variant; rows with the same code make one product."),
        back="catalog.index",
        named=named,
        shown=shown,
    )
)
