"""Identifiers in Amazon's shapes. The same seed and the same names give the same identifier."""

from __future__ import annotations

import hashlib
import random
import string

BASE36 = string.digits + string.ascii_uppercase
ORDER_PREFIXES = {
    "na": ("111", "112", "113", "114"),
    "eu": ("026", "171", "302", "305", "403"),
    "fe": ("249", "250", "503"),
}


def chance(*names: object) -> random.Random:
    """Repeatable randomness for one purpose."""
    return random.Random("/".join(str(name) for name in names))


def characters(length: int, *names: object, alphabet: str = BASE36) -> str:
    rng = chance(*names)
    return "".join(rng.choice(alphabet) for _ in range(length))


def seller_id(*names: object) -> str:
    return "A" + characters(13, "seller", *names)


def asin(*names: object) -> str:
    return "B0" + characters(8, "asin", *names)


def fnsku(*names: object) -> str:
    return "X00" + characters(7, "fnsku", *names)


def order_id(region: str, *names: object) -> str:
    rng = chance("order", *names)
    return f"{rng.choice(ORDER_PREFIXES[region])}-{rng.randrange(10**7):07d}-{rng.randrange(10**7):07d}"


def order_item_id(*names: object) -> str:
    return str(chance("line", *names).randrange(10**13, 10**14))


def token(prefix: str, *names: object) -> str:
    return prefix + characters(180, "token", prefix, *names, alphabet=string.ascii_letters + string.digits + "-_")


def digest(*names: object) -> str:
    return hashlib.md5("/".join(str(name) for name in names).encode(), usedforsecurity=False).hexdigest()
