"""What orders bring to a team's first page and to everybody's own: those that are late, whose buyer wants to cancel, and whose they are."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from models.orders import listing
from models.support import clock
from models.workload import orders  # noqa: F401 (adds its queues)
from views.orders.orders import waiting_today
from views.support.access import reach
from views.support.waiting import waiting
from views.workload.queues import leads

waiting(
    lambda: _("Late orders"),
    lambda: listing.waiting(reach, clock.now()).today,  # What is due before now.
    lambda: url_for("orders.index", waiting="late", sort="ship_by"),
    permission="orders.view",
    icon="clock",
    tone="bad",
)
waiting(
    lambda: _("Buyers who want to cancel"),
    lambda: waiting_today().cancel,
    lambda: url_for("orders.index", waiting="cancel"),
    permission="orders.view",
    icon="ban",
)
leads("orders_mine", lambda: url_for("orders.index", care="mine", waiting="to_ship"), "orders.view")
leads("orders_held", lambda: url_for("orders.index", care="held"), "orders.view")
