"""A price sheet becomes a card. What cannot be read is named with sheet, row and column, and keeps the card from being used.

A carrier's own list without a sheet `card` brings new prices to a version that exists: everything else stays as that says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.freight.engine.card import Between, Card
from models.freight.workbook.checks import check
from models.freight.workbook.extras import read_fuels, read_limits, read_surcharges
from models.freight.workbook.opening import Sheets, sheets_of
from models.freight.workbook.places import read_remotes, read_zones
from models.freight.workbook.problem import WARNING, Cell, Problem, Problems
from models.freight.workbook.rates import read_rates
from models.freight.workbook.recognising import first_day_in, price_sheets
from models.freight.workbook.settings import read_settings
from models.freight.workbook.sheet_kinds import kind_of
from models.freight.workbook.table import Table
from models.imports.reading import Numbered
from models.support.words import say

TABLES = ("zones", "rates", "limits", "surcharges", "fuel", "remote")
Found = dict[str, tuple[str, list[Numbered]]]


@dataclass
class PriceSheet:
    """What a file says. `card` may be used only without errors. `candidates` are sheets that look like prices, of which a person
    has to choose one."""

    card: Card
    problems: list[Problem]
    passed_over: list[str] = field(default_factory=list)
    rows_read: int = 0
    candidates: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any(problem.grade != WARNING for problem in self.problems)


def read_price_sheet(path: Path) -> PriceSheet:
    """The price sheet in a workbook, an archive of CSV files or a folder. Raises Refused for what cannot be opened."""
    return price_sheet_of(sheets_of(path))


def price_sheet_of(sheets: Sheets, *, base: Card | None = None, chosen: str = "", channel: str = "") -> PriceSheet:
    """`base` is the card in force, for a list without settings; `chosen` is the sheet a person says the prices stand on, and
    `channel` the one they say it is for."""
    problems = Problems()
    found, passed_over, candidates = _sorted_out(sheets, chosen, problems)
    for name in getattr(sheets, "hidden", ()):
        problems.add(Cell(name, 0, "", ""), "HIDDEN", say("This sheet is hidden and was not read."), WARNING)
    if "card" in found or base is None:
        card = _card(found, channel, problems)
    else:
        card = _with_prices(base, found, problems)
    check(card, problems)
    return PriceSheet(card, problems.found, passed_over, sum(len(rows) for _name, rows in found.values()), candidates)


def _sorted_out(sheets: Sheets, chosen: str, problems: Problems) -> tuple[Found, list[str], list[str]]:
    """The sheets by kind, the names of those that are none, and of those that look like prices but are not called so."""
    found: Found = {}
    passed_over = []
    for name, rows in sheets:
        kind = kind_of(name)
        if kind is None or kind in found:
            passed_over.append(name)
            if kind is not None:
                problems.add(
                    Cell(name, 0, "", ""), "TWICE", say("Another sheet is called so too; this one was not read.")
                )
        else:
            found[kind] = name, rows
    candidates = [] if "rates" in found else price_sheets(sheets)
    taken = chosen if chosen in candidates else candidates[0] if len(candidates) == 1 else ""
    if taken:
        found["rates"] = taken, dict(sheets)[taken]
        passed_over.remove(taken)
        problems.add(Cell(taken, 0, "", ""), "TAKEN", say("This sheet was read as the prices."), WARNING)
    elif candidates:
        words = say("Several sheets look like prices: %(names)s. Choose one.", names=", ".join(candidates[:10]))
        problems.add(Cell("rates", 0, "", ""), "SEVERAL", words)
    elif "rates" not in found:
        problems.add(Cell("rates", 0, "", ""), "NO_SHEET", say("The sheet %(name)s is missing.", name="rates"))
    return found, passed_over, candidates


def _card(found: Found, channel: str, problems: Problems) -> Card:
    """The card of a file that says everything itself."""
    name, rows = found.get("card", ("card", []))
    if "card" not in found:
        problems.add(Cell("card", 0, "", ""), "NO_SHEET", say("The sheet %(name)s is missing.", name="card"))
    values = read_settings(name, rows, problems)
    named = values.get("channel", "")
    if channel and named and named.casefold() != channel.casefold():
        words = say("The file is for another channel; its prices are taken for %(code)s.", code=channel)
        problems.add(Cell(name, 0, "channel_code", named), "OTHER_CHANNEL", words, WARNING)
    if "card" in found and not named and not channel:
        problems.add(Cell(name, 0, "channel_code", ""), "MISSING", say("The sheet does not name the channel's code."))
    if "card" in found and "currency" not in values:
        words = say("The sheet names no currency; the prices count as CNY.")
        problems.add(Cell(name, 0, "currency", ""), "NO_CURRENCY", words, WARNING)
    tables = _tables(found, values.get("currency", "CNY"))
    areas, leasts, etas = read_zones(tables["zones"], problems)
    rates = read_rates(tables["rates"], values.get("unit", "KG"), values.get("rounds", ()), areas, problems)
    kept = {
        "zones": (*areas, *rates.areas), "leasts": rates.leasts | leasts, "etas": etas, "rows": tuple(rates.rows),
        "rounds": rates.steps, **_extras(tables, problems),
    }  # fmt: skip
    return Card(**{"channel": "", **values, **kept})


def _with_prices(base: Card, found: Found, problems: Problems) -> Card:
    """The card in force with the prices of a list. Other tables of the file count too; what it lacks stays as it was."""
    words = say(
        "The file has no sheet “card”: how weight counts, zones and everything else it lacks stay as they are in force."
    )
    problems.add(Cell("card", 0, "", ""), "AS_IN_FORCE", words, WARNING)
    tables = _tables(found, base.currency)
    areas, leasts, etas = read_zones(tables["zones"], problems)
    known = tuple(areas) or base.zones
    rates = read_rates(tables["rates"], base.unit, base.rounds, known, problems)
    first = first_day_in(found["rates"][1]) if "rates" in found else None
    if first is None:
        words = say("The list does not say from which day on it holds. Say so in the draft.")
        problems.add(Cell("rates", 0, "effective_from", ""), "NO_DAY", words, WARNING)
    kept: dict[str, Any] = {name: value for name, value in _extras(tables, problems).items() if value}
    return replace(
        base, dates=Between(first), rows=tuple(rates.rows), rounds=rates.steps,
        zones=(*known, *rates.areas),
        leasts={**base.leasts, **rates.leasts, **leasts}, etas={**base.etas, **etas}, **kept,
    )  # fmt: skip


def _extras(tables: dict[str, Table], problems: Problems) -> dict[str, Any]:
    return {
        "limits": read_limits(tables["limits"], problems), "surcharges": tuple(read_surcharges(tables["surcharges"], problems)),
        "fuels": tuple(read_fuels(tables["fuel"], problems)), "remotes": tuple(read_remotes(tables["remote"], problems)),
    }  # fmt: skip


def _tables(found: Found, currency: str) -> dict[str, Table]:
    tables = {}
    for kind in TABLES:
        name, rows = found.get(kind, (kind, []))
        tables[kind] = Table.read(name, kind, rows, currency)
    return tables
