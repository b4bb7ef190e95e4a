"""The reply box: what is typed is checked and kept while it is typed, sent with 20 seconds to take it back, and followed until it left."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import abort, url_for

from models.mailbox import drafting, replying, sending
from models.mailbox.enclosure import Enclosure, enclosed, require_fitting
from models.mailbox.lint import Finding
from models.mailbox.message import MailMessage
from models.mailbox.replying import TEXT
from models.mailbox.thread import ANSWER, MailThread
from models.people.person import Person
from models.support.clock import now
from models.support.errors import FieldRefused
from models.support.words import say
from views.mailbox import bp
from views.mailbox.threads import BESIDE, desk, message_of, page_of, parts, reply_of, shown, thread_of
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, respond

ONE, MESSAGE = "/t/<team>/mailbox/threads/<uuid:uid>", "/t/<team>/mailbox/messages/<uuid:uid>"
MOST_NAMES, MOST_PLACE = 20, 60
ASKED_FOR = timedelta(minutes=2)
KEPT = say("The draft is kept.")


def _reply_box(thread: MailThread, form: Form) -> dict[str, Any]:
    """What the box shows: the typed text, else the draft."""
    if not reach.may(ANSWER, thread.store_id) or thread.is_destroyed:
        return {}
    draft = drafting.draft_of(thread, current_person)
    files = drafting.files_of(draft)
    text = form.value(TEXT) if form.error(TEXT) or form.value(TEXT) else drafting.text_of(draft)
    return {
        "reply_text": text, "reply_files": files, "reply_most": drafting.MOST_TEXT, "reply_refused": replying.why_not(thread),
        "writers": drafting.others(thread, current_person), "draft": draft,
        "findings": told(text, replying.checked(thread, text, files)) if text.strip() else [],
    }  # fmt: skip


BESIDE.append(_reply_box)


def told(text: str, found: list[Finding]) -> list[tuple[Finding, str]]:
    """Each finding with the place in the text it means."""
    return [
        (one, "" if one.start is None else " ".join(text[one.start : one.end].split())[:MOST_PLACE]) for one in found
    ]


# While it is typed


@bp.post(f"{ONE}/reply/check")
@requires(ANSWER)
def check_reply(uid: uuid.UUID):
    """Asked at each pause of typing."""
    form = Form.read()
    text = form.value(TEXT)[: drafting.MOST_TEXT * 2].replace("\r\n", "\n")
    names = [name[:200] for name in form.values("attached")[:MOST_NAMES] if name]
    found = replying.checked_while_typed(reach, uid, text, names)
    if found is None:
        abort(403)
    is_empty = not text.strip()
    return respond(
        "mailbox/_lint.html", otherwise=url_for("mailbox.thread", uid=uid), findings=[] if is_empty else told(text, found),
        is_checked=not is_empty,
    )  # fmt: skip


@bp.post(f"{ONE}/reply/draft")
@requires(ANSWER)
def keep_draft(uid: uuid.UUID):
    """The text while it is typed; with a button also files, and those that are taken out again."""
    thread, form = thread_of(uid, ANSWER), Form.read()
    text = _text(form)
    if form.value("typed"):
        drafting.keep(thread, current_person, text)
        return respond("mailbox/_writers.html", otherwise=page_of(thread), **_writers(thread), saved_at=now())
    with form.refusals():
        drafting.keep(thread, current_person, text, _files(thread, form))
    if not form.ok:
        return invalid("mailbox/thread.html", **parts(thread, form))
    return go(f"{page_of(thread)}#reply", toast=KEPT)


@bp.get(f"{ONE}/reply/writers")
@requires(ANSWER)
def writers(uid: uuid.UUID):
    """Who else is at it."""
    thread = thread_of(uid, ANSWER)
    return respond("mailbox/_writers.html", otherwise=page_of(thread), **_writers(thread))


# Sending


@bp.post(f"{ONE}/replies")
@requires(ANSWER)
def send_reply(uid: uuid.UUID):
    thread, form = thread_of(uid, ANSWER), Form.read()
    text, seen = _text(form), form.uid("seen", required=False)
    files: list[Enclosure] = []
    with form.refusals():
        files = _files(thread, form)
    if form.ok:
        with form.refusals():
            replying.write(thread, text, by=current_person, files=files, seen=seen)
    if not form.ok:
        with form.refusals():  # Neither the words nor the files are lost.
            drafting.keep(thread, current_person, text, files or None)
        return invalid("mailbox/thread.html", **parts(thread, form))
    return go(f"{page_of(thread)}#reply", toast=say("It leaves in 20 seconds. Until then you can take it back."))


@bp.get(f"{MESSAGE}/sending")
@requires(ANSWER)
def reply_state(uid: uuid.UUID):
    """How an answer stands; asked for again and again until it left. Then the desk changes with it."""
    message = message_of(uid)
    thread = message.thread
    return respond(
        "mailbox/reply_state.html", otherwise=page_of(thread), message=message, clear=shown(message), warning_words={},
        authors=Person.names({message.author_id} - {None}), is_settled=not is_leaving(message), **desk(thread, Form()),
    )  # fmt: skip


@bp.post(f"{MESSAGE}/withdrawal")
@requires(ANSWER)
def take_reply_back(uid: uuid.UUID):
    message = reply_of(uid)
    replying.take_back(message, by=current_person)
    return go(f"{page_of(message.thread)}#reply", toast=say("It is not sent, and a draft again."))


@bp.post(f"{MESSAGE}/repetition")
@requires(ANSWER)
def send_reply_again(uid: uuid.UUID):
    message = reply_of(uid)
    replying.send_again(message, by=current_person)
    return go(page_of(message.thread), toast=say("It leaves in 20 seconds. Until then you can take it back."))


@bp.post(f"{MESSAGE}/finding")
@requires(ANSWER)
def settle_reply(uid: uuid.UUID):
    """Somebody looked in Seller Central: it is there."""
    message = reply_of(uid)
    sending.settle(message, by=current_person)
    return go(page_of(message.thread), toast=say("Your word is kept."))


@bp.app_template_global()
def is_leaving(message: MailMessage) -> bool:
    """Worth asking again how it stands: soon, and not for long, because asking keeps a session alive."""
    is_under_way = message.state in replying.LEAVING and not message.is_unsure and message.next_try_at is None
    return not message.is_incoming and is_under_way and now() - (message.send_after or message.at) < ASKED_FOR


# What was typed


def _text(form: Form) -> str:
    text = form.long_text(TEXT, most=drafting.MOST_TEXT)
    return text[: drafting.MOST_TEXT]


def _files(thread: MailThread, form: Form) -> list[Enclosure]:
    """Those of the draft that stay, and those that were chosen now. Raises FieldRefused."""
    removed = form.value("remove")
    kept = [
        file
        for number, file in enumerate(drafting.files_of(drafting.draft_of(thread, current_person)))
        if str(number) != removed
    ]
    chosen = [enclosed(upload.filename or "", upload.read()) for upload in form.files("files", most=10)]
    if not form.ok:
        raise FieldRefused("files", form.errors["files"])
    require_fitting([*kept, *chosen])
    return [*kept, *chosen]


def _writers(thread: MailThread) -> dict[str, Any]:
    return {"thread": thread, "writers": drafting.others(thread, current_person)}
