"""What somebody heard of a parcel, written down by hand: an event like any other, of the provider `manual`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.shipping.nameless import nameless
from models.shipping.news import Heard, hear
from models.shipping.parcel import Parcel
from models.shipping.status import DESCRIBED_MOST, Event, Status
from models.shipping.status_words import WORDS, words_of
from models.shipping.tracking_account import MANUAL
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say

MOST_PLACE = 160

declare(
    "tracking_event_written",
    say("%(actor)s wrote down what was heard of %(object)s: %(status)s"),
    "status",
    "at",
)
tell("tracking_event_written.status", {"": say("what was said of it"), **WORDS})


@retrying
def write_down(
    parcel: Parcel, *, status: Status | None, at: datetime, description: str = "", location: str = "", by: Any = None
) -> Heard:
    """Keeps an event and puts the parcel where it now stands. Raises FieldRefused, Refused."""
    require_on_its_way(parcel)
    if status is None and not description.strip():
        raise FieldRefused("description", "Choose what happened, or say it in words.")
    if at > clock.now():
        raise FieldRefused("day", "This moment is still to come.")
    event = Event(
        MANUAL, at.replace(microsecond=0), described(status, description), location.strip()[:MOST_PLACE], status
    )
    with write_txn():
        heard = hear(parcel, [event], source=MANUAL, by=by)
        if heard.too_old:
            raise FieldRefused("day", "The order was placed later than that.")
        if heard.new:
            track("tracking_event_written", parcel, by=by, status=status.sub if status else "", at=at)
    return heard


def described(status: Status | None, description: str) -> str:
    """The words an event is kept with, without the name of who took it; where there are none, the status's own (in English)."""
    words = words_of(status)
    return nameless(description.strip()[:DESCRIBED_MOST]) or (words.message if words else "")


def require_on_its_way(parcel: Parcel) -> None:
    """Raises Refused for one of which nothing can be heard."""
    if parcel.state == "void":
        raise Refused("The parcel is void.")
    if parcel.state == "draft":
        raise Refused("The parcel has no label yet.")
