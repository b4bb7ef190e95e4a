"""Attributes of one marketplace, and JSON patches on them. Entries are told apart by their selectors: `add` and `replace`
exchange the entries with the same selectors, `merge` changes single properties of them, `delete` removes them."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.amazon.errors import InvalidInput
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.schema import words

Attributes = dict[str, Any]
OPERATIONS = ("add", "replace", "merge", "delete")
PREFIX = "/attributes/"


def of_marketplace(attributes: Attributes, marketplace: Marketplace) -> Attributes:
    """Only the entries that are meant for this marketplace; entries that name none are meant for each."""
    kept: Attributes = {}
    for name, entries in attributes.items():
        if not isinstance(entries, list):
            kept[name] = entries
            continue
        mine = [
            e for e in entries if not isinstance(e, dict) or e.get("marketplace_id", marketplace.id) == marketplace.id
        ]
        if mine or not entries:
            kept[name] = [_named(entry, marketplace) for entry in mine]
    return kept


def apply(attributes: Attributes, patches: list[Any], marketplace: Marketplace) -> Attributes:
    """The attributes after the patches. Raises InvalidInput for what is no patch."""
    after = copy.deepcopy(attributes)
    for patch in patches:
        operation, name, given = _read(patch)
        value = of_marketplace({name: given}, marketplace).get(name, []) if given is not None else None
        if given and not value:
            continue  # The patch is meant for another marketplace.
        entries = [entry for entry in after.get(name, []) if isinstance(entry, dict)]
        selectors = _selectors(name)
        if operation == "delete":
            wanted = {_key(entry, selectors) for entry in value or []}
            entries = [e for e in entries if wanted and _key(e, selectors) not in wanted] if value is not None else []
        elif operation == "merge":
            entries = _merged(entries, value or [], selectors)
        else:
            replaced = {_key(entry, selectors) for entry in value or []}
            entries = [entry for entry in entries if _key(entry, selectors) not in replaced] + (value or [])
        if entries:
            after[name] = entries
        else:
            after.pop(name, None)
    return after


def _read(patch: Any) -> tuple[str, str, list[Any] | None]:
    if not isinstance(patch, dict) or patch.get("op") not in OPERATIONS:
        raise InvalidInput(f"A patch needs an 'op' that is one of {', '.join(OPERATIONS)}.")
    path = patch.get("path")
    if not isinstance(path, str) or not path.startswith(PREFIX) or "/" in path.removeprefix(PREFIX) or path == PREFIX:
        raise InvalidInput(f"A patch needs a 'path' like '{PREFIX}item_name'.", "Nested attributes cannot be patched.")
    value = patch.get("value")
    if value is not None and (not isinstance(value, list) or any(not isinstance(entry, dict) for entry in value)):
        raise InvalidInput("The 'value' of a patch has to be a list of objects.", path)
    if value is None and patch["op"] != "delete":
        raise InvalidInput(f"A patch with '{patch['op']}' needs a 'value'.", path)
    return patch["op"], path.removeprefix(PREFIX), value


def _merged(entries: list[dict[str, Any]], changes: list[Any], selectors: list[str]) -> list[dict[str, Any]]:
    entries = list(entries)
    for change in changes:
        same = next((n for n, entry in enumerate(entries) if _key(entry, selectors) == _key(change, selectors)), None)
        if same is None:
            entries.append({name: value for name, value in change.items() if value is not None})
        else:
            both = {**entries[same], **change}
            entries[same] = {name: value for name, value in both.items() if value is not None}
    return entries


def _selectors(name: str) -> list[str]:
    spec, _ = words.find(name)
    if spec is None:
        return ["marketplace_id", "language_tag"]
    return ["marketplace_id", *(["language_tag"] if spec.get("tagged") else []), *spec.get("selectors", [])]


def _key(entry: dict[str, Any], selectors: list[str]) -> tuple[Any, ...]:
    return tuple(str(entry.get(name, "ALL" if name == "audience" else None)) for name in selectors)


def _named(entry: Any, marketplace: Marketplace) -> Any:
    return {**entry, "marketplace_id": marketplace.id} if isinstance(entry, dict) else entry
