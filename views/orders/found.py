"""Orders, as search everywhere finds them."""

from collections.abc import Iterator

from flask_babel import gettext as _

from models.orders.finding import hits
from views.support.access import reach
from views.support.palette import Hit, source
from views.support.stills import links


@source(lambda: _("Orders"), "orders.view", 10, more="orders.index")
def orders(text: str, most: int) -> Iterator[Hit]:
    address = links("orders.detail")
    for order, is_exact in hits(reach, text, most):
        what = f"{order.first_title} · {order.status_words}"
        yield Hit(order.order_id, address(order.uid), "shopping-cart", what, is_exact)
