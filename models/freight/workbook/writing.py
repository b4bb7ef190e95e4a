"""A card written as a price sheet, exactly as the import reads it: what is written and read again is the same card.

`sheet_rows` is the one truth about which cell of which sheet holds what; files, the editor and the differences between versions
are made of it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import IO

from xlsxwriter import Workbook

from models.freight.engine.card import ONE, ZERO, Area, Between, Card, Row, Surcharge, ZoneArea
from models.freight.engine.limits import NAMES as LIMITS
from models.freight.workbook.headings import ALIASES
from models.freight.workbook.opening import Sheets
from models.freight.workbook.places import MOST_PREFIXES
from models.freight.workbook.settings import NUMBERS
from models.freight.workbook.sheet_kinds import NAMES as SHEETS
from models.support.sheets import BOM, begins_like_formula, neutral
from models.support.workbooks import SAFE

Cells = dict[str, str]
COLUMNS: dict[str, tuple[str, ...]] = {
    "card": ("key", "value"),
    "zones": ("zone", "country", "postcodes", "min_kg", "eta"),
    "rates": ("zone", "band", "type", "rate", "first_kg", "first_price", "step_kg", "step_price", "price", "handling", "min_charge",
              "eta"),
    "limits": ("zone", *LIMITS),
    "surcharges": ("code", "when", "level", "cargo", "measure", "gt", "basis", "amount", "min", "from", "to", "zones", "group",
                   "combine", "fuelable"),
    "fuel": ("from", "to", "pct"),
    "remote": ("country", "kind", "a", "b", "level"),
}  # fmt: skip
MOST_AREAS = 100  # Of one cell.
NEEDED = ("card", "rates")
WIDTH = 14


def write_workbook(card: Card, file: IO[bytes], *, in_chinese: bool = False) -> None:
    """The card as an .xlsx workbook; headings in English or Chinese. Text stays text whatever it begins with."""
    book = Workbook(file, SAFE | {"in_memory": True})
    bold, quoted = book.add_format({"bold": True, "bottom": 1}), book.add_format({"quote_prefix": True})
    for kind, lines in _filled(card):
        page = book.add_worksheet(sheet_name(kind, in_chinese))
        for place, column in enumerate(COLUMNS[kind]):
            page.write_string(0, place, heading(kind, column, in_chinese), bold)
        for number, cells in enumerate(lines, 1):
            for place, cell in enumerate(cells):
                if cell:
                    page.write_string(number, place, cell, quoted if begins_like_formula(cell) else None)
        page.set_column(0, len(COLUMNS[kind]) - 1, WIDTH)
        page.freeze_panes(1, 0)
    book.close()


def write_archive(card: Card, file: IO[bytes], *, in_chinese: bool = False) -> None:
    """The card as a ZIP archive of CSV files, one a sheet."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, lines in _filled(card):
            text = io.StringIO(newline="")
            writer = csv.writer(text)
            writer.writerow([heading(kind, column, in_chinese) for column in COLUMNS[kind]])
            writer.writerows([neutral(cell) for cell in cells] for cells in lines)
            archive.writestr(f"{kind}.csv", BOM + text.getvalue().encode())


def heading(kind: str, column: str, in_chinese: bool) -> str:
    return ALIASES[kind][column][0] if in_chinese and kind in ALIASES else column


def sheet_name(kind: str, in_chinese: bool) -> str:
    return next(name for name in SHEETS[kind] if not name.isascii()) if in_chinese else kind


def _filled(card: Card) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets that hold anything, and those no price sheet may lack."""
    for kind, lines in sheet_rows(card).items():
        if lines or kind in NEEDED:
            yield kind, [[cells.get(column, "") for column in COLUMNS[kind]] for cells in lines]


def as_sheets(rows: Mapping[str, list[Cells]]) -> Sheets:
    """Rows as `price_sheet_of` reads them; the first below the headings has the number 2."""
    return [
        (kind, [(1, list(COLUMNS[kind])), *((number, [cells.get(column, "") for column in COLUMNS[kind]])
                                            for number, cells in enumerate(lines, 2))])
        for kind, lines in rows.items()
    ]  # fmt: skip


def sheet_rows(card: Card) -> dict[str, list[Cells]]:
    """Every sheet's rows below its headings, as cells by column. Empty cells may be left out."""
    return {kind: rows_of(card, kind) for kind in COLUMNS}


def rows_of(card: Card, kind: str) -> list[Cells]:
    """The rows of one sheet."""
    return list(_MAKERS[kind](card))


def settings_of(card: Card) -> dict[str, str]:
    """The sheet `card`, key by key; every key, so that nothing hangs on a default."""
    dates = _dates(card.dates)
    return {
        "channel_code": card.channel, "currency": card.currency, "uom": card.unit, "effective_from": dates["from"],
        "effective_to": dates["to"], "vol_mode": card.volume_mode, "pieces_mode": card.pieces_mode,
        **{key: _number(getattr(card, name)) for key, name in NUMBERS.items()},
        "dim_round": "ceil_cm" if card.ceil_sides else "none", "fuel_on_handling": "yes" if card.fuel_on_handling else "no",
        "cargo_allowed": "|".join(sorted(card.cargo)),
        "round_steps": "|".join(f"{'*' if rule.below is None else _number(rule.below)}:{_number(rule.step)}"
                                for rule in card.rounds),
    }  # fmt: skip


def _zones(card: Card) -> Iterator[Cells]:
    """Areas that follow each other in one zone and country share a row; least weight and days stand with a zone's first."""
    told: set[str] = set()
    for (zone, country, is_whole), areas in groupby(card.zones, key=_group):
        for postcodes in [[""]] * len(list(areas)) if is_whole else _postcodes(entry.area for entry in areas):
            cells = {"zone": zone, "country": country, "postcodes": ", ".join(postcodes)}
            if zone not in told:
                least, eta = card.leasts.get(zone, ZERO), card.etas.get(zone)
                cells |= {"min_kg": _number(least) if least else "", "eta": _eta(eta)}
            told.add(zone)
            yield cells


def _group(entry: ZoneArea) -> tuple[str, str, bool]:
    return entry.zone, entry.area.country, not entry.area.kind


def _postcodes(areas: Iterable[Area]) -> Iterator[list[str]]:
    """Prefixes that follow each other are written as `995-999`, ranges as `2000..2599`."""
    found: list[str] = []
    run: list[str] = []
    for area in areas:
        if run and (area.kind != "prefix" or len(run) > MOST_PREFIXES or not _follows(run[-1], area.low)):
            found.append(_run(run))
            run = []
        if area.kind == "prefix":
            run.append(area.low)
        else:
            found.append(f"{area.low}..{area.high}")
        if len(found) == MOST_AREAS:
            yield found
            found = []
    if run:
        found.append(_run(run))
    if found:
        yield found


def _follows(before: str, after: str) -> bool:
    return (
        before.isdigit() and after.isdigit() and len(before) == len(after) and int(after) == int(before) + 1
    )  # fmt: skip


def _run(prefixes: list[str]) -> str:
    return prefixes[0] if len(prefixes) == 1 else f"{prefixes[0]}-{prefixes[-1]}"


def _rate(row: Row) -> Cells:
    cells = {
        "zone": row.zone,
        "band": f"W>{_number(row.above)}" if row.upto is None else f"{_number(row.above)}<W≤{_number(row.upto)}",
        "type": row.type,
        "eta": _eta(row.eta),
    }
    numbers = {
        "rate": row.rate, "first_kg": row.first, "first_price": row.first_price, "step_price": row.step_price, "price": row.price,
        "handling": row.handling, "min_charge": row.min_charge,
    }  # fmt: skip
    always = {"PER_KG": "rate", "PER_CBM": "rate", "FIRST_STEP": "first_price", "FLAT": "price"}[row.type]
    cells |= {name: _number(value) for name, value in numbers.items() if value or name == always}
    if row.type == "FIRST_STEP" or row.step != ONE:
        cells["step_kg"] = _number(row.step)
    return cells


def _surcharge(one: Surcharge) -> Cells:
    return _dates(one.dates) | {
        "code": one.code, "when": one.when, "level": one.level, "cargo": one.cargo, "measure": one.measure,
        "gt": _number(one.above) if one.when == "box" else "", "basis": one.basis, "amount": _number(one.amount),
        "min": _number(one.least) if one.least else "", "zones": "|".join(sorted(one.zones)), "group": one.group,
        "combine": one.combine, "fuelable": "yes" if one.fuelable else "no",
    }  # fmt: skip


def _dates(dates: Between) -> Cells:
    return {"from": _day(dates.first), "to": _day(dates.last)}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _eta(eta: tuple[int, int] | None) -> str:
    """`6~12`, which no spreadsheet takes for the 12th of June."""
    return f"{eta[0]}~{eta[1]}" if eta else ""


def _number(value: Decimal) -> str:
    return format(value, "f")


_MAKERS: dict[str, Callable[[Card], Iterable[Cells]]] = {
    "card": lambda card: ({"key": key, "value": value} for key, value in settings_of(card).items()),
    "zones": _zones,
    "rates": lambda card: map(_rate, card.rows),
    "limits": lambda card: (
        {"zone": zone} | {name: _number(limit) for name, limit in limits.items()} for zone, limits in card.limits.items()
    ),
    "surcharges": lambda card: map(_surcharge, card.surcharges),
    "fuel": lambda card: (_dates(fuel.dates) | {"pct": _number(fuel.percent)} for fuel in card.fuels),
    "remote": lambda card: (
        {"country": one.area.country, "kind": one.area.kind, "a": one.area.low, "b": one.area.high, "level": one.level}
        for one in card.remotes
    ),
}  # fmt: skip
