"""What a job is: a name, a function that calls a model, and how often it is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from models.support import clock
from models.support.job_run import JobRun
from models.support.words import Words


def once() -> Iterable[str]:
    return ("",)


@dataclass(frozen=True)
class Job:
    """`scopes` gives what it runs for, one run each ("" or a store's uid). `due` may say cheaply that there is nothing to do.

    A job with `at` runs once a day at that UTC time; `at_start` also when the process starts.
    """

    name: str
    title: Words
    work: Callable[[JobRun], None] = field(repr=False)
    every: timedelta
    scopes: Callable[[], Iterable[str]] = once
    due: Callable[[], bool] | None = None
    at: time | None = None
    at_start: bool = False

    def slot(self, now: datetime) -> datetime:
        """The due time a tick at this moment belongs to, the same in every process."""
        if self.at is None:
            return clock.floor(now, self.every)
        offset = timedelta(hours=self.at.hour, minutes=self.at.minute)
        return clock.floor(now - offset, timedelta(days=1)) + offset

    def next_slot(self, now: datetime) -> datetime:
        return self.slot(now) + (timedelta(days=1) if self.at else self.every)
