"""Writing to the buyer of an order through Amazon: what is allowed now, the message, the request for a review, and the list of all."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from models.mailbox.enclosure import enclosed
from models.mailbox.lint import lint
from models.mailbox.outreach import ACTIONS, DOCUMENTS, MOST_FILES, REVIEW, TAKES_FILES, Outreach, longest
from models.mailbox.outreach_file import OutreachFile
from models.mailbox.outreach_list import OUTREACH
from models.mailbox.outreach_offer import OutreachOffer
from models.mailbox.reaching_out import WRITTEN, ask_review, write
from models.mailbox.thread import ANSWER, PERMISSION
from models.orders.order import Order
from models.support.words import say
from models.vault.data_key import KeyDestroyed
from views.audit.objects import leads
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.orders.orders import order_of
from views.support.access import current_person, reach, requires
from views.support.cells import pill
from views.support.forms import Form
from views.support.hypermedia import go, invalid, respond
from views.support.lists import ListPage, list_page, shows

tab(48, lambda: _("Through Amazon"), "mailbox.all_outreach", PERMISSION)
shows(OUTREACH, "mailbox.all_outreach")
leads("outreach", Outreach, PERMISSION, lambda one: url_for("mailbox.outreach", uid=one.order.uid))
TONES = {"waiting": "info", "sending": "info", "unsure": "warn", "sent": "ok", "refused": "bad"}
WANTED = say("It is sent within a minute; how it went stands here.")


@bp.app_template_global()
def outreach_pill(one: Outreach) -> Markup:
    return pill(TONES.get(one.state, "neutral"), one.state_words)


@bp.get("/t/<team>/mailbox/outreach/")
@requires(PERMISSION)
def all_outreach():
    found = list_page(OUTREACH)
    if not isinstance(found, ListPage):
        return found
    return render_template("mailbox/all_outreach.html", list=found, tabs=room_tabs("mailbox.all_outreach"))


@bp.get("/t/<team>/mailbox/orders/<uuid:uid>")
@requires(PERMISSION)
def outreach(uid: uuid.UUID):
    return render_template("mailbox/outreach.html", **parts(_order(uid), Form()))


@bp.get("/t/<team>/mailbox/orders/<uuid:uid>/offer")
@requires(PERMISSION)
def offer_of(uid: uuid.UUID):
    """How the question to Amazon stands; asked for again and again until it is answered."""
    order = _order(uid)
    if (offer := OutreachOffer.of(order)) is not None and offer.is_asked:
        return respond("mailbox/_asking.html", otherwise=_page(order), order=order, offer=offer)
    return go(_page(order))


@bp.post("/t/<team>/mailbox/orders/<uuid:uid>/offer")
@requires(ANSWER)
def ask_amazon(uid: uuid.UUID):
    order = _order(uid, ANSWER)
    OutreachOffer.ask(order)
    return go(_page(order))


@bp.post("/t/<team>/mailbox/orders/<uuid:uid>/messages")
@requires(ANSWER)
def write_through_amazon(uid: uuid.UUID):
    order, form = _order(uid, ANSWER), Form.read()
    action = form.choice("action", WRITTEN)
    text = form.long_text("text", required=action not in DOCUMENTS, most=2000)
    covers = form.day("covers_from"), form.day("covers_until")
    with form.refusals():
        files = [enclosed(upload.filename or "", upload.read()) for upload in form.files("files", most=MOST_FILES)]
        if form.ok:
            write(order, action, text, by=current_person, files=files, covers=covers)
    if not form.ok:
        return invalid("mailbox/outreach.html", **parts(order, form))
    return go(_page(order), toast=WANTED)


@bp.post("/t/<team>/mailbox/orders/<uuid:uid>/reviews")
@requires(ANSWER)
def ask_for_review(uid: uuid.UUID):
    order = _order(uid, ANSWER)
    ask_review(order, by=current_person)
    return go(_page(order), toast=WANTED)


@bp.post("/t/<team>/mailbox/outreach/<uuid:uid>/withdrawal")
@requires(ANSWER)
def take_outreach_back(uid: uuid.UUID):
    one = _outreach(uid)
    one.take_back(by=current_person)
    return go(_page(one.order), toast=say("It is not sent."))


@bp.post("/t/<team>/mailbox/outreach/<uuid:uid>/finding")
@requires(ANSWER)
def settle_outreach(uid: uuid.UUID):
    """Somebody looked in Seller Central, as the button said: it is there, or it is not."""
    one = _outreach(uid)
    one.settle(Form.read().flag("is_there"), by=current_person)
    return go(_page(one.order), toast=say("Your word is kept."))


def parts(order: Order, form: Form) -> dict[str, Any]:
    offer = OutreachOffer.of(order)
    written = Outreach.of_order(order)
    may_write = reach.may(ANSWER, order.store_id)
    allowed = [name for name in offer.actions if name in WRITTEN] if offer and offer.is_fresh else []
    is_document = form.value("action") in DOCUMENTS
    warnings = lint(form.value("text"), proactive=True, order_id=order.order_id) if form.value("text") else []
    return {
        "order": order, "offer": offer, "form": Form() if is_document else form, "may_write": may_write, "warnings": [one for one in warnings if not one.blocks],
        "options": [(name, ACTIONS[name]) for name in allowed if name not in DOCUMENTS], "takes_files": bool(TAKES_FILES & set(allowed) - set(DOCUMENTS)),
        "documents": [(name, ACTIONS[name]) for name in allowed if name in DOCUMENTS], "document_form": form if is_document else Form(),
        "most": max((longest(name) for name in allowed if name not in DOCUMENTS), default=0), "most_files": MOST_FILES,
        "may_review": may_write and order.delivered_at is not None and (offer is None or not offer.is_fresh or REVIEW in offer.actions)
        and not any(one.is_review and one.state not in ("refused", "taken_back") for one in written),
        "written": [(one, *_told(one)) for one in written],
    }  # fmt: skip


def _told(one: Outreach) -> tuple[str, list[tuple[str, int]]]:
    """Its text, and its files by name and size; nothing where they are gone."""
    try:
        return one.unseal("text") or "", OutreachFile.names_of(one)
    except KeyDestroyed:
        return "", []


def _order(uid: uuid.UUID, permission: str = PERMISSION) -> Order:
    """The order, if this person may see it; 403 when they may see it but not do this."""
    order = order_of(uid)
    if not reach.may(permission, order.store_id):
        abort(403)
    return order


def _outreach(uid: uuid.UUID) -> Outreach:
    one = Outreach.get_visible(reach, uid)
    if not reach.may(ANSWER, one.store_id):
        abort(403)
    return one


def _page(order: Order) -> str:
    return url_for("mailbox.outreach", uid=order.uid)
