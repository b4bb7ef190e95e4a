"""Answers that did not go out: the list of them, and what is done with one of them in its thread."""

from __future__ import annotations

import uuid

from flask import render_template
from flask_babel import gettext as _

from models.mailbox import unsent
from models.mailbox.message import MailMessage
from models.mailbox.thread import ANSWER, PERMISSION
from models.mailbox.unsent_list import UNSENT
from models.support.words import Words, say
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.mailbox.threads import page_of, reply_of
from views.support.access import current_person, requires
from views.support.hypermedia import go
from views.support.lists import ListPage, list_page, shows

ONE = "/t/<team>/mailbox/messages/<uuid:uid>"

tab(12, lambda: _("Not sent"), "mailbox.unsent_answers", PERMISSION)
shows(UNSENT, "mailbox.unsent_answers")


@bp.app_template_global()
def next_words(message: MailMessage) -> Words:
    return unsent.next_words(message)


@bp.get("/t/<team>/mailbox/unsent/")
@requires(PERMISSION)
def unsent_answers():
    found = list_page(UNSENT)
    if not isinstance(found, ListPage):
        return found
    return render_template("mailbox/unsent.html", list=found, tabs=room_tabs("mailbox.unsent_answers"))


@bp.post(f"{ONE}/revision")
@requires(ANSWER)
def write_anew(uid: uuid.UUID):
    message = reply_of(uid)
    unsent.write_anew(message, by=current_person)
    return go(f"{page_of(message.thread)}#reply", toast=say("It is a draft again. Change it, then send it."))


@bp.post(f"{ONE}/surrender")
@requires(ANSWER)
def let_go(uid: uuid.UUID):
    message = reply_of(uid)
    unsent.let_go(message, by=current_person)
    return go(
        page_of(message.thread), toast=say("Nobody is reminded of it any more. The buyer may still wait for an answer.")
    )
