"""Everything the portal sends is a request Amazon's own models describe, from connecting a store to reading its orders."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx2
import pytest

from integrations.amazon import client as amazon_client
from integrations.amazon.operations import OPERATIONS
from models.catalog.publication import Publication
from tests.conformance import official


@pytest.fixture(autouse=True)
def models():
    found = official.models()
    if found is None:
        pytest.skip(f"{official.VARIABLE} does not name the folder with Amazon's swagger models.")
    return {operation.name: operation for operation in found}


@pytest.fixture
def judged(monkeypatch):
    """The names of the operations called; each request was held against the models on its way out."""
    names, make = [], amazon_client.make_client

    def judge(request: httpx2.Request) -> None:
        body = json.loads(request.content) if request.content else None
        found = official.check_request(request.method, str(request.url), body, dict(request.headers))
        assert request.headers["user-agent"].startswith("Portolan/")
        names.append(found.name)

    def make_judged() -> httpx2.Client:
        client = make()
        client.event_hooks = {"request": [judge]}
        return client

    monkeypatch.setattr(amazon_client, "make_client", make_judged)
    return names


def test_the_operations_are_amazons_with_amazons_rates(models):
    for operation in OPERATIONS.values():
        theirs = models[operation.name]
        assert (operation.method, operation.path) == (theirs.method, theirs.template), operation.name
        assert (operation.rate, operation.burst) == (theirs.rate, theirs.burst), operation.name


def test_the_whole_voyage_sends_only_what_amazon_describes(
    judged, amazon, connect, enter, offer, publish, run_job, time_passes
):
    store = connect("eu")
    good, bad = enter(1, skus=("A / ü #1", "茶杯")), enter(2, attributes={})
    run_job("catalog.definitions", store.uid)
    ended = publish(*offer(good, store, "DE", "FR"), *offer(bad, store, "DE"))
    assert [publication.state for publication in ended] == ["live"] * 4 + ["refused"]
    account = amazon.account("eu")
    amazon.tell("/orders", seller_id=account["seller_id"], count=12, days=2)
    late = f"/listings/{account['seller_id']}/{quote('A / ü #1')}/issues"
    amazon.tell(late, attributes=["brand"], actions=["LISTING_SUPPRESSED"])
    time_passes(200)
    run_job("catalog.publish", store.uid)
    run_job("orders.poll", store.uid)
    assert set(judged) >= {
        "getMarketplaceParticipations", "searchDefinitionsProductTypes", "getDefinitionsProductType", "putListingsItem",
        "getListingsItem", "searchOrders",
    }  # fmt: skip
    assert Publication.select().where(Publication.state == "live").count() == 4
