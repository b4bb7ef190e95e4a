"""The runner: APScheduler ticks, the table `job_run` decides. Whatever is killed here is taken over when its lease ends.

A job calls the outside between transactions, never inside one; its writes begin with `run.fence()`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from config import logs
from jobs.job import Job
from models.audit.origin import Origin, acting
from models.database import connected
from models.support import clock, job_run
from models.support.errors import Refused
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun, JobWake
from models.support.words import Words, say

THREADS = 6
STOP_SECONDS = 20
log = logs.logger("jobs")


class Runner:
    """Runs the schedule of one process."""

    def __init__(self, schedule: tuple[Job, ...], settings: Any):
        self.jobs = {job.name: job for job in schedule}
        self.settings = settings
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
        )
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="job")
        self._under_way: dict[tuple[str, str], JobRun | None] = {}
        self._guard = threading.Lock()
        self._stopping = threading.Event()

    # Life

    def start(self) -> None:
        job_run.stop_runs(False)
        for job in self.jobs.values():
            trigger = IntervalTrigger(seconds=max(1, min(60, int(job.every.total_seconds()))))
            self._scheduler.add_job(self._tick, trigger, args=[job], id=job.name, next_run_time=datetime.now(UTC))
        self._scheduler.add_job(self._answer_wakes, IntervalTrigger(seconds=1), id="wakes")
        self._scheduler.add_job(self._beat, IntervalTrigger(seconds=job_run.BEAT_SECONDS), id="beat")
        job_run.WAKE_LISTENERS.append(self._hurry)
        with connected():
            for job in self.jobs.values():
                if job.at_start:
                    for scope in job.scopes():
                        job_run.wake(job.name, scope)
        self._scheduler.start()

    def stop(self) -> None:
        """Stops ticking, lets what runs hand itself back, and waits for it a while."""
        self._stopping.set()
        job_run.stop_runs()
        if self._hurry in job_run.WAKE_LISTENERS:
            job_run.WAKE_LISTENERS.remove(self._hurry)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        until = time.monotonic() + STOP_SECONDS
        while self._under_way and time.monotonic() < until:
            time.sleep(0.05)
        self._pool.shutdown(wait=False, cancel_futures=True)

    # Ticks

    def _tick(self, job: Job) -> None:
        try:
            with connected():
                if job.due is None or job.due():
                    for scope in job.scopes():
                        self._submit(job, scope, job.slot(clock.now()))
        except Exception as error:
            log.error("tick_failed", job=job.name, exc_info=error)

    def _answer_wakes(self) -> None:
        try:
            with connected():
                for wish in JobWake.waiting():
                    if wish.job in self.jobs:
                        self._submit(self.jobs[wish.job], wish.scope, wish.asked_at, wish)
                    else:
                        wish.answered()
        except Exception as error:
            log.error("tick_failed", job="wakes", exc_info=error)

    def _hurry(self) -> None:
        if self._scheduler.running and not self._stopping.is_set():
            self._scheduler.modify_job("wakes", next_run_time=datetime.now(UTC))

    def _beat(self) -> None:
        try:
            with connected():
                for run in [run for run in list(self._under_way.values()) if run is not None]:
                    run.beat()
        except Exception as error:
            log.error("tick_failed", job="beat", exc_info=error)

    def _submit(self, job: Job, scope: str, slot: datetime, wish: JobWake | None = None) -> None:
        key = (job.name, scope)
        with self._guard:
            if key in self._under_way or self._stopping.is_set():
                return
            self._under_way[key] = None
        try:
            self._pool.submit(self._run_and_forget, job, scope, slot, wish)
        except RuntimeError:
            self._under_way.pop(key, None)

    def _run_and_forget(self, job: Job, scope: str, slot: datetime, wish: JobWake | None) -> None:
        try:
            with connected():
                self.run(job.name, scope, slot, wish)
        except Exception as error:
            log.error("job_broke", job=job.name, scope=scope, exc_info=error)
        finally:
            self._under_way.pop((job.name, scope), None)

    # One run

    def run(
        self, name: str, scope: str = "", slot: datetime | None = None, wish: JobWake | None = None
    ) -> JobRun | None:
        """Claims and does one run, in this thread. None when another process has it or had this slot."""
        job = self.jobs[name]
        slot = slot or clock.now()
        run = JobRun.claim(name, scope, slot)
        if wish is not None and (run is not None or JobRun.had(name, scope, slot)):
            wish.answered()
        if run is None:
            return None
        self._under_way[(name, scope)] = run
        started = time.monotonic()
        try:
            with acting(Origin("job", name)), self._beating_alone():
                state, error = self._work(job, run)
            if state == "interrupted":
                run.hand_back()
            else:
                run.finish(state, error)
        except BaseException:  # Ctrl-C on the server: whoever runs next goes on at once.
            run.hand_back()
            raise
        finally:  # Only now: stopping waits for what is handed back, too.
            self._under_way.pop((name, scope), None)
        run = run.reload()
        if run.done or state != "done":
            log.info("job_finished", job=name, scope=scope, status=state, done=run.done, attempt=run.attempt,
                     seconds=round(time.monotonic() - started, 3))  # fmt: skip
        return run

    @contextmanager
    def _beating_alone(self) -> Iterator[None]:
        """Keeps the lease of a run that was started by a command, where no scheduler ticks."""
        if self._scheduler.running:
            yield
            return
        over = threading.Event()

        def beat() -> None:
            while not over.wait(job_run.BEAT_SECONDS):
                self._beat()

        thread = threading.Thread(target=beat, daemon=True, name="beat")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _work(self, job: Job, run: JobRun) -> tuple[str, Words | None]:
        try:
            job.work(run)
        except Cancelled:
            return "cancelled", None
        except Interrupted:
            return "interrupted", None
        except Fenced:
            log.warning("job_fenced", job=run.job, scope=run.scope)
            return "fenced", None
        except Refused as refused:
            return "failed", refused.words
        except Exception as error:
            log.error("job_failed", job=run.job, scope=run.scope, exc_info=error)
            return "failed", say(
                "It stopped with an unexpected error (%(kind)s). The log has the place.", kind=type(error).__name__
            )
        return "done", None
