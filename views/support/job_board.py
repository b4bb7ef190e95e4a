"""What the page of background work shows. The app hands the schedule in, since views do not know jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.support.job_run import JobRun
from models.support.words import Words

_schedule: tuple[Any, ...] = ()


def use_schedule(schedule: tuple[Any, ...]) -> None:
    global _schedule
    _schedule = schedule


@dataclass(frozen=True)
class Entry:
    name: str
    title: Words
    next_at: datetime
    scopes: Callable[[], Iterable[str]]
    running: list[JobRun]
    last: JobRun | None


def board(now: datetime) -> list[Entry]:
    """Every job with its next time, what is under way, and how the last run ended (two queries)."""
    names = [job.name for job in _schedule]
    running: dict[str, list[JobRun]] = {}
    for run in JobRun.under_way(names):
        running.setdefault(run.job, []).append(run)
    last = JobRun.last_of(names)
    return [
        Entry(job.name, job.title, job.next_slot(now), job.scopes, running.get(job.name, []), last.get(job.name))
        for job in _schedule
    ]


def failing() -> int:
    """How many jobs failed when they last ran."""
    return JobRun.failing(job.name for job in _schedule)


def entry_of(name: str, now: datetime) -> Entry | None:
    return next((entry for entry in board(now) if entry.name == name), None)
