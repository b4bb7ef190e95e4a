"""Orders, as search everywhere finds them, and how many came while somebody looks at the list."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models.orders.finding import hits
from models.orders.order import Order
from views.orders import bp
from views.support.access import reach, requires
from views.support.fresh import news
from views.support.palette import Hit, source
from views.support.stills import links


@source(lambda: _("Orders"), "orders.view", 10, more="orders.index")
def orders(text: str, most: int) -> Iterator[Hit]:
    address = links("orders.detail")
    for order, is_exact in hits(reach, text, most):
        what = f"{order.first_title} · {order.status_words}"
        yield Hit(order.order_id, address(order.uid), "shopping-cart", what, is_exact)


@bp.get("/t/<team>/orders/fresh")
@requires("orders.view")
def fresh():
    return news(
        Order.visible_to(reach),
        Order.ordered_at,
        lambda count, shown: ngettext("%(shown)s new order", "%(shown)s new orders", count, shown=shown),
        otherwise=url_for("orders.index"),
    )
