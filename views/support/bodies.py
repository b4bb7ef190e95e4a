"""Reading a request's body has a deadline and a cap. The server itself waits for ever for a client that sends slowly.

A read happens in a helper thread; the thread that answers waits without one of the few places in which work is done, so
that stalled clients hold up nobody else. Nothing is read before a view asks, which is after network, session and length
were checked.

granian freezes when a request ends while its body is still being read in another thread (it takes the body's lock with
the interpreter in hand), and a read cannot be called off. So the connection of a client that fell silent is shut down,
which ends the read; and an answer that comes while a body still trickles in is sent and lingers until it has ended.
"""

from __future__ import annotations

import os
import socket
import struct
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, Any

from werkzeug.exceptions import (
    ClientDisconnected,
    LengthRequired,
    RequestEntityTooLarge,
    RequestTimeout,
    ServiceUnavailable,
)

from config import logs

SECONDS, LEAST_BYTES_A_SECOND = 15, 20_000
HANG_UP_SECONDS = 2
IN_MEMORY = 1024 * 1024
CHUNK = 16 * 1024  # The server hands out no less than is asked for, so this is how closely progress is seen.
MOST_READERS, MOST_OF_ONE = 24, 8
STRANGERS_MOST, MACHINES_MOST = 64 * 1024, 1024 * 1024

log = logs.logger("bodies")
_readers: Counter[str] = Counter()  # Bodies being read, by the address they come from.
_guard = threading.Lock()
_places: threading.Semaphore | None = None


def use_places(count: int) -> None:
    """So many requests are worked on at a time; the server has more threads than that, for those who wait."""
    global _places
    _places = threading.Semaphore(count)


@contextmanager
def without_place() -> Iterator[None]:
    """Gives up the place of the request at hand while it waits for something, so that others go on."""
    places = _places
    if places is None:
        yield
        return
    places.release()
    try:
        yield
    finally:
        places.acquire()


class PatientInput:
    """`wsgi.input` that spools the whole body at the first read."""

    def __init__(self, environ: dict[str, Any], most: int):
        self.most = most
        self.ended = threading.Event()
        self._source = environ["wsgi.input"]
        self._address, self._port = environ.get("REMOTE_ADDR", ""), int(environ.get("SERVER_PORT") or 0)
        length = environ.get("CONTENT_LENGTH") or ""
        self._length = int(length) if length.isdecimal() else None
        self._is_endless = self._length is None and "HTTP_TRANSFER_ENCODING" in environ
        self._received = 0
        self._begun = False
        self._spooled: IO[bytes] | None = None

    @property
    def is_being_read(self) -> bool:
        return self._begun and not self.ended.is_set()

    def _body(self) -> IO[bytes]:
        if self._spooled is None:
            if self._is_endless:
                raise LengthRequired()
            self._take_turn()
            future: Future[IO[bytes]] = Future()
            threading.Thread(target=self._spool, args=(future,), daemon=True, name="body").start()
            with without_place():
                self._spooled = self._patiently(future)
        return self._spooled

    def _take_turn(self) -> None:
        """So many bodies are read at a time, and fewer of one address, so that no address keeps all others out."""
        with _guard:
            if self._begun or _readers.total() >= MOST_READERS or _readers[self._address] >= MOST_OF_ONE:
                raise ServiceUnavailable()
            _readers[self._address] += 1
            self._begun = True

    def _patiently(self, future: Future[IO[bytes]]) -> IO[bytes]:
        """Waits while the body keeps coming; what has come buys time for the rest."""
        began = time.monotonic()
        while (left := began + SECONDS + self._received / LEAST_BYTES_A_SECOND - time.monotonic()) > 0:
            try:
                return future.result(left)
            except TimeoutError:
                if future.done():
                    raise
        hang_up(self._address, self._port, time.monotonic() - began)
        self.ended.wait(HANG_UP_SECONDS)
        raise RequestTimeout()

    def _spool(self, future: Future) -> None:
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed with the request)
        try:
            while chunk := self._source.read(CHUNK):
                self._received += len(chunk)
                if self._received > self.most:
                    raise RequestEntityTooLarge()
                spool.write(chunk)
            if self._received != (self._length or 0):
                # The server hands out what had come before a client went away as if it were the whole.
                raise LengthRequired() if self._length is None else ClientDisconnected()
            spool.seek(0)
            future.set_result(spool)
        except BaseException as error:
            spool.close()
            future.set_exception(error)
        finally:
            with _guard:
                _readers[self._address] -= 1
                if not _readers[self._address]:
                    del _readers[self._address]
            self.ended.set()

    def read(self, size: int = -1) -> bytes:
        return self._body().read(size)

    def readline(self, size: int = -1) -> bytes:
        return self._body().readline(size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        return self._body().readlines(hint)

    def __iter__(self) -> Any:
        return iter(self._body())

    def close(self) -> None:
        if self._spooled is not None:
            self._spooled.close()


def guarded(app: Callable, most: int) -> Callable:
    """The WSGI application with patient bodies of at most so many bytes."""

    def wsgi(environ: dict[str, Any], start_response: Callable) -> Any:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS"):
            return _in_place(app, environ, start_response)
        body = environ["wsgi.input"] = PatientInput(environ, most)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if body.is_being_read and environ.get("SERVER_PROTOCOL", "").startswith("HTTP/1"):
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, exc_info)

        try:
            answer = _in_place(app, environ, start)
        except Exception:
            if not body.is_being_read:
                raise
            log.error("request_failed", route="-", exc_info=True)
            start("500 Internal Server Error", [("Content-Length", "0")])
            answer = [b""]
        return _lingering(answer, body) if body.is_being_read else answer

    return wsgi


def _in_place(app: Callable, environ: dict[str, Any], start_response: Callable) -> Any:
    with _places or nullcontext():
        return app(environ, start_response)


def _lingering(answer: Any, body: PatientInput) -> Iterator[bytes]:
    try:
        yield from answer
    finally:
        getattr(answer, "close", lambda: None)()
        body.ended.wait()


def hang_up(address: str, port: int, seconds: float) -> int:
    """Shuts down connections of a client to this port over which for so long nothing was answered, and lately nothing
    came. That is the one whose body is waited for, and perhaps idle ones, which a browser opens anew. Returns how many.
    """
    ended = 0
    for line in _connections(address, port):
        with line, suppress(OSError):
            milliseconds = struct.unpack_from("8x13I", line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 128))
            last_sent, last_received = milliseconds[9] / 1000, milliseconds[11] / 1000
            if last_sent > seconds - 0.5 and last_received > seconds / 2:
                line.shutdown(socket.SHUT_RD)
                ended += 1
    return ended


def _connections(address: str, port: int) -> Iterator[socket.socket]:
    """Open connections of this process from an address to a port, as duplicates (Linux)."""
    folder = Path("/proc/self/fd")
    for entry in list(folder.iterdir()) if folder.exists() else ():
        with suppress(OSError):
            if not os.readlink(entry).startswith("socket:"):
                continue
            line = socket.socket(fileno=os.dup(int(entry.name)))
            peer = line.getpeername() if line.family in (socket.AF_INET, socket.AF_INET6) else ("",)
            if peer[0].removeprefix("::ffff:") == address and line.getsockname()[1] == port:
                yield line
            else:
                line.close()


def expect_little(environ: dict[str, Any], most: int = STRANGERS_MOST) -> int:
    """A stranger's body is a short form: no more than that is read. Returns the cap."""
    body = environ.get("wsgi.input")
    if isinstance(body, PatientInput):
        body.most = min(body.most, most)
    return most
