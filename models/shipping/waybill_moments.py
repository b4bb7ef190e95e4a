"""What the life of a parcel does to its waybill (models/shipping/waybill.py), and what a waybill keeps from it."""

from __future__ import annotations

from typing import Any

from models.shipping import moments
from models.shipping.parcel import Parcel
from models.shipping.waybill import UNSETTLED, Waybill
from models.support.errors import Refused
from models.support.words import Words, say


@moments.at("void")
def _let_go(parcel: Parcel, **_: Any) -> None:
    """A parcel is not voided while its carrier is being asked. What was made stays known there; the page says so."""
    _give_up(parcel, say("The parcel was voided."))


@moments.at("number")
def _give_way(parcel: Parcel, **_: Any) -> None:
    """Who gives a number of one's own wants none of the carrier's. The number of a waybill may be corrected."""
    _give_up(parcel, say("It has a tracking number already."))


def _give_up(parcel: Parcel, why: Words) -> None:
    waybill = Waybill.of(parcel)
    if waybill is None:
        return
    if waybill.state in UNSETTLED:
        raise Refused("Its waybill is being ordered. Wait until the carrier has answered.")
    if waybill.state == "waiting":
        waybill.refuse(why)


@moments.at("plan")
def _stay_as_ordered(parcel: Parcel, **_: Any) -> None:
    """The carrier was told weight, size and channel with the waybill."""
    waybill = Waybill.of(parcel)
    if waybill is not None and waybill.state != "refused":
        raise Refused("Its waybill was ordered for this weight, size and channel. Void the parcel, and make another.")
