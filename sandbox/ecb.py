"""The European Central Bank's reference rates as it publishes them, with invented figures: the newest day, ninety days, or
all. A day is out at 16:00 in Frankfurt, when banks are open there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort

from sandbox.amazon.world import World

PREFIX = "/ecb/"
FRANKFURT, HOUR, DAY = ZoneInfo("Europe/Berlin"), 16, timedelta(days=1)
FILES = {"eurofxref-daily.xml": 1, "eurofxref-hist-90d.xml": 90, "eurofxref-hist.xml": 1100}  # Calendar days.
CLOSED = {(1, 1), (5, 1), (12, 25), (12, 26)}
GOOD_FRIDAYS = {
    date(2024, 3, 29),
    date(2025, 4, 18),
    date(2026, 4, 3),
    date(2027, 3, 26),
    date(2028, 4, 14),
    date(2029, 3, 30),
}
UNITS = {  # For one euro, about.
    "USD": 1.117, "JPY": 175.7, "CZK": 24.35, "DKK": 7.4735, "GBP": 0.834, "HUF": 366.3, "PLN": 4.404, "RON": 5.345,
    "SEK": 10.98, "CHF": 0.919, "ISK": 136.0, "NOK": 10.31, "TRY": 55.8, "AUD": 1.59, "BRL": 6.07, "CAD": 1.561, "CNY": 7.433,
    "HKD": 8.765, "IDR": 20275.0, "ILS": 3.495, "INR": 106.1, "KRW": 1492.0, "MXN": 21.12, "MYR": 4.533, "NZD": 1.982,
    "PHP": 71.14, "SGD": 1.428, "THB": 37.68, "ZAR": 18.65,
}  # fmt: skip


def blueprint(world: World) -> Blueprint:
    pages = Blueprint("ecb", __name__, url_prefix=PREFIX.rstrip("/"))

    @pages.get("/<name>")
    def file(name: str) -> Response:
        if name not in FILES:
            abort(404)
        with world.turn() as now:
            newest = newest_day(now)
        return Response(document(newest, FILES[name], world.seed), content_type="text/xml")

    return pages


def newest_day(now: float) -> date:
    there = datetime.fromtimestamp(now, UTC).astimezone(FRANKFURT)
    day = there.date() if there.hour >= HOUR else there.date() - DAY
    while not is_open(day):
        day -= DAY
    return day


def is_open(day: date) -> bool:
    easter = {friday + number * DAY for friday in GOOD_FRIDAYS for number in (0, 3)}
    return day.weekday() < 5 and (day.month, day.day) not in CLOSED and day not in easter


def document(newest: date, days: int, seed: int) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n'
        "\t<gesmes:subject>Reference rates</gesmes:subject>\n"
        "\t<gesmes:Sender>\n\t\t<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n"
        f"\t<Cube>\n{''.join(_days(newest, days, seed))}\t</Cube>\n</gesmes:Envelope>\n"
    )


def _days(newest: date, days: int, seed: int) -> Iterator[str]:
    """The newest day first, as the bank writes them."""
    for back in range(days):
        day = newest - back * DAY
        if is_open(day):
            rates = "".join(f"\t\t\t<Cube currency='{name}' rate='{_rate(name, day, seed)}'/>\n" for name in UNITS)
            yield f"\t\t<Cube time='{day}'>\n{rates}\t\t</Cube>\n"


def _rate(name: str, day: date, seed: int) -> str:
    """A rate that wanders a little, the same for a day whenever it is asked for."""
    phase = sum(map(ord, name)) + seed
    wave = 0.008 * math.sin(day.toordinal() / 11 + phase) + 0.012 * math.sin(day.toordinal() / 53 + 2 * phase)
    rate = UNITS[name] * (1 + wave)
    return f"{rate:.{max(0, 4 - max(0, int(math.log10(rate))))}f}"
