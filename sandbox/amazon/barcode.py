"""Barcode numbers: EAN, UPC and GTIN have a fixed length and end in a GS1 check digit."""

from __future__ import annotations

LENGTHS = {"ean": {8, 13}, "upc": {12}, "gtin": {8, 12, 13, 14}}


def is_valid(kind: str, number: str) -> bool:
    if not (number.isascii() and number.isdigit()) or len(number) not in LENGTHS.get(kind, set()):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number[:-1]), start=1))
    return (10 - weighted % 10) % 10 == int(number[-1])


def canonical(number: str) -> str:
    """The same article has one number, however many zeros are in front of it."""
    return number.zfill(14)
