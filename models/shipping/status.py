"""Where a parcel stands, from its events alone: whatever order they arrive in, and however often, the answer is the same.

The names are those of 17TRACK. A sub-status nobody knows keeps its text and counts as what it begins with (docs/tracking.md).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

NOT_FOUND, INFO_RECEIVED, IN_TRANSIT, EXPIRED = "NotFound", "InfoReceived", "InTransit", "Expired"
FOR_PICKUP, OUT_FOR_DELIVERY, FAILURE = "AvailableForPickup", "OutForDelivery", "DeliveryFailure"
DELIVERED, EXCEPTION = "Delivered", "Exception"
RETURNING, RETURNED = "Exception_Returning", "Exception_Returned"
CUSTOMS_ASKS = "InTransit_CustomsRequiringInformation"
# From the beginning of a voyage to its end: of two statuses told for one moment the later one here stands.
SUBS = (
    "NotFound_Other", "NotFound_InvalidCode", "InfoReceived",
    "InTransit_PickedUp", "InTransit_Other", "InTransit_Departure", "InTransit_CustomsProcessing", CUSTOMS_ASKS,
    "InTransit_CustomsReleased", "InTransit_Arrival", "AvailableForPickup_Other", "OutForDelivery_Other",
    "DeliveryFailure_Other", "DeliveryFailure_NoBody", "DeliveryFailure_Security", "DeliveryFailure_Rejected",
    "DeliveryFailure_InvalidAddress", "Exception_Other", "Exception_Delayed", "Exception_NoBody", "Exception_Security",
    "Exception_Damage", "Exception_Rejected", "Exception_Cancel", "Exception_Destroyed", "Exception_Lost",
    "Expired_Other", "Delivered_Other", RETURNING, RETURNED,
)  # fmt: skip
MAINS = (
    NOT_FOUND, INFO_RECEIVED, IN_TRANSIT, FOR_PICKUP, OUT_FOR_DELIVERY, FAILURE, EXCEPTION, EXPIRED, DELIVERED,
)  # fmt: skip
RANKS = {sub: rank for rank, sub in enumerate(SUBS)}
KNOWN = {sub.casefold(): sub for sub in SUBS}
KNOWN_MAINS = {main.casefold(): main for main in MAINS}
LONGEST = 80
DESCRIBED_MOST = 500
AHEAD = timedelta(days=1)  # Clocks of carriers run in local time; what lies further ahead has not happened.


@dataclass(frozen=True)
class Status:
    """`main` is one of MAINS; `sub` one of SUBS, or a text that a provider has and we do not know."""

    main: str
    sub: str

    @classmethod
    def read(cls, main: str, sub: str = "") -> Status | None:
        """A provider's two texts. None when neither of them says anything we know."""
        main, sub = main.strip()[:LONGEST], sub.strip()[:LONGEST]
        if (known := KNOWN.get(sub.casefold())) is not None:
            return cls(known.partition("_")[0], known)
        beginning = KNOWN_MAINS.get(sub.partition("_")[0].casefold()) or KNOWN_MAINS.get(main.casefold())
        if beginning is not None:
            return cls(beginning, sub or _plain(beginning))
        return cls.read("", main) if main and not sub and "_" in main else None

    @property
    def is_known(self) -> bool:
        return self.sub in RANKS

    @property
    def is_delivered(self) -> bool:
        return self.main == DELIVERED

    @property
    def is_return(self) -> bool:
        return self.sub in (RETURNING, RETURNED)

    @property
    def rank(self) -> int:
        """Its place in a voyage; one that is not known stands where the plain one of its main status does."""
        return RANKS.get(self.sub, RANKS[_plain(self.main)])


def _plain(main: str) -> str:
    return main if main == INFO_RECEIVED else f"{main}_Other"


UNSEEN = Status(NOT_FOUND, "NotFound_Other")


@dataclass(frozen=True)
class Event:
    """Something a provider says happened to a parcel. `status` is None when it says no more than words."""

    provider: str
    time_utc: datetime
    description: str
    location: str = ""
    status: Status | None = None
    offset_minutes: int | None = None  # What the provider's local time was ahead of UTC.

    @classmethod
    def told_by(cls, provider: str, snapshot: Any) -> Event:
        """What a provider's snapshot of an event says (integrations/carriers)."""
        return cls(
            provider, snapshot.time_utc, snapshot.description, snapshot.location,
            Status.read(snapshot.status, snapshot.sub_status), snapshot.offset_minutes,
        )  # fmt: skip

    @property
    def key(self) -> tuple[str, datetime, str]:
        """What makes it this event and no other."""
        return self.provider, self.time_utc, description_hash(self.description)

    @property
    def local_time(self) -> datetime | None:
        return None if self.offset_minutes is None else self.time_utc + timedelta(minutes=self.offset_minutes)


def description_hash(description: str) -> str:
    """The same for texts that differ in blanks alone."""
    plain = " ".join(unicodedata.normalize("NFKC", description).split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def unique(events: Iterable[Event]) -> list[Event]:
    """Each event once, in order of time; of one moment in order of arrival."""
    found: dict[tuple[str, datetime, str], Event] = {}
    for event in events:
        known = found.get(event.key)
        found[event.key] = event if known is None else fuller(known, event)
    return sorted(found.values(), key=lambda event: event.time_utc)


def fuller(one: Event, other: Event) -> Event:
    """Of two tellings of one event the one that says more; which of them came first does not matter."""
    return max(one, other, key=lambda event: (*_weight(event.status), bool(event.location), event.location, event.description,
                                              event.offset_minutes is not None, event.offset_minutes or 0))  # fmt: skip


def _weight(status: Status | None) -> tuple[int, str]:
    return (-1, "") if status is None else (status.rank, status.sub)


@dataclass(frozen=True)
class Standing:
    """Where a parcel stands: its status and since when, its last event, and when it was first delivered."""

    status: Status
    since: datetime | None = None
    last_event_at: datetime | None = None
    delivered_at: datetime | None = None


def standing(events: Iterable[Event], told: Status | None = None, *, now: datetime | None = None) -> Standing:
    """What the events make of a parcel. `told` is a provider's word for a parcel of which no event tells a status;
    events further ahead of `now` than clocks differ do not count yet."""
    seen = [event for event in unique(events) if now is None or event.time_utc <= now + AHEAD]
    status, since, delivered_at = None, None, None
    for event in sorted(seen, key=lambda event: (event.time_utc, *_weight(event.status))):
        if event.status is None or not may_follow(event.status, status, was_delivered=delivered_at is not None):
            continue
        if event.status != status:
            status, since = event.status, event.time_utc
        if event.status.is_delivered and delivered_at is None:
            delivered_at = event.time_utc
    last = seen[-1].time_utc if seen else None
    return Standing(status or told or UNSEEN, since, last, delivered_at)


def may_follow(new: Status, old: Status | None, *, was_delivered: bool) -> bool:
    """Delivered is final, but a parcel may still be sent back; one that is back with its sender is at its end."""
    if old is not None and old.sub == RETURNED:
        return False
    return not was_delivered or new.is_return or new.is_delivered
