"""What happens to an order. Its events are known from the day it is placed; the state at a moment follows from those that
have happened by then. Old merchant orders were shipped by the seller; young ones wait for somebody to ship them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.amazon.clock import DAY, HOUR, MINUTE
from sandbox.amazon.records import Order

PLACED, AUTHORIZED, ASKED = "placed", "authorized", "cancel_requested"
PART_SHIPPED, SHIPPED, DELIVERED, CANCELLED = "part_shipped", "shipped", "delivered", "cancelled"
RELEASED, STUCK, REFUSED, RETURNED = "released", "stuck", "refused", "returned"
WITHDRAWN, CUT = "cancel_withdrawn", "cut"
GRACE = 7 * DAY  # Amazon cancels a merchant order this long after its last ship date.
FATES = {  # The last event of an order that is made to be in a state.
    "PENDING": PLACED,
    "UNSHIPPED": AUTHORIZED,
    "CANCEL_REQUESTED": ASKED,
    "PARTIALLY_SHIPPED": PART_SHIPPED,
    "SHIPPED": SHIPPED,
    "DELIVERED": DELIVERED,
    "CANCELLED": CANCELLED,
    "PENDING_AVAILABILITY": RELEASED,
    "UNFULFILLABLE": STUCK,
    "RETURNED": RETURNED,
}
SERVICES = {
    "DE": [("DHL", "DHL Paket", "00340434{12}")],
    "GB": [("Royal Mail", "Tracked 48", "JD{13}GB")],
    "JP": [("Yamato", "宅急便", "{12}")],
}
OTHER_SERVICES = [
    ("UPS", "Ground", "1Z999AA1{10}"),
    ("FedEx", "Home Delivery", "{12}"),
    ("USPS", "Priority Mail", "94001{17}"),
]

Event = list[Any]  # [moment, name, detail]


def happened(order: Order, now: int) -> list[Event]:
    return [event for event in order.events if event[0] <= now]


def updated_at(order: Order, now: int) -> int:
    return max((event[0] for event in order.events if event[0] <= now), default=order.created_at)


def detail(order: Order, name: str, now: int) -> dict[str, Any] | None:
    """What is known about an event that has happened."""
    return next((event[2] for event in happened(order, now) if event[1] == name), None)


def status(order: Order, now: int) -> str:
    names = {event[1] for event in order.events if event[0] <= now}
    if CANCELLED in names:
        return "CANCELLED"
    if STUCK in names:
        return "UNFULFILLABLE"
    if SHIPPED in names:
        return "SHIPPED"
    if PART_SHIPPED in names:
        return "PARTIALLY_SHIPPED"
    if AUTHORIZED in names:
        return "UNSHIPPED"
    return "PENDING_AVAILABILITY" if "PREORDER" in order.programs and RELEASED not in names else "PENDING"


def parcels(order: Order, now: int) -> Iterator[tuple[int, dict[str, Any], dict[int, int]]]:
    """What has left so far: when, how to follow it, and how many of which line, by its place in the order."""
    left = {place: wanted(order, place) for place in range(len(order.lines))}
    for moment, name, what in happened(order, now):
        if name in (PART_SHIPPED, SHIPPED):
            rest = {place: left[place] for place in what.get("lines", left) if left[place]}
            inside = dict(what["quantities"]) if "quantities" in what else rest
            for place, quantity in inside.items():
                left[place] -= quantity
            yield moment, what, inside


def shipped(order: Order, now: int) -> Counter[int]:
    """How many of each line have left, by its place in the order."""
    gone: Counter[int] = Counter()
    for _, _, inside in parcels(order, now):
        gone.update(inside)
    return gone


def wanted(order: Order, place: int) -> int:
    """How many of a line are to be shipped in the end: what was ordered less what was cancelled of it."""
    return int(order.lines[place]["quantity"] - order.lines[place].get("cut", 0))


def package_state(order: Order, now: int) -> tuple[str, str]:
    """How far its parcels have come: the status and the closer one."""
    names = {event[1] for event in order.events if event[0] <= now}
    if RETURNED in names:
        return "UNDELIVERABLE", "RETURNED_TO_SELLER"
    if REFUSED in names:
        return "UNDELIVERABLE", "REJECTED_BY_BUYER"
    return ("DELIVERED", "DELIVERED") if DELIVERED in names else ("SHIPPED", "PICKED_UP")


def live(order: Order, rng: random.Random, now: int, state: str | None = None) -> None:
    """Writes what happened to the order and what will. With a `state` it is in that state now, whatever its age."""
    authorized = order.created_at + rng.randint(1, 40) * MINUTE
    asked = authorized + rng.randint(10, 300) * MINUTE
    left = authorized + rng.randint(4, 40) * HOUR
    arrived = left + rng.randint(48, 216) * HOUR
    ended = authorized + rng.randint(20, 600) * MINUTE
    fate = _fate(order, rng, left <= now) if state is None else FATES[state]
    if state is not None:
        authorized = now + rng.randint(10, 40) * MINUTE if fate == PLACED else min(authorized, now)
        asked, ended = min(asked, now), min(ended, now)
        left = min(left, now) if fate in (PART_SHIPPED, SHIPPED, DELIVERED) else max(left, now + HOUR)
        arrived = min(arrived, now) if fate == DELIVERED else max(arrived, left + DAY, now + HOUR)
    order.events = [[order.created_at, PLACED, {}], [authorized, AUTHORIZED, {}]]
    if fate == RELEASED:  # Not out yet: in a week it is, and then it is paid for.
        order.events = [
            [order.created_at, PLACED, {}],
            [now + 7 * DAY, RELEASED, {}],
            [now + 7 * DAY + HOUR, AUTHORIZED, {}],
        ]
        return
    if fate == STUCK:
        order.events.append([max(order.created_at, min(ended, now)), STUCK, {}])
        return
    if fate == CANCELLED:
        who = rng.choice(["BUYER", "BUYER", "MERCHANT", "AMAZON"])
        order.events.append([ended, CANCELLED, {"by": who, "reason": _reason(rng, who)}])
        return
    if fate == ASKED:
        order.events.append([asked, ASKED, {"reason": _reason(rng, "BUYER")}])
    if fate == PART_SHIPPED:
        order.events.append([left, PART_SHIPPED, {**parcel(order, rng), "lines": [0]}])
    if fate == RETURNED:
        order.events += [
            [min(left, now), SHIPPED, parcel(order, rng)],
            [now, REFUSED, {}],
            [now + 5 * DAY, RETURNED, {}],
        ]
    elif fate in (SHIPPED, DELIVERED) or order.fulfilled_by == "AMAZON":
        order.events += [[left, SHIPPED, parcel(order, rng)], [arrived, DELIVERED, {}]]
    else:
        order.events.append(_given_up(order, now))


def happen(order: Order, name: str, now: int, what: dict[str, Any]) -> None:
    """Something happens now, whatever was to come: the future is written anew."""
    order.events = [*happened(order, now), [now, name, what]]
    if name == SHIPPED:
        order.events.append([now + 4 * DAY, DELIVERED, {}])
    elif name in (AUTHORIZED, ASKED, WITHDRAWN, CUT, PART_SHIPPED):
        order.events.append(_given_up(order, now))


def parcel(order: Order, rng: random.Random) -> dict[str, Any]:
    """How a shipped parcel can be followed."""
    carrier, service, pattern = rng.choice(SERVICES.get(order.address["countryCode"], OTHER_SERVICES))
    before, _, rest = pattern.partition("{")
    length, _, after = rest.partition("}")
    number = "".join(str(rng.randrange(10)) for _ in range(int(length)))
    return {"carrier": carrier, "service": service, "tracking": f"{before}{number}{after}"}


def _fate(order: Order, rng: random.Random, was_due: bool) -> str:
    luck = rng.random()
    if luck < 0.04:
        return CANCELLED
    if order.fulfilled_by == "AMAZON" or was_due:
        return SHIPPED
    if luck < 0.07:
        return ASKED
    return AUTHORIZED


def _given_up(order: Order, now: int) -> Event:
    return [
        max(order.ship_by[1] + GRACE, now + DAY),
        CANCELLED,
        {"by": "AMAZON", "reason": "No shipment was confirmed"},
    ]


def _reason(rng: random.Random, who: str) -> str:
    if who == "BUYER":
        return rng.choice(["Order created by mistake", "Item would not arrive on time", "Found cheaper somewhere else"])
    return "Out of stock" if who == "MERCHANT" else "Payment could not be authorized"
