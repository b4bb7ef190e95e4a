"""Product type definitions (API 2020-09-01): where a schema lies, its checksum, and how its attributes are grouped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.amazon.mapping.reading import dig, items, text, texts


@dataclass(frozen=True)
class ProductTypeName:
    name: str
    display_name: str


@dataclass(frozen=True)
class DefinitionSnapshot:
    """`groups` are (title, property names) in Amazon's order."""

    product_type: str
    display_name: str
    version: str
    locale: str
    schema_url: str
    checksum: str
    groups: list[tuple[str, list[str]]]


def names(payload: Any) -> list[ProductTypeName]:
    found = items(payload, "productTypes")
    return [
        ProductTypeName(text(i, "name"), text(i, "displayName") or text(i, "name")) for i in found if text(i, "name")
    ]


def definition(payload: Any) -> DefinitionSnapshot:
    groups = dig(payload, "propertyGroups")
    return DefinitionSnapshot(
        product_type=text(payload, "productType"),
        display_name=text(payload, "displayName"),
        version=text(payload, "productTypeVersion", "version"),
        locale=text(payload, "locale"),
        schema_url=text(payload, "schema", "link", "resource"),
        checksum=text(payload, "schema", "checksum"),
        groups=[
            (text(group, "title") or name, texts(group, "propertyNames"))
            for name, group in (groups.items() if isinstance(groups, dict) else ())
        ],
    )
