"""The true address of a client. X-Forwarded-For is believed only from trusted peers, read from the right."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORT = r"(:\d{1,5})?"
LONGEST_KEPT = 60  # What is longer is no address, and is not remembered.


def parse(text: str) -> Address | None:
    """An address from header text; a port, brackets and a v4-mapped form are tolerated, anything else is None."""
    return _parsed(text) if len(text) <= LONGEST_KEPT else _parsed.__wrapped__(text)


@lru_cache(maxsize=2000)
def _parsed(text: str) -> Address | None:
    text = text.strip().removeprefix('"').removesuffix('"')
    if not text.isascii():
        return None
    if text.startswith("["):
        text, bracket, port = text[1:].partition("]")
        if not bracket or not re.fullmatch(PORT, port):
            return None
    elif text.count(":") == 1:
        text, _colon, port = text.partition(":")
        if not re.fullmatch(PORT, ":" + port):
            return None
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_address(peer: str, forwarded_for: str, trusted: tuple) -> Address | None:
    """Walks from the peer leftwards while the hop is a trusted proxy. None: nothing believable (deny)."""
    address = parse(peer)
    hops = forwarded_for.split(",") if forwarded_for.strip() else []
    while address is not None and hops and any(address in network for network in trusted):
        address = parse(hops.pop())
    return address


def allowed(address: Address | None, networks) -> bool:
    """True when the address lies in one of the networks."""
    return address is not None and any(address in network for network in networks)
