"""Working through what is sent to Amazon once (models/orders/sent_once.py), store by store, until nothing is due.

A step's own trouble ends or postpones it; trouble of the whole store, and a used-up limit, let everything due rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from config import logs
from integrations.errors import IntegrationError
from jobs.amazon import GuardedClient, client_for, note_trouble, problem_words
from models.orders.sent_once import UNDER_WAY, SentOnce
from models.stores.store import Store
from models.support.errors import AlreadyDecided
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import say

REST_SECONDS, FAULT_SECONDS = 60, 600
NOT_SENT = ("throttled", "own_throttle")
UNEXPECTED = say("This step stopped with an unexpected error. The log has the place; Portolan tries again by itself.")
Step = Callable[[GuardedClient, JobRun, Any], None]
log = logs.logger("jobs")


def work_through(run: JobRun, model: type[SentOnce], step: Step) -> None:
    """Takes every step that is due for the store of the run."""
    store = Store.of_uid(run.scope)
    if store is None or not store.is_active:
        return
    model.doubt_the_lost(store)
    try:
        with client_for(store) as client:
            while due := model.due(store):
                run.progress(total=run.reload().done + len(due))
                for one in due:
                    _take(step, client, run, one)
                    run.progress(add=1)
                    if not store.reload().is_active:
                        return
    except IntegrationError as error:
        note_trouble(store, error)
        model.rest(store, problem_words(error), error.retry_after or REST_SECONDS)


def stops_everything(error: IntegrationError) -> bool:
    """It is about the store or its limits, and surely nothing was sent."""
    return error.concerns_everything or error.code in NOT_SENT


def _take(step: Step, client: GuardedClient, run: JobRun, one: Any) -> None:
    try:
        step(client, run, one)
    except AlreadyDecided:
        return  # A person took it back meanwhile, or another process was first.
    except (IntegrationError, peewee.OperationalError, Cancelled, Fenced, Interrupted):
        raise
    except Exception as error:  # Whatever it is about this one, the others shall not wait for it.
        log.error("sending_broke", scope=str(one.uid), exc_info=error)
        _postpone(one.reload())


def _postpone(one: Any) -> None:
    """After a fault of our own: what was claimed may have been sent."""
    if one.state in UNDER_WAY:
        one.later(FAULT_SECONDS, UNEXPECTED, is_unsure=one.state != "waiting")
