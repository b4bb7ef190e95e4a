"""Buyers' threads in the queues of people: those of theirs that wait for an answer, and for who manages the mailbox what nobody answered
in time."""

from __future__ import annotations

from collections.abc import Sequence

import peewee

from models.mailbox.thread import MANAGE, MailThread
from models.support import clock
from models.support.bulk import raw_rows
from models.support.words import say
from models.workload.queues import Counts, holders, queue


@queue("threads_mine", say("Buyers' messages of mine to answer"), "mail")
def threads_mine(team_id: int, people: Sequence[int]) -> Counts:
    mine = MailThread.select(MailThread.assignee, peewee.fn.COUNT(MailThread.id)).where(
        MailThread.team == team_id, MailThread.assignee.in_(list(people)), MailThread.state == "open",
        MailThread.merged_into.is_null(),
    )  # fmt: skip
    return dict(raw_rows(mine.group_by(MailThread.assignee)))


@queue("threads_overdue_mine", say("Buyers' messages of mine that are overdue"), "mail", "bad")
def threads_overdue_mine(team_id: int, people: Sequence[int]) -> Counts:
    """How many each person has not answered within 24 hours."""
    mine = MailThread.select(MailThread.assignee, peewee.fn.COUNT(MailThread.id)).where(
        MailThread.team == team_id, MailThread.assignee.in_(list(people)), MailThread.state == "open",
        MailThread.due_at < clock.now(), MailThread.merged_into.is_null(),
    )  # fmt: skip
    return dict(raw_rows(mine.group_by(MailThread.assignee)))


@queue("threads_overdue", say("Buyers nobody answered within 24 hours"), "mail", "bad")
def threads_overdue(team_id: int, people: Sequence[int]) -> Counts:
    """Told to the boss: all of the team's that were escalated and still wait, for everybody who manages the mailbox."""
    able = [person for person in holders(team_id, MANAGE) if person in people]
    count = MailThread.overdue(team_id).count() if able else 0
    return dict.fromkeys(able, count) if count else {}
