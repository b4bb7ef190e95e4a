"""Parcels followed at a service, and the messages it sends by itself.

`a day of looks` lives the voyages of many parcels by the rule that says when each is looked at, and counts the calls. `polled` runs
the job itself over parcels in a database, with a stand-in in memory for the service and the true bucket under a moved clock.
`message` is measured in `bench/messages.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bench import ground, messages, postgres
from bench.ground import Ground
from bench.lists import portal
from bench.measure import Measurement, at_most
from integrations.carriers import Asked, EventSnapshot, Fetched, Outcome, Tracked
from integrations.carriers.seventeen_client import SeventeenClient
from jobs.tracking import Round
from models.people.team import Team
from models.shipping.connecting import connect
from models.shipping.following import Following
from models.shipping.looking import next_look
from models.shipping.parcel import Parcel
from models.shipping.status import Event, Status, standing
from models.shipping.tracking_account import TrackingAccount
from models.shipping.tracking_event import TrackingEvent
from models.stores.rate_bucket import StoreThrottle
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.job_run import JobRun

A_DAY, MOST_HOURS, MOST_CPU = 100_000, 24.0, 2.0
CHUNK = 5_000
VOYAGE = (  # Hours after the label, and what happened.
    (1, "InfoReceived"), (12, "InTransit_PickedUp"), (20, "InTransit_Other"), (32, "InTransit_Other"), (42, "InTransit_Departure"),
    (68, "InTransit_Arrival"), (73, "InTransit_CustomsProcessing"), (85, "InTransit_CustomsReleased"), (105, "InTransit_Other"),
    (115, "OutForDelivery_Other"), (120, "Delivered_Other"),
)  # fmt: skip
TOLD = 8  # What is known of each when it is asked about.
PARCEL = ("uid", "team", "store", "number", "state", "country", "grams", "length_mm", "width_mm", "height_mm", "cargo", "carrier_name",
          "tracking_number", "core", "doubt", "status", "sub_status", "created_at")  # fmt: skip
FOLLOWING = (
    "team",
    "parcel",
    "account",
    "number",
    "carrier_key",
    "state",
    "due_at",
    "tries",
    "problem",
    "registered_at",
    "created_at",
)


@dataclass(frozen=True)
class Size:
    parcels: int
    messages: int


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    yield a_day_of_looks()
    yield from measured(size, tell, "sqlite", "")
    programs = postgres.binaries()
    if programs is None:
        tell("tracking: PostgreSQL is not installed (apt-get install postgresql), so SQLite alone was measured")
        return
    with postgres.cluster(programs) as port:
        yield from measured(size, tell, "postgresql", postgres.create(port, "tracking"))


# How often parcels are looked at


def a_day_of_looks() -> Measurement:
    """A hundred thousand parcels between label and the end of their watch, each at its own place of the same voyage."""
    looks, days = 0, 0.0
    for place in range(100):
        made, lived = _life(place)
        looks, days = looks + made, days + lived
    a_day = looks / days * A_DAY
    calls = a_day / SeventeenClient.at_once
    hours = calls / SeventeenClient.rate.per_second / 3600
    ours = {"looks_a_day": round(a_day), "calls": round(calls), "hours": round(hours, 2)}
    return Measurement(
        "tracking", "a day of looks", "-", A_DAY, ours, {"hours": MOST_HOURS}, **at_most(hours, MOST_HOURS)
    )


def _life(place: int) -> tuple[int, float]:
    """How often one parcel is looked at, and over how many days."""
    began = now = datetime(2026, 3, 1)
    events = [_told(began + timedelta(hours=hours), sub) for hours, sub in VOYAGE]
    looks, due = 0, now
    while due is not None:
        now, looks = due, looks + 1
        heard = [event for event in events if event.time_utc <= now]
        since = heard[-1].time_utc if heard else began
        due = next_look(standing(heard, now=now), since=since, now=now, hears=False, place=place)  # type: ignore[assignment]
    return looks, (now - began) / timedelta(days=1)


def _told(at: datetime, sub: str) -> Event:
    return Event("seventeen", at, f"{sub} at the depot", "Leipzig", Status.read("", sub))


# The job itself


class Service:
    """A service in memory: it keeps to the bucket as the client does, and knows the same voyage of every parcel."""

    name, at_once, rate = SeventeenClient.name, SeventeenClient.at_once, SeventeenClient.rate

    def __init__(self, began: datetime):
        self.began, self.calls, self.throttle = began, 0, StoreThrottle("tracking:bench")

    def register(self, numbers: Sequence[Asked]) -> list[Outcome]:
        self._call()
        return [Outcome(one.number, "registered") for one in numbers]

    def fetch(self, numbers: Sequence[Asked]) -> Fetched:
        self._call()
        return Fetched(tuple(self._known(one) for one in numbers))

    def _known(self, one: Asked) -> Tracked:
        events = tuple(
            EventSnapshot(at, 60, f"{sub} at the depot", "Leipzig", sub.partition("_")[0], sub)
            for hours, sub in VOYAGE[:TOLD]
            if (at := self.began + timedelta(hours=hours)) <= clock.now()
        )
        return Tracked(one.number, "", events[-1].status, events[-1].sub_status, events)

    def _call(self) -> None:
        self.calls += 1
        while (seconds := self.throttle.take("calls", self.rate.per_second, self.rate.burst)) > 0:
            clock.move(seconds=seconds)


def measured(size: Size, tell: Callable[[str], None], kind: str, database: str) -> Iterator[Measurement]:
    with ExitStack() as stack:
        tell(f"tracking: making {size.parcels:,} parcels on {kind}")
        place = stack.enter_context(ground.fresh(database=database))
        with place.stood_on():
            account = connect(Team.get_by_id(place.team_id), kind="seventeen", name="17TRACK", secret=messages.KEY)
            account.succeed()
            began = clock.now() - timedelta(days=4)
            fill(place, account, size.parcels, began)
            try:
                yield from _polled(account, size.parcels, began, kind)
            finally:
                clock.reset()
            ground._tidy(place.settings)
            cost = messages.cost(place, account.hook)
            TrackingAccount.update(hook_at=None).execute()
            Following.update(due_at=None).execute()  # Nobody is called while messages come in.
        port = stack.enter_context(portal(place))
        yield messages.measured(port, account.hook, size.messages, kind, cost)


def _polled(account: TrackingAccount, parcels: int, began: datetime, kind: str) -> Iterator[Measurement]:
    """Twice: when everything is news, and when nothing is."""
    clock.move(to=clock.now())
    for name in ("polled, all new", "polled, nothing new"):
        service, run = Service(began), JobRun.claim("shipping.track", str(account.uid), clock.now())
        assert run is not None
        before, cpu, moment = TrackingEvent.select().count(), time.process_time(), clock.now()
        Round(run, account.reload(), service).to_the_end()
        cpu, waited = time.process_time() - cpu, (clock.now() - moment).total_seconds()
        run.finish("done")
        told = parcels * TOLD
        hours = waited / parcels * A_DAY / 3600
        ours = {
            "calls": service.calls, "bucket_seconds": round(waited, 1), "cpu_seconds": round(cpu, 2),
            "cpu_ms_per_1000_told_events": round(cpu / told * 1e6),
        }  # fmt: skip
        more = {"events_kept": TrackingEvent.select().count() - before, "hours_for_100000": round(hours, 2)}
        per_call = service.calls / SeventeenClient.rate.per_second
        yield Measurement("tracking", name, kind, parcels, ours, {"bucket_seconds": round(per_call, 1)},
                          **at_most(cpu / told * 1000, MOST_CPU), more=more)  # fmt: skip
        clock.move(days=2)


def fill(place: Ground, account: TrackingAccount, count: int, began: datetime) -> None:
    """Labelled parcels that are followed already, all due."""
    with ground._in_bulk(Parcel, Following):
        for first in range(0, count, CHUNK):
            numbers = range(first + 1, min(first + CHUNK, count) + 1)
            with write_txn():
                insert_rows(Parcel, PARCEL, [_parcel(place, number, began) for number in numbers])
        ids = [row.id for row in Parcel.select(Parcel.id).order_by(Parcel.id)]
        for first in range(0, count, CHUNK):
            chunk = ids[first : first + CHUNK]
            rows = [
                (place.team_id, one, account.id, f"YT{one:016d}", "", "followed", began, 0, "", began, began)
                for one in chunk
            ]
            with write_txn():
                insert_rows(Following, FOLLOWING, rows)


def _parcel(place: Ground, number: int, began: datetime) -> tuple[Any, ...]:
    tracking = f"YT{number:016d}"
    return (uuid4(), place.team_id, place.store_id, number, "labelled", "DE", 500, 200, 150, 50, [], "", tracking, tracking, "", "", "",
            began)  # fmt: skip
