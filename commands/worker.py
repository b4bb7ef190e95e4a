"""The one serving process: granian calls `make()` in it. It holds the data folder, runs the jobs, and dies with its parent."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import multiprocessing.util
import os
import signal
import sys
from collections.abc import Callable

from app import create_app
from config import logs
from config.settings import Settings, read_settings
from jobs import amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.database import open_databases
from models.people import password
from models.stores.application import Application
from views.support import bodies

PR_SET_PDEATHSIG = 1
SWITCH_SECONDS = (
    0.001  # So soon a job that computes gives way to a request, which waits for it after each look at the disk.
)
LITTER = 50_000  # So many new objects before garbage is looked for: a page of a list makes fewer, and all of it ends by itself.
_held: list[int] = []


def make() -> Callable:
    """The application, with the jobs running beside it in this process."""
    settings = read_settings()
    die_with_parent()
    logs.set_up(settings.log_level, settings.data / "logs")
    if not hold(settings):
        logs.logger("serve").error("already_serving", problem=f"another process serves {settings.data}")
        sys.exit(1)
    open_databases(settings)
    amazon.use_settings(settings)
    Application.seed(settings.lwa_client_id, settings.lwa_client_secret)
    bodies.use_places(settings.threads)
    password.step_aside_with(bodies.without_place)
    app = create_app(settings)
    runner = Runner(SCHEDULE, settings)
    # SIGTERM ends granian's loop and skips atexit; the finalizers of multiprocessing run, so the jobs end there.
    multiprocessing.util.Finalize(None, runner.stop, exitpriority=100)
    runner.start()
    look_for_garbage_less_often()
    sys.setswitchinterval(SWITCH_SECONDS)
    logs.logger("serve").info("serving", address=settings.base_url, mode=settings.mode)
    return app


def look_for_garbage_less_often() -> None:
    """What stands now stands until the end and need not be looked through; a page should not be held up by the search."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LITTER, 20, 20)


def die_with_parent() -> None:
    """Linux ends this process when its supervisor dies, also by kill -9."""
    parent = os.getppid()
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:
        sys.exit(1)


def hold(settings: Settings) -> bool:
    """Takes the data folder for this process. With PostgreSQL several processes may serve side by side."""
    if settings.database:
        return True
    file = os.open(settings.data / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    _held.append(file)
    return True


def is_free(settings: Settings) -> bool:
    """True when no other process serves the data folder."""
    if not hold(settings):
        return False
    if _held:
        os.close(_held.pop())
    return True
