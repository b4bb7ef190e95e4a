"""The European Central Bank's reference rates, as it publishes them: units of a currency for one euro, in XML or CSV. Pure.

Out come CNY for one unit, with at most ten significant digits and twelve decimals. A day without CNY tells nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from xml.parsers import expat

from integrations.errors import IntegrationError
from integrations.rates import Days

CURRENCY, NUMBER = re.compile(r"[A-Z]{3}"), re.compile(r"\d{1,9}(\.\d{1,10})?")
TEN, TWELVE = Context(prec=10), Decimal(1).scaleb(-12)
MOST_RATES = 500_000


def from_xml(content: bytes) -> Days:
    """The days of a file such as eurofxref-daily.xml. Raises IntegrationError."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")  # Whatever the file says of itself.
    parser.StartElementHandler = reader.element
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeError, ValueError, InvalidOperation):
        raise unreadable() from None
    return crossed(reader.days)


def from_csv(lines: Iterable[str], since: date) -> Days:
    """The days from one on, of a file such as eurofxref-hist.csv, whose newest day stands first. Raises IntegrationError."""
    rows = csv.reader(lines)
    head = [name.strip() for name in next(rows, [])]
    if head[:1] != ["Date"]:
        raise unreadable()
    days: dict[date, dict[str, Decimal]] = {}
    try:
        for cells in rows:
            if (day := date.fromisoformat(cells[0])) < since:
                break
            told = zip(head[1:], cells[1:], strict=False)
            days[day] = {
                name: _number(cell)
                for name, cell in told
                if CURRENCY.fullmatch(name) and cell.strip() not in ("", "N/A")
            }
    except (ValueError, IndexError, csv.Error):
        raise unreadable() from None
    return crossed(days)


def crossed(days: Days) -> Days:
    """Units for a euro turned into CNY for a unit. Raises IntegrationError when nothing is left."""
    found = {}
    for day, rates in days.items():
        if (yuan := rates.get("CNY")) is not None:
            others = {name: _fine(TEN.divide(yuan, rate)) for name, rate in rates.items() if name != "CNY"}
            found[day] = {name: cny for name, cny in others.items() if cny} | {"EUR": yuan}
    if not found:
        raise unreadable()
    return found


class _Reader:
    """Notes the days and rates as they come by."""

    def __init__(self) -> None:
        self.days: dict[date, dict[str, Decimal]] = {}
        self._day: date | None = None
        self._count = 0

    def element(self, name: str, said: dict[str, Any]) -> None:
        if name.rpartition(":")[2] != "Cube":
            return
        if "time" in said:
            self._day = date.fromisoformat(said["time"])
            self.days[self._day] = {}
        elif "currency" in said and self._day is not None:
            self._count += 1
            if not CURRENCY.fullmatch(said["currency"]) or self._count > MOST_RATES:
                raise ValueError
            self.days[self._day][said["currency"]] = _number(said.get("rate", ""))


def _number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text.strip()) or not (number := Decimal(text.strip())):
        raise ValueError
    return number


def _fine(number: Decimal) -> Decimal:
    """Without more decimals than a price is reckoned with."""
    exponent = number.as_tuple().exponent
    return number.quantize(TWELVE) if isinstance(exponent, int) and exponent < -12 else number


def _refuse(*_said: Any) -> None:
    raise ValueError


def unreadable() -> IntegrationError:
    return IntegrationError("rates_unreadable", "The bank's answer could not be read.", permanent=False)
