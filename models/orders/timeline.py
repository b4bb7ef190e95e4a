"""The story of one order, newest first: what Amazon told, what the sync saw, what people did with it, and what later rooms add.

    @tells
    def parcels_of(order, reach): yield Moment(…)

A room above this one registers a function that gives moments of an order, those that the reader may know of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.orders.change import OrderChange
from models.orders.note import OrderNote
from models.orders.order import Order, words_of_status
from models.orders.package import WENT_WRONG, words_of_package
from models.support import clock
from models.support.money import Money
from models.support.words import Words, say

OWN_MOMENT = ("order_noted",)  # The note itself stands there.
BAD = ("order_held",)
Teller = Callable[[Order, Any], Iterable["Moment"]]
TELLERS: list[Teller] = []


@dataclass(frozen=True)
class Moment:
    """`by` is a person's name, or Portolan, or empty for what Amazon told. `detail` is text as somebody wrote it."""

    at: datetime
    text: Words
    by: Any = ""
    detail: str = ""
    tone: str = ""


def tells(teller: Teller) -> Teller:
    """Registers a function that adds to the story."""
    TELLERS.append(teller)
    return teller


def timeline(order: Order, reach: Any) -> list[Moment]:
    """A few queries, whatever happened."""
    moments = [*_told(order), *_seen(order), *_done(order), *_noted(order)]
    for teller in TELLERS:
        moments += teller(order, reach)
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _told(order: Order) -> Iterator[Moment]:
    dates = [
        (order.ordered_at, say("Ordered at Amazon")),
        (order.created_at, say("Arrived in Portolan")),
        (order.shipped_at, say("Shipped")),
        (order.delivered_at, say("Delivered")),
        (order.cancelled_at, say("Cancelled")),
        (order.destroyed_at, say("The buyer's data was destroyed")),
    ]
    yield from (Moment(at, text) for at, text in dates if at is not None)
    if order.fetched_at > order.created_at:
        yield Moment(order.fetched_at, say("Last fetched from Amazon"))


def _seen(order: Order) -> Iterator[Moment]:
    """What the sync saw change; being shipped and cancelled have dates of their own."""
    for change in OrderChange.of(order):
        if change.what != "status" or change.new_status not in ("SHIPPED", "CANCELLED"):
            yield Moment(change.at, words_of(change, order.zone), tone="bad" if is_bad(change) else "")


def is_bad(change: OrderChange) -> bool:
    return (change.what == "asked" and bool(change.new_status)) or (
        change.what == "package" and change.new_status in WENT_WRONG
    )


def words_of(change: OrderChange, zone: str) -> Words:
    old, new = change.old_status, change.new_status
    if change.what == "asked":
        return say("The buyer asked to cancel") if new else say("The buyer no longer asks to cancel")
    if change.what == "total":
        return say("Amazon's total became %(new)s instead of %(old)s", old=_money(old), new=_money(new))
    if change.what == "ship_by":
        return say("Amazon moved the day to ship by to %(new)s", new=_day(new, zone))
    if change.what == "package":
        return say("Amazon of the parcel: %(new)s", new=words_of_package(new))
    return say("%(old)s became %(new)s", old=words_of_status(old), new=words_of_status(new))


def _money(text: str) -> str:
    currency, _blank, minor = text.partition(" ")
    return f"{Money(int(minor), currency).text()} {currency}" if currency else "0"


def _day(text: str, zone: str) -> str:
    return clock.local(datetime.fromisoformat(text), zone).strftime("%Y-%m-%d %H:%M")


def _done(order: Order) -> Iterator[Moment]:
    events = [event for event in events_about(order) if event.name not in OWN_MOMENT]
    for line in lines_of(events):
        yield Moment(line.at, line.words, line.actor, tone="bad" if line.name in BAD else "")


def _noted(order: Order) -> Iterator[Moment]:
    for note in OrderNote.of(order):
        yield Moment(note.created_at, say("Note"), note.person.name if note.person else "", note.text)
