"""Buyers' threads in the queues of people: those of theirs that wait for an answer, and for who manages the mailbox what nobody answered
in time."""

from __future__ import annotations

from collections.abc import Sequence

import peewee

from models.mailbox.message import MailMessage
from models.mailbox.thread import MANAGE, MailThread
from models.mailbox.unsent import unsent
from models.support import clock
from models.support.bulk import raw_rows
from models.support.words import say
from models.workload.queues import Counts, Queue, holders, queue, queues


@queues(
    Queue("threads_mine", say("Buyers' messages of mine to answer"), "mail"),
    Queue("threads_overdue_mine", say("Buyers' messages of mine that are overdue"), "mail", "bad"),
)
def threads_mine(team_id: int, people: Sequence[int]) -> tuple[Counts, Counts]:
    """How many each person has to answer, and how many of these they did not answer within 24 hours."""
    is_late = peewee.Case(None, [(MailThread.due_at < clock.now(), 1)], 0)
    mine = MailThread.select(MailThread.assignee, peewee.fn.COUNT(MailThread.id), peewee.fn.SUM(is_late)).where(
        MailThread.team == team_id, MailThread.assignee.in_(list(people)), MailThread.state == "open",
        MailThread.merged_into.is_null(),
    )  # fmt: skip
    rows = list(raw_rows(mine.group_by(MailThread.assignee)))
    return {person: count for person, count, _late in rows}, {person: late for person, _count, late in rows}


@queue("answers_unsent", say("Answers of mine that did not go out"), "mail", "bad")
def answers_unsent(team_id: int, people: Sequence[int]) -> Counts:
    """Refused, come back or in doubt, by who wrote them."""
    mine = unsent(team_id).where(MailMessage.author.in_(list(people)))
    rows = mine.select(MailMessage.author, peewee.fn.COUNT(MailMessage.id)).group_by(MailMessage.author)
    return dict(raw_rows(rows))


@queue("threads_overdue", say("Buyers nobody answered within 24 hours"), "mail", "bad")
def threads_overdue(team_id: int, people: Sequence[int]) -> Counts:
    """Told to the boss: all of the team's that were escalated and still wait, for everybody who manages the mailbox."""
    able = [person for person in holders(team_id, MANAGE) if person in people]
    count = MailThread.overdue(team_id).count() if able else 0
    return dict.fromkeys(able, count) if count else {}
