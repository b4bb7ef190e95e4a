"""Counts what leaves no event: refusals of people who are signed in, and orders that were opened.

Refusals are written down as they come, but of a flood only every twentieth; opened orders are gathered and written now and then.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

from flask import current_app, g, request

import models.compliance.touched  # noqa: F401 (is told of reveals)
from models.compliance.activity import ORDERS, REFUSED, ActivityCount
from models.support import clock
from views.compliance import bp

TEN_MINUTES = timedelta(minutes=10)
ONE_BY_ONE, STEP = 20, 20
GATHERED_SECONDS, GATHERED_MOST = 30, 100
# What a buyer wrote counts as an order that was opened: both show who they are.
OPENS_AN_ORDER = ("orders.detail", "mailbox.thread", "mailbox.original", "mailbox.file")


class Gathered:
    """What one process has counted and not written yet."""

    def __init__(self, seconds: float = GATHERED_SECONDS) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self._opened: dict[tuple[int, int], int] = {}
        self._refused: dict[tuple[int, Any], int] = {}
        self._since = time.monotonic()

    def opened(self, person_id: int, team_id: int) -> dict[tuple[int, int], int]:
        """One more order; what has to be written now, if anything."""
        with self._guard:
            key = (person_id, team_id)
            self._opened[key] = self._opened.get(key, 0) + 1
            is_due = time.monotonic() - self._since > self._seconds or sum(self._opened.values()) >= GATHERED_MOST
            if not is_due:
                return {}
            due, self._opened, self._since = self._opened, {}, time.monotonic()
            return due

    def refused(self, person_id: int) -> int:
        """One more refusal; how many of them to write now."""
        slot = clock.floor(clock.now(), TEN_MINUTES)
        with self._guard:
            if len(self._refused) > 1000:
                self._refused.clear()
            count = self._refused[person_id, slot] = self._refused.get((person_id, slot), 0) + 1
        if count <= ONE_BY_ONE:
            return 1
        return STEP if count % STEP == 0 else 0


def gathered() -> Gathered:
    """What the application at hand has counted."""
    return current_app.extensions.setdefault("compliance", Gathered())


@bp.after_app_request
def count(response: Any) -> Any:
    """Only a person inside is counted, and only at an address that exists: a mistyped one is nobody's attempt."""
    kept, endpoint = g._get_current_object(), request.endpoint  # type: ignore[attr-defined]
    person = kept.get("person")
    if person is None or endpoint is None:
        return response
    team_id = kept.team.id if "team" in kept else 0
    if response.status_code in (403, 404) and endpoint != "static":
        if number := gathered().refused(person.id):
            ActivityCount.add(person.id, team_id, REFUSED, number)
    elif endpoint in OPENS_AN_ORDER and response.status_code == 200:
        for (person_id, team), number in gathered().opened(person.id, team_id).items():
            ActivityCount.add(person_id, team, ORDERS, number)
    return response
