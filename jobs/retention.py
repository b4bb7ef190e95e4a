"""Destroying buyers' data, of orders and of threads, whose time is up. What refuses (a wrong clock, far too many) ends the run with its sentence."""

from __future__ import annotations

from models.mailbox import purge as mail_purge
from models.orders import purge
from models.support.job_run import JobRun


def destroy_due(run: JobRun) -> None:
    try:
        purge.purge(fence=run.fence)
    finally:  # What buyers wrote goes too while orders wait for a person to look.
        mail_purge.purge(fence=run.fence)
