"""Reading a request's body has a deadline and a cap. The server itself waits for ever for a client that sends slowly.

The read happens in a helper thread, so that a stalled client costs a helper and not a thread that answers others.
Nothing is read before a view asks, which is after network, session and length were checked.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO, Any

from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout, ServiceUnavailable

SECONDS, LEAST_BYTES_A_SECOND = 15, 20_000
IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024
MOST_READERS = 32

_readers = threading.BoundedSemaphore(MOST_READERS)


class PatientInput:
    """`wsgi.input` that spools the whole body at the first read."""

    def __init__(self, source: Any, length: int | None, most: int):
        self._source, self._length, self._most = source, length, most
        self._spooled: IO[bytes] | None = None

    def _body(self) -> IO[bytes]:
        if self._spooled is None:
            if not _readers.acquire(blocking=False):
                raise ServiceUnavailable()
            future: Future[IO[bytes]] = Future()
            threading.Thread(target=self._spool, args=(future,), daemon=True, name="body").start()
            try:
                self._spooled = future.result(SECONDS + (self._length or self._most) / LEAST_BYTES_A_SECOND)
            except TimeoutError:
                raise RequestTimeout() from None
        return self._spooled

    def _spool(self, future: Future) -> None:
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed with the request)
        try:
            size = 0
            while chunk := self._source.read(CHUNK):
                size += len(chunk)
                if size > self._most:
                    raise RequestEntityTooLarge()
                spool.write(chunk)
            spool.seek(0)
            future.set_result(spool)
        except BaseException as error:
            spool.close()
            future.set_exception(error)
        finally:
            _readers.release()

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
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS"):
            length = environ.get("CONTENT_LENGTH") or ""
            environ["wsgi.input"] = PatientInput(environ["wsgi.input"], int(length) if length.isdigit() else None, most)
        return app(environ, start_response)

    return wsgi
