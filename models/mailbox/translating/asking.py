"""Asking for a translation, and using that of an answer. Nothing is called from here: a job does it (jobs/mailbox_translating.py)."""

from __future__ import annotations

import uuid
from typing import Any

from models.audit.event import declare, track
from models.mailbox import drafting, replying
from models.mailbox.answer_clock import take_turn
from models.mailbox.listing import LANGUAGES
from models.mailbox.message import MailMessage
from models.mailbox.thread import MailThread
from models.mailbox.translating.translation import MailTranslation
from models.people.person import Person
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.job_run import wake
from models.support.words import Words, say
from models.translation.account import JOB, TranslatorAccount
from models.vault.data_key import KeyDestroyed, key_of

MOST_TEXT = 20_000
OFFERED: dict[str, Words] = {"zh-Hans": say("Chinese"), **LANGUAGES}  # As the web writes them.

declare("message_translated", say("%(actor)s had a message of the thread %(object)s translated"), "target")
declare("answer_translated", say("%(actor)s had an answer in the thread %(object)s translated"), "source", "target")


def language_of_person(person: Person) -> str:
    """The language they read the portal in, as the web writes it."""
    return {"zh_Hans": "zh-Hans"}.get(person.language, person.language)


def language_of_thread(thread: MailThread) -> str:
    return {"zh": "zh-Hans"}.get(thread.language, thread.language)


@retrying
def translate_message(message: MailMessage, target: str, *, by: Any) -> MailTranslation:
    """The message's translation into the language: the one there is, or a new one that waits for the job. Raises Refused."""
    text = _text(message)
    if not text.strip():
        raise Refused("The mail has no text of its own.")
    if len(text) > MOST_TEXT:
        raise Refused("It has more than %(most)s characters, and is not translated.", most=MOST_TEXT)
    with write_txn():
        take_turn(message.thread)
        if (
            MailMessage.get_by_id(message.id).thread_id != message.thread_id
        ):  # Moved meanwhile: another key would seal it.
            raise AlreadyDecided
        account = _working(message.team_id)
        asked = {
            "team": message.team_id,
            "thread": message.thread_id,
            "message": message.id,
            "person": by.id,
            "target": target,
        }
        fresh: dict[str, Any] = {"source": "", "asked_at": clock.now(), "next_try_at": clock.now()}
        uid = uuid.uuid4()
        MailTranslation.insert(uid=uid, **asked, **fresh).on_conflict_ignore().execute()
        found = MailTranslation.get(MailTranslation.message == message, MailTranslation.target == target)
        found.thread = message.thread
        if found.state == "failed":
            found.move("failed", "waiting", problem="", tries=0, **fresh)
        elif found.uid != uid:
            return found
        track("message_translated", message.thread, by=by, target=target)
        wake(JOB, str(account.uid))
    return found


@retrying
def translate_answer(thread: MailThread, text: str, source: str, target: str, *, by: Any) -> MailTranslation:
    """Has an answer translated, and what comes of it translated back. The person's earlier one in the thread is forgotten. Raises Refused,
    FieldRefused."""
    text = text.strip()
    if not text:
        raise FieldRefused(replying.TEXT, "Write your answer first.")
    if source == target:
        raise FieldRefused("translate_to", "Both languages are the same.")
    if thread.is_destroyed or thread.merged_into_id:
        raise Refused("Nothing can be written in this thread any more.")
    made = MailTranslation(team=thread.team_id, thread=thread, person=by, source=source, target=target)
    try:
        made.seal(key=key_of(thread.seal_subject()), original=text[: drafting.MOST_TEXT])
    except KeyDestroyed:
        raise Refused("What this thread said was destroyed. Nothing can be done with it any more.") from None
    with write_txn():
        take_turn(thread)
        account = _working(thread.team_id)
        forget_answer(thread, by)
        made.save(force_insert=True)
        drafting.keep(thread, by, text)
        track("answer_translated", thread, by=by, source=source, target=target)
        wake(JOB, str(account.uid))
    return made


@retrying
def use_answer(thread: MailThread, *, by: Any) -> None:
    """The translation becomes the person's draft, and what they wrote is kept beside it. Raises AlreadyDecided."""
    found = MailTranslation.of_answer(thread, by)
    if found is None or not found.is_done or not (text := found.texts()["text"]):
        raise AlreadyDecided()
    if len(text) > drafting.MOST_TEXT:
        raise Refused(
            "The translation has more than %(most)s characters. Write your answer shorter.", most=drafting.MOST_TEXT
        )
    with write_txn():
        found.change(used_at=clock.now())
        drafting.keep(thread, by, text)


def forget_answer(thread: MailThread, person: Any) -> None:
    mine = (
        (MailTranslation.thread == thread.id)
        & (MailTranslation.person == person.id)
        & MailTranslation.message.is_null()
    )
    with write_txn():
        MailTranslation.delete().where(mine).execute()


def _working(team_id: int) -> TranslatorAccount:
    account = TranslatorAccount.of_team(team_id)
    if account is None:
        raise Refused(
            "No translator is connected. Whoever manages the mailboxes connects one under Mailbox, Translator."
        )
    if account.state not in ("active", "checking"):
        raise Refused("The translator does not work just now. Look under Mailbox, Translator.")
    return account


def _text(message: MailMessage) -> str:
    try:
        return message.unseal("text") or ""
    except KeyDestroyed:
        raise Refused("What this thread said was destroyed. Nothing can be done with it any more.") from None


def _written(message: MailMessage) -> None:
    """An answer was kept: it says from which language it was translated, if its writer used a translation."""
    if message.author_id is None:
        return
    mine = MailTranslation.get_or_none(
        MailTranslation.thread == message.thread_id, MailTranslation.person == message.author_id, MailTranslation.message.is_null()
    )  # fmt: skip
    if mine is not None:
        if mine.used_at is not None and not message.translated_from:
            message.change(translated_from=mine.source[:8])
        mine.delete_instance()


replying.ON_WRITTEN.append(_written)
