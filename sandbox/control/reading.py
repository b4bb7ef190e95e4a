"""How control requests are read, and refused in a sentence that says what would be right."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from flask import request

from sandbox.amazon.records import Account
from sandbox.amazon.world import World


class Wrong(Exception):
    """The request cannot be done; the sentence says why."""

    def __init__(self, sentence: str, status: int = 400):
        super().__init__(sentence)
        self.status = status


def body() -> dict[str, Any]:
    """The request's JSON object; no body is an empty one."""
    if not request.get_data():
        return {}
    given = request.get_json(silent=True, force=True)
    if not isinstance(given, dict):
        raise Wrong("The body has to be a JSON object.")
    return given


def number(given: dict[str, Any], name: str, default: float, *, least: float, most: float = math.inf) -> float:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most or math.isinf(value):
        limits = f"at least {least:g}" + (f" and at most {most:g}" if most < math.inf else "")
        raise Wrong(f"'{name}' has to be a number of {limits}.")
    return value


def texts(given: dict[str, Any], name: str, allowed: Collection[str] | None = None) -> list[str]:
    """A list of texts; none given is an empty list."""
    value = given.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Wrong(f"'{name}' has to be a list of texts.")
    if allowed is not None and not set(value) <= set(allowed):
        raise Wrong(f"'{name}' has to be a list of {', '.join(allowed)}.")
    return value


def choice(given: dict[str, Any], name: str, allowed: Collection[str], default: str | None = None) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or value not in allowed:
        raise Wrong(f"'{name}' has to be one of {', '.join(allowed)}.")
    return value


def account(world: World, seller_id: str) -> Account:
    found = world.accounts.get(seller_id)
    if found is None:
        raise Wrong(f"There is no account {seller_id or '(none given)'}.", 404)
    return found
