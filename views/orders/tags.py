"""The team's tags: made, renamed, coloured and deleted by whoever handles orders."""

from __future__ import annotations

import uuid

from flask import render_template, url_for

from models.orders.tag import COLOURS, MOST_NAME, OrderTag, orders_by_tag
from models.support.words import say
from views.orders import bp
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid

PERMISSION = "orders.handle"


@bp.get("/t/<team>/orders/tags")
@requires(PERMISSION)
def tags():
    return render_template("orders/tags.html", **_parts(Form()))


@bp.post("/t/<team>/orders/tags")
@requires(PERMISSION)
def make_tag():
    form = Form.read()
    name, colour = form.text("name", required=True, most=MOST_NAME), form.choice("colour", COLOURS)
    if form.ok:
        with form.refusals():
            OrderTag.make(reach.team, name, colour, by=current_person)
    if not form.ok:
        return invalid("orders/tags.html", **_parts(form))
    return go(url_for("orders.tags"), toast=say("The tag is made."))


@bp.get("/t/<team>/orders/tags/<uuid:uid>")
@requires(PERMISSION)
def edit_tag(uid: uuid.UUID):
    return render_template("orders/tag.html", tag=reach.get(OrderTag, uid), form=Form(), colours=_colours())


@bp.post("/t/<team>/orders/tags/<uuid:uid>")
@requires(PERMISSION)
def change_tag(uid: uuid.UUID):
    tag, form = reach.get(OrderTag, uid), Form.read()
    name, colour = form.text("name", required=True, most=MOST_NAME), form.choice("colour", COLOURS)
    if form.ok:
        with form.refusals():
            tag.rename(name, colour, by=current_person)
    if not form.ok:
        return invalid("orders/tag.html", tag=tag, form=form, colours=_colours())
    return go(url_for("orders.tags"), toast=say("The tag is changed."))


@bp.post("/t/<team>/orders/tags/<uuid:uid>/deletion")
@requires(PERMISSION)
def delete_tag(uid: uuid.UUID):
    stores = reach.by_permission[PERMISSION]
    count = reach.get(OrderTag, uid).delete_from_all(stores=stores, by=current_person)
    return go(url_for("orders.tags"), toast=say("The tag is deleted. Orders that had it: %(count)s.", count=count))


def _parts(form: Form) -> dict:
    found = OrderTag.of_team(reach.team_id)
    return {"tags": found, "counts": orders_by_tag(reach.team_id), "form": form, "colours": _colours()}


def _colours() -> list[tuple[str, str]]:
    return [(key, str(words)) for key, words in COLOURS.items()]
