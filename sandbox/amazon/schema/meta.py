"""The meta-schema behind every product type schema: JSON Schema draft 2019-09 and Amazon's own keywords. Its name is an
identifier that cannot be fetched, as with Amazon; the text comes from the link in the product type definition."""

from __future__ import annotations

from typing import Any

META_SCHEMA_ID = "https://schemas.amazon.com/selling-partners/definitions/product-types/meta-schema/v1"
VOCABULARY = "https://schemas.amazon.com/selling-partners/definitions/product-types/vocabulary/v1"
SCHEMA_ID = "https://schemas.amazon.com/selling-partners/definitions/product-types/schema/v1/{}"
DRAFT = "https://json-schema.org/draft/2019-09"
COUNT = {"type": "integer", "minimum": 0}
NAMES = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}

META_SCHEMA: dict[str, Any] = {
    "$schema": f"{DRAFT}/schema",
    "$id": META_SCHEMA_ID,
    "title": "Product type definition meta-schema of the sandbox",
    "$vocabulary": {
        **{f"{DRAFT}/vocab/{name}": True for name in ("core", "applicator", "validation", "meta-data")},
        **{f"{DRAFT}/vocab/{name}": False for name in ("format", "content")},
        VOCABULARY: True,
    },
    "$recursiveAnchor": True,
    "allOf": [{"$ref": f"{DRAFT}/schema"}],
    "type": ["object", "boolean"],
    "properties": {
        "editable": {"type": "boolean", "default": True},
        "hidden": {"type": "boolean", "default": False},
        "enumNames": {"type": "array", "items": {"type": "string"}},
        "selectors": NAMES,
        "replaces": NAMES,
        "minUniqueItems": COUNT,
        "maxUniqueItems": COUNT,
        "minUtf8ByteLength": COUNT,
        "maxUtf8ByteLength": COUNT,
        "$lifecycle": {"type": "object", "properties": {"enumDeprecated": {"type": "array"}}},
    },
}
