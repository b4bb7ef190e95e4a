"""A price sheet becomes a card. What cannot be read is named with sheet, row and column, and keeps the card from being used."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.freight.card import Card
from models.freight.workbook.checks import check
from models.freight.workbook.extras import read_fuels, read_limits, read_surcharges
from models.freight.workbook.opening import Sheets, sheets_of
from models.freight.workbook.places import read_remotes, read_zones
from models.freight.workbook.problem import WARNING, Cell, Problem, Problems
from models.freight.workbook.rates import read_rates
from models.freight.workbook.settings import read_settings
from models.freight.workbook.sheet_kinds import kind_of
from models.freight.workbook.table import Table
from models.support.words import say


@dataclass
class PriceSheet:
    """What a file says. `card` may be used only without errors."""

    card: Card
    problems: list[Problem]
    passed_over: list[str] = field(default_factory=list)
    rows_read: int = 0

    @property
    def is_good(self) -> bool:
        return not any(problem.grade != WARNING for problem in self.problems)


def read_price_sheet(path: Path) -> PriceSheet:
    """The price sheet in a workbook, an archive of CSV files or a folder. Raises Refused for what cannot be opened."""
    return price_sheet_of(sheets_of(path))


def price_sheet_of(sheets: Sheets) -> PriceSheet:
    problems = Problems()
    by_kind: dict[str, tuple[str, list]] = {}
    passed_over = []
    for name, rows in sheets:
        kind = kind_of(name)
        if kind is None or kind in by_kind:
            passed_over.append(name)
        else:
            by_kind[kind] = (name, rows)
    for needed in ("card", "rates"):
        if needed not in by_kind:
            problems.add(Cell(needed, 0, "", ""), "NO_SHEET", say("The sheet %(name)s is missing.", name=needed))
    name, rows = by_kind.get("card", ("card", []))
    values = read_settings(name, rows, problems)
    if "card" in by_kind and "channel" not in values:
        problems.add(Cell(name, 0, "channel_code", ""), "MISSING", say("The sheet does not name the channel's code."))
    card = Card(**{"channel": "", **values, **_tables(by_kind, values, problems)})
    check(card, problems)
    return PriceSheet(card, problems.found, passed_over, sum(len(rows) for _name, rows in by_kind.values()))


def _tables(by_kind: dict[str, tuple[str, list]], values: dict[str, Any], problems: Problems) -> dict[str, Any]:
    tables = {
        kind: Table.read(*by_kind.get(kind, (kind, []))[:1], kind, by_kind.get(kind, (kind, []))[1])
        for kind in ("zones", "rates", "limits", "surcharges", "fuel", "remote")
    }
    areas, leasts, etas = read_zones(tables["zones"], problems)
    rates = read_rates(tables["rates"], values.get("unit", "KG"), values.get("rounds", ()), areas, problems)
    return {
        "zones": (*areas, *rates.areas),
        "leasts": rates.leasts | leasts,
        "etas": etas,
        "rows": tuple(rates.rows),
        "rounds": rates.steps,
        "limits": read_limits(tables["limits"], problems),
        "surcharges": tuple(read_surcharges(tables["surcharges"], problems)),
        "fuels": tuple(read_fuels(tables["fuel"], problems)),
        "remotes": tuple(read_remotes(tables["remote"], problems)),
    }
