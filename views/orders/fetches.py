"""Fetching now: all stores' orders, or one order again."""

from __future__ import annotations

import uuid

from flask import url_for

from models.orders.refetch import OrderRefetch
from models.stores.offers import stores_of
from models.support.job_run import wake
from models.support.words import say
from views.orders import bp
from views.orders.orders import order_of
from views.support.access import current_person, reach, requires
from views.support.hypermedia import go, respond


@bp.post("/t/<team>/orders/fetches")
@requires("orders.sync")
def fetch_now():
    """Wakes the poll of each store whose orders this person may fetch."""
    for store in stores_of(reach, "orders.sync"):
        if store.is_active:
            wake("orders.poll", str(store.uid))
    return go(url_for("orders.index"), toast=say("Amazon is asked now. New orders appear within a minute."))


@bp.post("/t/<team>/orders/<uuid:uid>/fetches")
@requires("orders.sync")
def fetch_again(uid: uuid.UUID):
    order = order_of(uid, "orders.sync")
    wish = OrderRefetch.ask(order, by=current_person)
    return respond("orders/_wish.html", otherwise=url_for("orders.detail", uid=uid), order=order, wish=wish)


@bp.get("/t/<team>/orders/<uuid:uid>/fetches")
@requires("orders.view")
def fetching(uid: uuid.UUID):
    """How the wish stands; asked for again and again until it has an end."""
    order = order_of(uid)
    return respond(
        "orders/_wish.html", otherwise=url_for("orders.detail", uid=uid), order=order, wish=OrderRefetch.of(order)
    )
