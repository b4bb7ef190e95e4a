"""Tokens and secrets are in memory and sealed in the database, and nowhere else: not in a log, an event, a page or a file."""

from __future__ import annotations

import io
import logging

import pytest

from config import logs
from jobs.amazon import TOKENS
from models.audit.event import Event
from models.catalog.publication import Publication
from models.stores.application import Application
from models.stores.call_log import CallLog
from models.stores.store import Store
from models.stores.sync import Sync
from models.support.job_run import JobRun
from models.tables import TABLES

SECRET = "amzn1.oa2-cs.v1.canary-client-secret-7f3a91"
CLIENT = "amzn1.application-oa2-client.canary"


@pytest.fixture
def heard(portal):
    """Everything that is logged, at the most talkative level."""
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.set_up("debug", portal.data / "logs")
    stream = io.StringIO()
    extra = logging.StreamHandler(stream)
    extra.setFormatter(logging.getLogger().handlers[0].formatter)
    raw = logging.StreamHandler(stream)
    for name in ("", "httpx2", "httpcore2", "authlib", "stamina", "peewee"):
        logging.getLogger(name).addHandler(extra)
        logging.getLogger(name).addHandler(raw)
        logging.getLogger(name).setLevel("DEBUG" if name != "peewee" else "INFO")
    yield stream
    for name in ("", "httpx2", "httpcore2", "authlib", "stamina", "peewee"):
        for one in (extra, raw):
            logging.getLogger(name).removeHandler(one)
        logging.getLogger(name).setLevel("WARNING")
    logging.getLogger().handlers, logging.getLogger().level = before


def test_no_token_or_secret_is_anywhere_but_in_memory(
    heard, amazon, lotus, run_job, as_, alice, enter, offer, portal, time_passes
):
    account = amazon.account("eu")
    amazon.tell("/applications", client_id=CLIENT, client_secret=SECRET, application_id="amzn1.sp.solution.canary")
    with amazon.handle.world.turn():
        refresh_token = amazon.handle.world.grant(CLIENT, account["seller_id"]).refresh_token
    browser = as_(alice)
    application = {"name": "Canary", "kind": "private", "client_id": CLIENT, "client_secret": SECRET}
    pages = [browser.post("/t/lotus/stores/applications", data=application).text]
    form = {"name": "Europe", "region": "eu", "way": "token", "seller_id": account["seller_id"], "declared": "1",
            "application": str(Application.get().uid), "refresh_token": refresh_token}  # fmt: skip
    pages.append(browser.post("/t/lotus/stores/", data={**form, "name": ""}).text)
    pages.append(browser.post("/t/lotus/stores/", data=form).text)
    store = Store.get()
    run_job("stores.check", store.uid)
    assert store.reload().is_active
    access = {token for token, _until in TOKENS._held.values()}

    [good, bad] = offer(enter(1), store, "DE") + offer(enter(2, attributes={}), store, "DE")
    Publication.ask([good, bad])
    for kind in ("html_503", "throttle", "truncated", "expired_token"):
        amazon.fault(kind, "putListingsItem", times=2)
        run_job("catalog.publish", store.uid)
        time_passes(30)
    amazon.fault("lwa_down", "token", times=3)
    TOKENS._held.clear()
    for job in ("catalog.publish", "catalog.definitions", "orders.poll", "stores.check"):
        run_job(job, store.uid)
        access |= {token for token, _until in TOKENS._held.values()}
    Application.save_for(lotus, name="Canary", kind="private", client_id=CLIENT, client_secret="wrong" + SECRET)
    TOKENS._held.clear()
    run_job("stores.check", store.uid)
    Application.save_for(lotus, name="Canary", kind="private", client_id=CLIENT, client_secret=SECRET)
    amazon.tell(f"/accounts/{account['seller_id']}/revoke")
    run_job("stores.check", store.uid)
    assert store.reload().state == "authorize_again"

    for path in ("stores/", f"stores/{store.uid}", "stores/applications", "stores/new", "stores/calls/", "catalog/listings/",
                 f"catalog/listings/{good.uid}", f"catalog/listings/{bad.uid}", "", "audit/events/"):  # fmt: skip
        pages.append(browser.get(f"/t/lotus/{path}").text)
    secrets = {
        SECRET,
        "canary-client-secret",
        refresh_token,
        refresh_token[5:40],
        *access,
        *(token[5:60] for token in access),
    }
    assert len(access) >= 2
    rows = [repr(list(table.select().tuples())) for table in TABLES]
    everything = {"pages": "".join(pages), "logs": heard.getvalue(), "rows": "".join(rows)}
    for name, text in everything.items():
        found = [secret[:12] for secret in secrets if secret in text]
        assert text and not found, (name, found)
    for file in portal.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [secret[:12] for secret in secrets if secret.encode() in content], file
    assert (
        Event.select().count() > 8
        and CallLog.select().count() > 20
        and Sync.select().exists()
        and JobRun.select().exists()
    )
    assert heard.getvalue().count("\n") > 30, "Something was logged at all."


def test_the_ciphertext_of_a_token_opens_nowhere_else(store, connect):
    other = connect("na")
    mine, theirs = store.authorization, other.authorization
    theirs.refresh_token = mine.refresh_token
    with pytest.raises(RuntimeError, match="changed or moved"):
        theirs.unseal("refresh_token")


def test_the_token_column_takes_nothing_unsealed(store):
    from models.stores.store import Authorization

    with pytest.raises(TypeError, match="sealed"):
        Authorization.update(refresh_token=b"Atzr|clear").execute()
    with pytest.raises(TypeError, match="sealed"):
        store.authorization.change(refresh_token="Atzr|clear")


def test_an_access_token_is_never_stored(store):
    assert TOKENS._held and all(token not in repr(TOKENS) for token, _until in TOKENS._held.values())
