"""An answer as it is kept: a row of its thread and the very bytes that leave, both sealed. Call `keep` inside a transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from models.mailbox.account import MailAccount
from models.mailbox.enclosure import Enclosure
from models.mailbox.keeping import keep_until
from models.mailbox.letter import Letter, ids_of, raw_of, subject_for
from models.mailbox.marks import Marker
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.thread import MailThread
from models.support import clock
from models.support.errors import Refused
from models.support.fields import uid_in_order
from models.vault.data_key import KeyDestroyed, key_of
from models.vault.seal import Sealer, place_of

UNDO = timedelta(seconds=20)


def account_for(thread: MailThread) -> MailAccount | None:
    """By whom it leaves: the mailbox in which the buyer's last mail came, else one of the store's; None when none can send."""
    last = _last_in(thread)
    came_by = MailAccount.get_or_none(MailAccount.id == last.account_id) if last and last.account_id else None
    mine = MailAccount.select().where(MailAccount.team == thread.team_id, MailAccount.store == thread.store_id)
    found = [came_by, *mine.order_by(MailAccount.id)]
    return next((one for one in found if one is not None and one.from_address and one.can_send), None)


def text_mark(team_id: int, text: str) -> str:
    """Two texts that differ in blanks alone have the same."""
    return Marker(team_id).mark("text", " ".join(text.split()))


def keep(thread: MailThread, text: str, files: Sequence[Enclosure], mark: str, **told: Any) -> MailMessage:
    account, now = account_for(thread), clock.now()
    if account is None:
        raise Refused("No mailbox of this store can send. Whoever manages the mailboxes enters a server to send by.")
    uid = uid_in_order(now)
    last = _last_in(thread)
    answers = _ids(last)
    letter = Letter(
        sender=account.from_address, recipient=address_of(thread), subject=subject_for(_subject(thread, last)), text=text + "\n",
        message_id=f"<{uid}@{account.from_address.rpartition('@')[2]}>", at=now, answers=answers, files=files,
    )  # fmt: skip
    raw, marker = raw_of(letter), Marker(thread.team_id)
    message = MailMessage(
        uid=uid, team=thread.team_id, store=thread.store_id, thread=thread, account_id=account.id, direction="out", kind=told["kind"],
        at=now, mark=marker.mail(letter.message_id), digest=marker.digest(raw), refs=[marker.mail(one) for one in answers],
        attachment_count=len(files), size=len(raw), author=told["by"], state="waiting", send_after=now + UNDO, text_mark=mark,
        message_id=letter.message_id, translated_from=told["translated_from"],
    )  # fmt: skip
    _seal(message, letter, raw)
    thread.change(
        message_count=thread.message_count + 1, last_at=now, has_attachment=thread.has_attachment or bool(files),
        purge_at=keep_until(now, thread.order),
    )  # fmt: skip
    return message


def _seal(message: MailMessage, letter: Letter, raw: bytes) -> None:
    try:
        key = key_of(message.seal_subject())
    except KeyDestroyed:
        raise Refused("What this thread said was destroyed. Nothing can be done with it any more.") from None
    files = json.dumps([file.told() for file in letter.files], ensure_ascii=False)
    message.seal(key=key, subject=letter.subject, from_addr=letter.sender, text=letter.text.strip(), attachments=files)
    message.save(force_insert=True)
    place = place_of("mail_raw", "raw", message.seal_subject(), message.seal_row())
    MailRaw.create(message=message, raw=Sealer(key).seal(place, raw))


def _last_in(thread: MailThread) -> MailMessage | None:
    """The buyer's newest mail, or a suspect one that somebody believed."""
    query = MailMessage.select().where(MailMessage.thread == thread, MailMessage.starts_clock)
    found = query.order_by(MailMessage.at.desc(), MailMessage.id.desc()).first()
    if found is not None:
        found.thread = thread
    return found


def _ids(last: MailMessage | None) -> list[str]:
    raw = MailRaw.of(last) if last is not None else None
    return ids_of(raw) if raw else []


def _subject(thread: MailThread, last: MailMessage | None) -> str:
    return (last.unseal("subject") if last is not None else None) or thread.unseal("subject") or thread.order_no


def address_of(thread: MailThread) -> str:
    try:
        return thread.unseal("to_address") or ""
    except KeyDestroyed:
        return ""
