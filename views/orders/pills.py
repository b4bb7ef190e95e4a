"""The state of an order, as pills."""

from __future__ import annotations

from markupsafe import Markup

from models.orders.order import AMAZON, Order, words_of_status
from views.orders import bp
from views.support.cells import pill
from views.support.format import of_reader
from views.support.language import in_template as _


@bp.app_template_global()
def state_pills(order: Order) -> Markup:
    is_wanted_back = order.cancel_requested and order.awaits_shipment
    return of_reader().once(_pills, order.tone, order.status, is_wanted_back, order.fulfilled_by == AMAZON)


def _pills(tone: str, status: str, is_wanted_back: bool, is_by_amazon: bool) -> Markup:
    pills = pill(tone, words_of_status(status))
    if is_wanted_back:
        pills += " " + pill("bad", _("Cancel requested"))
    if is_by_amazon:
        pills += Markup(f' <span class="soft small">{_("by Amazon")}</span>')
    return pills
