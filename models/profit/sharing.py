"""Sharing an amount out in whole minor units (docs/domain.md §3.3): by weights, to the last unit, the same every time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shared(total_minor: int, weights: Mapping[Any, int]) -> dict[Any, int]:
    """The share of each name by its weight; the rest goes, unit by unit, to the largest remainders, of equal ones to the first name.
    Alike where no weight counts. The shares add up to the total."""
    names = sorted(weights)
    if not names:
        return {}
    counts = {name: max(0, weights[name]) for name in names}
    whole = sum(counts.values())
    if not whole:
        counts, whole = dict.fromkeys(names, 1), len(names)
    sign, amount = (-1 if total_minor < 0 else 1), abs(total_minor)
    shares = {name: amount * counts[name] // whole for name in names}
    rest = amount - sum(shares.values())
    by_remainder = sorted(names, key=lambda name: -(amount * counts[name] % whole))
    for name in by_remainder[:rest]:
        shares[name] += 1
    return {name: sign * share for name, share in shares.items()}
