"""Destroying buyers' data whose time is up. What refuses (a wrong clock, far too many) ends the run with its sentence."""

from __future__ import annotations

from models.orders import purge
from models.support.job_run import JobRun


def destroy_due(run: JobRun) -> None:
    purge.purge(fence=run.fence)
