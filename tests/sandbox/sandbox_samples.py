"""Payloads a seller could send, made from the schema the sandbox hands out, as a client would make them: the first entry of
each list of choices, the examples, and small numbers."""

from __future__ import annotations

import copy
import random
from typing import Any

OFFER = ["condition_type", "purchasable_offer", "fulfillment_availability", "main_product_image_locator"]


def attributes(schema: dict[str, Any], *names: str, seed: int = 0) -> dict[str, Any]:
    """A payload that a schema accepts: what it requires, an offer, a picture, a barcode, and the attributes named."""
    marketplace = schema["$defs"]["marketplace_id"]["enum"][0]
    goods = _goods(schema)
    wanted = dict.fromkeys([*schema["required"], *goods, *OFFER, *names])
    payload = {name: attribute(schema, name) for name in wanted if name in schema["properties"]}
    for entry in payload.get("list_price", []):
        entry["value" if "value" in entry else "value_with_tax"] = 24.99
    if "externally_assigned_product_identifier" in schema["properties"]:
        payload["externally_assigned_product_identifier"] = [
            {"type": "ean", "value": ean(seed), "marketplace_id": marketplace}
        ]
    return payload


def attribute(schema: dict[str, Any], name: str) -> list[dict[str, Any]]:
    spec = schema["properties"][name]
    entry = _value(schema, name, spec["items"])
    if "value" in entry and "examples" in spec:
        entry["value"] = spec["examples"][0]
    if "media_location" in entry:
        entry["media_location"] = "https://images.example.com/main.jpg"
    entry["marketplace_id"] = schema["$defs"]["marketplace_id"]["enum"][0]
    return [entry]


def ean(seed: int) -> str:
    """A number with a right check digit."""
    digits = f"{random.Random(seed).randrange(4 * 10**11, 5 * 10**11)}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits), start=1))
    return digits + str((10 - weighted % 10) % 10)


def changed(payload: dict[str, Any], **new: Any) -> dict[str, Any]:
    """The payload with some attributes exchanged; None takes one away."""
    after = copy.deepcopy(payload)
    for name, value in new.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = value
    return after


def priced(payload: dict[str, Any], price: float) -> dict[str, Any]:
    after = copy.deepcopy(payload)
    after["purchasable_offer"][0]["our_price"][0]["schedule"][0]["value_with_tax"] = price
    for entry in after.get("list_price", []):
        entry["value" if "value" in entry else "value_with_tax"] = price
    return after


def _goods(schema: dict[str, Any]) -> list[str]:
    """What is required of everything but a variation parent."""
    return [name for rule in schema.get("allOf", []) for name in rule.get("else", {}).get("required", [])]


def _value(schema: dict[str, Any], name: str, spec: dict[str, Any]) -> Any:
    if "$ref" in spec:
        return schema["$defs"][spec["$ref"].rpartition("/")[2]]["enum"][0]
    if "enum" in spec:
        return spec["enum"][0]
    if "anyOf" in spec:
        return spec["anyOf"][-1]["enum"][0]
    if spec["type"] == "object":
        wanted = [*spec["required"], *(["quantity"] if name == "items" or "quantity" in spec["properties"] else [])]
        return {
            key: _value(schema, key, spec["properties"][key])
            for key in dict.fromkeys(wanted)
            if key in spec["properties"]
        }
    if spec["type"] == "array":
        return [_value(schema, name, spec["items"])]
    if spec["type"] in ("integer", "number"):
        return {"value_with_tax": 19.99, "quantity": 25}.get(name, max(spec.get("minimum", 0), 2))
    if spec.get("format") == "date-time":
        return "2026-01-01T00:00:00Z"
    return {"media_location": "https://images.example.com/main.jpg"}.get(name, "Sandbox")
