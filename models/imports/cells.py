"""A cell of a sheet as text, and readers that turn a text into a value. A cell is data: nothing in it is ever executed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from models.support.errors import Refused
from models.support.money import exponent
from models.support.sheets import begins_like_formula
from models.support.words import grouped

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
MOST_DECIMAL = Decimal(10**9)


class CellRefused(Refused):
    """A cell says something that cannot be; whoever reads the row knows where it stands."""


def clean(cell: str) -> str:
    """A cell composed (NFC), without control and direction characters, but with its line breaks; as forms read text."""
    text = unicodedata.normalize("NFC", cell).replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(
            sign
            for sign in text
            if sign in "\n\t" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in BIDI)
        )
    return text.strip()


def bare(text: str) -> str:
    """A cell of a CSV file without the apostrophe that keeps a spreadsheet from running what our own exports wrote."""
    return text[1:] if text[:1] == "'" and begins_like_formula(text[1:]) else text


def decimal(text: str) -> Decimal | None:
    """A number like 1234.5, 12,5 or 1,234.50; None for an empty cell."""
    text = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not text:
        return None
    if re.fullmatch(r"\d{1,12},\d{1,2}", text):
        text = text.replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+", text):
        text = text.replace(",", "")
    if not re.fullmatch(r"\d{1,40}(\.\d{1,10})?", text):
        raise CellRefused("Write a number like 12.5.")
    if Decimal(text) > MOST_DECIMAL:
        raise CellRefused("At most %(most)s.", most=grouped(MOST_DECIMAL))
    return Decimal(text)


def whole(text: str) -> int | None:
    value = decimal(text)
    if value is not None and value != value.to_integral_value():
        raise CellRefused("Write a whole number.")
    return None if value is None else int(value)


def money(text: str, currency: str) -> int | None:
    """An amount in minor units of the currency."""
    value = decimal(text)
    if value is None:
        return None
    minor = value.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise CellRefused("%(currency)s has no such fractions.", currency=currency)
    return int(minor)


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10].replace("/", "-")) if text.strip() else None
    except ValueError:
        raise CellRefused("Write a date like 2026-11-30.") from None
