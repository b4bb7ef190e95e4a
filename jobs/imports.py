"""Dry runs and applications of imports. What breaks is set aside with a sentence; what is killed goes on."""

from __future__ import annotations

from collections.abc import Callable

from jobs.amazon import settings
from jobs.file_work import worked
from models.catalog import product_importer  # noqa: F401 (makes its importer known)
from models.freight.bills import importer  # noqa: F401 (and this one, of carriers' bills)
from models.imports import applying, looking
from models.imports.forgetting import forget_old
from models.imports.record import Import
from models.shipping import event_importer, number_importer, weighing_importer  # noqa: F401 (and these, of tracking numbers and events)
from models.support.job_run import JobRun


def work(run: JobRun) -> None:
    """Does what this import waits for."""
    worked(Import.of_uid(run.scope), lambda batch: _verb(batch)(batch, settings().data / "imports", run.fence))


def _verb(batch: Import) -> Callable[..., None]:
    return looking.work if batch.state == "looking" else applying.work


def forget(run: JobRun) -> None:
    run.progress(add=forget_old(settings().data / "imports"))
