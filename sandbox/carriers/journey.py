"""What happens to a parcel, from its fate and the seed. Carriers tell it minutes later, and now and then days later: then a newer
event is known before an older one."""

from __future__ import annotations

import random

from sandbox.amazon.clock import DAY, HOUR, MINUTE
from sandbox.amazon.identifiers import chance
from sandbox.carriers.records import Parcel

Step = tuple[float, str, str, str]  # Hours after the step before, sub-status, words, where ("" is the destination).

ORIGIN = [
    (0.0, "InfoReceived", "Shipment information received", "Shenzhen"),
    (9.0, "InTransit_PickedUp", "Parcel picked up", "Shenzhen"),
    (8.0, "InTransit_Other", "Arrived at sorting centre", "Shenzhen"),
]
FLIGHT = [
    (12.0, "InTransit_TransportArrived", "Arrived at airport of departure", "Hong Kong"),
    (10.0, "InTransit_Departure", "Departed from airport", "Hong Kong"),
    (26.0, "InTransit_Arrival", "Arrived in country of destination", ""),
]
CUSTOMS = [
    (5.0, "InTransit_CustomsProcessing", "Customs clearance in progress", ""),
    (12.0, "InTransit_CustomsReleased", "Released by customs", ""),
]
LAST_MILE = [
    (20.0, "InTransit_Other", "Arrived at local depot", ""),
    (10.0, "OutForDelivery_Other", "Out for delivery", ""),
]
HANDED_OVER = [(5.0, "Delivered_Other", "Delivered", "")]
THERE = [*ORIGIN, *FLIGHT, *CUSTOMS, *LAST_MILE]
RETURN = [
    (30.0, "Exception_Returning", "Parcel is being returned to the sender", ""),
    (200.0, "Exception_Returned", "Parcel was returned to the sender", "Shenzhen"),
]
FATES: dict[str, list[Step]] = {
    "delivered": [*THERE, *HANDED_OVER],
    "second_attempt": [
        *THERE, (5.0, "DeliveryFailure_NoBody", "Nobody was at home", ""),
        (19.0, "OutForDelivery_Other", "Out for delivery again", ""), *HANDED_OVER,
    ],
    "pickup": [*THERE, (6.0, "AvailableForPickup_Other", "Ready to be picked up", ""), (90.0, "Delivered_Other", "Picked up", "")],
    "customs": [
        *ORIGIN, *FLIGHT, CUSTOMS[0], (8.0, "InTransit_CustomsRequiringInformation", "Customs ask for an invoice", ""),
        (130.0, "InTransit_CustomsReleased", "Released by customs", ""), *LAST_MILE, *HANDED_OVER,
    ],
    "delayed": [
        *ORIGIN, (30.0, "Exception_Delayed", "Flight cancelled", "Hong Kong"), *FLIGHT, *CUSTOMS, *LAST_MILE, *HANDED_OVER,
    ],
    "wrong_address": [*THERE, (5.0, "DeliveryFailure_InvalidAddress", "Address not found", ""), *RETURN],
    "returned": [*THERE, (5.0, "DeliveryFailure_Rejected", "Refused by the recipient", ""), *RETURN],
    "sent_back": [*THERE, *HANDED_OVER, (220.0, *RETURN[0][1:]), RETURN[1]],
    "damaged": [*ORIGIN, *FLIGHT, *CUSTOMS, (16.0, "Exception_Damage", "Parcel was damaged", "")],
    "lost": [*ORIGIN, *FLIGHT, (240.0, "Exception_Lost", "Parcel could not be found", "")],
    "silent": [*ORIGIN, *FLIGHT[:2]],
    "label_only": ORIGIN[:1],
    "unseen": [],
}  # fmt: skip
USUAL = (*["delivered"] * 84, "second_attempt", "second_attempt", "pickup", "pickup", "customs", "delayed", "delayed",
         "wrong_address", "returned", "sent_back", "damaged", "lost", "silent", "unseen")  # fmt: skip
DESTINATIONS = {
    "DE": ("Leipzig", 60),
    "US": ("Los Angeles", -480),
    "GB": ("London", 0),
    "JP": ("Tokyo", 540),
    "FR": ("Paris", 60),
}
AT_HOME, SOON, LATE = 480, (5 * MINUTE, 50 * MINUTE), (20 * HOUR, 60 * HOUR)
OFTEN_LATE = 0.08
SLOWEST = 2.5


def set_out(
    seed: int,
    number: str,
    now: int,
    *,
    fate: str = "",
    destination: str = "",
    pace: float = 1.0,
    late: float = OFTEN_LATE,
) -> Parcel:
    """A parcel that is given to the carrier now. `pace` stretches its voyage, `late` is how often an event is told late."""
    rng = chance(seed, "voyage", number)
    fate, destination = fate or rng.choice(USUAL), destination or rng.choice(list(DESTINATIONS))
    parcel = Parcel(number, fate, now, destination)
    moment = float(now)
    for hours, sub, words, place in FATES[fate]:
        moment += hours * HOUR * pace * rng.uniform(0.8, 1.2)
        city, offset = (place, AT_HOME) if place else DESTINATIONS.get(destination, (destination, 0))
        country = "CN" if place else destination
        parcel.events.append([int(moment), int(moment) + _delay(rng, late), sub, words, city, country, offset])
    return parcel


def under_way(
    seed: int, number: str, now: int, until: str, *, fate: str, destination: str = "", since: int = 0, rest: float = 0.0
) -> Parcel:
    """A parcel that set out earlier: the last thing told of it is the sub-status `until`, `rest` hours ago or so, or the middle of
    the time until the next. Its voyage is pressed together or drawn out so that it began after `since`, and soon after."""
    parcel = set_out(seed, number, 0, fate=fate, destination=destination, late=0)
    reached = max(place for place, event in enumerate(parcel.events) if event[2] == until)
    told, later = parcel.events[reached][1], [event[0] for event in parcel.events[reached + 1 :]]
    lapse = told + int(rest * HOUR) if rest or not later else (told + later[0]) // 2
    lapse = min(lapse, later[0] - MINUTE) if later else lapse
    pace = min(SLOWEST, (now - since) / max(1, lapse))
    for event in parcel.events:
        event[0], event[1] = (now - int((lapse - moment) * pace) for moment in event[:2])
    parcel.began_at = now - int(lapse * pace)
    return parcel


def _delay(rng: random.Random, late: float) -> int:
    return rng.randint(*(LATE if rng.random() < late else SOON))


def told(parcel: Parcel, now: int) -> list[list]:
    """What the carrier has told by now, the newest event first."""
    return sorted((event for event in parcel.events if event[1] <= now), key=lambda event: event[0], reverse=True)


def happen(parcel: Parcel, sub: str, words: str, place: str, now: int, *, ago: int = 0, delay: int = 0) -> None:
    """Something happens that was not foreseen; what was still to come does not."""
    parcel.events = [event for event in parcel.events if event[0] <= now]
    parcel.events.append([now - ago, now + delay, sub, words, place, parcel.destination, 0])


def last_word(parcel: Parcel, now: int) -> int:
    """When the carrier last told something."""
    return max((event[1] for event in parcel.events if event[1] <= now), default=parcel.began_at)


def delivered_at(parcel: Parcel, now: int) -> int | None:
    return next((event[0] for event in told(parcel, now) if event[2].startswith("Delivered")), None)


__all__ = ["DAY", "FATES", "Parcel", "delivered_at", "happen", "last_word", "set_out", "told", "under_way"]
