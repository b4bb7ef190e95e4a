"""Work to count: events of people, at moments of one's choice, sealed and counted as the jobs do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models.audit.chain import seal_events
from models.audit.event import Event
from models.support.db import write_txn
from models.workload.count import count_events


@pytest.fixture
def act() -> Callable[..., Event]:
    """`act(bob, lotus, "listing_overridden", at)`: an event of a person, as it would have been written then."""

    def _act(person: Any, team: Any, name: str, at: datetime, *, store: int | None = None, **details: Any) -> Event:
        with write_txn():
            return Event.create(
                name=name, at=at, actor_kind="person" if person else "job", actor_id=person.id if person else None,
                team_id=team.id if team else None, store_id=store, details=details,
            )  # fmt: skip

    return _act


@pytest.fixture
def settle() -> Callable[[], None]:
    """Seals and counts all there is, as the two jobs do every second."""

    def _settle() -> None:
        while seal_events():
            pass
        while count_events():
            pass

    return _settle
