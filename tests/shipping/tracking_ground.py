"""Parcels that stand-in carriers move, over real HTTP; our clock follows theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sandbox_seller import Control

from jobs import amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.orders.ingest import keep
from models.orders.order import Order
from models.shipping.connecting import connect
from models.shipping.following import Following
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import JOB, TrackingAccount
from models.shipping.tracking_event import TrackingEvent
from models.support import clock
from models.support.job_run import JobRun
from sandbox.carriers.setup import TOKEN
from tests.orders.conftest import snapshot

BEGAN = 1_772_400_000
HOUR, DAY = 3600, 86400


@dataclass
class Ground:
    """A store with parcels, and the carriers that move them."""

    settings: Any
    control: Control
    store: Any
    made: int = 0
    account: Any = None

    def __post_init__(self) -> None:
        self.settings = replace(self.settings, carriers_url=self.control.url)
        amazon.use_settings(self.settings)
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Time passes there and here."""
        now = self.control.wait(seconds)
        clock.move(to=datetime.fromtimestamp(now, UTC).replace(tzinfo=None))

    def connect(self, kind: str = "seventeen", **values: Any) -> TrackingAccount:
        return connect(self.store.team, kind=kind, name="Tracking", **{"secret": TOKEN, **values})

    def parcel(self, number: str, *, fate: str = "delivered", is_given: bool = True, **options: Any) -> Parcel:
        """One that has left our hands with this number, and what is to become of it."""
        self.made += 1
        keep(self.store, [snapshot(self.made, age_days=1)])
        order = Order.select().where(Order.store == self.store).order_by(Order.id.desc()).get()
        parcel = make_parcel([order])
        parcel.give_number(number, reason="as the label says")
        if is_given:
            self.control.post("/parcels", number=number, fate=fate, **{"pace": 1, "late": 0, **options})
        parcel.change(state="labelled", labelled_at=clock.now())
        return parcel

    def run(self, account: TrackingAccount) -> JobRun:
        clock.move(seconds=1)  # A moment has one run.
        found = Runner(SCHEDULE, self.settings).run(JOB, str(account.uid))
        assert found is not None
        return found

    def follow(self) -> None:
        clock.move(seconds=1)
        Runner(SCHEDULE, self.settings).run("shipping.follow")

    def following(self, parcel: Parcel) -> Following:
        return Following.get(Following.parcel == parcel)

    def words(self, parcel: Parcel) -> list[str]:
        return [event.description for event in TrackingEvent.of(parcel)]


__all__ = ["DAY", "HOUR", "TOKEN", "Ground"]
