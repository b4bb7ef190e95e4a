"""Orders that could go into one parcel with this one. Looked for after the page is there: it unseals up to 200 addresses."""

from __future__ import annotations

import uuid

from flask import url_for

from models.orders.together import MOST_COMPARED, others_to_the_same
from models.shipping.making import MOST_ORDERS
from views.orders import bp
from views.orders.orders import order_of
from views.support.access import requires
from views.support.hypermedia import show


@bp.get("/t/<team>/orders/<uuid:uid>/others")
@requires("parcels.edit")
def others(uid: uuid.UUID):
    """Whoever packs learns that it is the same buyer, and nothing about the buyer."""
    order = order_of(uid, "parcels.edit")
    found = others_to_the_same(order)[: MOST_ORDERS - 1]
    together = url_for("shipping.new", orders=[str(one.uid) for one in (order, *found)])
    return show(
        "orders/others.html",
        fragment="orders/_others.html",
        order=order,
        others=found,
        most=MOST_COMPARED,
        together_url=together,
    )
