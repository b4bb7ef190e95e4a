"""Whoever tells where parcels are. Providers look alike, answer for every number they are asked about, and pass the same test
(tests/integrations/test_carriers.py). Statuses are in 17TRACK's words; a text nobody knows is handed on as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from integrations.errors import IntegrationError

# What a provider may say of a number. The first two mean that it is followed.
REGISTERED, ALREADY = "registered", "already_registered"
NOT_REGISTERED, CARRIER_UNKNOWN, CARRIER_WRONG = "not_registered", "carrier_unknown", "carrier_wrong"
BAD_NUMBER, DAILY_LIMIT, QUOTA_USED, NO_NEWS, REFUSED = "bad_number", "daily_limit", "quota_used", "no_news", "refused"
PASSING = {NOT_REGISTERED, DAILY_LIMIT, QUOTA_USED, NO_NEWS}  # Asking again another time may help.


@dataclass(frozen=True)
class Asked:
    """A number to follow. `carrier` is the provider's own word for who moves it; empty lets the provider find out."""

    number: str
    carrier: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a provider says of a number of which it tells no events. `message` is the provider's own, in English."""

    number: str
    code: str
    message: str = ""
    carrier: str = ""

    @property
    def is_followed(self) -> bool:
        return self.code in (REGISTERED, ALREADY)

    @property
    def is_passing(self) -> bool:
        return self.code in PASSING


@dataclass(frozen=True)
class EventSnapshot:
    """Something that happened to a parcel. `reporter` is the carrier that says so."""

    time_utc: datetime
    offset_minutes: int | None
    description: str
    location: str
    status: str
    sub_status: str
    reporter: str = ""


@dataclass(frozen=True)
class Tracked:
    """A parcel as a provider tells it. `is_stopped`: no more news will come by itself."""

    number: str
    carrier: str
    status: str
    sub_status: str
    events: tuple[EventSnapshot, ...]
    is_stopped: bool = False
    raw: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Fetched:
    """Every number asked about is either tracked or refused, once."""

    tracked: tuple[Tracked, ...] = ()
    refused: tuple[Outcome, ...] = ()


class Provider(Protocol):
    """`at_once` is how many numbers one call takes; handing over more is a mistake of the caller (ValueError)."""

    name: str
    at_once: int

    def register(self, numbers: Sequence[Asked]) -> list[Outcome]:
        """Asks that the numbers be followed, harmless when they are already. Raises IntegrationError."""
        ...

    def fetch(self, numbers: Sequence[Asked]) -> Fetched:
        """What is known of the numbers now. Raises IntegrationError."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> Fetched:
        """What the provider sent us by itself. Raises IntegrationError unless the provider signed these very bytes."""
        ...


def require_few(numbers: Sequence[Asked], at_once: int) -> None:
    if len(numbers) > at_once:
        raise ValueError(f"At most {at_once} numbers at once, not {len(numbers)}.")


def answered(numbers: Sequence[Asked], outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One outcome for each number, in the order asked; a number the provider passed over is refused."""
    found = {outcome.number: outcome for outcome in outcomes}
    silent = "The provider did not answer for this number."
    asked = dict.fromkeys(one.number for one in numbers)
    return [found.get(number) or Outcome(number, REFUSED, silent) for number in asked]


def completed(numbers: Sequence[Asked], tracked: Iterable[Tracked], refused: Iterable[Outcome]) -> Fetched:
    """The answer for each number once. Of a number told twice the telling with more events counts."""
    wanted = {one.number for one in numbers}
    told: dict[str, Tracked] = {}
    for one in tracked:
        known = told.get(one.number)
        if one.number in wanted and (known is None or len(known.events) < len(one.events)):
            told[one.number] = one
    left = [one for one in numbers if one.number not in told]
    return Fetched(tuple(told.values()), tuple(answered(left, refused)))


def no_webhook(vendor: str) -> IntegrationError:
    return IntegrationError("no_webhook", f"{vendor} sends nothing by itself.", permanent=True)
