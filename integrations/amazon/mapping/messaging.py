"""What Amazon answers about messages, files and review requests, in our words, and messages in Amazon's. Pure, and content with any
shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from integrations.amazon.uploading import Destination


def actions(answer: Any) -> list[str]:
    """The names of what is allowed, in Amazon's order."""
    links = _part(answer, "_links").get("actions")
    named = [_part(one).get("name") for one in links] if isinstance(links, list) else []
    return [name for name in named if isinstance(name, str) and name]


def locale(answer: Any) -> str:
    """The buyer's language as Amazon tells it ("de-DE"); empty where it does not."""
    told = _part(answer, "buyer").get("locale")
    return told if isinstance(told, str) else ""


def destination(answer: Any) -> Destination | None:
    """Where a file goes; None where the answer does not say it."""
    told = _part(answer, "payload")
    name, url, headers = told.get("uploadDestinationId"), told.get("url"), _part(told, "headers")
    if not (isinstance(name, str) and name and isinstance(url, str) and url):
        return None
    return Destination(name, url, {key: value for key, value in headers.items() if isinstance(value, str)})


def resource(order_id: str, action: str) -> str:
    """What an upload is for, as the Uploads API wants it in its path."""
    return f"messaging/v1/orders/{order_id}/messages/{action}"


def body(
    text: str, attachments: Sequence[tuple[str, str]], covers: tuple[date | None, date | None] = (None, None)
) -> dict[str, Any]:
    """A message: its text, its files as (id of the upload, name), the days a warranty covers. What is empty is left out."""
    told: dict[str, Any] = {"text": text} if text else {}
    if attachments:
        told["attachments"] = [{"uploadDestinationId": upload, "fileName": name} for upload, name in attachments]
    first, last = covers
    if first:
        told["coverageStartDate"] = f"{first.isoformat()}T00:00:00Z"
    if last:
        told["coverageEndDate"] = f"{last.isoformat()}T23:59:59Z"
    return told


def _part(value: Any, *names: str) -> dict[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
