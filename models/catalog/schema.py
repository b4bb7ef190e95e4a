"""Reading Amazon's product type schemas: which attributes there are, what a form shows for each, how values are shaped.

Pure: a schema (JSON) in, descriptions and values out. In our tables an attribute is kept as Amazon's list of objects
without the selectors `marketplace_id` and `language_tag`; those are added when a listing is built.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

SELECTORS = ("marketplace_id", "language_tag")
DEEPEST = 6
TRUE, FALSE = {"true", "yes", "1", "on", "是"}, {"false", "no", "0", "off", "否"}


@dataclass(frozen=True)
class Leaf:
    """One input: a path inside the attribute's object ("value", "unit", "length.value") and what fits there.

    The options of an open leaf are suggestions: any text will do.
    """

    path: tuple[str, ...]
    title: str
    kind: str
    options: list[tuple[str, str]] = field(default_factory=list)
    most_characters: int | None = None
    most_bytes: int | None = None
    is_open: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Attribute:
    """An attribute of a product type as a form shows it. `many`: several values of one leaf, a line each."""

    name: str
    title: str
    help: str
    group: str
    is_required: bool
    many: int
    leaves: list[Leaf]


def resolve(part: Any, schema: dict) -> dict:
    """A schema part with its `$ref` followed (only inside the document)."""
    for _ in range(DEEPEST):
        if not isinstance(part, dict):
            return {}
        reference = part.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return part
        target: Any = schema
        for step in reference[2:].split("/"):
            target = target.get(step) if isinstance(target, dict) else None
        part = target
    return {}


def item_of(part: Any, schema: dict) -> dict:
    """The object schema inside an attribute's array."""
    return resolve(resolve(part, schema).get("items"), schema)


def properties_of(part: dict) -> dict:
    """The properties of an object schema; none when they are no such thing."""
    found = part.get("properties")
    return found if isinstance(found, dict) else {}


def attributes_of(schema: dict, groups: Iterable[tuple[str, list[str]]]) -> list[Attribute]:
    """Every attribute, in Amazon's groups and order; those in no group come last."""
    properties = properties_of(schema)
    named = schema.get("required")
    required = {name for name in named if isinstance(name, str)} if isinstance(named, list) else set()
    found, seen = [], set()
    for title, names in [*groups, ("", list(properties))]:
        for name in names:
            if isinstance(name, str) and name in properties and name not in seen:
                seen.add(name)
                found.append(_attribute(name, properties[name], title, name in required, schema))
    return found


def _attribute(name: str, part: dict, group: str, is_required: bool, schema: dict) -> Attribute:
    part = resolve(part, schema)
    leaves = list(_leaves(item_of(part, schema), schema, ()))
    most = part.get("maxUniqueItems") or part.get("maxItems") or 1
    many = most if isinstance(most, int) and not isinstance(most, bool) and most > 1 and len(leaves) == 1 else 1
    return Attribute(
        name, str(part.get("title") or name), str(part.get("description") or ""), group, is_required, many, leaves
    )


def _leaves(part: dict, schema: dict, path: tuple[str, ...]) -> Iterator[Leaf]:
    """Inputs of an object, nested objects and first items of nested arrays included."""
    if len(path) > DEEPEST:
        return
    for key, child in properties_of(part).items():
        if key in SELECTORS:
            continue
        child = resolve(child, schema)
        if child.get("type") == "array":
            inner = resolve(child.get("items"), schema)
            if inner.get("type") == "object" or "properties" in inner:
                yield from _leaves(inner, schema, (*path, key))
            else:
                yield _leaf(inner, child, (*path, key))
        elif child.get("type") == "object" or "properties" in child:
            yield from _leaves(child, schema, (*path, key))
        else:
            yield _leaf(child, child, (*path, key))


def _leaf(part: dict, titled: dict, path: tuple[str, ...]) -> Leaf:
    listed = part.get("anyOf")
    others = [other for other in listed if isinstance(other, dict)] if isinstance(listed, list) else []
    options: list[tuple[str, str]] = []
    is_open = False
    for choice in [part, *others]:
        values, names = choice.get("enum"), choice.get("enumNames")
        if isinstance(values, list):
            names = names if isinstance(names, list) and len(names) == len(values) else values
            options = [(_text(value), str(name)) for value, name in zip(values, names, strict=True)]
            is_open = choice is not part and any("enum" not in other for other in others)
            break
    kind = part.get("type")
    kind = "choice" if options and kind != "boolean" else kind if kind in ("number", "integer", "boolean") else "text"
    title = str(titled.get("title") or path[-1])
    return Leaf(path, title, kind, options, _limit(part, "maxLength"), _limit(part, "maxUtf8ByteLength"), is_open)


def _limit(part: dict, name: str) -> int | None:
    limit = part.get(name)
    return limit if isinstance(limit, int) and not isinstance(limit, bool) else None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shaped(name: str, items: list[dict], schema: dict, *, marketplace_id: str, language_tag: str) -> list[dict]:
    """Our stored items in Amazon's shape for one marketplace: typed as the schema says, selectors added."""
    item = item_of(properties_of(schema).get(name), schema)
    allowed = properties_of(item)
    tags = {"marketplace_id": marketplace_id, "language_tag": language_tag}
    result = []
    for stored in items:
        known = {key: value for key, value in stored.items() if key in allowed} if isinstance(stored, dict) else {}
        if known:
            result.append(typed(known, item, schema, tags))
    return result


def typed(value: Any, part: Any, schema: dict, tags: dict[str, str] | None = None) -> Any:
    """A stored value as the type the schema wants, selectors added to each object that has them.

    What cannot be converted is left for Amazon to refuse.
    """
    part = resolve(part, schema)
    kind = part.get("type")
    if isinstance(value, dict):
        allowed = properties_of(resolve(part.get("items"), schema) if kind == "array" else part)
        made = {key: typed(inner, allowed.get(key), schema, tags) for key, inner in value.items()}
        made |= {key: tag for key, tag in (tags or {}).items() if key in allowed}
        return [made] if kind == "array" else made
    if isinstance(value, list):
        inner = resolve(part.get("items"), schema)
        return [typed(each, inner, schema, tags) for each in value]
    if kind == "array":
        return [typed(value, part.get("items"), schema, tags)]
    if isinstance(value, str):
        return _parsed(value.strip(), kind)
    return value


def _parsed(text: str, kind: Any) -> Any:
    if kind == "boolean" and text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    if kind in ("number", "integer"):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if number.is_finite() and abs(number) < 10**15:
            return json_number(number)
    return text


def json_number(value: Decimal) -> Any:
    """The JSON number with exactly the decimal's digits, as Amazon wants prices and sizes (text is refused there)."""
    return json.loads(
        format(value.to_integral_value() if value == value.to_integral_value() else value.normalize(), "f")
    )


def nested(values: dict[tuple[str, ...], str]) -> dict:
    """An attribute's object from the values of its leaves; empty leaves are left out."""
    made: dict = {}
    for path, value in values.items():
        if value == "":
            continue
        place = made
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return made


def flat(item: Any, path: tuple[str, ...]) -> str:
    """The text at a leaf's path of a stored item, for showing in a form."""
    for step in path:
        if isinstance(item, list):
            item = item[0] if item else None
        if not isinstance(item, dict):
            return ""
        item = item.get(step)
    if isinstance(item, list):
        item = item[0] if item else ""
    return "" if item is None else _text(item)
