"""Scanning parcels and their numbers: one field that keeps the focus, and Enter that goes on."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from models.shipping.lists import PARCELS
from models.shipping.numbering import LEAST_REASON, MOST_REASON
from models.shipping.parcel import Parcel
from models.shipping.scanning import Scan, next_of, recent, scan
from models.support.words import say
from views.lists.bulk import asks_more
from views.shipping import bp
from views.shipping.numbers import chosen_of
from views.shipping.tabs import room_tabs
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, show

asks_more(PARCELS, "scan", "shipping.scanner", "parcels")
MOST_CODE = 200


@bp.get("/t/<team>/shipping/scan")
@requires("parcels.edit")
def scanner():
    queue = chosen_of(request.args.getlist("parcels"))
    return render_template("shipping/scan.html", **_parts(Form(), queue, Scan(next_of(queue))))


@bp.post("/t/<team>/shipping/scan")
@requires("parcels.edit")
def scan_in():
    """One code. A doubtful one is sent again with a tick and a reason, by a form of its own."""
    form = Form.read()
    queue = chosen_of(form.values("parcels"))
    waiting = chosen_of([form.value("parcel")] if form.value("parcel") else [])
    code, reason = form.text("code", required=True, most=MOST_CODE), ""
    if form.value("doubted"):
        reason = form.text("reason", most=MOST_REASON)
        form.expect(form.flag("sure"), "sure", say("Tick it, or scan another number."))
        form.expect(
            len(reason) >= LEAST_REASON, "reason", say("Say why, in at least %(least)s characters.", least=LEAST_REASON)
        )
    if not form.ok:
        stands = Scan(waiting[0] if waiting else next_of(queue), doubted=form.value("doubted"))
        return invalid("shipping/scan.html", fragment="shipping/_scan.html", **_parts(form, queue, stands))
    done = scan(reach, code, waiting[0] if waiting else None, queue, reason=reason, by=current_person)
    return show("shipping/scan.html", fragment="shipping/_scan.html", **_parts(Form(), queue, done))


def _parts(form: Form, queue: list[Parcel], stands: Scan) -> dict[str, Any]:
    left = sum(not one.tracking_number and one.takes_numbers for one in queue)
    return {
        "form": form, "scan": stands, "queue": queue, "left": left, "recent": recent(reach.team_id, current_person),
        "tabs": room_tabs("shipping.numbers"),
        "labels": {"code": _("Scan"), "sure": _("Take it all the same"), "reason": _("Why it is right all the same")},
    }  # fmt: skip
