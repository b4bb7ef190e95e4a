"""When a parcel is looked at next, from where it stands and how long it has been silent. Pure: moments in, a moment out.

Often near its end, rarely when it is silent, never once it has ended; what was delivered is watched 15 days, for it may come back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.shipping.status import (
    CUSTOMS_ASKS,
    DELIVERED,
    EXCEPTION,
    EXPIRED,
    FAILURE,
    FOR_PICKUP,
    IN_TRANSIT,
    INFO_RECEIVED,
    NOT_FOUND,
    OUT_FOR_DELIVERY,
    RETURNED,
    RETURNING,
    Standing,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PACE = {
    NOT_FOUND: 6 * HOUR, INFO_RECEIVED: 12 * HOUR, IN_TRANSIT: 12 * HOUR, FOR_PICKUP: 6 * HOUR, OUT_FOR_DELIVERY: 2 * HOUR,
    FAILURE: 6 * HOUR, EXCEPTION: 12 * HOUR, EXPIRED: 7 * DAY, DELIVERED: 3 * DAY,
}  # fmt: skip
PACE_OF_SUBS = {
    CUSTOMS_ASKS: 6 * HOUR, "InTransit_CustomsReleased": 6 * HOUR, "InTransit_Arrival": 6 * HOUR, RETURNING: DAY,
    "Exception_Lost": 7 * DAY, "Exception_Destroyed": 7 * DAY,
}  # fmt: skip
SILENT = ((30 * DAY, 7 * DAY), (10 * DAY, 2 * DAY), (3 * DAY, DAY))  # Silent so long: no more often than that.
WATCHED_AFTER_DELIVERY, GIVEN_UP_AFTER = 15 * DAY, 90 * DAY
FIRST_LOOK = timedelta(minutes=6)  # A service shows a number some minutes after it was registered.
NIGHT_BEGINS, NIGHT_SECONDS = 17, 4 * 3600  # 17:00 UTC, one in the morning in China: four hours of little else to do.


def next_look(standing: Standing, *, since: datetime, now: datetime, hears: bool, place: int) -> datetime | None:
    """None: never again. `since` is when it was last heard of, or when it was first followed; `hears` says that news come by
    themselves, so that only what is silent for a day is asked for, at night. `place` (any number of its own) spreads the parcels."""
    status = standing.status
    if status.sub == RETURNED:
        return None
    if status.is_delivered and now >= (standing.delivered_at or since) + WATCHED_AFTER_DELIVERY:
        return None
    silent = now - max(since, standing.last_event_at or since)
    if silent >= GIVEN_UP_AFTER:
        return None
    pace = PACE_OF_SUBS.get(status.sub, PACE[status.main])
    pace = max([pace, *(slower for longer, slower in SILENT if silent >= longer)])
    if hears:
        return _night(now + max(pace, DAY), place)
    return now + pace + pace * (place % 97) / 970


def _night(after: datetime, place: int) -> datetime:
    """The first night that has a moment of this place after then."""
    begins = after.replace(hour=NIGHT_BEGINS, minute=0, second=0, microsecond=0) - DAY
    moment = begins + timedelta(seconds=place * 7919 % NIGHT_SECONDS)
    while moment < after:
        moment += DAY
    return moment
