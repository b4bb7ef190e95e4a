"""The check digits of carriers' numbers. Each takes the digits before the check digit and gives the digit that belongs there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle

S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of the digits from the left, each times its weight; the weights repeat."""
    return sum(int(digit) * weight for digit, weight in zip(digits, cycle(weights), strict=False))


def s10(digits: str) -> int:
    """Postal items (UPU S10): eleven less the remainder; where that has two digits, 10 becomes 0 and 11 becomes 5."""
    return {10: 0, 11: 5}.get(left := 11 - weighted(digits, S10_WEIGHTS) % 11, left)


def gs1(digits: str) -> int:
    """GS1's way, modulo 10: from the right the first digit counts three times, the next once, and so on."""
    return -weighted(digits[::-1], (3, 1)) % 10


def modulo_eleven(weights: Sequence[int]) -> Callable[[str], int]:
    """A weighted sum modulo 11, of which 10 becomes 0."""
    return lambda digits: weighted(digits, weights) % 11 % 10


def ups(signs: str) -> int:
    """UPS 1Z: letters count 2 for A up to 9 for H, 0 for I and so on; every second sign counts twice."""
    values = (int(sign) if sign.isdigit() else (ord(sign) - 3) % 10 for sign in signs)
    return -sum(value * (1 + place % 2) for place, value in enumerate(values)) % 10


def modulo_seven(digits: str) -> int:
    return int(digits) % 7
