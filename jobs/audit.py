"""Sealing events into the chain, signing its end every hour, and letting go what is too old to keep."""

from __future__ import annotations

from config import logs
from jobs.amazon import settings
from models.audit import archive as archives
from models.audit.chain import BATCH, seal_events
from models.audit.checkpoint import make_checkpoint
from models.support.job_run import JobRun

checkpoint_log = logs.logger("security")


def seal(run: JobRun) -> None:
    while sealed := seal_events():
        run.progress(add=sealed)
        if sealed < BATCH:
            return


def checkpoint(run: JobRun) -> None:
    made = make_checkpoint()
    if made is not None:
        checkpoint_log.info("checkpoint", count=made.seq)
        run.progress(add=1)


def archive(run: JobRun) -> None:
    """Writes the oldest events into signed files, as many as are due."""
    folder = settings().data / archives.FOLDER
    while archives.archive(folder, settings().log_days, lambda gone: run.progress(add=gone)):
        pass
