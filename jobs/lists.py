"""What was asked of many records of a list at once."""

from __future__ import annotations

import uuid

import models.shipping.lists
import models.shipping.told_list  # noqa: F401 (declares its list, and what it does with orders)
from models.lists.bulk_run import BulkRun
from models.support.job_run import JobRun


def bulk(run: JobRun) -> None:
    """Goes on with a bulk run where it stands."""
    wanted = BulkRun.get_or_none(BulkRun.uid == uuid.UUID(run.scope))
    if wanted is None or wanted.state != "waiting":
        return
    run.progress(done=wanted.ended, total=wanted.total)
    for _row in wanted.perform():
        run.progress(add=1)
