"""The clock: an answer is due 24 hours after the oldest message of a buyer nobody answered, on every day of the week.

Amber from 12 hours on, red from 20 (docs/domain.md §5.4). It stops when a server has accepted our answer, when Amazon's copy shows one that
was written elsewhere, or a person says so, or that none is needed; and runs again with the buyer's next message. Call these inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.mailbox.message import MailMessage
from models.mailbox.thread import ANSWER_WITHIN, MailThread
from models.support import clock
from models.support.bulk import as_moment
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.prepared import Prepared
from models.support.words import say

AMBER_AFTER, RED_AFTER = timedelta(hours=12), timedelta(hours=20)
# Told when a thread has no message left to answer: the thread.
ON_STOPPED: list[Callable[[MailThread], None]] = []

declare(
    "thread_answered",
    say("%(actor)s answered the thread %(object)s after %(seconds)s"),
    "seconds",
    "messages",
    "late",
)
declare(
    "thread_needs_no_answer",
    say("%(actor)s said that the thread %(object)s needs no answer"),
    "messages",
)
declare(
    "thread_answered_outside",
    say("%(actor)s said that the thread %(object)s was answered outside Portolan"),
    "messages",
)
declare(
    "copy_answered", say("Amazon's copy shows that the thread %(object)s was answered outside Portolan"), "messages"
)
measure("threads_answered", say("Threads answered"), "thread_answered", seconds="seconds")
measure("threads_answered_late", say("Threads answered after 24 hours"), thread_answered=("late",))
measure("threads_answered_outside", say("Threads answered outside Portolan"), "thread_answered_outside")
measure("threads_closed", say("Threads that needed no answer"), "thread_needs_no_answer")


def tone_of(unanswered_at: datetime | None, now: datetime | None = None) -> str:
    """How urgent: nothing, "ok", "amber", "red", or "overdue" when the 24 hours are over."""
    if unanswered_at is None:
        return ""
    waited = (now or clock.now()) - unanswered_at
    if waited >= ANSWER_WITHIN:
        return "overdue"
    return "red" if waited >= RED_AFTER else "amber" if waited >= AMBER_AFTER else "ok"


def unanswered(thread: MailThread) -> Any:
    """The buyer's messages that wait for an answer, as a query."""
    return MailMessage.select().where(
        MailMessage.thread == thread.id, MailMessage.starts_clock, MailMessage.answer == ""
    )


def recount(thread: MailThread, **values: Any) -> MailThread:
    """Sets the clock by what is unanswered now; a buyer who waits opens the thread."""
    since = as_moment(_OLDEST.rows(thread.id)[0][0])
    told: dict[str, Any] = {"unanswered_at": since, "due_at": since + ANSWER_WITHIN if since else None, **values}
    if since != thread.unanswered_at:
        told["escalated_at"] = None  # Another crossing.
    if since is not None:
        told["state"] = "open"
    return thread.change(**told)


def stop(thread: MailThread, reply: MailMessage, *, by: Any = None) -> int:
    """A server accepted this answer: what was here when it was written is answered. Returns how many messages that were."""
    with write_txn():
        waited = list(unanswered(thread).where(MailMessage.created_at <= reply.created_at).order_by(MailMessage.at))
        answered = _answered(thread, waited, reply.created_at, by)
        if answered:
            seconds = max(0, int((clock.now() - waited[0].at).total_seconds()))
            late = int(seconds > ANSWER_WITHIN.total_seconds())
            track("thread_answered", thread, by=by, seconds=seconds, messages=answered, late=late)
    return answered


def stop_by_copy(thread: MailThread, written_at: datetime) -> int:
    """Amazon's copy of an answer that is none of ours: what was here when it was written is answered. Returns how many that were."""
    with write_txn():
        waited = list(unanswered(thread).where(MailMessage.at <= written_at))
        answered = _answered(thread, waited, written_at, None)
        if answered:
            track("copy_answered", thread, messages=answered)
    return answered


def answered_elsewhere(thread: MailThread, *, by: Any) -> None:
    """A person says that the buyer has an answer which Portolan did not send. Raises Refused when nothing waits for one."""
    with write_txn():
        thread = take_turn(thread)
        waited = list(unanswered(thread))
        if not waited:
            raise Refused("No message of this thread waits for an answer.")
        answered = _answered(thread, waited, clock.now(), by)
        track("thread_answered_outside", thread, by=by, messages=answered)


def _answered(thread: MailThread, waited: list[MailMessage], written_at: datetime, by: Any) -> int:
    """These have their answer. One of ours that failed or came back before this one was written waits for nobody any more."""
    answered = _settle(thread, [message.id for message in waited], "reply", by)
    forget_trouble(thread, written_at)
    recount(thread)
    if (
        thread.unanswered_at is None and thread.state != "spam"
    ):  # Somebody called it that while the answer was on its way.
        thread.change(state="waiting", snoozed_until=None)
    _tell_stopped(thread)
    return answered


def forget_trouble(thread: MailThread, until: datetime) -> None:
    """Nobody has to see to answers that failed or came back until then. What may have been sent is another matter."""
    MailMessage.update(trouble_at=None).where(
        MailMessage.thread == thread.id, MailMessage.state.in_(("failed", "bounced")), MailMessage.trouble_at <= until
    ).execute()


def no_answer_needed(thread: MailThread, *, by: Any) -> None:
    """A person says that what the buyer wrote asks for no answer. Raises Refused when nothing waits for one."""
    with write_txn():
        thread = take_turn(thread)
        ids = [message.id for message in unanswered(thread)]
        if not ids:
            raise Refused("No message of this thread waits for an answer.")
        _settle(thread, ids, "not_needed", by)
        forget_trouble(thread, clock.now())
        recount(thread)
        thread.change(state="done", snoozed_until=None)
        track("thread_needs_no_answer", thread, by=by, messages=len(ids))
        _tell_stopped(thread)


def reopen_unanswered(thread: MailThread, *, answered_after: datetime, written_before: datetime | None = None) -> int:
    """An answer came back undelivered: what it answered waits again, and nothing that came after it was written. Returns how many."""
    answered = (MailMessage.answer == "reply") & (MailMessage.answered_at >= answered_after)
    if written_before is not None:
        answered &= MailMessage.created_at <= written_before
    with write_txn():
        again = (
            MailMessage.update(answer="", answered_at=None, answered_by=None)
            .where(MailMessage.thread == thread.id, answered)
            .execute()
        )
        recount(thread)
    return int(again)


def take_turn(thread: MailThread) -> MailThread:
    """The thread as it stands now, while others wait. Raises Refused when it was merged or destroyed meanwhile."""
    MailThread.take_turn(thread.id)
    now = thread.reload()
    if now.merged_into_id:
        raise Refused("This thread was merged into another meanwhile.")
    if now.is_destroyed:
        raise Refused("What this thread said was destroyed. Nothing can be done with it any more.")
    thread.__data__, thread.__rel__ = now.__data__, {}
    thread._dirty.clear()
    return thread


def _settle(thread: MailThread, ids: list[int], answer: str, by: Any) -> int:
    if not ids:
        return 0
    return int(
        MailMessage.update(answer=answer, answered_at=clock.now(), answered_by=by.id if by else None)
        .where(MailMessage.id.in_(ids), MailMessage.answer == "")
        .execute()
    )


def _tell_stopped(thread: MailThread) -> None:
    if thread.unanswered_at is None:
        for tell in ON_STOPPED:
            tell(thread)


_OLDEST = Prepared(
    lambda thread: (
        MailMessage.select(peewee.fn.MIN(MailMessage.at))
        .where(MailMessage.thread == thread, MailMessage.starts_clock, MailMessage.answer == "")
        .tuples()
    )
)
