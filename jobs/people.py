"""People whose time has come: the door refuses them by itself, this closes the account and says so in the event log."""

from __future__ import annotations

from models.people.leaving import see_off
from models.support.job_run import JobRun


def leave(run: JobRun) -> None:
    run.progress(done=see_off())
