"""Giving a parcel its tracking number: what is never taken, what wants a reason, and the quote that follows.

A number that changes after the label takes the quote's booking along, so that the carrier's bill still finds its parcel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from models.audit.event import declare, track
from models.audit.measure import measure
from models.freight.carrier import Carrier
from models.people.team import Team
from models.shipping import moments
from models.shipping.number import LONGEST, TrackingNumber
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import Words, say

SHORTEST, LEAST_REASON, MOST_REASON = 5, 5, 200

declare("parcel_numbered", say("%(actor)s gave the parcel %(object)s the tracking number %(number)s"),
        "number", "was", "doubt", "reason")  # fmt: skip
measure("numbers_given", say("Tracking numbers given"), "parcel_numbered")


class DoubtfulNumber(FieldRefused):
    """A number that cannot be right, or that another parcel has: it is taken only with a reason."""


class Numbered:
    """What a `Parcel` can be told of its number."""

    def give_number(
        self: Any,
        text: str,
        *,
        carrier: Carrier | None = None,
        carrier_name: str = "",
        reason: str = "",
        by: Any = None,
    ) -> None:
        """Sets the tracking number. One that cannot be right, or stands on another parcel, wants a reason. Raises FieldRefused."""
        number = read_number(text)
        with write_txn():
            Team.take_turn(self.team_id)  # Two who give one number to two parcels wait here.
            now = self.locked()
            if not now.takes_numbers:
                raise Refused("The parcel has ended; its number stays.")
            doubt = next(iter(doubts(self, number, self.others_with(number.normalized))), None)
            if doubt and len(reason.strip()) < LEAST_REASON:
                raise DoubtfulNumber("tracking_number", doubt)
            _rebook(now, number.normalized, by=by)
            was = now.tracking_number
            self.change(
                tracking_number=number.normalized, core=number.core, carrier=carrier, carrier_name=carrier_name.strip()[:80],
                doubt=reason.strip()[:MOST_REASON] if doubt else "",
            )  # fmt: skip
            track(
                "parcel_numbered", self, by=by, number=number.normalized, was=was, doubt=bool(doubt), reason=self.doubt
            )
            moments.come("number", self, by=by, was=was)

    @property
    def takes_numbers(self: Any) -> bool:
        """Until it has ended."""
        return self.is_open or self.state == "shipped"

    @property
    def usual_carrier(self: Any) -> Carrier | None:
        """Whose number it gets, unless somebody says otherwise."""
        return self.channel.carrier if self.channel else self.carrier

    def others_with(self: Any, number: str) -> list[Any]:
        """The team's other parcels with this number that are not void."""
        model = type(self)
        mine = model.select().where(
            model.team == self.team_id, model.tracking_number == number, model.tracking_number != ""
        )
        return list(mine.where(model.id != self.id, model.state != "void").order_by(model.id).limit(1))


def read_number(text: str) -> TrackingNumber:
    """A text that may be a tracking number at all. Raises FieldRefused."""
    number = TrackingNumber.read(text)
    if number.is_order_id:
        raise FieldRefused("tracking_number", "This is an order's id, not a tracking number.")
    plain = number.normalized
    if not (SHORTEST <= len(plain) <= LONGEST and plain.isascii() and plain.isalnum()):
        raise FieldRefused("tracking_number", "A tracking number has 5 to 64 letters and digits.")
    return number


def doubts(parcel: Any, number: TrackingNumber, others: Sequence[Any]) -> Iterable[Words]:
    """Why the number is probably wrong; `others` are parcels that have it already."""
    if number.is_doubtful:
        yield say("The check digit of this number is wrong. Look at it again, or say why it is right.")
    for other in others:
        if other.id != parcel.id:
            yield say("The parcel %(parcel)s has this number. Say why both do.", parcel=other.label)


def _rebook(parcel: Any, number: str, *, by: Any) -> None:
    """The quote of a labelled parcel is booked under its number, whatever that becomes. Raises FieldRefused."""
    if parcel.quote is None or not parcel.quote.is_booked:
        return
    if parcel.quote.waybill != parcel.tracking_number:  # Booked by hand under a number of its own.
        return
    try:
        parcel.quote.rebook(number, by=by)
    except FieldRefused as refused:
        raise FieldRefused("tracking_number", refused.words) from None
