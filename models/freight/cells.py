"""The cells of a card by their place, and which of them differ between two: what an event tells of a change, and what stands beside
the prices when a new version is compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from models.freight.engine.card import Card
from models.freight.workbook.writing import Cells, sheet_rows

Place = tuple[str, str, str]
# By which columns a row of a sheet is called; the rest of its cells belong to that place.
CALLED = {
    "zones": ("zone",), "rates": ("zone", "band"), "limits": ("zone",), "surcharges": ("code",), "fuel": ("from", "to"),
    "remote": ("country", "level"),
}  # fmt: skip
GATHERED = {"zones": ("country", "postcodes"), "remote": ("kind", "a", "b")}  # Many rows of one place become one cell.
MOST_SHOWN = 120


@dataclass(frozen=True)
class CellChange:
    """`sheet`, which row of it (`place`) and which column; an empty text is an empty cell, or a row that is not there."""

    sheet: str
    place: str
    column: str
    old: str
    new: str

    @property
    def words(self) -> list[str]:
        """As an event keeps it: what, old, new."""
        return [" · ".join(part for part in (self.sheet, self.place, self.column) if part), self.old, self.new]


def cell_changes(old: Card, new: Card) -> list[CellChange]:
    """Every cell that differs, sheet by sheet in the new one's order, then what is gone."""
    before, after = _cells(old), _cells(new)
    changed = [place for place in after if before.get(place) != after[place]]
    changed += [place for place in before if place not in after]
    changed.sort(key=lambda place: _ORDER[place[0]])
    return [CellChange(*place, *_sides(before.get(place, []), after.get(place, []))) for place in changed]


def _cells(card: Card) -> dict[Place, list[str]]:
    """What stands in each place; the rows of one place that become one cell are several texts."""
    found: dict[Place, list[str]] = {}
    rows = sheet_rows(card)
    for cells in rows["card"]:
        found["card", "", cells["key"]] = [cells["value"]]
    for sheet, called in CALLED.items():
        gathered = GATHERED.get(sheet, ())
        seen: Counter[str] = Counter()
        for cells in rows[sheet]:
            place = " ".join(cells.get(name, "") or "…" for name in called)
            if gathered:
                found.setdefault((sheet, place, gathered[-1]), []).append(_joined(cells, gathered))
            else:
                seen[place] += 1
                place = f"{place} ({seen[place]})" if seen[place] > 1 else place
            for name, value in cells.items():
                if value and name not in (*called, *gathered):
                    found[sheet, place, name] = [value]
    return found


def _sides(old: list[str], new: list[str]) -> tuple[str, str]:
    """Old and new as texts; of many only those the other side lacks."""
    if len(old) > 1 or len(new) > 1:
        before, after = set(old), set(new)
        gone, come = [one for one in old if one not in after], [one for one in new if one not in before]
        old, new = (gone, come) if gone or come else (old, new)
    return _short("; ".join(old)), _short("; ".join(new))


def _joined(cells: Cells, names: tuple[str, ...]) -> str:
    return " ".join(cells[name] for name in names if cells.get(name))


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


_ORDER = {sheet: number for number, sheet in enumerate(("card", *CALLED))}
