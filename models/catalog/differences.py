"""How fields of a product and their values read where two versions are compared: an import's old and new, theirs and mine."""

from __future__ import annotations

import json
from typing import Any

from models.audit.telling import tell
from models.catalog.cargo import cargo_words
from models.catalog.product_columns import FIELDS
from models.support.money import Money
from models.support.words import say

LABELS = {field.name: field.label for field in reversed(FIELDS)} | {
    "bullets": say("Bullet points"), "options": say("Options"), "prices": say("Prices"), "variants": say("Variants"),
    "images": say("Images"), "attributes": say("Attributes"),
}  # fmt: skip
for _event in ("product_changed", "listing_overridden"):
    tell(f"{_event}.fields", {**LABELS, "price_minor": LABELS["price"]})
    tell(f"{_event}.cargo", lambda tags, beside: cargo_words(tags.split(" · ")) if tags else None)


def named(name: str) -> str:
    """A field's name in words: "prices (TOY-1)" becomes "Prices (TOY-1)"."""
    field, _space, part = name.partition(" ")
    return f"{LABELS.get(field, field)} {part}".strip()


def shown(name: str, value: Any) -> str:
    """A value of that field as a person reads it."""
    field = name.partition(" ")[0]
    if value in (None, "", [], {}):
        return "—"
    if field == "cargo":
        return cargo_words(value)
    if field == "prices":
        return ", ".join(f"{Money(minor, currency).text()} {currency}" for currency, minor in sorted(value.items()))
    if field == "attributes":
        return "; ".join(f"{key}: {json.dumps(items, ensure_ascii=False)}" for key, items in sorted(value.items()))
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
