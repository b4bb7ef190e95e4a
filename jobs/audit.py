"""Sealing events into the chain, and signing its end every hour."""

from __future__ import annotations

from config import logs
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
