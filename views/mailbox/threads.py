"""The list of threads, and one thread: what was written, by whom, and what it is about."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _

from models.mailbox import answer_clock, handling
from models.mailbox.case import AfterSalesCase
from models.mailbox.listing import THREADS, language_words, stores_by_id
from models.mailbox.message import MailMessage
from models.mailbox.note import MailNote
from models.mailbox.reading import WARNINGS
from models.mailbox.tagging import tags_of
from models.mailbox.thread import ANSWER, PERMISSION, MailThread, plain_name
from models.orders.assigning import names_of
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.tag import OrderTag
from models.people.person import Person
from models.shipping.lists import holding
from models.vault.data_key import KeyDestroyed
from views.audit.objects import leads
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.orders.orders import in_zone
from views.orders.orders import window as promised
from views.profit.beside import margin_parts
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.lists import ListPage, list_page, shows, steps
from views.support.shell import place

# What other modules of the room show on the page of a thread: functions of the thread and the form that give names of its template.
BESIDE: list[Callable[[MailThread, Form], dict[str, Any]]] = []

place("selling", 12, lambda: _("Mailbox"), "mail", "mailbox.index", PERMISSION, key="m")
tab(10, lambda: _("Threads"), "mailbox.index")
shows(THREADS, "mailbox.index")
leads("mail_thread", MailThread, PERMISSION, lambda one: url_for("mailbox.thread", uid=one.uid))


@bp.get("/t/<team>/mailbox/")
@requires(PERMISSION)
def index():
    found = list_page(THREADS)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "mailbox/index.html", list=found, stores=found.viewer.once(stores_by_id), people=found.viewer.once(names_of),
        language_words=language_words, tabs=room_tabs("mailbox.index"),
    )  # fmt: skip


@bp.get("/t/<team>/mailbox/threads/<uuid:uid>")
@requires(PERMISSION)
def thread(uid: uuid.UUID):
    found = MailThread.get_visible(reach, uid)
    if found.merged_into_id:
        return redirect(url_for("mailbox.thread", uid=found.merged_into.uid), 302)
    return render_template("mailbox/thread.html", **parts(found, Form()), **steps(THREADS, found))


def thread_of(uid: uuid.UUID, permission: str = PERMISSION) -> MailThread:
    """The thread, if this person may see it; 403 when they may see it but not do this."""
    found = MailThread.get_visible(reach, uid)
    if not reach.may(permission, found.store_id):
        abort(403)
    return found


def message_of(uid: uuid.UUID) -> MailMessage:
    """The message with its thread, if this person may see that."""
    found = MailMessage.of_uid(reach.team_id, uid)
    if found is None:
        abort(404)
    found.thread = MailThread.get_visible(reach, found.thread.uid)
    return found


def reply_of(uid: uuid.UUID) -> MailMessage:
    """The message, if this person may answer in its thread."""
    found = message_of(uid)
    thread_of(found.thread.uid, ANSWER)
    return found


def page_of(thread: MailThread) -> str:
    return url_for("mailbox.thread", uid=thread.uid)


def parts(thread: MailThread, form: Form) -> dict[str, Any]:
    """What the page of a thread shows."""
    messages = thread.messages_in_order()
    return {
        **desk(thread, form), **thread.names(), **_about_the_order(thread),
        "messages": [(message, shown(message)) for message in messages],
        "authors": Person.names({message.author_id for message in messages if message.author_id}), "warning_words": WARNINGS, "language": language_words(thread.language),
        "earlier": MailThread.earlier_of(thread),
        "was_answered_elsewhere": _was_answered_elsewhere(thread, messages),
        **{name: value for more in BESIDE for name, value in more(thread, form).items()},
    }  # fmt: skip


def desk(thread: MailThread, form: Form) -> dict[str, Any]:
    """What the team makes of it."""
    may = reach.may(ANSWER, thread.store_id)
    on_it = tags_of([thread.id]).get(thread.id, [])
    mine = {tag.id for tag in on_it}
    more = [tag for tag in OrderTag.of_team(thread.team_id) if tag.id not in mine] if may else []
    return {
        "thread": thread, "form": form, "may_answer": may, "tags": on_it, "more_tags": [(tag.uid, tag.name) for tag in more],
        "people": [(person.uid, person.name) for person in handling.people_of(thread.team_id)] if may else [],
        "assignee": Person.get_or_none(Person.id == thread.assignee_id) if thread.assignee_id else None,
        "notes": [] if thread.is_destroyed else [(note, note.unseal("text")) for note in MailNote.of(thread)],
        "me": current_person, "urgency": answer_clock.tone_of(thread.unanswered_at),
    }  # fmt: skip


def shown(message: MailMessage) -> dict[str, Any]:
    """A message in clear; None when it cannot be opened any more."""
    try:
        clear = {name: message.unseal(name) or "" for name in ("subject", "from_name", "text")}
        return clear | {
            "from_name": plain_name(clear["from_name"]), "files": list(enumerate(message.attached())), "is_here": True,
        }  # fmt: skip
    except KeyDestroyed:
        return {"subject": "", "from_name": "", "text": "", "files": [], "is_here": False}


def _about_the_order(thread: MailThread) -> dict[str, Any]:
    """The order beside the thread, for who may see orders of its store."""
    order: Order | None = thread.order if reach.may("orders.view", thread.store_id) else None
    if order is None:
        return {"order": None, "lines": [], "parcels": [], "cases": [], "margin": None}
    lines, cases = OrderLine.of(order), AfterSalesCase.of_order(order)
    return {
        "order": order, "lines": lines, "cases": cases, **margin_parts(order, lines, cases), "parcels": holding(reach, order), "in_zone": in_zone,
        "deliver_by": promised(order.deliver_by_from, order.deliver_by, order.zone),
    }  # fmt: skip


def _was_answered_elsewhere(thread: MailThread, messages: list[MailMessage]) -> bool:
    """Amazon sent a copy of an answer, and it was none of ours: somebody wrote it in Seller Central."""
    if thread.unanswered_at is None:
        return False
    copies = [one for one in messages if one.kind == "confirmation_receipt" and one.at >= thread.unanswered_at]
    ours = {one.mark for one in messages if not one.is_incoming}
    return any(not ours & set(copy.refs) for copy in copies)
