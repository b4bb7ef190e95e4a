"""A line of figures for `ui.sparkline`: points in a box of 100 × 30, the least at the bottom, the most at the top."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 100, 30, 2


def line_points(values: Sequence[Decimal | int]) -> str:
    """Empty for fewer than two figures: one makes no line."""
    if len(values) < 2:
        return ""
    least, most = min(values), max(values)
    span, inner = (most - least) or 1, HEIGHT - 2 * EDGE
    return " ".join(
        f"{round(WIDTH * place / (len(values) - 1), 2):g},{round(HEIGHT - EDGE - inner * (value - least) / span, 2):g}"
        for place, value in enumerate(values)
    )
