"""The buyer in clear: asked for with a reason, shown in this one answer, never in an address, never kept by a browser."""

from __future__ import annotations

import uuid

from flask import make_response, render_template

from models.orders.reveal import MOST_REASON, reveal
from views.orders import bp
from views.orders.orders import order_of, parts
from views.support.access import current_person, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, is_fragment


@bp.post("/t/<team>/orders/<uuid:uid>/reveals")
@requires("pii.reveal")
def show_buyer(uid: uuid.UUID):
    order = order_of(uid, "pii.reveal")
    form = Form.read()
    reason = form.text("reason", required=True, most=MOST_REASON)
    if form.ok:
        with form.refusals():
            revealed = reveal(order, reason, by=current_person)
    if not form.ok:
        return invalid("orders/show.html", fragment="orders/_buyer.html", **parts(order, form))
    template = "orders/_buyer.html" if is_fragment() else "orders/show.html"
    answer = make_response(render_template(template, **parts(order, form, revealed)))
    answer.headers["Cache-Control"] = "no-store"
    return answer
