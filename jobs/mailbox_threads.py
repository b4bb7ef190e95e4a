"""What threads need with time: to be told of when they are overdue, to come back when they were put aside until now, and
buyers who wait to be told that their message came."""

from __future__ import annotations

from models.mailbox import acknowledging, escalation, handling
from models.support.job_run import JobRun


def watch(run: JobRun) -> None:
    """Tells the boss of what nobody answered in time, and takes up what was put aside until now."""
    handling.wake_due()
    run.progress(add=escalation.escalate_due())


def acknowledge(run: JobRun) -> None:
    """Writes acknowledgements by the teams' rules; they leave with the next answers."""
    run.progress(add=acknowledging.acknowledge_due())
