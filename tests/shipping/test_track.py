"""Following parcels: registered once, asked about when due, heard of in any order, and never lost over a bad answer."""

from __future__ import annotations

import pytest
from sandbox_seller import Control

import sandbox
from integrations.carriers import http
from jobs import carriers as jobs_carriers
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from tests.orders.conftest import make_store
from tests.shipping.tracking_ground import BEGAN, DAY, HOUR, Ground


@pytest.fixture(scope="module")
def carriers():
    with sandbox.start(0, seed=5, rate_scale=1e6, now=BEGAN) as handle:
        control = Control(handle.url)
        control.url = handle.url
        yield control
        control.close()


@pytest.fixture
def ground(portal, lotus, carriers, monkeypatch):
    monkeypatch.setattr(http, "BACKOFF_MOST", 0.01)
    monkeypatch.setattr(jobs_carriers, "sleep", lambda seconds: clock.move(seconds=seconds))
    made = Ground(portal, carriers, make_store(lotus))
    yield made
    carriers.delete("/faults")
    carriers.patch("/carriers", quota=10_000, daily=10_000)


def numbers():
    count = 0
    while True:
        count += 1
        yield f"YT{count:016d}"


NUMBERS = numbers()


def test_a_parcel_is_followed_from_its_label_to_its_door(ground):
    parcel, account = ground.parcel(next(NUMBERS)), ground.connect()
    ground.follow()
    ground.run(account)
    assert account.reload().state == "active" and account.reload().quota["left"] > 0
    assert ground.following(parcel).state == "followed"
    ground.wait(30 * HOUR)
    ground.run(account)
    moving = parcel.reload()
    assert (moving.state, moving.status) == ("shipped", "InTransit") and moving.shipped_at < clock.now()
    ground.wait(8 * DAY)
    ground.run(account)
    there = parcel.reload()
    assert (there.state, there.status) == ("delivered", "Delivered")
    assert there.ended_at == TrackingEvent.of(there)[0].at
    assert ground.following(parcel).due_at > clock.now(), "watched on, for it may come back"
    ground.wait(16 * DAY)
    ground.run(account)
    assert (ground.following(parcel).state, ground.following(parcel).due_at) == ("ended", None)
