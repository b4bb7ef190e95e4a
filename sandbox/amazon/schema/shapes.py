"""The JSON schema of one attribute. On Amazon every attribute is a list of objects; `selectors` names the properties that
tell its entries apart, and the unique-item limits count the entries for each combination of those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.amazon.marketplaces import Marketplace, data
from sandbox.amazon.schema import words

Schema = dict[str, Any]
CHANNELS = {"na": "AMAZON_NA", "eu": "AMAZON_EU", "fe": "AMAZON_JP"}
PRICE_WITHOUT_TAX = {"US", "CA"}


@dataclass(frozen=True)
class Context:
    marketplace: Marketplace
    locale: str
    themes: tuple[str, ...]


def attribute(name: str, context: Context) -> Schema:
    spec, number = words.find(name)
    assert spec is not None, f"no attribute is called {name}"
    position = words.index(context.locale)
    fields, required = _fields(spec, context)
    if spec.get("tagged"):
        fields["language_tag"] = {"$ref": "#/$defs/language_tag"}
        required = [*required, "language_tag"]
    fields["marketplace_id"] = {"$ref": "#/$defs/marketplace_id"}
    selectors = ["marketplace_id", *(["language_tag"] if spec.get("tagged") else []), *spec.get("selectors", [])]
    schema: Schema = {
        "title": spec["title"][position].replace("{n}", number),
        "description": spec["about"][position],
        "editable": not spec.get("fixed", False),
        "selectors": selectors,
        "type": "array",
        "minItems": 1,
        "minUniqueItems": 1,
        "maxUniqueItems": spec.get("most", 1),
        "items": {"type": "object", "additionalProperties": False, "required": sorted(required), "properties": fields},
    }
    if "examples" in spec:
        schema["examples"] = spec["examples"]
    if "replaces" in spec:
        schema["replaces"] = spec["replaces"]
    return schema


def _fields(spec: dict[str, Any], context: Context) -> tuple[dict[str, Schema], list[str]]:
    """An entry's own properties, and which of them are required."""
    if "value" in spec:
        return {"value": _field("value", spec["value"], context)}, ["value"]
    if "measure" in spec:
        return _measure(spec["measure"], context), ["unit", "value"]
    if spec.get("box"):
        side = {
            "object": {"value": {"number": [0.01, 100000]}, "unit": {"choice": "length_unit"}},
            "required": ["unit", "value"],
        }
        return {name: _field(name, side, context) for name in ("length", "width", "height")}, [
            "length",
            "width",
            "height",
        ]
    if spec.get("image"):
        return {"media_location": _field("media_location", {"uri": True}, context)}, ["media_location"]
    price = "value" if context.marketplace.code in PRICE_WITHOUT_TAX else "value_with_tax"
    named = {price if name == "$price" else name: field for name, field in spec["fields"].items()}
    required = [price if name == "$price" else name for name in spec["required"]]
    return {name: _field(name, field, context) for name, field in named.items()}, required


def _measure(unit: str, context: Context) -> dict[str, Schema]:
    return {
        "value": _field("value", {"number": [0.001, 100000]}, context),
        "unit": _field("unit", {"choice": unit}, context),
    }


def _field(name: str, spec: dict[str, Any], context: Context) -> Schema:
    if "language" in spec:
        return {"$ref": "#/$defs/language_tag"}
    schema = _object(spec, context) if "object" in spec else _leaf(spec, context)
    if "list" in spec:
        schema = {"type": "array", "minItems": 1, "maxItems": spec["list"], "items": schema}
    if "default" in spec:
        schema["default"] = spec["default"]
    return {"title": words.field(name, context.locale), **schema}


def _object(spec: dict[str, Any], context: Context) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": spec.get("required", []),
        "properties": {name: _field(name, field, context) for name, field in spec["object"].items()},
    }


def _leaf(spec: dict[str, Any], context: Context) -> Schema:
    if "choice" in spec:
        return _choice(spec["choice"], context, spec.get("deprecated", []))
    if "open" in spec:  # A list of suggestions: any text will do.
        return {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": spec["string"]},
                _choice(spec["open"], context, []),
            ]
        }
    if "string" in spec:
        text: Schema = {"type": "string", "minLength": 1, "maxLength": spec["string"]}
        if "bytes" in spec:
            text |= {"minUtf8ByteLength": 1, "maxUtf8ByteLength": spec["bytes"]}
        if "pattern" in spec:
            text["pattern"] = spec["pattern"]
        return text
    if "integer" in spec or "number" in spec:
        kind = "integer" if "integer" in spec else "number"
        return {"type": kind, "minimum": spec[kind][0], "maximum": spec[kind][1]}
    if "boolean" in spec:
        names = [labels[words.index(context.locale)] for labels in words.YES_NO]
        return {"type": "boolean", "enum": [False, True], "enumNames": names}
    if "uri" in spec:
        return {"type": "string", "format": "uri", "pattern": r"^https?://\S+$", "maxLength": 2000}
    if "currency" in spec:
        return _enum([context.marketplace.currency], [context.marketplace.currency])
    if "channel" in spec:
        codes = ["DEFAULT", CHANNELS[context.marketplace.region]]
        return _enum(codes, codes)
    if "theme" in spec:
        rows = [row for row in data("choices")["theme"] if row[0] in context.themes]
        return _labelled(rows, context)
    return {"type": "string", "format": "date-time" if "moment" in spec else "date"}


def _choice(name: str, context: Context, deprecated: list[str]) -> Schema:
    schema = _labelled(data("choices")[name], context)
    return {**schema, "$lifecycle": {"enumDeprecated": deprecated}} if deprecated else schema


def _labelled(rows: list[list[str]], context: Context) -> Schema:
    position = words.index(context.locale)
    return _enum([row[0] for row in rows], [row[1 + position] for row in rows])


def _enum(values: list[str], names: list[str]) -> Schema:
    return {"type": "string", "enum": values, "enumNames": names}
