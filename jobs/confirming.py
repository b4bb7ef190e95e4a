"""Telling Amazon that parcels left, one by one, each told once.

A claim is recorded before the call and the answer after it, never around it. An answer that never came leaves a doubt, and a doubt is
settled by looking at the order's packages at Amazon.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.amazon.mapping import orders as orders_mapping
from integrations.amazon.mapping import shipments
from integrations.amazon.mapping.reading import Unreadable
from integrations.errors import IntegrationError
from jobs.amazon import GuardedClient, problem_words
from jobs.once import REST_SECONDS, stops_everything, work_through
from models.shipping.confirmation import Confirmation
from models.shipping.shipment import claim
from models.support.job_run import JobRun
from models.support.words import say

SOON = 20
CANNOT_LOOK = say(
    "Amazon does not show the order's packages to this application. Look in Seller Central, and say here whether it is there."
)


def confirm(run: JobRun) -> None:
    """Takes every step that is due for a store, until nothing is due."""
    work_through(run, Confirmation, step)


def step(client: GuardedClient, run: JobRun, one: Confirmation) -> None:
    look(client, one) if one.state == "unsure" else send(client, run.fence, one)


def send(client: GuardedClient, fence: Callable[[], None], one: Confirmation) -> None:
    """Tells Amazon, once. What surely never arrived waits; what may have arrived is looked at before it is sent again."""
    shipment = claim(one, fence)
    if shipment is None:
        return
    body = shipments.body(shipments.Confirmation(**vars(shipment)))
    try:
        client.call("confirmShipment", path={"orderId": shipment.order_id}, body=body)
    except IntegrationError as error:
        if stops_everything(error):
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
        if stops_everything(error):
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
