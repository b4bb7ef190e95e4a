"""Buyers' data in an export: who may have it, how much without a second person, and how a room opens it in bulk.

A room declares what of a list is personal and how to open it; nothing personal is a column of the list itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models.support.errors import FieldRefused
from models.support.words import Words

PERMISSION = "pii.export"
LEAST_REASON, MOST_REASON = 10, 200
MOST_ALONE, ALONE_FOR = 50, timedelta(days=1)
MOST_ROWS = 10_000  # A workbook with personal data is made in memory, and more is no longer the work of one day.


@dataclass(frozen=True)
class Personal:
    """open: for a reach and records, what is personal of each by the record's id and the column's name. It leaves out what
    the person may not have, what was destroyed and what is too old."""

    columns: Mapping[str, Words]
    open: Callable[[Any, Sequence[Any]], dict[int, dict[str, str]]]


PERSONAL: dict[str, Personal] = {}


def declare_personal(list_name: str, columns: Mapping[str, Words], open: Callable[..., Any]) -> None:
    """Says what of a list's records is personal. Called by the room beside its list."""
    PERSONAL[list_name] = Personal(columns, open)


def may_export(reach: Any, list_name: str) -> bool:
    """May this person have the personal data of the list at all?"""
    return list_name in PERSONAL and reach.may(PERMISSION)


def require_reason(reason: str) -> str:
    """The reason, trimmed. Raises FieldRefused for none."""
    reason = " ".join(reason.split())[:MOST_REASON]
    if len(reason) < LEAST_REASON:
        raise FieldRefused("reason", "Say why you need it, in at least %(least)s characters.", least=LEAST_REASON)
    return reason


def require_few(count: int) -> None:
    if count > MOST_ROWS:
        raise FieldRefused(
            "with_buyers",
            "With buyers' data at most %(most)s rows leave at once. Narrow the list with its filters.",
            most=MOST_ROWS,
        )
