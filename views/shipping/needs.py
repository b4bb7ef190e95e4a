"""What telling Amazon brings to a team's first page: orders that are nearly late, and what Amazon refused."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from models.shipping.confirmation import Confirmation
from models.shipping.lateness import nearly
from views.support.access import reach
from views.support.waiting import waiting

waiting(
    lambda: _("Orders that are nearly late"),
    lambda: nearly(reach),
    lambda: url_for("orders.index", waiting="near", sort="ship_by"),
    permission="orders.view",
    icon="clock",
)
waiting(
    lambda: _("Shipments refused: Amazon does not know of them"),
    lambda: Confirmation.refused_count(reach),
    lambda: url_for("shipping.told", view="refused", state="refused"),
    permission="parcels.view",
    icon="circle-alert",
    tone="bad",
)
