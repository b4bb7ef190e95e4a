"""After-sales cases that wait for the person who sees to them."""

from __future__ import annotations

from collections.abc import Sequence

import peewee

from models.mailbox.case import AfterSalesCase
from models.support import clock
from models.support.bulk import raw_rows
from models.support.words import say
from models.workload.queues import Counts, queue


def _mine(people: Sequence[int], *where: object) -> Counts:
    query = AfterSalesCase.select(AfterSalesCase.assignee, peewee.fn.COUNT(AfterSalesCase.id))
    query = query.where(AfterSalesCase.assignee.in_(list(people)), AfterSalesCase.state == "open", *where)
    return dict(raw_rows(query.group_by(AfterSalesCase.assignee)))


@queue("cases", say("After-sales cases"), "refresh")
def open_cases(team_id: int, people: Sequence[int]) -> Counts:
    return _mine(people, AfterSalesCase.team == team_id)


@queue("cases_overdue", say("After-sales cases overdue"), "clock", "bad")
def overdue_cases(team_id: int, people: Sequence[int]) -> Counts:
    return _mine(people, AfterSalesCase.team == team_id, AfterSalesCase.due_at < clock.now())
