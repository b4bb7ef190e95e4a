"""Numbers by scanner, which is a keyboard that types fast and ends with Enter: a parcel, its number, the next parcel.

Who scans looks at the box and not at the screen, so nothing doubtful is ever taken by what is scanned next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.audit.event import Event
from models.shipping.number import normalized
from models.shipping.numbering import DoubtfulNumber
from models.shipping.parcel import Parcel
from models.shipping.targets import parcels_meant, target_of
from models.support import clock
from models.support.errors import Refused
from models.support.words import Words, say

RECENT = 10


@dataclass(frozen=True)
class Scan:
    """Where the scanning stands. `parcel` waits for its number; `doubted` is one that wants a tick and a reason."""

    parcel: Parcel | None
    words: Words | None = None
    tone: str = "info"
    doubted: str = ""


def scan(
    reach: Any, code: str, parcel: Parcel | None, queue: Sequence[Parcel] = (), *, reason: str = "", by: Any = None
) -> Scan:
    """What a scanned code does: a parcel or an order's id chooses the parcel, anything else is the chosen one's number."""
    if target := target_of(code):
        return _chosen(reach, target, parcel)
    if parcel is None:
        return Scan(None, say("Scan a parcel first: its number or its order's id."), "bad")
    try:
        parcel.give_number(code, carrier=parcel.usual_carrier, reason=reason, by=by)
    except DoubtfulNumber as doubt:
        return Scan(parcel, doubt.words, "warn", doubted=normalized(code))
    except Refused as refused:
        return Scan(parcel, refused.words, "bad")
    words = say("%(parcel)s has the number %(number)s.", parcel=parcel.label, number=parcel.tracking_number)
    return Scan(next_of(queue, parcel), words, "ok")


def _chosen(reach: Any, target: str, before: Parcel | None) -> Scan:
    found = parcels_meant(reach, [target])[target]
    if not isinstance(found, Parcel):
        return Scan(before, found, "bad")
    if not found.takes_numbers:
        return Scan(before, say("The parcel %(parcel)s has ended; its number stays.", parcel=found.label), "bad")
    if found.tracking_number:
        words = say("%(parcel)s has the number %(number)s already. Another one takes its place.",
                    parcel=found.label, number=found.tracking_number)  # fmt: skip
        return Scan(found, words, "warn")
    return Scan(found)


def next_of(queue: Sequence[Parcel], done: Parcel | None = None) -> Parcel | None:
    """The first of the chosen parcels that still waits for its number."""
    return next((one for one in queue if not one.tracking_number and one.takes_numbers and one != done), None)


def recent(team_id: int, person: Any) -> list[Event]:
    """The last numbers this person gave today, the latest first."""
    mine = Event.select().where(
        Event.team_id == team_id, Event.actor_id == person.id, Event.name == "parcel_numbered", Event.at >= clock.ago(days=1)
    )  # fmt: skip
    return list(mine.order_by(Event.at.desc(), Event.id.desc()).limit(RECENT))
