"""The files that the import of a price sheet gives: an example to fill in, and what was found in a sheet. All are safe to open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal as D

from models.freight.engine.card import Area, Between, Card, Fuel, RemoteArea, Round, Row, Surcharge, ZoneArea
from models.freight.origin import today
from models.freight.sheet_findings import SheetChange, SheetProblem
from models.freight.sheet_import import SheetImport
from models.freight.sheet_words import column_words
from models.freight.workbook.problem import ERROR
from models.support.sheets import Sheet, SheetColumn, write_csv
from models.support.words import Words, say

KINDS: dict[str, Words] = {"changed": say("changed"), "new": say("new"), "removed": say("gone")}


def example() -> Card:
    """A price sheet with a few rows of each kind, that holds from the first of next month on."""
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    return Card(
        "MY-LINE", "CNY", dates=Between(first), volume_mode="MAX", divisor=D(8000), cargo=frozenset({"general", "battery_builtin"}),
        rounds=(Round(None, D("0.01")),), leasts={"US": D("0.05")}, etas={"US": (8, 12), "US-REMOTE": (12, 20), "FR": (7, 10)},
        zones=(
            ZoneArea("US", Area("US")), ZoneArea("US-REMOTE", Area("US", "prefix", "967")),
            ZoneArea("US-REMOTE", Area("US", "range", "99500", "99999")), ZoneArea("FR", Area("FR")),
        ),
        rows=(
            Row("US", D(0), D("0.3"), "PER_KG", rate=D(92), handling=D(20)),
            Row("US", D("0.3"), D(20), "PER_KG", rate=D(86), handling=D(16)),
            Row("US-REMOTE", D(0), D(20), "FIRST_STEP", first=D("0.5"), first_price=D(120), step=D("0.5"), step_price=D(38)),
            Row("FR", D(0), D("0.1"), "FLAT", price=D(32)),
            Row("FR", D("0.1"), D(20), "PER_KG", rate=D(64), handling=D(18), min_charge=D(25)),
        ),
        limits={"*": {"max_actual_kg": D(20), "max_longest_cm": D(60), "max_sum_cm": D(90)}},
        surcharges=(
            Surcharge("remote", "remote", "FIXED_SHIPMENT", D(35), level="REMOTE", fuelable=True),
            Surcharge("battery", "cargo", "PER_KG", D(3), cargo="battery_builtin"),
        ),
        fuels=(Fuel(Between(first, first + timedelta(days=30)), D("12.5")),),
        remotes=(RemoteArea("REMOTE", Area("FR", "prefix", "20")),),
    )  # fmt: skip


def problems_csv(batch: SheetImport) -> Iterator[bytes]:
    """Every wrong or doubtful cell, errors first."""
    columns = (
        SheetColumn(str(say("Sheet")), lambda one: one.sheet),
        SheetColumn(str(say("Row")), lambda one: one.row or None, "number"),
        SheetColumn(str(say("Column")), lambda one: one.column),
        SheetColumn(str(say("Code")), lambda one: one.code),
        SheetColumn(str(say("Value")), lambda one: one.value),
        SheetColumn(str(say("What is wrong")), lambda one: str(one.sentence)),
        SheetColumn(str(say("Kind")), lambda one: str(say("Wrong") if one.grade == ERROR else say("Remark"))),
    )
    return write_csv(Sheet(batch.name, columns, "UTC"), SheetProblem.of(batch))


def changes_csv(batch: SheetImport) -> Iterator[bytes]:
    """Every price that would change, the steepest first."""
    columns = (
        SheetColumn(str(say("Zone")), lambda one: one.zone),
        SheetColumn(str(say("Weight band")), lambda one: one.band),
        SheetColumn(str(say("What")), lambda one: str(column_words("rates", one.what))),
        SheetColumn(str(say("Kind")), lambda one: str(KINDS[one.kind])),
        SheetColumn(str(say("Old")), lambda one: one.old, "number"),
        SheetColumn(str(say("New")), lambda one: one.new, "number"),
        SheetColumn("%", lambda one: one.percent, "number"),
    )
    return write_csv(Sheet(batch.name, columns, "UTC"), SheetChange.of(batch))
