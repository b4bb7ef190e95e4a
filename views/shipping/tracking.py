"""Where a parcel is, on its page: asked for again, written down by hand, and which carrier moves it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, url_for

from models.shipping.by_hand import MOST_PLACE, write_down
from models.shipping.connecting import carriers_seen
from models.shipping.following import Following
from models.shipping.parcel import Parcel
from models.shipping.status import DESCRIBED_MOST, Status
from models.shipping.status_words import BY_HAND, WORDS, status_words
from models.shipping.tracking_account import SEVENTEEN
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.errors import Refused
from models.support.words import say
from views.shipping import bp
from views.shipping.parcels import parcel_of
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import choose_zone

ONLY_WORDS = "words"
USUAL_CARRIERS = (("3011", "China Post"), ("190008", "YunExpress"), ("21051", "USPS"), ("100001", "DHL"), ("100002", "UPS"),
                  ("100003", "FedEx"))  # fmt: skip


@bp.get("/t/<team>/shipping/parcels/<uuid:uid>/events")
@requires("parcels.view")
def events(uid: uuid.UUID):
    """Everything that was heard of it, and the form for what was heard otherwise."""
    return render_template("shipping/events.html", **_parts(parcel_of(uid), Form(_now())))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/events")
@requires("parcels.edit")
def write_event(uid: uuid.UUID):
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    what = form.choice("what", (*BY_HAND, ONLY_WORDS))
    at = _moment(form)
    words = form.text("description", most=DESCRIBED_MOST)
    place = form.text("location", most=MOST_PLACE)
    if form.ok and at is not None:
        with form.refusals():
            write_down(found, status=Status.read("", what), at=at, description=words, location=place, by=current_person)
    if not form.ok:
        return invalid("shipping/events.html", **_parts(found.reload(), form))
    return go(url_for("shipping.events", uid=uid), toast=say("It is written down."))


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/look")
@requires("parcels.edit")
def look_again(uid: uuid.UUID):
    found = parcel_of(uid, "parcels.edit")
    _followed(found).look_again()
    return go(
        url_for("shipping.events", uid=uid), toast=say("The service is asked now; what it knows stands here soon.")
    )


@bp.post("/t/<team>/shipping/parcels/<uuid:uid>/moved-by")
@requires("parcels.edit")
def name_carrier(uid: uuid.UUID):
    """The carrier as the service numbers it: chosen from those known here, or typed."""
    found, form = parcel_of(uid, "parcels.edit"), Form.read()
    chosen = form.text("carrier_key", most=9) or form.text("carrier_known", required=True, most=9)
    if form.ok:
        with form.refusals():
            _followed(found).name_carrier(chosen, by=current_person)
    if not form.ok:
        return invalid("shipping/events.html", **_parts(found, form))
    return go(url_for("shipping.events", uid=uid), toast=say("The number is registered anew with this carrier."))


def _followed(parcel: Parcel) -> Following:
    following = Following.of(parcel)
    if following is None:
        raise Refused("Nobody is asked about this parcel: no tracking service is connected, or it has no label yet.")
    return following


def _now() -> dict[str, str]:
    now = clock.local(clock.now(), choose_zone())
    return {"day": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}", "what": "InTransit_Other"}


def _moment(form: Form) -> datetime | None:
    """Day and time on the reader's clock, as UTC."""
    day, text = form.day("day", required=True), form.text("time", required=True, most=8)
    try:
        at = time.fromisoformat(text)
    except ValueError:
        form.fail("time", say("Write a time like 14:05."))
        return None
    if day is None:
        return None
    return datetime.combine(day, at.replace(tzinfo=None), ZoneInfo(choose_zone())).astimezone(UTC).replace(tzinfo=None)


def _parts(parcel: Parcel, form: Form) -> dict[str, Any]:
    following = Following.of(parcel)
    may_edit = reach.may("parcels.edit", parcel.store_id)
    return {
        "parcel": parcel, "form": form, "may_edit": may_edit, "news": TrackingEvent.of(parcel), "following": following,
        "standing": status_words(parcel.status, parcel.sub_status),
        "whats": [(sub, WORDS[sub]) for sub in BY_HAND] + [(ONLY_WORDS, say("Something else, in words"))],
        "names_carrier": may_edit and following is not None and following.account.kind == SEVENTEEN and parcel.state != "void",
        "known_carriers": _known_carriers(),
    }  # fmt: skip


def _known_carriers() -> list[tuple[str, str]]:
    ours = [(str(one.track_key), one.name) for one in carriers_seen(reach) if one.track_key]
    keys = {key for key, _name in ours}
    return [(key, f"{name} ({key})") for key, name in [*ours, *(one for one in USUAL_CARRIERS if one[0] not in keys)]]
