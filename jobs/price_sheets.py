"""Readings of uploaded price sheets and drafts made of them. What breaks is set aside with a sentence; what is killed goes on."""

from __future__ import annotations

from jobs.amazon import settings
from jobs.file_work import worked
from models.freight import importing
from models.freight.sheet_import import FOLDER, SheetImport
from models.freight.sheet_keeping import forget_old
from models.support.job_run import JobRun


def work(run: JobRun) -> None:
    """Does what this import waits for."""
    worked(SheetImport.of_uid(run.scope), lambda batch: importing.work(batch, settings().data / FOLDER, run.fence))


def forget(run: JobRun) -> None:
    run.progress(add=forget_old(settings().data / FOLDER))
