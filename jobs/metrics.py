"""Counting what Amazon judges sellers by."""

from __future__ import annotations

from models.shipping import metrics
from models.stores.store import Store
from models.support.job_run import JobRun


def count(run: JobRun) -> None:
    store = Store.of_uid(run.scope)
    if store is not None:
        run.progress(add=metrics.count(store))
