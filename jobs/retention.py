"""Destroying buyers' data, of orders, of threads and on photos of the scale, whose time is up. What refuses (a wrong clock, far too many) ends the run with its sentence."""

from __future__ import annotations

from contextlib import ExitStack

from models.mailbox import purge as mail_purge
from models.orders import purge
from models.shipping import scale_photo
from models.support.job_run import JobRun


def destroy_due(run: JobRun) -> None:
    with ExitStack() as also:  # What buyers wrote, and the photos, go too while orders wait for a person to look.
        also.callback(scale_photo.forget_old, fence=run.fence)
        also.callback(mail_purge.purge, fence=run.fence)
        purge.purge(fence=run.fence)
