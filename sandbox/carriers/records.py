"""What the carriers keep. Like Amazon's records they hold only what JSON can hold; moments are seconds of the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Parcel:
    """A parcel on its way. An event is [happened at, told at, sub-status, words, place, country, minutes ahead of UTC]."""

    number: str
    fate: str
    began_at: int
    destination: str
    events: list[list[Any]] = field(default_factory=list)
    customer: str = ""  # Whoever gave it to the carrier itself; empty for other carriers' parcels.
    order_number: str = ""


@dataclass
class Tracker:
    """A customer of the tracking service."""

    token: str
    quota: int = 10_000
    daily: int = 10_000  # How many numbers a day may be registered.
    used: int = 0
    day: int = 0
    used_today: int = 0
    webhook: str = ""


@dataclass
class Following:
    """A number a tracker registered."""

    token: str
    number: str
    carrier: int
    registered_at: int
    synced_at: int
    stopped_at: int | None = None
    tag: str = ""
    was_retracked: bool = False
    carrier_changes: int = 0
    pushed_at: int = 0  # Everything told until then was pushed.


@dataclass
class Push:
    """A message on its way to a webhook."""

    id: str
    token: str
    number: str
    event: str
    due_at: int
    body: str = ""
    attempts: int = 0
    state: str = "waiting"  # waiting, sending, arrived or lost
    status: int | None = None
