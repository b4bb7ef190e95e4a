"""Counting work from sealed events, and forgetting figures whose events have left."""

from __future__ import annotations

from jobs.amazon import settings
from models.support.job_run import JobRun
from models.workload.count import BATCH, count_events, forget_old


def count(run: JobRun) -> None:
    while counted := count_events():
        run.progress(add=counted)
        if counted < BATCH:
            return


def forget(run: JobRun) -> None:
    run.progress(add=forget_old(settings().log_days))
