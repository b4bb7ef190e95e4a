"""The true address of a client. X-Forwarded-For is believed only from trusted peers, read from the right."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse(text: str) -> Address | None:
    """An address from header text; a port, brackets and a v4-mapped form are tolerated, anything else is None."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_address(peer: str, forwarded_for: str, trusted: tuple) -> Address | None:
    """Walks from the peer leftwards while the hop is a trusted proxy. None: nothing believable (deny)."""
    address = parse(peer)
    hops = [hop for hop in forwarded_for.split(",") if hop.strip()] if forwarded_for else []
    while address is not None and hops and any(address in network for network in trusted):
        address = parse(hops.pop())
    return address


def allowed(address: Address | None, networks) -> bool:
    """True when the address lies in one of the networks."""
    return address is not None and any(address in network for network in networks)
