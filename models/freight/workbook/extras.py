"""The sheets `limits`, `surcharges` and `fuel`."""

from __future__ import annotations

import re
from decimal import Decimal

from models.freight.engine.card import (
    BASES,
    CARGO,
    EVERY_ZONE,
    MEASURES,
    REMOTE_LEVELS,
    TRIGGERS,
    Between,
    Fuel,
    Surcharge,
)
from models.freight.engine.limits import NAMES
from models.freight.workbook.problem import CellProblem, Problems
from models.freight.workbook.table import NOT_OFFERED, Line, Table
from models.support.words import say

CODE = re.compile(r"[A-Za-z0-9_.\-]{1,40}")
TAKEN = {"freight", "handling", "fuel"}


def read_limits(table: Table, problems: Problems) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for line in table.lines(problems):
        try:
            limits = {name: line.number_of(name) for name in NAMES if line.text(name) not in NOT_OFFERED}
            found.setdefault(line.text("zone") or EVERY_ZONE, {}).update(limits)
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    return found


def read_surcharges(table: Table, problems: Problems) -> list[Surcharge]:
    found = []
    for line in table.lines(problems):
        try:
            if line.text("amount") not in NOT_OFFERED:
                found.append(_surcharge(line))
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    return found


def _surcharge(line: Line) -> Surcharge:
    code, when = line.text("code"), line.one_of("when", TRIGGERS, default="always")
    if not CODE.fullmatch(code) or code in TAKEN:
        raise line.refuse(
            "code", "CODE", say("A code has letters, digits, dots or hyphens, and is not freight, handling or fuel.")
        )
    basis = line.one_of("basis", BASES, default="FIXED_SHIPMENT")
    if "%" in line.text("amount") and not basis.startswith("PCT"):
        raise line.refuse("amount", "NOT_A_NUMBER", say("A percentage needs a basis that begins with PCT."))
    return Surcharge(
        code=code,
        when=when,
        basis=basis,
        amount=line.number_of("amount"),
        least=line.number_of("min", Decimal(0)),
        level=line.one_of("level", REMOTE_LEVELS) if when == "remote" and line.text("level") else "",
        cargo=line.one_of("cargo", CARGO) if when == "cargo" else "",
        measure=line.one_of("measure", MEASURES) if when == "box" else "",
        above=line.number_of("gt") if when == "box" else Decimal(0),
        dates=_dates(line),
        zones=frozenset(zone for zone in re.split(r"[|,;、\s]+", line.text("zones")) if zone and zone != EVERY_ZONE),
        group=line.name_of("group"),
        combine=line.one_of("combine", ("STACK", "MAX"), default="STACK"),
        fuelable=line.is_yes("fuelable"),
    )


def _dates(line: Line) -> Between:
    first, last = line.day("from"), line.day("to")
    if first and last and last < first:
        raise line.refuse("to", "DATES", say("The last day lies before the first."))
    return Between(first, last)


def read_fuels(table: Table, problems: Problems) -> list[Fuel]:
    """Percentages by date; two for one day are refused."""
    found: list[Fuel] = []
    for line in table.lines(problems):
        try:
            fuel = Fuel(_dates(line), _percent(line))
            if any(_meet(fuel.dates, other.dates) for other in found):
                raise line.refuse("from", "FUEL_OVERLAP", say("Another line gives a fuel rate for the same day."))
            found.append(fuel)
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    return found


def _percent(line: Line) -> Decimal:
    if "pct_fraction" in line.cells and line.text("pct_fraction"):
        return line.number_of("pct_fraction") * 100
    return line.number_of("pct")


def _meet(one: Between, other: Between) -> bool:
    begins_after = one.first and other.last and one.first > other.last
    ends_before = one.last and other.first and one.last < other.first
    return not begins_after and not ends_before
