"""What needs somebody now: each room adds its line to a team's first page, with a count and where to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Waiting:
    label: Callable[[], str]
    count: Callable[[], int]
    url: Callable[[], str]
    permission: str
    icon: str
    tone: str


LINES: list[Waiting] = []
TONES = ("bad", "warn")  # The worst first.


def waiting(label: Any, count: Any, url: Any, *, permission: str, icon: str, tone: str = "warn") -> None:
    """Registers a line. The functions are called when the page is made, for the person and team of the request."""
    LINES.append(Waiting(label, count, url, permission, icon, tone))


def lines(reach: Any) -> list[tuple[Waiting, int]]:
    """What this person may act on and somebody has to, the worst first; a line with nothing behind it is none."""
    found = [(line, line.count()) for line in LINES if reach.may(line.permission)]
    return sorted(((line, count) for line, count in found if count), key=lambda pair: TONES.index(pair[0].tone))
