"""Translations in a thread: of what somebody wrote, below it, and of an answer, shown back in its writer's language before it is sent.
A page only asks; a job translates, and the fragment asks until it has."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for

from models.mailbox import drafting
from models.mailbox.message import MailMessage
from models.mailbox.reading.language import language_of
from models.mailbox.replying import TEXT
from models.mailbox.thread import ANSWER, PERMISSION, MailThread
from models.mailbox.translating import asking
from models.mailbox.translating.asking import OFFERED
from models.mailbox.translating.translation import MailTranslation
from models.support.words import say
from models.translation.account import TranslatorAccount
from views.mailbox import bp
from views.mailbox.threads import BESIDE, message_of, parts, shown, thread_of
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, respond

MESSAGE, THREAD = "/t/<team>/mailbox/messages/<uuid:uid>", "/t/<team>/mailbox/threads/<uuid:uid>"
FROM, TO = "translate_from", "translate_to"


def _beside(thread: MailThread, form: Form) -> dict[str, Any]:
    """What the page of a thread shows of translations."""
    if thread.is_destroyed:
        return {}
    target = asking.language_of_person(current_person)
    told = {"translations": MailTranslation.of_thread(thread, target), **_asked(thread, target)}
    return told | (_answer(thread, form) if told["translator"] and reach.may(ANSWER, thread.store_id) else {})


BESIDE.append(_beside)


def _asked(thread: MailThread, target: str) -> dict[str, Any]:
    account = TranslatorAccount.of_team(thread.team_id)
    may_ask = account is not None and account.state in ("active", "checking") and reach.may(ANSWER, thread.store_id)
    return {
        "translator": account,
        "may_translate": may_ask,
        "reads_in": target,
        "reads_words": OFFERED.get(target, target),
    }


def _answer(thread: MailThread, form: Form) -> dict[str, Any]:
    """The person's own answer, with the languages to choose from."""
    found = MailTranslation.of_answer(thread, current_person)
    mine, theirs = asking.language_of_person(current_person), asking.language_of_thread(thread)
    theirs = theirs if theirs != mine else ""
    return {
        "answer_translation": found, "answer_texts": found.texts() if found is not None else {},
        "languages": list(OFFERED.items()), "language_words": OFFERED,
        FROM: form.value(FROM) or (found.source if found else mine), TO: form.value(TO) or (found.target if found else theirs),
    }  # fmt: skip


# Messages


@bp.post(f"{MESSAGE}/translation")
@requires(ANSWER)
def translate_message(uid: uuid.UUID):
    message = message_of(uid)
    thread_of(message.thread.uid, ANSWER)
    found = asking.translate_message(message, asking.language_of_person(current_person), by=current_person)
    return _of_message(message, found)


@bp.get(f"{MESSAGE}/translation")
@requires(PERMISSION)
def translation(uid: uuid.UUID):
    """How it stands; asked for again and again until it is there."""
    message = message_of(uid)
    target = asking.language_of_person(current_person)
    return _of_message(message, MailTranslation.of_message(message, target))


def _of_message(message: MailMessage, found: MailTranslation | None):
    thread = message.thread
    return respond(
        "mailbox/_translation.html", otherwise=f"{url_for('mailbox.thread', uid=thread.uid)}#message-{message.uid}",
        message=message, clear=shown(message), thread=thread, translations={message.id: found} if found else {},
        **_asked(thread, asking.language_of_person(current_person)),
    )  # fmt: skip


@bp.app_template_global()
def is_foreign(text: str, language: str) -> bool:
    """Worth a button: not plainly in the language already."""
    return language_of(text) != language.partition("-")[0]


# Answers


@bp.post(f"{THREAD}/reply/translation")
@requires(ANSWER)
def translate_answer(uid: uuid.UUID):
    thread, form = thread_of(uid, ANSWER), Form.read()
    text = form.long_text(TEXT, most=drafting.MOST_TEXT)
    source, target = form.choice(FROM, OFFERED), form.choice(TO, OFFERED)
    if form.ok:
        with form.refusals():
            asking.translate_answer(thread, text, source, target, by=current_person)
    if not form.ok:
        return invalid("mailbox/thread.html", fragment="mailbox/_translate_reply.html", **parts(thread, form))
    return _of_answer(thread, Form())


@bp.get(f"{THREAD}/reply/translation")
@requires(ANSWER)
def answer_translation(uid: uuid.UUID):
    return _of_answer(thread_of(uid, ANSWER), Form())


@bp.post(f"{THREAD}/reply/translation/use")
@requires(ANSWER)
def use_answer(uid: uuid.UUID):
    """It becomes the draft: checked as anything that is typed, and sent by a person."""
    thread = thread_of(uid, ANSWER)
    asking.use_answer(thread, by=current_person)
    return go(
        f"{url_for('mailbox.thread', uid=uid)}#reply",
        toast=say("The translation is your draft now. Look it over, then send it."),
    )


def _of_answer(thread: MailThread, form: Form):
    return respond(
        "mailbox/_translate_reply.html", otherwise=f"{url_for('mailbox.thread', uid=thread.uid)}#reply", thread=thread, form=form,
        **_asked(thread, asking.language_of_person(current_person)), **_answer(thread, form),
    )  # fmt: skip
