"""What could not be fetched: the syncs of each store, answers nobody could read, single orders that did not come. Each can be tried again."""

from __future__ import annotations

import uuid

from flask import abort, render_template, url_for

from models.orders.refetch import OrderRefetch
from models.orders.unread import UnreadOrder
from models.stores.offers import stores_of
from models.stores.sync import Sync
from models.support.words import say
from views.orders import bp
from views.support.access import reach, requires
from views.support.hypermedia import go


@bp.get("/t/<team>/orders/fetches")
@requires("orders.view")
def fetches():
    stores = stores_of(reach, "orders.view")
    syncs = Sync.by_store(stores)
    return render_template(
        "orders/fetches.html",
        stores={store.id: store for store in stores},
        syncs=[sync for store in stores for sync in syncs[store.id] if sync.kind.startswith("orders.")],
        unread=UnreadOrder.at_stores(stores),
        wishes=OrderRefetch.failed_at_stores(stores),
    )


@bp.post("/t/<team>/orders/fetches/unread/<uuid:uid>")
@requires("orders.sync")
def read_again(uid: uuid.UUID):
    """The answer is kept sealed; reading it again asks Amazon nothing."""
    stores = stores_of(reach, "orders.sync")
    found = UnreadOrder.get_or_none(UnreadOrder.uid == uid, UnreadOrder.store.in_(stores))
    if found is None:
        abort(404)
    found.want_again()
    return go(url_for("orders.fetches"), toast=say("It is read again within a minute."))
