"""Making a parcel of an order, or of several to one buyer: which pieces go into it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for

from models.orders.line import OrderLine
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.shipping.making import MOST_ORDERS, make_parcel, require_together, to_pack
from models.support.errors import Refused
from models.support.words import say
from views.lists.bulk import asks_more
from views.orders.orders import order_of
from views.shipping import bp
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid

asks_more(ORDERS, "one_parcel", "shipping.new", "orders")


@dataclass(frozen=True)
class Packable:
    """A line of an order with the pieces that may still be packed."""

    order: Order
    line: OrderLine
    left: int

    @property
    def field(self) -> str:
        return f"pieces-{self.line.id}"


@bp.get("/t/<team>/shipping/parcels/new")
@requires("parcels.edit")
def new():
    orders = _orders(request.args.getlist("orders"))
    if orders:
        require_together(orders)
    return render_template("shipping/new.html", **_parts(orders, Form()))


@bp.post("/t/<team>/shipping/parcels/")
@requires("parcels.edit")
def make():
    form = Form.read()
    orders = _orders(form.values("orders"))
    lines = _packable(orders)
    pieces = {one.line.id: form.integer(one.field, most=one.left) or 0 for one in lines}
    if form.ok:
        with form.refusals():
            made = make_parcel(orders, pieces, by=current_person)
    if not form.ok:
        return invalid("shipping/new.html", **_parts(orders, form))
    return go(url_for("shipping.parcel", uid=made.uid), toast=say("The parcel %(parcel)s is made.", parcel=made.label))


def _orders(texts: list[str]) -> list[Order]:
    if len(texts) > MOST_ORDERS:
        raise Refused("Choose between 1 and %(most)s orders.", most=MOST_ORDERS)
    uids = [_uid(text) for text in dict.fromkeys(texts)]
    return [_of(uid) for uid in uids]


def _of(uid: uuid.UUID) -> Order:
    order = order_of(uid)
    if not reach.may("parcels.edit", order.store_id):
        abort(403)
    return order


def _uid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(404)


def _packable(orders: list[Order]) -> list[Packable]:
    found = []
    for order in orders:
        left = to_pack(order)
        found += [Packable(order, line, left[line.id]) for line in OrderLine.of(order) if line.id in left]
    return found


def _parts(orders: list[Order], form: Form) -> dict[str, Any]:
    lines = _packable(orders)
    return {"orders": orders, "lines": lines, "form": form, "labels": {one.field: one.line.sku for one in lines}}
