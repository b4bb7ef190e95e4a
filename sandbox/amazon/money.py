"""Money as Amazon writes it: an amount in text and a currency; no decimals in yen."""

from __future__ import annotations

from typing import Any

from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.records import Order


def told(minor: int, marketplace: Marketplace) -> dict[str, str]:
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(marketplace.decimals + 1, "0")
    whole, cents = (digits, "") if not marketplace.decimals else (digits[:-2], "." + digits[-2:])
    return {"amount": f"{sign}{whole}{cents}", "currencyCode": marketplace.currency}


def line_total(line: dict[str, Any]) -> int:
    return sum(line["net"].values()) + sum(line["tax"].values())


def total(order: Order) -> int:
    return sum(line_total(line) for line in order.lines)
