"""Orders, as search everywhere finds them, and how many came while somebody looks at the list."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

import models.orders.finding as finding
from models.orders.order import Order
from models.support import search
from models.support.bulk import among
from views.orders import bp
from views.support.access import reach, requires
from views.support.fresh import news
from views.support.palette import Hit, source
from views.support.stills import links

MOST_LOOKED_AT = 1000  # Somebody with one store of many may have theirs further down.


@source(lambda: _("Orders"), "orders.view", 10, more="orders.index")
def orders(text: str, most: int) -> Iterator[Hit]:
    ids = search.found(Order, reach.team_id, text, MOST_LOOKED_AT)
    parcels = set(finding.by_tracking(reach.team_id, search.words_of(text))) if ids else set()
    rows = (
        Order.visible_to(reach).where(among(Order.id, ids)).order_by(Order.ordered_at.desc()).limit(most) if ids else ()
    )
    address = links("orders.detail")
    for order in rows:
        is_exact = order.order_id == text or parcels == {order.id}
        yield Hit(
            order.order_id, address(order.uid), "shopping-cart", f"{order.first_title} · {order.status_words}", is_exact
        )


@bp.get("/t/<team>/orders/fresh")
@requires("orders.view")
def fresh():
    return news(
        Order.visible_to(reach),
        Order.ordered_at,
        lambda count, shown: ngettext("%(shown)s new order", "%(shown)s new orders", count, shown=shown),
    )
