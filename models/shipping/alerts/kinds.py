"""What may be wrong with a parcel: each kind in a word, in a sentence with its own figures, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from models.shipping.status import EXCEPTION, FAILURE
from models.support import clock
from models.support.words import Words, say

SHIP_BY, NO_SCAN, NOT_FOUND, SILENT = "ship_by", "no_scan", "not_found", "silent"
CUSTOMS, FAILED, PICKUP, TROUBLE, LATE = "customs", "failed", "pickup", "trouble", "late"


@dataclass(frozen=True)
class Kind:
    """`tone` is bad where the buyer is hurt already, warn where there is still time."""

    key: str
    words: Words
    advice: Words
    tone: str


def _kind(key: str, words: Words, advice: Words, tone: str = "warn") -> Kind:
    return Kind(key, words, advice, tone)


# In the order in which they hurt.
KINDS: dict[str, Kind] = {kind.key: kind for kind in (
    _kind(SHIP_BY, say("To ship soon, no label"),
          say("Choose a channel, give it a number and label it now. What cannot leave in time is better told to the buyer today."), "bad"),
    _kind(TROUBLE, say("Trouble on the way"),
          say("Ask the carrier in writing, with the number. What is lost, destroyed or on its way back is sent again or refunded before the "
              "buyer claims it; claim it from the carrier."), "bad"),
    _kind(FAILED, say("Delivery failed"),
          say("Write to the buyer: is the address right, when is somebody there? Then ask the carrier for another attempt before it "
              "sends the parcel back."), "bad"),
    _kind(CUSTOMS, say("Customs ask"),
          say("Ask the carrier what is missing – an invoice, an HS code, the importer's tax number – and send it the same day: after a few "
              "days the parcel is sent back."), "bad"),
    _kind(LATE, say("Later than promised"),
          say("Write to the buyer before they write to you, with the day you expect; refund or send again where it is not coming."), "bad"),
    _kind(NO_SCAN, say("Not scanned by the carrier"),
          say("Ask the carrier whether it has the parcel. If it never left, hand it over today: Amazon counts a shipment without a scan "
              "against you."), "warn"),
    _kind(NOT_FOUND, say("Number unknown to the carrier"),
          say("Compare the number with the label and correct it, and tell Amazon the right one. If it is right, ask the carrier where the "
              "parcel is."), "warn"),
    _kind(SILENT, say("Silent"),
          say("Ask the carrier to look for it. Tell the buyer that you are looking, and open a search before the carrier's time for it ends."),
          "warn"),
    _kind(PICKUP, say("Waits to be collected"),
          say("Write to the buyer where it waits and until when; carriers send it back after one or two weeks."), "warn"),
)}  # fmt: skip
TITLES = {kind.key: kind.words for kind in KINDS.values()}

# What carriers say in one word.
SAYS = {
    "Exception_Delayed": say("it is delayed"),
    "Exception_NoBody": say("nobody took it in"),
    "Exception_Security": say("security stopped it"),
    "Exception_Damage": say("it is damaged"),
    "Exception_Rejected": say("the buyer refused it"),
    "Exception_Cancel": say("it was cancelled"),
    "Exception_Destroyed": say("it was destroyed"),
    "Exception_Lost": say("it is lost"),
    "Exception_Returning": say("it is on its way back"),
    "Exception_Returned": say("it is back with its sender"),
    "DeliveryFailure_NoBody": say("nobody was there"),
    "DeliveryFailure_Security": say("security stopped it"),
    "DeliveryFailure_Rejected": say("the buyer refused it"),
    "DeliveryFailure_InvalidAddress": say("the address is wrong"),
}


def sentence(kind: str, alert: Any, parcel: Any) -> Words:
    """What is wrong with this parcel, with its own figures. The moment itself stands beside it."""
    gone = clock.now() - alert.since
    days = max(gone.days, 0)
    if kind == SHIP_BY:
        if gone.total_seconds() > 0:
            return say("It had to leave %(time)s ago and has no label.", time=_long(gone))
        return say("It has to leave within %(hours)s h and has no label.", hours=ceil(-gone.total_seconds() / 3600))
    if kind == NO_SCAN:
        return say("Amazon was told %(time)s ago that it left, and no carrier has scanned it.", time=_long(gone))
    if kind == NOT_FOUND:
        return say("The carrier has not known its number for %(time)s.", time=_long(gone))
    if kind == SILENT:
        return _silent(alert, days)
    if kind == CUSTOMS:
        return say("Customs have wanted information for %(time)s.", time=_long(gone))
    if kind == PICKUP:
        return say("It has waited for its buyer for %(time)s.", time=_long(gone))
    if kind == LATE:
        return say("It should have arrived %(time)s ago at the latest.", time=_long(gone))
    return _said(kind, parcel)


def _long(gone: timedelta) -> Words:
    """How long ago something was: in hours up to two days, then in days."""
    hours = max(int(gone.total_seconds() // 3600), 0)
    return say("%(days)s days", days=hours // 24) if hours >= 48 else say("%(hours)s h", hours=hours)


def _silent(alert: Any, days: int) -> Words:
    if alert.sample:
        return say("No news for %(days)s days. Of %(sample)s parcels of this lane nine in ten were never silent for more than %(usual)s.",
                   days=days, sample=alert.sample, usual=alert.days)  # fmt: skip
    return say("No news for %(days)s days; after %(usual)s a parcel counts as silent.", days=days, usual=alert.days)


def _said(kind: str, parcel: Any) -> Words:
    what = SAYS.get(parcel.sub_status)
    if parcel.status == (EXCEPTION if kind == TROUBLE else FAILURE) and what is not None:
        return say("The carrier says: %(what)s.", what=what)
    if kind == FAILED:
        return say("The carrier could not deliver it.")
    return say("The carrier reports trouble and does not say which.")
