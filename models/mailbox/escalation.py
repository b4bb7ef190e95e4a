"""What nobody answered in time is told to the boss: once for each thread and each time its 24 hours end."""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.mailbox.thread import MailThread
from models.people.team import Team
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.words import say

MOST_AT_ONCE = 500  # The rest comes with the next run.

declare("thread_overdue", say("Nobody has answered the thread %(object)s within 24 hours (with: %(person)s)"), "person")


def escalate_due() -> int:
    """Tells of every thread whose answer is overdue and was not told of yet. Returns how many."""
    due = [thread_id for team in Team.select(Team.id) for thread_id in _due(team)]
    return sum(map(_escalate, due))


def has_work() -> bool:
    """Is anything to be told of, or put aside until now?"""
    return MailThread.select().where(MailThread.snoozed_until <= clock.now()).exists() or any(
        _due(team) for team in Team.select(Team.id)
    )


def _due(team: Team) -> list[int]:
    query = MailThread.select(MailThread.id).where(MailThread.team == team, _is_due())
    return [thread.id for thread in query.order_by(MailThread.due_at, MailThread.id).limit(MOST_AT_ONCE)]


def _is_due() -> Any:
    return (
        (MailThread.state == "open") & (MailThread.due_at <= clock.now())
        & MailThread.escalated_at.is_null() & MailThread.merged_into.is_null()
    )  # fmt: skip


@retrying
def _escalate(thread_id: int) -> int:
    with write_txn():
        taken = MailThread.update(escalated_at=clock.now()).where(MailThread.id == thread_id, _is_due()).execute()
        if taken:
            thread = MailThread.get_by_id(thread_id)
            track("thread_overdue", thread, person=thread.assignee.login if thread.assignee else "—")
        return int(taken)
