"""17TRACK's payloads (API v2.2) in our words. Pure and tolerant: what is missing is empty, what is unknown is kept as text.

A call that was refused as a whole raises IntegrationError; a number that was refused is an Outcome.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from integrations.carriers import REGISTERED, Asked, EventSnapshot, Fetched, Outcome, Tracked, answered, completed
from integrations.carriers.reading import LONGEST_DESCRIPTION, LONGEST_WORD, dig, items, moment, number, text
from integrations.carriers.seventeen_codes import of_account, of_number
from integrations.errors import IntegrationError

STAGES = {  # What stands in an event's `stage`, where it is no status of its own.
    "PickedUp": "InTransit_PickedUp",
    "Departure": "InTransit_Departure",
    "Arrival": "InTransit_Arrival",
    "CustomsProcessing": "InTransit_CustomsProcessing",
    "CustomsReleased": "InTransit_CustomsReleased",
    "CustomsRequiringInformation": "InTransit_CustomsRequiringInformation",
    "Returning": "Exception_Returning",
    "Returned": "Exception_Returned",
}
UPDATED, STOPPED = "TRACKING_UPDATED", "TRACKING_STOPPED"
MOST_EVENTS = 500


@dataclass(frozen=True)
class Quota:
    """How many numbers may still be registered."""

    total: int
    used: int
    left: int
    today_used: int
    daily_most: int


def asked(numbers: Sequence[Asked]) -> list[dict[str, Any]]:
    """The body of a call about numbers."""
    return [
        {"number": one.number, **({"carrier": int(one.carrier)} if one.carrier.isdecimal() else {})} for one in numbers
    ]


def registered(numbers: Sequence[Asked], payload: Any) -> list[Outcome]:
    data = _data(payload)
    taken = (Outcome(text(one, "number"), REGISTERED, "", text(one, "carrier")) for one in items(data, "accepted"))
    return answered(numbers, [*taken, *_refused(data)])


def fetched(numbers: Sequence[Asked], payload: Any) -> Fetched:
    data = _data(payload)
    return completed(numbers, map(tracked, items(data, "accepted")), _refused(data))


def pushed(payload: Any) -> Fetched:
    """What a webhook's body tells. Raises IntegrationError when it names no number."""
    kind, data = text(payload, "event"), dig(payload, "data")
    if kind not in (UPDATED, STOPPED) or not text(data, "number"):
        raise IntegrationError("webhook_unreadable", "The message names no event and number we know.", permanent=True)
    return Fetched((replace(tracked(data), is_stopped=kind == STOPPED),))


def quota(payload: Any) -> Quota:
    data = _data(payload)
    names = ("quota_total", "quota_used", "quota_remain", "today_used", "max_track_daily")
    return Quota(*(number(data, name) or 0 for name in names))


def tracked(entry: Any) -> Tracked:
    """One parcel. The newest event stands for the parcel's status where it has none of its own."""
    info = dig(entry, "track_info")
    status = text(info, "latest_status", "status", most=LONGEST_WORD)
    sub = text(info, "latest_status", "sub_status", most=LONGEST_WORD)
    events = sorted(_events(info), key=lambda event: event.time_utc)[-MOST_EVENTS:]
    if events and not (events[-1].status or events[-1].sub_status):
        events[-1] = replace(events[-1], status=status, sub_status=sub)
    if events and status == "Expired":
        events.append(replace(events[-1], description="", location="", status=status, sub_status=sub))
    return Tracked(text(entry, "number"), text(entry, "carrier"), status, sub, tuple(events), raw=entry)


def _events(info: Any) -> Iterator[EventSnapshot]:
    for provider in items(info, "tracking", "providers"):
        reporter = text(provider, "provider", "name")
        for event in items(provider, "events"):
            if (found := _event(event, reporter)) is not None:
                yield found


def _event(event: Any, reporter: str) -> EventSnapshot | None:
    local, utc = moment(text(event, "time_iso")), moment(text(event, "time_utc"))
    if (when := utc or local or _raw_moment(event)) is None:
        return None
    sub = text(event, "sub_status", most=LONGEST_WORD)
    stage = text(event, "stage", most=LONGEST_WORD)
    if not sub and stage in STAGES:
        sub = STAGES[stage]
    return EventSnapshot(
        when[0], local[1] if local else None, text(event, "description", most=LONGEST_DESCRIPTION), _place(event),
        sub.partition("_")[0] if sub else stage, sub, reporter,
    )  # fmt: skip


def _raw_moment(event: Any) -> Any:
    """The carrier's own date and time, when nothing better is told."""
    return moment(f"{text(event, 'time_raw', 'date')}T{text(event, 'time_raw', 'time') or '00:00:00'}")


def _place(event: Any) -> str:
    parts = (text(event, "address", name) for name in ("city", "state", "country"))
    return text(event, "location") or ", ".join(part for part in parts if part)


def _data(payload: Any) -> Any:
    """The answer's data. Raises IntegrationError when the call was refused as a whole."""
    errors = items(payload, "data", "errors")
    code = number(payload, "code") or (number(errors[0], "code") if errors else 0) or 0
    if code:
        raise of_account(code, text(errors[0], "message") if errors else text(payload, "message"))
    return dig(payload, "data")


def _refused(data: Any) -> Iterator[Outcome]:
    for one in items(data, "rejected"):
        code = number(one, "error", "code") or 0
        yield Outcome(text(one, "number"), of_number(code), text(one, "error", "message"), text(one, "carrier"))


def signature(raw: bytes, key: str) -> str:
    """17TRACK signs with a plain hash over the bytes as sent, a slash, and the key."""
    return hashlib.sha256(raw + b"/" + key.encode()).hexdigest()


def is_signed(headers: Mapping[str, str], raw: bytes, key: str) -> bool:
    """Whether these very bytes were signed by somebody who has the key. It takes the same time whatever is wrong."""
    given = next((value for name, value in headers.items() if name.lower() == "sign"), "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(raw, key).encode()) and bool(key)
