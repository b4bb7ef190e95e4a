"""What threads need with time: to be told of when they are overdue, and to come back when they were put aside until now."""

from __future__ import annotations

from models.mailbox import escalation, handling
from models.support.job_run import JobRun


def watch(run: JobRun) -> None:
    """Tells the boss of what nobody answered in time, and takes up what was put aside until now."""
    handling.wake_due()
    run.progress(add=escalation.escalate_due())
