"""Labels, packing slips and pick lists: made one by one as they are asked for, taken away when their day is over."""

from __future__ import annotations

import models.compliance.touched  # noqa: F401 (is told of the buyers that are opened)
from jobs.amazon import settings
from jobs.papers.parcels import PRINTER
from models.shipping.papers import making
from models.shipping.papers.making import PaperFolder
from models.shipping.papers.paper import Paper
from models.shipping.waybill import Waybill
from models.support.job_run import JobRun


def make(run: JobRun) -> None:
    """Makes the paper the run is for; one that was deleted meanwhile is none."""
    paper = Paper.by_uid(run.scope)
    if paper is not None:
        making.make(paper, PaperFolder(settings().data), run, PRINTER)


def expire(run: JobRun) -> None:
    run.progress(add=making.expire(PaperFolder(settings().data)) + Waybill.forget_labels())
