"""What Amazon judges a seller by: each measure with its formula, its limit, and how the stores stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.shipping import metrics as counted
from models.shipping.metrics import MEASURES, UNASKED, Figure, Measure, Place
from models.shipping.promises import WINDOWS
from models.stores.marketplace import marketplace_code
from models.stores.offers import stores_of
from models.support.job_run import wake
from models.support.words import say
from views.shipping import bp
from views.shipping.tabs import room_tabs, tab
from views.support.access import reach, requires
from views.support.hypermedia import go

tab(90, lambda: _("Seller metrics"), "shipping.metrics")


@dataclass(frozen=True)
class Cell:
    """A figure as the page shows it, with the lists behind its two numbers where there are any."""

    figure: Figure
    tone: str
    hits_url: str = ""
    total_url: str = ""
    others: int = 0
    others_url: str = ""


@bp.get("/t/<team>/shipping/metrics")
@requires("parcels.view")
def metrics():
    places = counted.places(stores_of(reach, "parcels.view"))
    return render_template(
        "shipping/metrics.html",
        tabs=room_tabs("shipping.metrics"),
        windows=WINDOWS,
        measures=[
            (one, [(place, [cell(one, place, days) for days in WINDOWS]) for place in places]) for one in MEASURES
        ],
        unasked=sum(place.figure(UNASKED, WINDOWS[-1]).hits for place in places),
        counted_at=min((place.counted_at for place in places), default=None),
        code=marketplace_code,
    )


@bp.post("/t/<team>/shipping/metrics/counts")
@requires("parcels.view")
def count_again():
    for store in stores_of(reach, "parcels.view"):
        if store.is_active:
            wake(counted.JOB, str(store.uid))
    return go(url_for("shipping.metrics"), toast=say("Counted anew; reload the page in a moment."))


def cell(measure: Measure, place: Place, days: int) -> Cell:
    figure = place.figure(measure.name, days)
    tone = "neutral" if figure.rate is None else "ok" if measure.is_kept(figure.rate) else "bad"
    if not measure.hits or not reach.may("orders.view", place.store.id):
        return Cell(figure, tone)
    return Cell(
        figure, tone, _orders(measure.hits, place, days), _orders(measure.total, place, days), figure.total - figure.hits,
        _orders(measure.others, place, days) if measure.others else "",
    )  # fmt: skip


def _orders(case: str, place: Place, days: int) -> str:
    """The list of orders, narrowed to what was counted."""
    asked: dict[str, Any] = {
        "promise": case,
        "store": str(place.store.uid),
        "market": marketplace_code(place.marketplace_id),
    }
    if days != WINDOWS[-1]:
        asked["window"] = days
    return url_for("orders.index", **asked)
