"""What a parcel's status is called. A sub-status that nobody knows is shown as its carrier writes it."""

from __future__ import annotations

from models.shipping.status import Status
from models.support.words import Words, say

WORDS = {
    "NotFound_Other": say("Nothing is known of it yet"),
    "NotFound_InvalidCode": say("Its number is not known to the carrier"),
    "InfoReceived": say("The carrier knows of it and waits for it"),
    "InTransit_PickedUp": say("Picked up"),
    "InTransit_Other": say("On its way"),
    "InTransit_Departure": say("Left the place it came from"),
    "InTransit_CustomsProcessing": say("At customs"),
    "InTransit_CustomsRequiringInformation": say("Customs ask for something"),
    "InTransit_CustomsReleased": say("Released by customs"),
    "InTransit_Arrival": say("Arrived in the country of destination"),
    "AvailableForPickup_Other": say("Ready to be picked up by the buyer"),
    "OutForDelivery_Other": say("Out for delivery"),
    "DeliveryFailure_Other": say("Could not be delivered"),
    "DeliveryFailure_NoBody": say("Could not be delivered: nobody was there"),
    "DeliveryFailure_Security": say("Could not be delivered: held by security"),
    "DeliveryFailure_Rejected": say("Could not be delivered: the buyer refused it"),
    "DeliveryFailure_InvalidAddress": say("Could not be delivered: the address is wrong"),
    "Exception_Other": say("Something is wrong with it"),
    "Exception_Delayed": say("Delayed"),
    "Exception_NoBody": say("Nobody could be reached"),
    "Exception_Security": say("Held by security"),
    "Exception_Damage": say("Damaged"),
    "Exception_Rejected": say("Refused by the buyer"),
    "Exception_Cancel": say("Called off"),
    "Exception_Destroyed": say("Destroyed"),
    "Exception_Lost": say("Lost"),
    "Expired_Other": say("Nothing was heard of it for long"),
    "Delivered_Other": say("Delivered"),
    "Exception_Returning": say("On its way back to the sender"),
    "Exception_Returned": say("Back with the sender"),
}
MAIN_WORDS = {
    "NotFound": say("Not found"), "InfoReceived": say("Announced"), "InTransit": say("On its way"), "Expired": say("Expired"),
    "AvailableForPickup": say("Ready for pickup"), "OutForDelivery": say("Out for delivery"),
    "DeliveryFailure": say("Not delivered"), "Delivered": say("Delivered"), "Exception": say("Trouble"),
}  # fmt: skip
# What somebody writes down by hand: what is known without words is not among it.
BY_HAND = tuple(sub for sub in WORDS if not sub.startswith(("NotFound", "Expired")))


def status_words(main: str, sub: str) -> Words | None:
    """What a parcel or an event says of its status; None where it says nothing."""
    if sub in WORDS:
        return WORDS[sub]
    if main in MAIN_WORDS:
        return say("%(main)s (%(told)s)", main=MAIN_WORDS[main], told=sub) if sub else MAIN_WORDS[main]
    return None


def words_of(status: Status | None) -> Words | None:
    return status_words(status.main, status.sub) if status else None
