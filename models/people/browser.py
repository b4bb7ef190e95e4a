"""Which browser on which system a session is used in, read simply from what browsers say of themselves; "" where unknown."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

# The first that is found counts: most browsers also name those they are like.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
           ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
LONGEST_KEPT = 500  # What a browser says of itself; a longer text is looked at anew each time.


def browser_of(user_agent: str) -> tuple[str, str]:
    """The browser and the system: ("Chrome", "Windows")."""
    return _first(user_agent, BROWSERS), _first(user_agent, SYSTEMS)


def _first(text: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in marks if mark in text), "")


def has_moved(was: tuple[str, str], now: tuple[str, str]) -> bool:
    """Is an (address, user agent) of another network, or of another browser or system, than before? What was unknown
    says nothing, nor does the server itself."""
    if max(map(len, (*was, *now))) > LONGEST_KEPT:
        return _has_moved.__wrapped__(was, now)
    return _has_moved(was, now)


@lru_cache(maxsize=2000)
def _has_moved(was: tuple[str, str], now: tuple[str, str]) -> bool:
    before, after = browser_of(was[1]), browser_of(now[1])
    if before != ("", "") and before != after:
        return True
    return _wide(was[0]) != _wide(now[0]) if _tells(was[0]) else False


def _tells(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _wide(address: str) -> str:
    """The /16 of an address, the /32 of IPv6."""
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{one}/{16 if one.version == 4 else 32}", strict=False))
