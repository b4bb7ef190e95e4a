"""The state of a parcel, as a pill."""

from __future__ import annotations

from markupsafe import Markup

from models.shipping.parcel import STATES, Parcel
from views.shipping import bp
from views.support.cells import pill

TONES = {"labelled": "info", "shipped": "info", "delivered": "ok", "lost": "bad", "returned": "warn"}


@bp.app_template_global()
def parcel_pill(parcel: Parcel) -> Markup:
    return pill(TONES.get(parcel.state, "neutral"), STATES[parcel.state])
