"""A submission held against the schema of its product type. Every failure becomes an issue of the attribute it concerns;
the custom keywords of Amazon's vocabulary are checked too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jsonschema import Draft201909Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from sandbox.amazon import barcode, content
from sandbox.amazon.issues import Issue, issue
from sandbox.amazon.marketplaces import Marketplace, data
from sandbox.amazon.schema import build, rules
from sandbox.amazon.schema.build import Question

Attributes = dict[str, Any]
FORMATS = FormatChecker(formats=())
FORMATS.checks("date", ValueError)(lambda text: not isinstance(text, str) or bool(date.fromisoformat(text)))
FORMATS.checks("date-time", ValueError)(lambda text: not isinstance(text, str) or bool(datetime.fromisoformat(text)))


def check(product_type: str, marketplace: Marketplace, requirements: str, attributes: Attributes) -> list[Issue]:
    """The issues of a whole submission, worst first, each once."""
    if product_type not in data("product_types"):
        return [issue("4000004", value=product_type)]
    question = Question(product_type, marketplace.id, requirements)
    found = [one for error in _validator(question).iter_errors(attributes) for one in _issues(error)]
    found += _barcodes(attributes)
    found += _deprecated(build.schema(question)["properties"], attributes)
    unique = {(one["code"], *one["attributes"]): one for one in reversed(found)}
    return sorted(unique.values(), key=lambda one: (one["code"] == "90245", one["attributes"], one["code"]))


def combinations(entries: list[Any], selectors: list[str]) -> Counter[tuple[str, ...]]:
    """How many entries there are for each combination of the selectors' values."""
    return Counter(tuple(str(entry.get(name)) for name in selectors) for entry in entries if isinstance(entry, dict))


@lru_cache(maxsize=256)
def _validator(question: Question) -> Draft201909Validator:
    return AmazonValidator(build.schema(question), format_checker=FORMATS)


def _max_unique(validator: Any, limit: int, entries: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    if isinstance(entries, list) and any(
        n > limit for n in combinations(entries, schema.get("selectors", [])).values()
    ):
        yield ValidationError(f"more than {limit} entries")


def _min_unique(validator: Any, limit: int, entries: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    if isinstance(entries, list) and any(
        n < limit for n in combinations(entries, schema.get("selectors", [])).values()
    ):
        yield ValidationError(f"fewer than {limit} entries")


def _max_bytes(validator: Any, limit: int, text: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    if isinstance(text, str) and len(text.encode()) > limit:
        yield ValidationError(f"more than {limit} bytes")


def _min_bytes(validator: Any, limit: int, text: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    if isinstance(text, str) and len(text.encode()) < limit:
        yield ValidationError(f"fewer than {limit} bytes")


AmazonValidator = extend(
    Draft201909Validator,
    {
        "maxUniqueItems": _max_unique,
        "minUniqueItems": _min_unique,
        "maxUtf8ByteLength": _max_bytes,
        "minUtf8ByteLength": _min_bytes,
    },
)


def _issues(error: ValidationError) -> Iterator[Issue]:
    path = list(error.absolute_path)
    if not path:
        yield from _missing(error)
        return
    attribute, keyword, value = str(path[0]), str(error.validator), _short(error.instance)
    if keyword == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield issue("99022", attribute, field=name)
    elif keyword in ("minItems", "minUniqueItems", "minLength", "minUtf8ByteLength"):
        yield issue("99022", attribute, field=next((str(p) for p in reversed(path[1:]) if isinstance(p, str)), "value"))
    elif keyword in ("maxUniqueItems", "maxItems"):
        yield issue("99010", attribute, limit=error.validator_value)
    elif keyword == "maxLength" or keyword == "maxUtf8ByteLength":
        yield issue(
            "90225", attribute, limit=error.validator_value, counted="bytes" if "Utf8" in keyword else "characters"
        )
    elif keyword == "enum" and not isinstance(error.instance, dict | list):
        yield issue("90244", attribute, value=value)
    elif keyword == "anyOf":  # An open list of values: what is wrong with it as free text is what is wrong.
        yield from _issues((error.context or [])[0])
    elif keyword == "type":
        yield issue("4000000", attribute, value=value, expected=str(error.validator_value))
    else:
        yield issue("4000001", attribute)


def _missing(error: ValidationError) -> Iterator[Issue]:
    """A failure of the submission as a whole: attributes that are absent, or that nobody knows."""
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield issue("90220", name)
    elif error.validator == "anyOf":
        for name in rules.IDENTITY:
            yield issue("90220", name)
    elif error.validator == "additionalProperties":
        for name in sorted(set(error.instance) - set(error.schema["properties"])):
            yield issue("4000002", name)


def _barcodes(attributes: Attributes) -> Iterator[Issue]:
    for entry in content.entries(attributes, "externally_assigned_product_identifier"):
        kind, number = entry.get("type"), entry.get("value")
        if isinstance(kind, str) and isinstance(number, str) and not barcode.is_valid(kind, number):
            yield issue("4000003", "externally_assigned_product_identifier", value=_short(number), type=kind.upper())


def _deprecated(properties: dict[str, Any], attributes: Attributes) -> Iterator[Issue]:
    for name in attributes:
        leaf = properties.get(name, {}).get("items", {}).get("properties", {}).get("value", {})
        old = leaf.get("$lifecycle", {}).get("enumDeprecated", [])
        for entry in content.entries(attributes, name):
            if old and entry.get("value") in old:
                yield issue("90245", name, value=entry["value"])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
