"""Work on an uploaded file: what breaks is set aside with a sentence, what is killed goes on, and nothing is tried for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from models.imports.file_work import MOST_TRIES, FileWork
from models.support.errors import Refused
from models.support.job_run import Cancelled, Fenced, Interrupted
from models.support.words import say

Kind = TypeVar("Kind", bound=FileWork)


def worked(batch: Kind | None, verb: Callable[[Kind], None]) -> None:
    """Does what a file waits for. Run twice, it does no harm."""
    if batch is None or not batch.is_busy:
        return
    if batch.tries >= MOST_TRIES:
        batch.set_aside(say("It stopped %(times)s times without an end.", times=batch.tries))
        return
    batch.change(tries=batch.tries + 1)
    try:
        verb(batch)
    except (Fenced, Interrupted):
        raise
    except Cancelled:
        batch.set_aside()
        raise
    except Refused as refused:
        batch.set_aside(refused.words)
        raise
    except FileNotFoundError:
        batch.set_aside(say("The original is not here any more. Choose the file again."))
        raise
    except Exception:
        batch.set_aside(say("It stopped with an unexpected error. Try again; if it stays, tell the operator."))
        raise
