"""What the team makes of one order: tags, notes, whose it is, whether it stands still. Each act answers with the same part of the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, url_for

from models.orders import assigning, holding
from models.orders.note import MOST_TEXT, OrderNote
from models.orders.order import Order
from models.orders.tag import OrderTag, put_on, take_off
from views.orders import bp
from views.orders.desk import PERMISSION, desk
from views.orders.orders import order_of, parts
from views.support.access import current_person, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, respond

ONE = "/t/<team>/orders/<uuid:uid>"


@bp.post(f"{ONE}/hold")
@requires(PERMISSION)
def hold(uid: uuid.UUID):
    return _done(
        uid, lambda order, form: holding.hold(order, form.text("hold_reason", required=True), by=current_person)
    )


@bp.post(f"{ONE}/release")
@requires(PERMISSION)
def release(uid: uuid.UUID):
    return _done(uid, lambda order, form: holding.release(order, by=current_person))


@bp.post(f"{ONE}/assignment")
@requires(PERMISSION)
def assign(uid: uuid.UUID):
    def give(order: Order, form: Form) -> None:
        people = {str(person.uid): person for person in assigning.people_of(order.team_id)}
        wanted = form.choice("person", people, required=False)
        if form.ok:
            assigning.assign(order, people.get(wanted), by=current_person)

    return _done(uid, give)


@bp.post(f"{ONE}/notes")
@requires(PERMISSION)
def note(uid: uuid.UUID):
    def write(order: Order, form: Form) -> None:
        text = form.long_text("text", required=True, most=MOST_TEXT)
        if form.ok:
            OrderNote.write(order, text, by=current_person)

    return _done(uid, write)


@bp.post(f"{ONE}/notes/<uuid:note_uid>/deletion")
@requires(PERMISSION)
def delete_note(uid: uuid.UUID, note_uid: uuid.UUID):
    def remove(order: Order, form: Form) -> None:
        found = OrderNote.of_uid(order, note_uid)
        if found is None:
            abort(404)
        found.remove(by=current_person)

    return _done(uid, remove)


@bp.post(f"{ONE}/tags")
@requires(PERMISSION)
def tag(uid: uuid.UUID):
    def put(order: Order, form: Form) -> None:
        tags = {str(tag.uid): tag for tag in OrderTag.of_team(order.team_id)}
        wanted = form.choice("tag", tags)
        if form.ok:
            put_on(order, tags[wanted], by=current_person)

    return _done(uid, put)


@bp.post(f"{ONE}/tags/<uuid:tag_uid>/removal")
@requires(PERMISSION)
def untag(uid: uuid.UUID, tag_uid: uuid.UUID):
    def take(order: Order, form: Form) -> None:
        found = OrderTag.get_or_none(OrderTag.team == order.team_id, OrderTag.uid == tag_uid)
        if found is None:
            abort(404)
        take_off(order, found, by=current_person)

    return _done(uid, take)


def _done(uid: uuid.UUID, act: Callable[[Order, Form], Any]):
    """Does it, and shows what stands then; what was refused stands beside its field."""
    order, form = order_of(uid, PERMISSION), Form.read()
    with form.refusals():
        act(order, form)
    if not form.ok:
        return invalid("orders/show.html", fragment="orders/_desk.html", **parts(order, form))
    return respond(
        "orders/handled.html", otherwise=url_for("orders.detail", uid=uid), order=order, form=Form(), **desk(order)
    )
