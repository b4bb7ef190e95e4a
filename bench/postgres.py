"""A throw-away PostgreSQL cluster, as durable as PostgreSQL is by default, for the works that are measured on both databases."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.serving import START_SECONDS, end_with_parent, free_port

OPTIONS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=256MB", "max_wal_size=2GB")


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs; None when it is not installed."""
    folders = [Path(found).parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def cluster(programs: Path) -> Iterator[int]:
    """A running cluster; gives its port. PostgreSQL refuses to run as root, so then it runs as `postgres`."""
    folder, port = Path(tempfile.mkdtemp(prefix="portolan-bench-pg-")), free_port()
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user, user)
    place = folder / "cluster"
    as_user: dict = {"cwd": folder, "user": user, "group": user, "extra_groups": [] if user else None}
    process = None
    try:
        subprocess.run(
            [programs / "initdb", "-D", place, "-A", "trust", "-U", "portolan", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, **as_user,
        )  # fmt: skip
        options = [part for option in OPTIONS for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", place, "-p", str(port), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=end_with_parent, **as_user,
            )  # fmt: skip
        _wait(process, port, folder / "log")
        yield port
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # Not waiting for those who are still connected.
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def create(port: int, name: str) -> str:
    """A new database of the cluster; returns its address."""
    with psycopg.connect(url(port, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")  # type: ignore[arg-type]
    return url(port, name)


def url(port: int, name: str) -> str:
    return f"postgresql://portolan@127.0.0.1:{port}/{name}"


def version(port: int) -> str:
    with psycopg.connect(url(port, "postgres")) as connection:
        return str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]  # type: ignore[index]


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url(port, "postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text("utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL did not start: {said}") from None
            time.sleep(0.05)
