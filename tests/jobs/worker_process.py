"""A process that runs jobs, for tests: the real runner with a schedule of its own and short leases.

Usage: worker_process.py DATA KEY_FILE DATABASE [SECONDS-OF-LEASE]. It ends on SIGTERM as the portal does, by handing
its runs back, and leaves a row in the table `trace` for each step of work.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from jobs.job import Job
from jobs.runner import Runner
from models.database import open_databases
from models.support import job_run
from models.support.db import db, write_txn
from models.support.job_run import JobRun
from models.support.words import say

STEPS = 40


def count(run: JobRun) -> None:
    """Due every second; leaves one row a run."""
    step(run, 1)


def walk(run: JobRun) -> None:
    """Long work that goes on where the rows in the database say it stopped."""
    for number in range(done_so_far(run) + 1, STEPS + 1):
        time.sleep(0.05)
        step(run, number, total=STEPS)


def step(run: JobRun, number: int, total: int | None = None) -> None:
    with write_txn():
        run.fence(add=1, total=total)
        mark = "%s" if db.obj.param == "%s" else "?"
        db.execute_sql(
            f"INSERT INTO trace (run_id, slot, step, pid) VALUES ({', '.join([mark] * 4)})",  # noqa: S608
            (run.id, str(run.slot), number, os.getpid()),
        )


def done_so_far(run: JobRun) -> int:
    mark = "%s" if db.obj.param == "%s" else "?"
    return db.execute_sql(f"SELECT count(*) FROM trace WHERE run_id = {mark}", (run.id,)).fetchone()[0]  # noqa: S608


SCHEDULE = (
    Job("count", say("Count"), count, timedelta(seconds=1)),
    Job("walk", say("Walk"), walk, timedelta(seconds=1), due=lambda: asked()),
)


def asked() -> bool:
    """The long work is taken up again by whoever finds it unfinished; it is begun by a wake."""
    return JobRun.select().where(JobRun.job == "walk", JobRun.state == "running").exists()


def main() -> None:
    data, key, database = sys.argv[1:4]
    job_run.LEASE = timedelta(seconds=float(sys.argv[4]) if len(sys.argv) > 4 else 20)
    job_run.BEAT_SECONDS = max(0.2, job_run.LEASE.total_seconds() / 4)
    settings = Settings(data=Path(data), key_file=Path(key), database=database, mode="test", password_memory_mb=8)
    open_databases(settings)
    runner = Runner(SCHEDULE, settings)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    runner.start()
    print("ready", flush=True)
    ended.wait()
    runner.stop()


if __name__ == "__main__":
    main()
