"""One run of a job: claimed by one process, leased, fenced, with progress. And the wakes that ask for a run soon.

UNIQUE(job, scope, slot) makes a tick run once however many processes live; a partial unique index lets only one run of
a job and scope be under way. A run whose lease expired is taken over with a higher token; the old owner is fenced off.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.support import clock
from models.support.db import after_commit, db, in_write_txn, write_txn
from models.support.errors import Refused
from models.support.fields import StatusField, UtcField
from models.support.prepared import Asked, Prepared
from models.support.record import About, Record
from models.support.words import Words

LEASE = timedelta(seconds=20)
FARTHEST = timedelta(minutes=10)  # A lease that ends later than this was given by a clock that was wrong.
BEAT_SECONDS = 5
MOST_ATTEMPTS = 5
WAKE_LISTENERS: list[Any] = []


class Fenced(Exception):
    """This run was taken over; the old owner must stop without writing."""


class Cancelled(Exception):
    """A person cancelled the run."""


class Interrupted(Exception):
    """This process is stopping; the run is handed back and goes on elsewhere or after the restart."""


_stopping = threading.Event()


def stop_runs(stop: bool = True) -> None:
    """Makes every run of this process hand itself back at its next step."""
    (_stopping.set if stop else _stopping.clear)()


class JobRun(Record):
    id = peewee.BigAutoField()
    job = peewee.CharField(max_length=60)
    scope = peewee.CharField(max_length=60, default="")
    slot = UtcField()
    token = peewee.IntegerField(default=1)
    attempt = peewee.IntegerField(default=1)
    lease_until = UtcField()
    state = StatusField("running", "done", "failed", "cancelled")
    cancel_asked = peewee.BooleanField(default=False)
    done = peewee.IntegerField(default=0)
    total = peewee.IntegerField(null=True)
    error = peewee.TextField(default="")
    started_at = UtcField(default=clock.now)
    finished_at = UtcField(null=True)

    about = About(
        why="makes each tick run once and shows its progress", keep="14 days; quiet runs one hour",
        plain="id job scope slot token attempt lease_until state cancel_asked done total error started_at finished_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("job", "scope", "slot"), True), (("job", "id"), False), (("state", "lease_until"), False))

    @property
    def label(self) -> str:
        return self.job

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def error_words(self) -> Words | None:
        return Words.from_json(self.error) if self.error else None

    @property
    def seconds_text(self) -> str:
        """How long it took, to a tenth."""
        return f"{(self.finished_at - self.started_at).total_seconds():.1f}" if self.finished_at else "—"

    @property
    def seconds_left(self) -> int | None:
        """A guess from the pace so far; None while nothing is known."""
        if not self.total or not self.done or not self.is_running:
            return None
        elapsed = (clock.now() - self.started_at).total_seconds()
        return max(0, round(elapsed / self.done * (self.total - self.done)))

    @classmethod
    def claim(cls, job: str, scope: str, slot: datetime) -> JobRun | None:
        """Claims a slot, or takes over a run of the job whose owner died. None: somebody else has it, or had it."""
        now = clock.now()
        with write_txn():
            current = cls.get_or_none(cls.job == job, cls.scope == scope, cls.state == "running")
            if current is not None:
                return current._take_over(now) if current._is_abandoned(now) else None
            try:
                with db.atomic():
                    return cls.create(
                        job=job, scope=scope, slot=slot, state="running", lease_until=now + LEASE, started_at=now
                    )
            except peewee.IntegrityError:
                return None

    def _is_abandoned(self, now: datetime) -> bool:
        return not now <= self.lease_until <= now + FARTHEST

    def _take_over(self, now: datetime) -> JobRun | None:
        cls = type(self)
        if self.attempt >= MOST_ATTEMPTS:
            cls.update(
                state="failed",
                finished_at=now,
                error=Words("It stopped %(times)s times without an end.", times=self.attempt).to_json(),
            ).where(cls.id == self.id, cls.token == self.token).execute()
            return None
        taken = (
            cls.update(token=cls.token + 1, attempt=cls.attempt + 1, lease_until=now + LEASE)
            .where(cls.id == self.id, cls.token == self.token, cls.lease_until == self.lease_until)
            .execute()
        )
        return self.reload() if taken else None

    def _mine(self) -> Any:
        return (JobRun.id == self.id) & (JobRun.token == self.token) & (JobRun.state == "running")

    def beat(self) -> None:
        """Extends the lease; called by the runner while the job works."""
        with write_txn():
            JobRun.update(lease_until=clock.now() + LEASE).where(self._mine()).execute()

    def fence(self, *, add: int = 0, done: int | None = None, total: int | None = None) -> None:
        """First line of every transaction a job writes: proves the run is still ours, and moves its progress.

        Raises Fenced when it was taken over, Cancelled when a person asked to stop, Interrupted when the process ends.
        """
        if _stopping.is_set():
            raise Interrupted()
        if not in_write_txn():
            raise RuntimeError("fence() belongs inside the write_txn() it protects.")
        values: dict[Any, Any] = {JobRun.done: JobRun.done + add if done is None else done,
                                  JobRun.lease_until: clock.now() + LEASE}  # fmt: skip
        if total is not None:
            values[JobRun.total] = total
        if not JobRun.update(values).where(self._mine()).execute():
            raise Fenced(f"{self.job} {self.scope}")
        if JobRun.select(JobRun.cancel_asked).where(JobRun.id == self.id).scalar():
            raise Cancelled()

    def progress(self, *, add: int = 0, done: int | None = None, total: int | None = None) -> None:
        with write_txn():
            self.fence(add=add, done=done, total=total)

    def finish(self, state: str, error: Words | None = None) -> bool:
        """Closes the run. False when it is no longer ours."""
        with write_txn():
            return bool(
                JobRun.update(state=state, finished_at=clock.now(), error=error.to_json() if error else "")
                .where(self._mine())
                .execute()
            )

    def hand_back(self) -> None:
        """Ends the lease at once, so that whoever runs next goes on without waiting."""
        with write_txn():
            JobRun.update(lease_until=clock.ago(seconds=1), attempt=JobRun.attempt - 1).where(self._mine()).execute()

    def cancel(self) -> None:
        """Asks the run to stop at its next step. Raises Refused when it has ended."""
        with write_txn():
            if not JobRun.update(cancel_asked=True).where(JobRun.id == self.id, JobRun.state == "running").execute():
                raise Refused("This run has ended already.")

    @classmethod
    def had(cls, job: str, scope: str, slot: datetime) -> bool:
        """Was this slot run, by whomever?"""
        return cls.select().where(cls.job == job, cls.scope == scope, cls.slot == slot).exists()

    @classmethod
    def latest(cls, job: str, scope: str | None = None, limit: int = 20) -> list[JobRun]:
        query = cls.select().where(cls.job == job)
        if scope is not None:
            query = query.where(cls.scope == scope)
        return list(query.order_by(cls.id.desc()).limit(limit))

    @classmethod
    def under_way(cls, jobs: list[str]) -> list[JobRun]:
        return list(cls.select().where(cls.state == "running", cls.job.in_(jobs)).order_by(cls.started_at))

    @classmethod
    def last_of(cls, jobs: list[str]) -> dict[str, JobRun]:
        """The last ended run of each job."""
        newest = cls.select(peewee.fn.MAX(cls.id)).where(cls.job.in_(jobs), cls.state != "running").group_by(cls.job)
        return {run.job: run for run in cls.select().where(cls.id.in_(newest))}

    @classmethod
    def failing(cls, jobs: Iterable[str]) -> int:
        """How many of these jobs failed when they last ended, for one scope or another (one query)."""
        newest = cls.select(peewee.fn.MAX(cls.id)).where(cls.job.in_(list(jobs)), cls.state != "running")
        failed = cls.select(cls.job).where(cls.id.in_(newest.group_by(cls.job, cls.scope)), cls.state == "failed")
        return failed.distinct().count()

    @classmethod
    def stopped(cls, job: str) -> Asked:
        """Asks for the id of the job's last ended run, if that failed."""
        return _STOPPED.asking(job)

    @classmethod
    def forget_old(cls) -> int:
        """Drops history: runs that did nothing after an hour, the others after 14 days.

        A run that nobody took over for a day (its store is gone) has failed.
        """
        with write_txn():
            cls.update(
                state="failed",
                finished_at=clock.now(),
                error=Words("It was given up: nothing asks for it any more.").to_json(),
            ).where(cls.state == "running", cls.lease_until < clock.ago(days=1)).execute()
            quiet = (cls.state == "done") & (cls.done == 0) & (cls.finished_at < clock.ago(hours=1))
            old = (cls.state != "running") & (cls.finished_at < clock.ago(days=14))
            return cls.delete().where(quiet | old).execute()


JobRun.add_index(
    JobRun.index(JobRun.job, JobRun.scope, unique=True, where=(JobRun.state == "running"), name="job_run_under_way")
)


def _stopped(job: Any) -> Any:
    newest = JobRun.select(peewee.fn.MAX(JobRun.id)).where(JobRun.job == job, JobRun.state != "running")
    return JobRun.select(JobRun.id).where(JobRun.id == newest, JobRun.state == "failed")


_STOPPED = Prepared(_stopped)


class JobWake(Record):
    """A wish that a job run soon. It stays until a run that began after it has been claimed."""

    job = peewee.CharField(max_length=60)
    scope = peewee.CharField(max_length=60, default="")
    asked_at = UtcField(default=clock.now)

    about = About(why="starts work without waiting for the tick", keep="until the run", plain="id job scope asked_at")

    class Meta:
        indexes = ((("job", "scope"), True),)

    @classmethod
    def waiting(cls) -> list[JobWake]:
        return list(cls.select().order_by(cls.asked_at))

    def answered(self) -> None:
        """Removes the wish unless it was made again meanwhile."""
        with write_txn():
            JobWake.delete().where(JobWake.id == self.id, JobWake.asked_at == self.asked_at).execute()


def wake(job: str, scope: str = "") -> None:
    """Asks for a run of the job soon, in whatever process runs jobs. Joins the open transaction."""
    with write_txn():
        JobWake.insert(job=job, scope=scope, asked_at=clock.now()).on_conflict(
            conflict_target=[JobWake.job, JobWake.scope], update={JobWake.asked_at: clock.now()}
        ).execute()
        after_commit(_tell_listeners)


def _tell_listeners() -> None:
    for listener in WAKE_LISTENERS:
        listener()
