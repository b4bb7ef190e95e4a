"""Only the public internet: whatever a name leads to, an address of our own network is not connected to.

Loopback counts as outside in sandbox and test mode, where the stand-ins live.
"""

from __future__ import annotations

import ipaddress
import socket

import httpcore2

from integrations import wire
from integrations.errors import IntegrationError


class NoAddress(OSError):
    """The name has no address. `is_passing`: whoever knows names could not be asked just now."""

    def __init__(self, is_passing: bool = False):
        self.is_passing = is_passing
        super().__init__("The name has no address.")


def public_addresses(host: str, port: int, *, allow_loopback: bool) -> list[str]:
    """Every address of a name. Raises NoAddress, or IntegrationError when one of them is not on the public internet."""
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
    except socket.gaierror as error:
        raise NoAddress(is_passing=error.errno == socket.EAI_AGAIN) from error
    except (OSError, ValueError, UnicodeError) as error:
        raise NoAddress from error
    if not addresses or not all(_may_be_called(address, allow_loopback) for address in addresses):
        raise IntegrationError("unsafe_address", "The address is not on the public internet.", permanent=True)
    return found


def _may_be_called(address: ipaddress.IPv4Address | ipaddress.IPv6Address, allow_loopback: bool) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return (allow_loopback and address.is_loopback) or (inner.is_global and not inner.is_multicast)


class Outside(wire.Backend):
    """Connections of HTTP clients to such addresses alone."""

    def __init__(self, *, allow_loopback: bool):
        super().__init__()
        self._allow_loopback = allow_loopback

    def addresses_of(self, host: str, port: int) -> list[str]:
        try:
            return public_addresses(host, port, allow_loopback=self._allow_loopback)
        except NoAddress as error:
            raise httpcore2.ConnectError("The name has no address.") from error
