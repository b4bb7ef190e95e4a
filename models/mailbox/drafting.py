"""Answers in the making: kept while they are typed, each person's own, sealed as their thread. They also tell who is writing now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models.mailbox.answer_clock import take_turn
from models.mailbox.draft import MailDraft
from models.mailbox.enclosure import Enclosure, fitting, packed, require_fitting, unpacked
from models.mailbox.thread import MailThread
from models.people.person import Person
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import Refused
from models.vault.data_key import KeyDestroyed

WRITES_NOW = timedelta(minutes=3)
MOST_TEXT = 4000
MOST_KEPT = 2 * MOST_TEXT  # An answer that was taken back stands above what was begun since.


def draft_of(thread: MailThread, person: Any) -> MailDraft | None:
    found = MailDraft.get_or_none(MailDraft.thread == thread, MailDraft.person == person.id)
    if found is not None:
        found.thread = thread
    return found


def text_of(draft: MailDraft | None) -> str:
    try:
        return (draft.unseal("text") or "") if draft else ""
    except KeyDestroyed:
        return ""


def files_of(draft: MailDraft | None) -> list[Enclosure]:
    try:
        return unpacked(draft.unseal_bytes("attachments")) if draft else []
    except KeyDestroyed:
        return []


def put_back(thread: MailThread, person: Any, text: str, files: Sequence[Enclosure]) -> None:
    """What an answer said is a draft again, before what this person began since."""
    began = draft_of(thread, person)
    whole = "\n\n".join(one for one in (text, text_of(began)) if one.strip())
    keep(thread, person, whole, fitting(files, files_of(began)))


@retrying
def keep(thread: MailThread, person: Any, text: str, files: Sequence[Enclosure] | None = None) -> None:
    """Saves what stands there now; files only when they are given. Nothing left is no draft. Raises Refused."""
    if files is not None:
        require_fitting(files)
    with write_txn():
        take_turn(thread)  # Nothing is sealed as a thread that is merged or destroyed meanwhile.
        draft = draft_of(thread, person)
        has_files = bool(files) if files is not None else bool(draft and draft.attachments)
        if not text.strip() and not has_files:
            discard(thread, person)
            return
        draft = draft or MailDraft(thread=thread, person=person.id)
        try:
            draft.seal(text=text[:MOST_KEPT])
            if files is not None:
                draft.seal(attachments=packed(files))
        except KeyDestroyed:
            raise Refused("What this thread said was destroyed. Nothing can be done with it any more.") from None
        told: dict[str, Any] = {"text": draft.text, "saved_at": clock.now()}
        if files is not None:
            told["attachments"] = draft.attachments
        kept = MailDraft.insert(thread=thread.id, person=person.id, **told)
        kept.on_conflict(conflict_target=[MailDraft.thread, MailDraft.person], update=told).execute()


def discard(thread: MailThread, person: Any) -> None:
    """Inside a transaction or on its own."""
    with write_txn():
        MailDraft.delete().where(MailDraft.thread == thread, MailDraft.person == person.id).execute()


def others(thread: MailThread, person: Any) -> list[tuple[str, datetime, bool]]:
    """Who else began an answer here: name, when it was saved last, whether they are at it now. The newest first."""
    query = MailDraft.select(MailDraft, Person).join(Person).where(
        MailDraft.thread == thread, MailDraft.person != person.id, MailDraft.text.is_null(False)
    )  # fmt: skip
    now = clock.now()
    found = list(query.order_by(MailDraft.saved_at.desc()).limit(5))
    return [(one.person.name, one.saved_at, now - one.saved_at < WRITES_NOW) for one in found]
