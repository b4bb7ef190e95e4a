"""What people do with one thread besides answering. Each act answers with the same part of the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, url_for

from models.mailbox import answer_clock, handling
from models.mailbox.note import MOST_TEXT, MailNote
from models.mailbox.tagging import put_on, take_off
from models.mailbox.thread import ANSWER, MailThread
from models.orders.tag import OrderTag
from models.support import clock
from views.mailbox import bp
from views.mailbox.threads import desk, parts, thread_of
from views.support.access import current_person, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, respond

ONE = "/t/<team>/mailbox/threads/<uuid:uid>"
HOURS = ("1", "3", "6", "12", "24", "72", "168")


@bp.post(f"{ONE}/assignment")
@requires(ANSWER)
def assign(uid: uuid.UUID):
    def give(thread: MailThread, form: Form) -> None:
        people = {str(person.uid): person for person in handling.people_of(thread.team_id)}
        wanted = form.choice("person", people, required=False)
        if form.ok:
            handling.assign(thread, people.get(wanted), by=current_person)

    return _done(uid, give)


@bp.post(f"{ONE}/closing")
@requires(ANSWER)
def close(uid: uuid.UUID):
    return _done(uid, lambda thread, form: handling.close(thread, by=current_person))


@bp.post(f"{ONE}/reopening")
@requires(ANSWER)
def reopen(uid: uuid.UUID):
    return _done(uid, lambda thread, form: handling.reopen(thread, by=current_person))


@bp.post(f"{ONE}/no-answer")
@requires(ANSWER)
def no_answer(uid: uuid.UUID):
    return _done(uid, lambda thread, form: answer_clock.no_answer_needed(thread, by=current_person))


@bp.post(f"{ONE}/answer-elsewhere")
@requires(ANSWER)
def elsewhere(uid: uuid.UUID):
    return _done(uid, lambda thread, form: answer_clock.answered_elsewhere(thread, by=current_person))


@bp.post(f"{ONE}/spam")
@requires(ANSWER)
def spam(uid: uuid.UUID):
    return _done(uid, lambda thread, form: handling.call_spam(thread, by=current_person))


@bp.post(f"{ONE}/no-spam")
@requires(ANSWER)
def no_spam(uid: uuid.UUID):
    return _done(uid, lambda thread, form: handling.call_no_spam(thread, by=current_person))


@bp.post(f"{ONE}/belief")
@requires(ANSWER)
def believe(uid: uuid.UUID):
    return _done(uid, lambda thread, form: handling.believe(thread, by=current_person))


@bp.post(f"{ONE}/snooze")
@requires(ANSWER)
def snooze(uid: uuid.UUID):
    def put_aside(thread: MailThread, form: Form) -> None:
        hours = form.choice("until", HOURS)
        if form.ok:
            handling.snooze(thread, clock.now() + timedelta(hours=int(hours)), by=current_person)

    return _done(uid, put_aside)


@bp.post(f"{ONE}/waking")
@requires(ANSWER)
def wake(uid: uuid.UUID):
    return _done(uid, lambda thread, form: handling.wake_up(thread, by=current_person))


@bp.post(f"{ONE}/tags")
@requires(ANSWER)
def tag(uid: uuid.UUID):
    def put(thread: MailThread, form: Form) -> None:
        tags = {str(tag.uid): tag for tag in OrderTag.of_team(thread.team_id)}
        wanted = form.choice("tag", tags)
        if form.ok:
            put_on(thread, tags[wanted], by=current_person)

    return _done(uid, put)


@bp.post(f"{ONE}/tags/<uuid:tag_uid>/removal")
@requires(ANSWER)
def untag(uid: uuid.UUID, tag_uid: uuid.UUID):
    def take(thread: MailThread, form: Form) -> None:
        found = next((tag for tag in OrderTag.of_team(thread.team_id) if tag.uid == tag_uid), None)
        if found is None:
            abort(404)
        take_off(thread, found, by=current_person)

    return _done(uid, take)


@bp.post(f"{ONE}/notes")
@requires(ANSWER)
def note(uid: uuid.UUID):
    def write(thread: MailThread, form: Form) -> None:
        text = form.long_text("text", required=True, most=MOST_TEXT)
        if form.ok:
            MailNote.write(thread, text, by=current_person)

    return _done(uid, write)


@bp.post(f"{ONE}/notes/<uuid:note_uid>/deletion")
@requires(ANSWER)
def delete_note(uid: uuid.UUID, note_uid: uuid.UUID):
    def remove(thread: MailThread, form: Form) -> None:
        found = MailNote.of_uid(thread, note_uid)
        if found is None:
            abort(404)
        found.remove(by=current_person)

    return _done(uid, remove)


def _done(uid: uuid.UUID, act: Callable[[MailThread, Form], Any]):
    """Does it, and shows what stands then; what was refused stands beside its field."""
    thread, form = thread_of(uid, ANSWER), Form.read()
    with form.refusals():
        act(thread, form)
    if not form.ok:
        return invalid("mailbox/thread.html", fragment="mailbox/_desk.html", **parts(thread, form))
    thread = thread_of(uid)
    return respond("mailbox/handled.html", otherwise=url_for("mailbox.thread", uid=uid), **desk(thread, Form()))
