"""An answer to a buyer: what has to be right before it is kept, and the 20 seconds in which it can be taken back.

Pressing “Send” makes the very bytes that will leave, under a Message-ID of their own, and seals them; a job hands them over
(models/mailbox/sending.py). Whatever is tried again is the same mail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.mailbox import drafting
from models.mailbox.answer_clock import take_turn
from models.mailbox.enclosure import Enclosure, attached, require_fitting
from models.mailbox.lint import Attached, Finding, lint
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.outgoing import UNDO, account_for, address_of, keep, text_mark
from models.mailbox.reading import read
from models.mailbox.reading.addresses import Relay
from models.mailbox.thread import ANSWER, PERMISSION, MailThread
from models.people.reach import OutOfReach
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.prepared import Prepared
from models.support.words import say

TEXT, KIND, AUTOMATIC = "reply", "reply", "auto_reply"
TWINS_WITHIN = timedelta(minutes=10)
LEAVING = ("waiting", "sending")
# Told in the transaction that keeps an answer: the message.
ON_WRITTEN: list[Callable[[MailMessage], None]] = []

declare("reply_written", say("%(actor)s answered in the thread %(object)s"), "files")
declare(
    "acknowledgement_written",
    say("An acknowledgement was written in the thread %(object)s by a rule of the team"),
    "files",
)
declare("reply_taken_back", say("%(actor)s took back an answer in the thread %(object)s before it was sent"))
declare("reply_sent_again", say("%(actor)s had an answer in the thread %(object)s sent again"))


# What has to be right


def checked(thread: MailThread, text: str, files: Sequence[Enclosure] = ()) -> list[Finding]:
    """What Amazon's rules say about the answer (models/mailbox/lint)."""
    return lint(text, order_id=thread.order_no or None, buyer_language=thread.language, attachments=attached(files))


def checked_while_typed(reach: Any, uid: Any, text: str, names: Sequence[str]) -> list[Finding] | None:
    """The same for the text and the names of files alone, at each pause of typing: nothing but the thread's language and order is asked.
    None for who may not answer it. Raises OutOfReach."""
    found = _FACTS.rows(reach.team_id, MailThread.uid.db_value(uid))
    if not found or not reach.may(PERMISSION, found[0][0]):
        raise OutOfReach
    store_id, order_no, language = found[0]
    if not reach.may(ANSWER, store_id):
        return None
    return lint(
        text, order_id=order_no or None, buyer_language=language, attachments=[Attached(name) for name in names]
    )


def why_not(thread: MailThread) -> Refused | None:
    """What stands in the way of any answer here."""
    if thread.is_destroyed or thread.merged_into_id:
        return Refused("Nothing can be written in this thread any more.")
    if thread.is_suspect:
        return Refused("This mail looks forged. Say first that it is genuine.")
    if not Relay.of(address_of(thread)):
        return Refused("No buyer wrote in this thread, so there is no address an answer could go to.")
    if account_for(thread) is None:
        return Refused("No mailbox of this store can send. Whoever manages the mailboxes enters a server to send by.")
    return None


# Sending and taking back


@retrying
def write(thread: MailThread, text: str, *, by: Any, files: Sequence[Enclosure] = (), seen: Any = None, is_auto: bool = False,
          translated_from: str = "") -> MailMessage:  # fmt: skip
    """Keeps the answer; it leaves in 20 seconds. `seen` is the newest message the person saw (its uid). Raises Refused, FieldRefused."""
    text = text.strip()
    if len(text) > drafting.MOST_TEXT:
        raise FieldRefused(TEXT, "At most %(most)s characters.", most=drafting.MOST_TEXT)
    require_fitting(files)
    require_clean(checked(thread, text, files))
    with write_txn():
        take_turn(thread)
        if (refused := why_not(thread)) is not None:
            raise refused
        mark = text_mark(thread.team_id, text)
        _require_no_twin(thread, mark)
        if seen is not None:
            _require_seen(thread, seen, by)
        message = keep(
            thread, text, files, mark, by=by, kind=AUTOMATIC if is_auto else KIND, translated_from=translated_from
        )
        if by is not None:
            drafting.discard(thread, by)
        track("acknowledgement_written" if is_auto else "reply_written", thread, by=by, files=len(files))
        for tell in ON_WRITTEN:
            tell(message)
    return message


def require_clean(found: Sequence[Finding]) -> None:
    blocking = [one for one in found if one.blocks]
    if blocking:
        raise FieldRefused("files" if blocking[0].code.startswith("ATTACH_") else TEXT, blocking[0].words)


@retrying
def take_back(message: MailMessage, *, by: Any) -> None:
    """It is not sent; what it said is a draft again. Raises AlreadyDecided once the job has it."""
    thread = message.thread
    text, files = message.unseal("text") or "", files_of(message)
    with write_txn():
        take_turn(thread)
        message.move(("waiting", "failed"), "cancelled", subject=None, from_addr=None, text=None, attachments=None, send_after=None,
                     next_try_at=None, trouble_at=None, problem="", attachment_count=0)  # fmt: skip
        MailRaw.delete().where(MailRaw.message == message).execute()
        thread.change(message_count=max(0, thread.message_count - 1))
        drafting.put_back(thread, by, text, files)
        track("reply_taken_back", thread, by=by)


@retrying
def send_again(message: MailMessage, *, by: Any) -> None:
    """One that failed, or of which nobody knew: a person looked, and wants the same mail sent. Raises AlreadyDecided."""
    with write_txn():
        take_turn(message.thread)
        require_unsettled(message)
        message.move(
            message.state, "waiting", send_after=clock.now() + UNDO, next_try_at=None, trouble_at=None, tries=0, problem=""
        )  # fmt: skip
        track("reply_sent_again", message.thread, by=by)


def require_unsettled(message: MailMessage) -> None:
    """Inside a transaction, in the thread's turn."""
    now = MailMessage.get_by_id(message.id)
    if not (now.state == "failed" or now.is_unsure):
        raise AlreadyDecided
    message.state, message.problem = now.state, now.problem


def files_of(message: MailMessage) -> list[Enclosure]:
    """Its files, out of its bytes. Raises KeyDestroyed."""
    told = message.attached()
    raw = MailRaw.of(message) if told else None
    if raw is None:
        return []
    found = {one.sha256: one.content for one in read(raw, message.at).attachments}
    return [
        Enclosure(one["filename"], one["content_type"], found[one["sha256"]]) for one in told if one["sha256"] in found
    ]


# Inside the transaction


def _require_no_twin(thread: MailThread, mark: str) -> None:
    twin = MailMessage.select().where(
        MailMessage.thread == thread, MailMessage.text_mark == mark,
        MailMessage.state.in_(("waiting", "sending", "sent")), MailMessage.at > clock.now() - TWINS_WITHIN,
    )  # fmt: skip
    if twin.exists():
        raise Refused("The same answer was written here within the last ten minutes. It is not sent twice.")


def _require_seen(thread: MailThread, seen: Any, by: Any) -> None:
    """Somebody wrote since the page was made: the person looks first. Their own answers they know."""
    known = MailMessage.get_or_none(MailMessage.thread == thread, MailMessage.uid == seen)
    newer = MailMessage.select().where(
        MailMessage.thread == thread, MailMessage.id > (known.id if known else 0), MailMessage.state != "cancelled",
        MailMessage.kind != AUTOMATIC,
    )  # fmt: skip
    for one in newer:
        if one.is_incoming:
            raise FieldRefused(
                TEXT, "The buyer wrote again meanwhile. Read it above, then send, or change your answer."
            )
        if by is not None and one.author_id != by.id:
            raise FieldRefused(TEXT, "A colleague answered meanwhile. Read it above, then send if it is still needed.")


_FACTS = Prepared(
    lambda team, uid: (
        MailThread.select(MailThread.store, MailThread.order_no, MailThread.language)
        .where(MailThread.team == team, MailThread.uid == uid)
        .tuples()
    )
)
