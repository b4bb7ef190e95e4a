"""One field of a product or a listing, changed where it stands. It is saved over the value the person saw: where somebody
else changed that very field meanwhile, both values come back (Stale); a change of another field is no trouble.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.catalog.draft import ProductDraft, VariantDraft, draft_of
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.saving import change
from models.support.db import is_sqlite, retrying, write_txn
from models.support.errors import FieldRefused, Stale
from models.support.words import say

CHANGED_MEANWHILE = say("Somebody else changed this while you were writing. Nothing of yours was stored yet.")


@dataclass(frozen=True)
class OneField:
    """Where the value stands in a draft: read by `get`, written by `put`."""

    name: str
    get: Callable[[ProductDraft], Any]
    put: Callable[[ProductDraft, Any], None]


def title() -> OneField:
    """The title in the product's own language."""

    def put(draft: ProductDraft, value: Any) -> None:
        draft.texts[draft.language].title = value

    return OneField("title", lambda draft: draft.texts[draft.language].title, put)


def plain(name: str) -> OneField:
    """A field of the product itself, like its brand."""
    return OneField(name, lambda draft: getattr(draft, name), lambda draft, value: setattr(draft, name, value))


def of_variant(sku: str, name: str) -> OneField:
    """`quantity` or `cost_minor` of a variant."""
    return OneField(
        name, lambda draft: getattr(_variant(draft, sku), name), lambda draft, value: setattr(_variant(draft, sku), name, value)
    )  # fmt: skip


def price(sku: str, currency: str) -> OneField:
    """The price of a variant in a currency, in minor units; None takes it away."""

    def put(draft: ProductDraft, value: Any) -> None:
        prices = {**_variant(draft, sku).prices, currency: value}
        _variant(draft, sku).prices = {code: minor for code, minor in sorted(prices.items()) if minor is not None}

    return OneField("price", lambda draft: _variant(draft, sku).prices.get(currency), put)


def _variant(draft: ProductDraft, sku: str) -> VariantDraft:
    found = next((variant for variant in draft.variants if variant.sku == sku), None)
    if found is None:
        raise FieldRefused("value", "The SKU %(sku)s is no longer a variant of this product.", sku=sku)
    return found


@retrying
def change_one(product: Product, field: OneField, value: Any, *, seen: Any, by: Any) -> Product:
    """Saves one value over the one that was seen. Raises Stale with both, or FieldRefused for "value"."""
    with write_txn():
        current = _locked(Product, product.id)
        draft = draft_of(current)
        _require_seen(field.name, field.get(draft), seen, value)
        field.put(draft, value)
        try:
            return change(current, draft, version=current.version, by=by)
        except FieldRefused as refused:
            raise FieldRefused("value", refused.words) from refused


@retrying
def override_one(listing: Listing, name: str, value: Any, *, seen: Any, by: Any) -> None:
    """Sets one field of a listing apart from the product, over the value of its own that was seen; None inherits again."""
    with write_txn():
        current = _locked(Listing, listing.id)
        _require_seen(name, current.overrides.get(name), seen, value)
        try:
            current.override({name: value}, by=by)
        except FieldRefused as refused:
            raise FieldRefused("value", refused.words) from refused


def _require_seen(name: str, held: Any, seen: Any, value: Any) -> None:
    if held not in (seen, value):
        raise Stale(CHANGED_MEANWHILE, {name: (held, value)})


def _locked(model: Any, record_id: int) -> Any:
    """The record as it is now, and nobody else's till the end of the transaction."""
    query = model.select().where(model.id == record_id)
    return (query if is_sqlite() else query.for_update("FOR NO KEY UPDATE")).get()
