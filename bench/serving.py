"""Servers of the bench: child processes on loopback that end with whoever started them, and a client without any cleverness."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings import PROJECT

START_SECONDS = 60
REST_SECONDS, LOOK_SECONDS, AT_REST = 30, 0.5, 0.04  # A server rests whose share of a processor is no more than that.
PR_SET_PDEATHSIG = 1
BROWSER = "bench"  # A session stays with the browser it was opened in.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent() -> None:
    """In a child: the kernel ends it when the bench dies, however that dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def serving(
    arguments: list[str], environment: dict[str, str], port: int, log: Path, python: str = sys.executable
) -> Iterator[None]:
    """Runs `python -P -m …` until the block ends; it begins when the port answers and what is done once at the start is done."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [python, "-P", "-m", *arguments],
            env=environment | {"PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=end_with_parent,
        )
    try:
        _wait(process, port, log)
        _until_it_rests(process.pid)
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text("utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"A server of the bench did not start: {said}") from None
            time.sleep(0.02)


def _until_it_rests(pid: int) -> None:
    until, before = time.monotonic() + REST_SECONDS, _worked(pid)
    while time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        now = _worked(pid)
        if now - before <= AT_REST * LOOK_SECONDS:
            return
        before = now


def _worked(pid: int) -> float:
    """Seconds of a processor that a process and its children have used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(_worked(int(one)) for one in children)


def get(port: int, path: str, cookie: str = "") -> tuple[float, str]:
    """Seconds from connecting to the last byte, and the page. Raises RuntimeError for anything but 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: {BROWSER}\r\nConnection: close\r\n"
    wanted = (request + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(wanted)
        parts = []
        while part := connection.recv(1 << 18):
            parts.append(part)
    taken = time.perf_counter() - began
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{path} answered {head.splitlines()[0].decode(errors='replace')}")
    return taken, body.decode()
