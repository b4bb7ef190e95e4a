"""Writing to buyers through Amazon: looking at what it allows, sending each message once, asking for reviews.

Amazon shows no list of messages. A request for a review is looked up by what it still allows; a message whose answer never came
waits for a person. Files go before their message is claimed: a place with a file that no message names harms nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from integrations.amazon.mapping import messaging
from integrations.amazon.operations import MESSAGES
from integrations.errors import IntegrationError
from jobs.amazon import PROBLEMS, GuardedClient, client_for, note_trouble, problem_words
from jobs.handing_in import hand_in
from jobs.once import REST_SECONDS, stops_everything, work_through
from models.mailbox import reaching_out
from models.mailbox.outreach import REVIEW, Outreach
from models.mailbox.outreach_file import OutreachFile
from models.mailbox.outreach_offer import OutreachOffer
from models.orders.note import impersonal_words
from models.orders.order import Order
from models.orders.purge import sweep_keys
from models.stores.store import Store
from models.support.db import write_txn
from models.support.job_run import JobRun
from models.support.words import say
from models.vault.data_key import KeyDestroyed

SOON, MOST_UPLOADS = 20, 8
CODE = re.compile(r"[A-Za-z]{1,40}")
ASK = "createProductReviewAndSellerFeedbackSolicitation"
NOT_ALLOWED = say(
    "Amazon takes no request for a review of this order: it was asked for already, the time is not right, or it came back."
)
LOOK = say(
    "Amazon's answer never came, and Amazon shows no list of messages. Look in Seller Central, and say here what is there."
)
GONE = say("The text was destroyed before it was sent: its time was up.")


def stores_with_work() -> list[str]:
    return sorted({*Outreach.stores_with_work(), *OutreachOffer.stores_with_work()})


def reach_out(run: JobRun) -> None:
    """What is allowed first, because a person waits for it; then what is due to be sent."""
    store = Store.of_uid(run.scope)
    if store is not None and store.is_active:
        look_at_all(run, store)
    work_through(run, Outreach, step)


def forget(run: JobRun) -> None:
    run.progress(add=reaching_out.destroy_due(run.fence))
    sweep_keys("outreach:", reaching_out.dead_keys, run.fence)


# What is allowed


def look_at_all(run: JobRun, store: Store) -> None:
    offers = OutreachOffer.asked_of(store)
    if not offers:
        return
    try:
        with client_for(store) as client:
            for offer in offers:
                look(client, run.fence, offer)
    except IntegrationError as error:
        note_trouble(store, error)
        for offer in OutreachOffer.asked_of(store):
            offer.fail(problem_words(error))


def look(client: GuardedClient, fence: Callable[[], None], offer: OutreachOffer) -> None:
    """Trouble with this order alone stands on its page; trouble of the store is raised."""
    try:
        allowed = messaging.actions(_ask(client, "getMessagingActionsForOrder", offer.order))
        if REVIEW in messaging.actions(_ask(client, "getSolicitationActionsForOrder", offer.order)):
            allowed.append(REVIEW)
        locale = messaging.locale(_ask(client, "GetAttributes", offer.order)) if allowed else ""
    except IntegrationError as error:
        if stops_everything(error):
            raise
        offer.fail(problem_words(error))
        return
    with write_txn():
        fence()
        offer.answer(allowed, locale)


def _ask(client: GuardedClient, operation: str, order: Order) -> Any:
    answer = client.call(
        operation, path={"amazonOrderId": order.order_id}, query={"marketplaceIds": [order.marketplace_id]}
    )
    return answer.json


# Sending


def step(client: GuardedClient, run: JobRun, one: Outreach) -> None:
    ask_for_review(client, run.fence, one) if one.is_review else send(client, run.fence, one)


def send(client: GuardedClient, fence: Callable[[], None], one: Outreach) -> None:
    """What may have been sent is never sent again by itself."""
    if one.state == "unsure":
        one.later(None, LOOK, is_unsure=True)
        return
    try:
        text, files = one.unseal("text") or "", OutreachFile.of(one)
    except KeyDestroyed:
        text, files = "", []
    if not (text or files):
        one.refuse(GONE)
        return
    try:
        attachments = [(hand_in(client, one, file), file.filename) for file in files]
    except IntegrationError as error:
        _not_handed_in(one, error)
        return
    if _claim(one, fence):
        covers = (one.covers_from, one.covers_until)
        _call(client, MESSAGES[one.action], one, messaging.body(text, attachments, covers))


def _not_handed_in(one: Outreach, error: IntegrationError) -> None:
    """Surely nothing was sent. A file that Amazon does not take again and again is a person's to look at."""
    if stops_everything(error):
        raise error
    one.change(tries=one.tries + 1)
    if error.permanent or one.tries >= MOST_UPLOADS:
        _refuse(one, error)
    else:
        one.later(None, problem_words(error))


def ask_for_review(client: GuardedClient, fence: Callable[[], None], one: Outreach) -> None:
    """Looked at first: what Amazon no longer allows after a lost answer was sent."""
    try:
        is_allowed = REVIEW in messaging.actions(_ask(client, "getSolicitationActionsForOrder", one.order))
    except IntegrationError as error:
        if stops_everything(error):
            raise
        if error.permanent:
            _refuse(one, error)
        else:
            one.later(None, problem_words(error), is_unsure=one.state == "unsure")
        return
    if one.state == "unsure" and not is_allowed:
        one.accept()
    elif not is_allowed:
        one.refuse(NOT_ALLOWED)
    elif one.state == "unsure":
        one.later(0)
    elif _claim(one, fence):
        _call(client, ASK, one, None)


def _refuse(one: Outreach, error: IntegrationError) -> None:
    """With Amazon's sentence for who looks while the text is kept, and with its code alone in the event, which outlives the buyer's data:
    the sentence may repeat what was written."""
    words = problem_words(error)
    told = words if error.code in PROBLEMS else say("Amazon says: %(message)s", message=_code(error))
    one.refuse(impersonal_words(words), told)


def _code(error: IntegrationError) -> str:
    found = error.details[0].get("code") if error.details and isinstance(error.details[0], dict) else ""
    return found if isinstance(found, str) and CODE.fullmatch(found) else error.code


def _claim(one: Outreach, fence: Callable[[], None]) -> bool:
    with write_txn():
        fence()
        return one.claim()


def _call(client: GuardedClient, operation: str, one: Outreach, body: Any) -> None:
    order = one.order
    try:
        client.call(
            operation,
            path={"amazonOrderId": order.order_id},
            query={"marketplaceIds": [order.marketplace_id]},
            body=body,
        )
    except IntegrationError as error:
        if stops_everything(error):
            one.later(error.retry_after or REST_SECONDS, problem_words(error))
            raise
        if error.permanent:
            _refuse(one, error)
        else:
            one.later(SOON, LOOK if body is not None else problem_words(error), is_unsure=True)
    else:
        one.accept()
