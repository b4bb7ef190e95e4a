"""Telling Amazon that parcels left, one by one, each told once.

A claim is recorded before the call and the answer after it, never around it. An answer that never came leaves a doubt, and a doubt is
settled by looking at the order's packages at Amazon.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from config import logs
from integrations.amazon.mapping import orders as orders_mapping
from integrations.amazon.mapping import shipments
from integrations.amazon.mapping.reading import Unreadable
from integrations.errors import IntegrationError
from jobs.amazon import GuardedClient, client_for, note_trouble, problem_words
from models.shipping.confirmation import Confirmation
from models.shipping.sending import UNDER_WAY
from models.shipping.shipment import claim
from models.stores.store import Store
from models.support.errors import AlreadyDecided
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import say

REST_SECONDS, SOON, FAULT_SECONDS = 60, 20, 600
NOT_SENT = ("throttled", "own_throttle")
UNEXPECTED = say("This step stopped with an unexpected error. The log has the place; Portolan tries again by itself.")
CANNOT_LOOK = say(
    "Amazon does not show the order's packages to this application. Look in Seller Central, and say here whether it is there."
)
log = logs.logger("jobs")


def confirm(run: JobRun) -> None:
    """Takes every step that is due for a store, until nothing is due."""
    store = Store.of_uid(run.scope)
    if store is None or not store.is_active:
        return
    Confirmation.doubt_the_lost(store)
    try:
        with client_for(store) as client:
            while due := Confirmation.due(store):
                run.progress(total=run.reload().done + len(due))
                for one in due:
                    step(client, run, one)
                    run.progress(add=1)
                    if not store.reload().is_active:
                        return
    except IntegrationError as error:
        note_trouble(store, error)
        Confirmation.rest(store, problem_words(error), error.retry_after or REST_SECONDS)


def step(client: GuardedClient, run: JobRun, one: Confirmation) -> None:
    """Its own trouble ends or postpones it; trouble of the whole store, and a used-up limit, stop the run."""
    try:
        look(client, one) if one.state == "unsure" else send(client, run.fence, one)
    except AlreadyDecided:
        return  # A person took it back meanwhile, or another process was first.
    except (IntegrationError, peewee.OperationalError, Cancelled, Fenced, Interrupted):
        raise
    except Exception as error:  # Whatever it is about this one, the others shall not wait for it.
        log.error("confirmation_broke", scope=str(one.uid), exc_info=error)
        postpone(one.reload())


def send(client: GuardedClient, fence: Callable[[], None], one: Confirmation) -> None:
    """Tells Amazon, once. What surely never arrived waits; what may have arrived is looked at before it is sent again."""
    shipment = claim(one, fence)
    if shipment is None:
        return
    body = shipments.body(shipments.Confirmation(**vars(shipment)))
    try:
        client.call("confirmShipment", path={"orderId": shipment.order_id}, body=body)
    except IntegrationError as error:
        if error.concerns_everything or error.code in NOT_SENT:
            one.later(error.retry_after or REST_SECONDS, problem_words(error))
            raise
        if error.permanent:
            one.refuse(problem_words(error))
        else:
            one.later(SOON, problem_words(error), is_unsure=True)
    else:
        one.accept()


def look(client: GuardedClient, one: Confirmation) -> None:
    """Is the parcel among the order's packages? When it should be and is not, it is sent again."""
    try:
        there = package_of(client, one)
    except IntegrationError as error:
        if error.concerns_everything or error.code in NOT_SENT:
            raise
        one.later(None, CANNOT_LOOK if error.permanent else problem_words(error), is_unsure=True)
    except Unreadable:
        one.later(None, CANNOT_LOOK, is_unsure=True)
    else:
        if there is not None:
            one.accept()
        elif one.would_show:
            one.later(0 if one.tries < 2 else None)
        else:
            one.later(SOON, is_unsure=True)


def package_of(client: GuardedClient, one: Confirmation) -> Any:
    query = {"includedData": ["FULFILLMENT", "PACKAGES"]}
    answer = client.call("getOrder", path={"orderId": one.order.order_id}, query=query).json
    order = orders_mapping.order(answer.get("order") if isinstance(answer, dict) else None)
    others = one.other_references
    ours = [package for package in order.packages if package.reference not in others]
    return shipments.confirmed_as(one.reference, one.number, ours)


def postpone(one: Confirmation) -> None:
    """After a fault of our own: what was claimed may have been sent."""
    if one.state in UNDER_WAY:
        one.later(FAULT_SECONDS, UNEXPECTED, is_unsure=one.state != "waiting")
