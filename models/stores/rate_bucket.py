"""The token bucket of a seller and an operation, in the database, so that all processes share it.

Kept as the moment the bucket would be full again (generic cell rate algorithm): one row, one update per call.
"""

from __future__ import annotations

from datetime import timedelta

import peewee

from models.support import clock
from models.support.db import db, write_txn
from models.support.fields import UtcField
from models.support.record import About, Record

ROUNDING = 1e-4  # Moments are kept to the microsecond; a burst adds up that many roundings.


class RateBucket(Record):
    """`rate` is tokens per second, `burst` how many the bucket holds."""

    owner = peewee.CharField(max_length=60)
    operation = peewee.CharField(max_length=60)
    rate = peewee.DoubleField()
    burst = peewee.IntegerField(default=1)
    full_at = UtcField(default=clock.now)

    about = About(
        why="keeps calls within Amazon's limits",
        keep="while the store works",
        plain="id owner operation rate burst full_at",
    )

    class Meta:
        indexes = ((("owner", "operation"), True),)

    def left(self, burst: int) -> int:
        """Whole tokens in the bucket now."""
        missing = max(0.0, (self.full_at - clock.now()).total_seconds()) * self.rate
        return max(0, int(burst - missing + 1e-6))


class StoreThrottle:
    """The buckets of one store, in the shape the Amazon client asks for."""

    def __init__(self, owner: str):
        self.owner = owner

    def _bucket(self, operation: str, rate: float, burst: int) -> RateBucket:
        RateBucket.insert(
            owner=self.owner, operation=operation, rate=rate, burst=burst, full_at=clock.now()
        ).on_conflict_ignore().execute()
        query = RateBucket.select().where(RateBucket.owner == self.owner, RateBucket.operation == operation)
        return (query.for_update() if isinstance(db.obj, peewee.PostgresqlDatabase) else query).get()

    def take(self, operation: str, rate: float, burst: int) -> float:
        """Takes a token: 0, or the seconds until there is one (then nothing was taken)."""
        with write_txn():
            bucket = self._bucket(operation, rate, burst)
            now = clock.now()
            one = 1 / bucket.rate
            # No bucket is emptier than empty: that would be a clock that was set back since.
            full_at = min(max(bucket.full_at, now), now + timedelta(seconds=burst * one))
            wait = (full_at - now).total_seconds() - (burst - 1) * one
            if wait > ROUNDING:
                return wait
            bucket.change(full_at=full_at + timedelta(seconds=one))
            return 0.0

    def learn(self, operation: str, rate: float) -> None:
        """Amazon's header says the rate is this; it wins over the documented one. The tokens that are gone stay gone."""
        mine = (RateBucket.owner == self.owner) & (RateBucket.operation == operation)
        if not RateBucket.select().where(mine, RateBucket.rate != rate).exists():
            return
        with write_txn():
            bucket = RateBucket.get_or_none(mine)
            if bucket is not None and bucket.rate != rate:
                now = clock.now()
                missing = max(bucket.full_at - now, timedelta(0)) * bucket.rate
                bucket.change(rate=rate, full_at=now + missing / rate)

    def exhausted(self, operation: str, rate: float, burst: int) -> None:
        """Amazon says the bucket is empty, whatever we counted."""
        with write_txn():
            bucket = self._bucket(operation, rate, burst)
            bucket.change(full_at=clock.now() + timedelta(seconds=burst / bucket.rate))
