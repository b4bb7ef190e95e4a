"""Readings of uploaded price sheets and drafts made of them. What breaks is set aside with a sentence; what is killed goes on."""

from __future__ import annotations

from jobs.amazon import settings
from models.freight import importing
from models.freight.sheet_import import FOLDER, MOST_TRIES, SheetImport
from models.freight.sheet_keeping import forget_old
from models.support.errors import Refused
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import say


def work(run: JobRun) -> None:
    """Does what this import waits for. Run twice, it does no harm."""
    batch = SheetImport.of_uid(run.scope)
    if batch is None or not batch.is_busy:
        return
    if batch.tries >= MOST_TRIES:
        batch.set_aside(say("It stopped %(times)s times without an end.", times=batch.tries))
        return
    batch.change(tries=batch.tries + 1)
    try:
        importing.work(batch, settings().data / FOLDER, run.fence)
    except (Fenced, Interrupted):
        raise
    except Cancelled:
        batch.set_aside()
        raise
    except Refused as refused:
        batch.set_aside(refused.words)
    except FileNotFoundError:
        batch.set_aside(say("The original is not here any more. Choose the file again."))
        raise
    except Exception:
        batch.set_aside(say("It stopped with an unexpected error. Try again; if it stays, tell the operator."))
        raise


def forget(run: JobRun) -> None:
    run.progress(add=forget_old(settings().data / FOLDER))
