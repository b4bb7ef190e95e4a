"""Reading lists of remote places that somebody brought. What breaks is set aside with a sentence; what is killed is read again."""

from __future__ import annotations

from jobs.amazon import settings
from models.freight.remote_list import MOST_TRIES, RemoteList
from models.freight.remote_reading import read
from models.support.errors import Refused
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import say


def work(run: JobRun) -> None:
    """Reads every list that waits."""
    for made in RemoteList.waiting():
        if made.tries >= MOST_TRIES:
            made.fail(say("It stopped %(times)s times without an end.", times=made.tries))
            continue
        made.change(tries=made.tries + 1)
        try:
            read(made, settings().data / "imports", lambda rows: run.progress(done=rows))
        except (Cancelled, Fenced, Interrupted):
            raise
        except Refused as refused:
            made.fail(refused.words)
        except FileNotFoundError:
            made.fail(say("The original is not here any more. Choose the file again."))
        run.progress(add=1)
