"""Trying a store's authorization, learning its marketplaces, forgetting old calls."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.amazon import lwa
from integrations.amazon.mapping.sellers import participations
from integrations.errors import IntegrationError
from jobs.amazon import client_for, note_token, note_trouble, problem_words, settings
from models.stores.call_log import CallLog
from models.stores.store import Store
from models.stores.sync import Sync
from models.support.errors import AlreadyDecided
from models.support.job_run import JobRun


def checking() -> Iterable[str]:
    return [str(store.uid) for store in Store.awaiting_check()]


def check(run: JobRun) -> None:
    """Exchanges an authorization code if there is one, then asks Amazon where the account sells."""
    store = Store.of_uid(run.scope)
    if store is None or store.state not in ("checking", "active"):
        return
    sync = Sync.of(store, "account")
    try:
        exchange_code(store)
        with client_for(store) as client:
            tried = client.authorization
            found = participations(client.call("getMarketplaceParticipations").json)
        if not found:
            raise IntegrationError("unreadable", "Amazon named no marketplace.", permanent=False)
        store.connected(found, tried=tried)
    except IntegrationError as error:
        sync.fail(problem_words(error))
        if store.state == "active":
            note_trouble(store, error)
        elif error.permanent:
            store.refuse(error.code, problem_words(error))
        return
    except AlreadyDecided:
        return  # It was authorized anew or disconnected meanwhile; a new authorization is tried by the next run.
    sync.succeed()
    run.progress(add=1)


def exchange_code(store: Store) -> None:
    """An authorization code works once and for five minutes: its refresh token is kept before anything else is tried."""
    authorization = store.authorization
    if authorization is None:
        return
    client_id, client_secret, refresh_token, code = authorization.secrets()
    if refresh_token or not code:
        return
    redirect_uri = f"{settings().base_url}/stores/consent"
    token, _access, _seconds = lwa.exchange_code(
        settings(), lwa.Application(client_id, client_secret), code, redirect_uri, note_token(store)
    )
    authorization.keep_token(token)


def forget_calls(run: JobRun) -> None:
    run.progress(add=CallLog.forget_old())
