"""After-sales cases that wait for the person who sees to them."""

from __future__ import annotations

from collections.abc import Sequence

import peewee

from models.mailbox.case import AfterSalesCase
from models.support import clock
from models.support.bulk import raw_rows
from models.support.words import say
from models.workload.queues import Counts, Queue, queues


@queues(
    Queue("cases", say("After-sales cases"), "refresh"),
    Queue("cases_overdue", say("After-sales cases overdue"), "clock", "bad"),
)
def open_cases(team_id: int, people: Sequence[int]) -> tuple[Counts, Counts]:
    """Open ones, and those of them that are overdue."""
    is_late = peewee.Case(None, [(AfterSalesCase.due_at < clock.now(), 1)], 0)
    query = AfterSalesCase.select(
        AfterSalesCase.assignee, peewee.fn.COUNT(AfterSalesCase.id), peewee.fn.SUM(is_late)
    ).where(
        AfterSalesCase.assignee.in_(list(people)), AfterSalesCase.state == "open", AfterSalesCase.team == team_id
    )  # fmt: skip
    rows = list(raw_rows(query.group_by(AfterSalesCase.assignee)))
    return {person: count for person, count, _late in rows}, {person: late for person, _count, late in rows}
