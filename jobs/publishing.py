"""Bringing listings to Amazon: preview, submit, read back until live; and looking again later for late issues.

Every step is: call Amazon, then record the answer in one transaction. Killed in between, the step is taken again.
"""

from __future__ import annotations

from typing import Any

import peewee

from config import logs
from integrations.amazon.mapping import listings as mapping
from integrations.errors import IntegrationError
from jobs.amazon import GuardedClient, client_for, note_trouble, problem_words, settings
from jobs.definitions import ensure
from models.catalog.answers import in_both_languages, raw
from models.catalog.attributes import build
from models.catalog.listing import Listing
from models.catalog.product_type import LOCALES, locale_for
from models.catalog.publication import Publication
from models.catalog.watching import watch, watched_now
from models.stores.store import Store
from models.stores.sync import Sync
from models.support import clock
from models.support.errors import AlreadyDecided
from models.support.job_run import JobRun
from models.support.words import say

READ = ["summaries", "issues", "offers", "fulfillmentAvailability"]
REST_SECONDS = 60
UNCOUNTED = ("throttled", "own_throttle")  # Waiting for one's turn is no failure.
UNEXPECTED = say("This step stopped with an unexpected error. The log has the place; Portolan tries again by itself.")
log = logs.logger("jobs")


def publish(run: JobRun) -> None:
    """Takes every step that is due for a store, until nothing is due."""
    store = Store.of_uid(run.scope)
    if store is None or not store.is_active:
        return
    sync = Sync.of(store, "listings")
    try:
        with client_for(store) as client:
            while due := Publication.due(store):
                run.progress(total=run.reload().done + len(due))
                for publication in due:
                    step(client, store, publication)
                    run.progress(add=1)
                    if not store.reload().is_active:
                        return
            for listing in watched_now(store):
                look_again(client, store, listing)
                run.progress(add=1)
    except IntegrationError as error:
        note_trouble(store, error)
        Publication.rest(store, problem_words(error), error.retry_after or REST_SECONDS)
        sync.fail(problem_words(error))
        return
    sync.succeed()


def step(client: GuardedClient, store: Store, publication: Publication) -> None:
    """One step of one publication. Its own trouble ends or postpones it; trouble of the whole store stops the run."""
    try:
        take_step(client, store, publication)
    except AlreadyDecided:
        return  # A person stopped it meanwhile, or another process took this step.
    except IntegrationError as error:
        if error.concerns_everything:
            raise
        if error.permanent:
            publication.fail(problem_words(error))
        else:
            publication.postpone(problem_words(error), error.retry_after or 0, is_failure=error.code not in UNCOUNTED)
    except peewee.OperationalError:
        raise
    except Exception as error:  # Whatever it is about this one, the others shall not wait for it.
        log.error("publication_broke", scope=str(publication.uid), exc_info=error)
        publication.postpone(UNEXPECTED, 0)


def take_step(client: GuardedClient, store: Store, publication: Publication) -> None:
    if not store.seller_id:
        publication.fail(say("The seller id (merchant token) of the store is not known. Add it on the store's page."))
    elif publication.state == "waiting":
        preview(client, store, publication)
    elif publication.state in ("previewed", "submitted"):
        submit(client, store, publication)
    elif publication.state == "accepted":
        read_back(client, store, publication)


def preview(client: GuardedClient, store: Store, publication: Publication) -> None:
    """Builds the attributes and asks Amazon whether it would take them."""
    listing = publication.listing
    product = listing.product
    if not product.product_type:
        publication.refuse_locally(
            [("product_type", say("The product has no product type. Choose one in the product."))]
        )
        return
    definition = ensure(client, product.product_type, listing.marketplace_id, LOCALES["en"])
    built = build(
        listing.content(),
        definition.definition,
        marketplace_id=listing.marketplace_id,
        images_base=settings().images_base,
    )
    if built.problems:
        publication.refuse_locally(built.problems)
        return
    body = {"productType": product.product_type, "requirements": "LISTING", "attributes": built.attributes}
    answer, issues = _put(client, store, listing, body, publication.language, mode="VALIDATION_PREVIEW")
    snapshot = mapping.submission(answer.json)
    if snapshot.is_refused:
        publication.refused("preview", issues, attributes=built.attributes, answer=raw(answer.json))
    else:
        publication.previewed(built.attributes, product.version, raw(answer.json), issues)


def submit(client: GuardedClient, store: Store, publication: Publication) -> None:
    """Sends it. Sending the same again after a crash does no harm: a PUT replaces."""
    listing = publication.listing
    publication.submitting()
    body = {
        "productType": listing.product.product_type,
        "requirements": "LISTING",
        "attributes": publication.attributes,
    }
    answer, issues = _put(client, store, listing, body, publication.language)
    snapshot = mapping.submission(answer.json)
    if snapshot.is_refused:
        publication.refused("submit", issues, answer=raw(answer.json))
    else:
        publication.accepted(snapshot.submission_id, raw(answer.json))


def _put(
    client: GuardedClient, store: Store, listing: Listing, body: dict, language: str, mode: str | None = None
) -> Any:
    """The answer, and its issues with their messages in both languages (a second preview asks for the other one)."""
    locale = locale_for(language)
    path = {"sellerId": store.seller_id, "sku": listing.variant.sku}
    query = {
        "marketplaceIds": listing.marketplace_id,
        "issueLocale": locale,
        "mode": mode,
        "includedData": ["issues"],
    }
    answer = client.call("putListingsItem", path=path, query=query, body=body)
    submission = mapping.submission(answer.json)
    if not submission.is_readable:
        raise IntegrationError("unreadable", "Amazon's answer does not say whether it took it.", permanent=False)
    issues = submission.issues
    query |= {"mode": "VALIDATION_PREVIEW"}
    return answer, translated(client, "putListingsItem", locale, issues, path=path, query=query, body=body)


def translated(
    client: GuardedClient, operation: str, locale: str, issues: list, *, query: dict, **options: Any
) -> list[tuple[Any, dict[str, str]]]:
    """The issues with their messages in both languages of the portal, as far as Amazon tells them a second time."""
    if not issues:
        return []
    second = other_locale(locale)
    try:
        twin = client.call(operation, query=query | {"issueLocale": second, "includedData": ["issues"]}, **options)
    except IntegrationError as error:
        if error.concerns_everything:
            raise
        return in_both_languages((locale, issues), None)
    return in_both_languages((locale, issues), (second, mapping.submission(twin.json).issues))


def other_locale(locale: str) -> str:
    return next(other for other in LOCALES.values() if other != locale)


def read_back(client: GuardedClient, store: Store, publication: Publication) -> None:
    """What Amazon made of it: buyable is live, an error is a refusal, anything else is read again later."""
    answer, seen, issues = _read(client, store, publication.listing, publication.language)
    errors = [issue for issue, _messages in issues if issue.severity == "ERROR"]
    if seen is None:
        publication.not_yet("")
    elif publication.may_see_the_old(seen, errors):
        publication.not_yet(raw(answer.json))
    elif "BUYABLE" in seen.statuses:
        publication.live(seen, raw(answer.json), issues)
    elif errors:
        publication.refused("read", issues, answer=raw(answer.json), seen=seen)
    else:
        publication.not_yet(raw(answer.json))


def look_again(client: GuardedClient, store: Store, listing: Listing) -> None:
    """Late issues, suppression, removal."""
    try:
        _answer, seen, issues = _read(client, store, listing, "en")
        watch(listing, seen, issues)
    except IntegrationError as error:
        if error.concerns_everything:
            raise
        listing.change(watch_at=clock.ahead(minutes=15))
    except peewee.OperationalError:
        raise
    except Exception as error:
        log.error("watching_broke", scope=str(listing.uid), exc_info=error)
        listing.change(watch_at=clock.ahead(hours=6))


def _read(client: GuardedClient, store: Store, listing: Listing, language: str) -> Any:
    """(answer, listing as Amazon has it or None, issues in both languages)."""
    locale = locale_for(language)
    path = {"sellerId": store.seller_id, "sku": listing.variant.sku}
    query = {"marketplaceIds": listing.marketplace_id, "issueLocale": locale, "includedData": READ}
    try:
        answer = client.call("getListingsItem", path=path, query=query)
    except IntegrationError as error:
        if error.code == "not_found":
            return None, None, []
        raise
    seen = mapping.listing(answer.json, listing.marketplace_id)
    return answer, seen, translated(client, "getListingsItem", locale, seen.issues, path=path, query=query)
