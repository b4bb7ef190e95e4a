"""What Amazon answers about messages and review requests, in our words. Pure, and content with any shape."""

from __future__ import annotations

from typing import Any


def actions(answer: Any) -> list[str]:
    """The names of what is allowed, in Amazon's order."""
    links = _part(answer, "_links").get("actions")
    named = [_part(one).get("name") for one in links] if isinstance(links, list) else []
    return [name for name in named if isinstance(name, str) and name]


def locale(answer: Any) -> str:
    """The buyer's language as Amazon tells it ("de-DE"); empty where it does not."""
    told = _part(answer, "buyer").get("locale")
    return told if isinstance(told, str) else ""


def _part(value: Any, *names: str) -> dict[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
