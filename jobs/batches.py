"""Files of parcels that somebody wants priced. What breaks is set aside with a sentence; what is killed goes on."""

from __future__ import annotations

from jobs.amazon import settings
from models.freight.batch import pricing
from models.freight.batch.folder import BatchFolder
from models.freight.batch.record import QuoteBatch
from models.support.errors import Refused
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import say


def price(run: JobRun) -> None:
    """Goes on with a batch where it stands. Run twice, it does no harm."""
    batch = QuoteBatch.of_uid(run.scope)
    if batch is None or not batch.is_open or not batch.begin():
        return
    folder = BatchFolder(settings().data)
    try:
        pricing.work(batch, folder, run.fence)
    except Fenced:
        raise
    except Interrupted:
        batch.hand_back()
        raise
    except Cancelled:
        if QuoteBatch.of_uid(run.scope) is None:  # Deleted: what was written meanwhile goes too.
            folder.remove(batch.stem)
        raise
    except Refused as refused:
        batch.fail(refused.words)
    except FileNotFoundError:
        batch.fail(say("The uploaded file is not here any more. Choose it again."))
    except Exception:
        batch.fail(say("It stopped with an unexpected error. Try again; if it stays, tell the operator."))
        raise


def forget(run: JobRun) -> None:
    run.progress(add=QuoteBatch.forget_old(BatchFolder(settings().data)))
