"""The parts of a price sheet's page: its sheets in words, the checks, the differences and the history, one at a time and paged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.freight import wording
from models.freight.comparing import band_text
from models.freight.editing import CHOICES
from models.freight.engine.card import Card
from models.freight.rate_card import RateCard
from models.freight.sheet_words import SHEETS, code_words, column_words
from models.freight.workbook.writing import COLUMNS, Cells, rows_of
from views.freight.slices import slice_of
from views.support import format as figures
from views.support.paging import here

CELLS: dict[str, Callable[[Any], Sequence[Any]]] = {
    "rates": lambda card: card.rows,
    "zones": lambda card: rows_of(card, "zones"),
    "limits": lambda card: rows_of(card, "limits"),
    "surcharges": lambda card: card.surcharges,
    "fuel": lambda card: card.fuels,
    "remote": lambda card: rows_of(card, "remote"),
}
COUNTED: dict[str, Callable[[Any], int]] = {
    "rates": lambda card: len(card.rows),
    "zones": lambda card: len({entry.zone for entry in card.zones}),
    "limits": lambda card: len(card.limits),
    "surcharges": lambda card: len(card.surcharges),
    "fuel": lambda card: len(card.fuels),
    "remote": lambda card: len(card.remotes),
}
MANY_ZONES = 300
ALWAYS = ("rates", "zones")


def part_of(found: RateCard, asked: str, *, is_own: bool) -> dict[str, Any]:
    """The part that the address asks for, with the tabs that lead to the others."""
    card = found.card
    filled = [name for name in CELLS if name in ALWAYS or COUNTED[name](card)]
    names = [*filled, "checks", *(["differences", "others"] if found.before else []), *(["history"] if is_own else [])]
    part = asked if asked in names else "rates"
    zone = request.args.get("zone", "") if part == "rates" else ""
    rows = _rows(found, part, zone)
    page = slice_of(rows)
    return {
        "card": card,
        "words": list(wording.in_words(card)),
        "wording": wording,
        "sheet_words": SHEETS,
        "column_words": column_words,
        "current_part": part,
        "leaf": page,
        "part_tabs": [_tab(found, name, part) for name in names],
        "zone": zone,
        "zones": zone_links(card, zone) if part == "rates" else [],
        "band_of": band_text,
        "heads": heads,
        "cells_of": cells_of,
        "lines": lines_of(events_about(found)) if part == "history" else [],
    }


def zone_links(card: Card, current: str) -> list[dict[str, Any]]:
    """Leads to the rates of one zone, and back to all; nothing where there is one alone."""
    zones = sorted({row.zone for row in card.rows})[:MANY_ZONES]
    links = [{"label": zone, "url": here(zone=zone, page=None), "is_current": zone == current} for zone in zones]
    return (
        [{"label": _("All zones"), "url": here(zone=None, page=None), "is_current": not current}, *links]
        if len(zones) > 1
        else []
    )


def heads(part: str) -> list[dict[str, Any]]:
    return [{"label": column_words(part, column)} for column in COLUMNS[part]]


def cells_of(part: str, row: Cells) -> list[Any]:
    """The cells of a row in the order of its columns, codes in words."""
    coded = [(part, column) in CHOICES for column in COLUMNS[part]]
    texts = [row.get(column, "") for column in COLUMNS[part]]
    return [
        code_words((part, ""), text) if is_code and text else text for is_code, text in zip(coded, texts, strict=True)
    ]


def _rows(found: RateCard, part: str, zone: str) -> Sequence[Any]:
    if part == "checks":
        return found.problems
    if part == "differences":
        return found.changes
    if part == "others":
        return found.other_changes
    if part == "history":
        return []
    rows = CELLS[part](found.card)
    return [row for row in rows if row.zone == zone] if zone else rows


def _tab(found: RateCard, name: str, current: str) -> dict[str, Any]:
    labels = {
        "checks": _("Checks"),
        "differences": _("Prices that differ"),
        "others": _("Other differences"),
        "history": _("History"),
    }
    counts: dict[str, Callable[[], int]] = {
        "checks": lambda: len(found.problems),
        "differences": lambda: len(found.changes),
        "others": lambda: len(found.other_changes),
    }
    count = counts[name]() if name in counts else COUNTED[name](found.card) if name in COUNTED else None
    return {
        "label": labels.get(name) or str(SHEETS[name]),
        "url": here(part=name, page=None, zone=None),
        "count": figures.number(count) if count else None,
        "is_current": name == current,
    }
