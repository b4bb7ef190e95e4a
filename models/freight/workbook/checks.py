"""What must hold before a card is approved: bands without overlap, gaps named, every zone that is used known and priced."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from models.freight.engine.card import EVERY_ZONE, Card, Row
from models.freight.workbook.problem import WARNING, Cell, Problems
from models.support.words import say


def check(card: Card, problems: Problems) -> None:
    by_zone: dict[str, list[Row]] = {}
    for row in card.rows:
        by_zone.setdefault(row.zone, []).append(row)
    for zone, rows in by_zone.items():
        _check_bands(zone, sorted(rows, key=lambda row: row.above), problems)
    known = {entry.zone for entry in card.zones}
    for zone in sorted(known - by_zone.keys()):
        problems.add(Cell("zones", 0, "zone", zone), "NO_PRICE", say("This zone has no price."), WARNING)
    used = {*card.limits, *(zone for surcharge in card.surcharges for zone in surcharge.zones)} - {EVERY_ZONE}
    for zone in sorted(used - known):
        problems.add(Cell("zones", 0, "zone", zone), "UNKNOWN_ZONE", say("The sheet of zones does not name this zone."))
    if not card.rows and not problems.errors:
        problems.add(Cell("rates", 0, "", ""), "NO_RATES", say("The sheet holds no price."))


def _check_bands(zone: str, rows: Sequence[Row], problems: Problems) -> None:
    for row in rows:
        if row.upto is not None and row.upto <= row.above:  # “From 21” written twice ends where it begins.
            problems.add(_place(zone, row), "EMPTY_BAND", say("This band holds no weight. Is it there twice?"))
    for row, following in pairwise(rows):
        cell = _place(zone, following)
        if row.upto is None or following.above < row.upto:
            problems.add(cell, "OVERLAP", say("Two bands of this zone overlap."))
        elif following.above > row.upto:
            problems.add(cell, "GAP", say("Between this band and the one before no weight has a price."), WARNING)


def _place(zone: str, row: Row) -> Cell:
    return Cell("rates", 0, "band", f"{zone}: {row.above}–{'' if row.upto is None else row.upto}")
