"""Why a channel does not take a parcel (docs/freight.md, step 5). What equals a limit passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.freight.engine.card import EVERY_ZONE, Card
from models.freight.engine.weighing import Piece

# A limit's name, the reason it gives, and what of a piece is held against it.
MOSTS = (
    ("max_actual_kg", "OVERWEIGHT", lambda piece: piece.kg),
    ("max_longest_cm", "OVERLENGTH", lambda piece: piece.longest),
    ("max_second_cm", "OVERWIDTH", lambda piece: piece.second),
    ("max_third_cm", "OVERHEIGHT", lambda piece: piece.third),
    ("max_girth_cm", "OVERGIRTH", lambda piece: piece.girth),
    ("max_sum_cm", "OVERSUM", lambda piece: piece.longest + piece.second + piece.third),
)
LEASTS = (
    ("min_longest_cm", lambda piece: piece.longest),
    ("min_second_cm", lambda piece: piece.second),
)
NAMES = (*(name for name, _reason, _of in MOSTS), *(name for name, _of in LEASTS), "max_boxes")


def refusals(card: Card, zone: str, cargo: frozenset[str], pieces: Sequence[Piece]) -> list[str]:
    """Every reason, in the order a sheet lists them; none: the channel takes it."""
    limits = {**card.limits.get(EVERY_ZONE, {}), **card.limits.get(zone, {})}
    reasons = [] if cargo <= card.cargo else ["CARGO_NOT_ALLOWED"]
    reasons.extend(_too_much(limits, pieces))
    if any(piece.longest and of(piece) < limits[name] for name, of in LEASTS if name in limits for piece in pieces):
        reasons.append("UNDERSIZE")
    if "max_boxes" in limits and sum(piece.quantity for piece in pieces) > limits["max_boxes"]:
        reasons.append("TOO_MANY_BOXES")
    return reasons


def _too_much(limits: dict[str, Decimal], pieces: Sequence[Piece]) -> Iterator[str]:
    for name, reason, of in MOSTS:
        if name in limits and any(of(piece) > limits[name] for piece in pieces):
            yield reason
