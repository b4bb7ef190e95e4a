"""Exchange rates by day. A source answers with what a unit of each currency was worth in CNY; every source passes the same test
(tests/integrations/test_rates.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

Days = Mapping[date, Mapping[str, Decimal]]


@dataclass(frozen=True)
class File:
    """A file of a source: its name, and how many of its days it reaches back (None: all)."""

    name: str
    reaches: int | None
    most_bytes: int


@dataclass(frozen=True)
class Answer:
    """`days` maps a day to CNY for one unit of each currency."""

    status: int
    ms: int
    days: Days


class Source(Protocol):
    """`files` stand from the smallest to the largest."""

    @property
    def files(self) -> tuple[File, ...]: ...

    def fetch(self, file: File) -> Answer:
        """Raises IntegrationError; its `details` are status and milliseconds."""
        ...
