"""The wire below HTTP: each piece of work has a deadline and a budget of bytes, however slowly or much the other side sends.

The client's own timeouts only bound the wait for the next byte; a server that drips one now and then would hold a job for
ever, in its headers too.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore2
import httpx2


class _Budget(threading.local):
    until: float | None = None
    bytes_left: int = 0


_budget = _Budget()


@contextmanager
def budget(seconds: float, most_bytes: int) -> Iterator[None]:
    """Everything this thread reads and writes inside ends in time, or raises a timeout; too many bytes break it off."""
    _budget.until, _budget.bytes_left = time.monotonic() + seconds, most_bytes
    try:
        yield
    finally:
        _budget.until = None


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    if _budget.until is None:
        return timeout
    left = _budget.until - time.monotonic()
    if left <= 0:
        raise error("The deadline has passed.")
    return left if timeout is None else min(timeout, left)


class Stream(httpcore2.NetworkStream):
    """A connection that looks at the budget before each read and write."""

    def __init__(self, inner: httpcore2.NetworkStream):
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))
        if _budget.until is not None:
            _budget.bytes_left -= len(data)
            if _budget.bytes_left < 0:
                raise httpcore2.ReadError("The answer is too long.")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Stream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Opens connections. `addresses_of` says which addresses a name may lead to; others are not connected to."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def addresses_of(self, host: str, port: int) -> Iterable[str]:
        """Addresses to try, in order. Here the name itself: the system resolves it."""
        return [host]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> Stream:
        failed: Exception = httpcore2.ConnectError("The name has no address.")
        for address in self.addresses_of(host, port):
            try:
                left = _left(timeout, httpcore2.ConnectTimeout)
                return Stream(self._inner.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Stream:
        raise httpcore2.UnsupportedProtocol("There are no sockets in files here.")


@cache
def trust() -> ssl.SSLContext:
    """Which certificates are believed: the usual ones, TLS 1.2 and later. Read once, it takes a while."""
    return httpx2.create_ssl_context(trust_env=False)


class Transport(httpx2.HTTPTransport):
    """httpx2's transport over such connections: nothing of it is taken from the environment."""

    def __init__(self, backend: Backend | None = None):
        super().__init__(verify=trust(), trust_env=False)
        self._pool._network_backend = backend or Backend()
