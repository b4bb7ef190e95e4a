"""The sheet `rates`: a price for each zone and weight band. A price written as `/` is not offered and makes no row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from models.freight.engine.card import ROW_TYPES, Area, Round, Row, ZoneArea
from models.freight.workbook.bands import Band, read_band
from models.freight.workbook.places import country_of, eta_of
from models.freight.workbook.problem import WARNING, CellProblem, Problems
from models.freight.workbook.table import NOT_OFFERED, Line, Table
from models.support.words import say

SMALLEST_STEP = Decimal("0.001")
PRICED_BY = {"PER_KG": "rate", "PER_CBM": "rate", "FIRST_STEP": "first_price", "FLAT": "price"}


@dataclass(frozen=True)
class Draft:
    """A row as the sheet says it, before its band is placed among its neighbours."""

    line: Line
    zone: str
    band: Band
    row: Row
    step: Decimal
    least: Decimal


@dataclass
class Rates:
    rows: list[Row]
    steps: tuple[Round, ...]
    leasts: dict[str, Decimal]
    areas: list[ZoneArea]


def read_rates(
    table: Table, unit: str, rounds: Sequence[Round], known: Iterable[ZoneArea], problems: Problems
) -> Rates:
    """The rows, in the sheet's order; rounding and least weights that stand in their own columns; countries used as zones."""
    drafts, areas = [], {area.zone: area for area in known}
    countries: dict[str, ZoneArea] = {}
    for line in table.lines(problems, carried=("zone", "country", "country_code")):
        try:
            zone = _zone(line, areas, countries)
            if (draft := _draft(line, zone, unit, problems)) is not None:
                drafts.append(draft)
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    steps = tuple(rounds) or _rounds_of(drafts, problems)
    return Rates(_placed(drafts, steps, problems), steps, _leasts(drafts, problems), list(countries.values()))


def _leasts(drafts: Iterable[Draft], problems: Problems) -> dict[str, Decimal]:
    """The least weight of each zone: the smallest its rows name, since a larger one would lift every light parcel to it."""
    found: dict[str, Decimal] = {}
    for draft in drafts:
        if draft.least and draft.least != found.setdefault(draft.zone, draft.least):
            least = found[draft.zone] = min(found[draft.zone], draft.least)
            words = say("The rows of a zone name different least weights; %(least)s counts.", least=str(least))
            problems.add(draft.line.cell("min_kg"), "LEAST_WEIGHT", words, WARNING)
    return found


def _zone(line: Line, known: dict[str, ZoneArea], countries: dict[str, ZoneArea]) -> str:
    zone = line.text("zone")
    if zone:
        if zone not in known:
            raise line.refuse("zone", "UNKNOWN_ZONE", say("The sheet of zones does not name this zone."))
        return zone
    country = country_of(line)
    if country not in known:
        countries[country] = ZoneArea(country, Area(country))
    return country


def _draft(line: Line, zone: str, unit: str, problems: Problems) -> Draft | None:
    band = read_band(line.text("band"))
    if band is None:
        raise line.refuse("band", "BAND", say("Write a weight band like 0.2<W≤1, 0.5-1 or 21+."))
    kind = line.one_of("type", ROW_TYPES, default=_kind(line, unit))
    if line.text(PRICED_BY[kind]) in NOT_OFFERED:
        return None
    zero = Decimal(0)
    values = {
        "rate": line.number_of("rate", zero), "price": line.number_of("price", zero),
        "first": line.number_of("first_kg", zero), "first_price": line.number_of("first_price", zero),
        "step_price": line.number_of("step_price", zero), "min_charge": line.number_of("min_charge", zero),
        "handling": line.number_of("handling", zero),
    }  # fmt: skip
    step = line.number_of("step_kg", None if kind == "FIRST_STEP" else Decimal(1))
    if kind == "FIRST_STEP" and not (step and values["first"]):
        raise line.refuse("first_kg", "MISSING", say("A first weight and a further step must be more than zero."))
    if not any(values[name] for name in ("rate", "price", "first_price", "min_charge")):
        problems.add(line.cell(PRICED_BY[kind]), "ZERO_PRICE", say("This price is zero."), WARNING)
    row = Row(zone, band.low, band.high, kind, step=step or Decimal(1), eta=eta_of(line), **values)
    return Draft(line, zone, band, row, line.number_of("step", zero), line.number_of("min_kg", zero))


def _kind(line: Line, unit: str) -> str:
    """What a row without a type is, by the price it carries."""
    if line.text("first_price") not in NOT_OFFERED:
        return "FIRST_STEP"
    if line.text("price") not in NOT_OFFERED:
        return "FLAT"
    return "PER_CBM" if unit == "CBM" else "PER_KG"


def _rounds_of(drafts: Sequence[Draft], problems: Problems) -> tuple[Round, ...]:
    """Rounding from the column `step`: each band's upper end closes a rule. All zones must say the same."""
    by_end: dict[Decimal | None, Decimal] = {}
    for draft in drafts:
        if draft.step and by_end.setdefault(draft.band.high, draft.step) != draft.step:
            words = say("Another zone rounds this band differently; name round_steps on the sheet card.")
            problems.add(draft.line.cell("step"), "ROUND", words)
    if len(set(by_end.values())) <= 1:
        return tuple(Round(None, step) for step in set(by_end.values()))
    ends = sorted(by_end, key=lambda end: (end is None, end or 0))
    finite = [end for end in ends if end is not None]
    steps = [by_end[end] for end in ends]
    for draft in drafts:
        first = min(bisect_right(finite, draft.band.low), len(steps) - 1)
        last = len(steps) - 1 if draft.band.high is None else bisect_left(finite, draft.band.high)
        if draft.step and any(step != draft.step for step in steps[first : last + 1]):
            words = say("Another zone rounds these weights differently; name round_steps on the sheet card.")
            problems.add(draft.line.cell("step"), "ROUND", words)
    return (*(Round(end, step) for end, step in zip(ends[:-1], steps[:-1], strict=True)), Round(None, steps[-1]))


def _placed(drafts: Sequence[Draft], rounds: Sequence[Round], problems: Problems) -> list[Row]:
    """The rows with their bands settled: ranges join the one before, and what is open ends where the next begins."""
    by_zone: dict[str, list[int]] = {}
    for at, draft in enumerate(drafts):
        by_zone.setdefault(draft.zone, []).append(at)
    rows = [draft.row for draft in drafts]
    smallest = min((rule.step for rule in rounds if rule.step), default=SMALLEST_STEP)
    for found in by_zone.values():
        end: Decimal = Decimal(0)
        for at in sorted(found, key=lambda at: drafts[at].band.low):
            low = _low(drafts[at], end, smallest, rounds, problems)
            rows[at] = replace(rows[at], above=low)
            upto = rows[at].upto
            end = low if upto is None else upto
        _close(rows, drafts, found)
    return rows


def _low(draft: Draft, end: Decimal, smallest: Decimal, rounds: Sequence[Round], problems: Problems) -> Decimal:
    """Above which weight a band begins; a weight counts in whole steps, so “from 21” is “above 21 less one step”."""
    band = draft.band
    if band.is_from:
        step = _step_at(band.low, rounds, smallest)
        before = max((rule.step for rule in rounds if rule.below == band.low), default=step)
        return max(band.low - (before or smallest), Decimal(0))
    if band.is_listed and band.low not in (end, Decimal(0)):
        if band.low in (end + smallest, end + _step_at(end, rounds, smallest)) or (end == 0 and band.low <= smallest):
            return end
        words = say("The band before ends at %(end)s; this one counts above %(low)s.", end=str(end), low=str(band.low))
        problems.add(draft.line.cell("band"), "BAND_START", words, WARNING)
    return band.low


def _step_at(weight: Decimal, rounds: Sequence[Round], smallest: Decimal) -> Decimal:
    return next((rule.step for rule in rounds if rule.below is None or weight < rule.below), smallest)


def _close(rows: list[Row], drafts: Sequence[Draft], found: Sequence[int]) -> None:
    """An open band of “from 21” ends where the next of its zone begins."""
    ordered = sorted(found, key=lambda at: rows[at].above)
    for at, following in pairwise(ordered):
        if rows[at].upto is None and drafts[at].band.is_from:
            rows[at] = replace(rows[at], upto=rows[following].above)
