"""Merging a thread into another of the same buyer or store, and splitting messages off."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for

from models.mailbox import moving
from models.mailbox.thread import ANSWER, MailThread
from views.mailbox import bp
from views.mailbox.threads import shown, thread_of
from views.support.access import current_person, reach, requires
from views.support.format import moment as moment_words
from views.support.forms import Form
from views.support.hypermedia import invalid

ONE = "/t/<team>/mailbox/threads/<uuid:uid>"


@bp.get(f"{ONE}/moving")
@requires(ANSWER)
def move(uid: uuid.UUID):
    return render_template("mailbox/move.html", **_parts(thread_of(uid, ANSWER), Form()))


@bp.post(f"{ONE}/merging")
@requires(ANSWER)
def merge(uid: uuid.UUID):
    thread, form = thread_of(uid, ANSWER), Form.read()
    wanted = form.uid("into")
    if form.ok and wanted:
        into = MailThread.get_visible(reach, wanted)
        with form.refusals():
            moving.merge(thread, into, by=current_person)
            return redirect(url_for("mailbox.thread", uid=into.uid), 303)
    return invalid("mailbox/move.html", **_parts(thread_of(uid, ANSWER), form))


@bp.post(f"{ONE}/splitting")
@requires(ANSWER)
def split(uid: uuid.UUID):
    thread, form = thread_of(uid, ANSWER), Form.read()
    messages = {str(message.uid): message for message in thread.messages_in_order()}
    chosen = form.choices("message", messages)
    if form.ok:
        with form.refusals():
            made = moving.split(thread, [messages[one] for one in chosen], by=current_person)
            return redirect(url_for("mailbox.thread", uid=made.uid), 303)
    return invalid("mailbox/move.html", **_parts(thread, form))


def _parts(thread: MailThread, form: Form) -> dict[str, Any]:
    """The threads it can be merged into, and its messages."""
    others = [
        (other.uid, _told(other.last_at, other.names()["subject"] or other.label))
        for other in MailThread.mergeable_with(thread)
    ]
    messages = [(one.uid, _told(one.at, shown(one)["text"])) for one in thread.messages_in_order()]
    return {"thread": thread, "form": form, **thread.names(), "others": others, "messages": messages}


def _told(at: datetime, text: str) -> str:
    """When, and how it begins."""
    return f"{moment_words(at)} · {' '.join(text.split())[:90]}"
