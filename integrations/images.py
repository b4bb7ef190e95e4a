"""Fetching a picture from an address a person gave: only from the public internet, whatever the address or its answers say.

The name is resolved once, every address it has must be public, and the connection goes to an address that was checked, with
the name kept for TLS and the Host header. Each redirect is a new address and checked like the first.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from integrations import wire
from integrations.amazon.http import USER_AGENT
from integrations.errors import IntegrationError

MOST_BYTES = 15 * 1024 * 1024
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 20.0
MOST_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
IsPublic = Callable[[Address], bool]
Resolve = Callable[[str, int], list[str]]


class Refused(IntegrationError):
    """The address must not be called, or what it gave is no picture we take."""

    def __init__(self, code: str, message: str):
        super().__init__(code, message, permanent=True)


def resolved(host: str, port: int) -> list[str]:
    """Every address of a name, as the system knows it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def fetch(
    url: str, *, is_public: IsPublic, resolve: Resolve = resolved, allow_loopback_port: int | None = None
) -> bytes:
    """The bytes behind an address. Raises IntegrationError.

    `is_public` decides about each address. `allow_loopback_port` is for tests alone: loopback at this one port counts
    as public.
    """
    backend = _Guarded(is_public, resolve, allow_loopback_port)
    with (
        wire.budget(TOTAL_SECONDS, MOST_BYTES + 256 * 1024),
        httpx2.Client(
            transport=wire.Transport(backend),
            timeout=httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Accept": "image/*", "Accept-Encoding": "identity"},
        ) as client,
    ):
        for _ in range(MOST_REDIRECTS + 1):
            _require_plain(url, allow_loopback_port)
            onward, content = _get(client, url)
            client.cookies.clear()
            if onward is None:
                return content
            url = _joined(url, onward)
    raise Refused("image_redirects", "The address leads from one address to another too often.")


def _joined(url: str, onward: str) -> str:
    try:
        return urljoin(url, onward)
    except ValueError:
        raise Refused("image_address", "The address leads to something that is no web address.") from None


def _require_plain(url: str, allow_loopback_port: int | None) -> None:
    """Raises for an address that is more than scheme, name and path."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("image_address", "This is no web address.") from None
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or "\\" in url or len(url) > 2000:
        raise Refused("image_address", "This is no web address of a picture.")
    if port not in (None, PORTS[parts.scheme], allow_loopback_port):
        raise Refused("image_address", "Pictures are fetched from the usual ports only.")


def _get(client: httpx2.Client, url: str) -> tuple[str | None, bytes]:
    """Where a redirect leads, or the content."""
    try:
        with client.stream("GET", url) as response:
            if response.status_code in (301, 302, 303, 307, 308):
                return response.headers.get("Location", ""), b""
            if response.status_code != 200:
                raise IntegrationError(
                    "image_status",
                    f"The server answered {response.status_code}.",
                    permanent=response.status_code in (400, 401, 403, 404, 410, 451),
                )
            return None, _read(response)
    except httpx2.TimeoutException as error:
        raise IntegrationError("image_timeout", "The server did not answer in time.", permanent=False) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, UnicodeError, ValueError) as error:
        raise IntegrationError("image_unreachable", "The server could not be reached.", permanent=False) from error


def _read(response: httpx2.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise Refused("image_too_large", "The image has more than 15 MB.")
    return bytes(content)


class _Guarded(wire.Backend):
    """Connects to addresses that were checked, and to nothing else."""

    def __init__(self, is_public: IsPublic, resolve: Resolve, allow_loopback_port: int | None):
        super().__init__()
        self._is_public, self._resolve, self._allow_loopback_port = is_public, resolve, allow_loopback_port

    def addresses_of(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolve(host, port)
            addresses = [ipaddress.ip_address(text) for text in found]
        except (OSError, ValueError, UnicodeError) as error:
            raise httpcore2.ConnectError("The name has no address.") from error
        if not addresses or not all(self._may_be_called(address, port) for address in addresses):
            raise Refused("image_private", "The address is not on the public internet.")
        return found

    def _may_be_called(self, address: Address, port: int) -> bool:
        if self._allow_loopback_port is not None and address.is_loopback:
            return port == self._allow_loopback_port
        return port in PORTS.values() and self._is_public(address)
