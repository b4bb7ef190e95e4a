"""The state of an order, as pills."""

from __future__ import annotations

from markupsafe import Markup

from models.orders.order import AMAZON, Order
from views.orders import bp
from views.support.cells import pill
from views.support.language import in_template as _


@bp.app_template_global()
def state_pills(order: Order) -> Markup:
    pills = pill(order.tone, order.status_words)
    if order.cancel_requested and order.awaits_shipment:
        pills += " " + pill("bad", _("Cancel requested"))
    if order.fulfilled_by == AMAZON:
        pills += Markup(f' <span class="soft small">{_("by Amazon")}</span>')
    return pills
