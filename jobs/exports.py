"""Files of lists: made one by one as they are asked for, taken away when their day is over."""

from __future__ import annotations

import models.catalog.lists
import models.catalog.product_exporter
import models.freight.bills.listing
import models.freight.lists
import models.freight.quotes
import models.orders.disclosure
import models.orders.listing
import models.shipping.lists
import models.shipping.told_list
import models.shipping.warehouse
import models.wallet.lists
import models.wallet.movements  # noqa: F401 (these declare what can be exported)
from jobs.amazon import settings
from models.exports import making
from models.exports.export import Export
from models.exports.files import Folder
from models.support.job_run import JobRun


def make(run: JobRun) -> None:
    """Makes the export the run is for; one that was deleted meanwhile is none."""
    export = Export.by_uid(run.scope)
    if export is not None:
        making.make(export, Folder(settings().data), run)


def expire(run: JobRun) -> None:
    run.progress(add=making.expire(Folder(settings().data)))
