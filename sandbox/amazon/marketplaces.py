"""Amazon's marketplaces. The client learns them from `getMarketplaceParticipations`, never from here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
REGIONS = ("na", "eu", "fe")


@dataclass(frozen=True)
class Marketplace:
    code: str
    id: str
    name: str
    country: str
    region: str
    currency: str
    languages: tuple[str, ...]
    domain: str
    tax_rate: float
    prices_include_tax: bool
    is_european_union: bool = False

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def decimals(self) -> int:
        return 0 if self.currency == "JPY" else 2


@cache
def data(name: str) -> Any:
    """One of the sandbox's data files. The answer is shared: nobody may change it."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


@cache
def by_code() -> dict[str, Marketplace]:
    return {row["code"]: Marketplace(**{**row, "languages": tuple(row["languages"])}) for row in data("marketplaces")}


@cache
def by_id() -> dict[str, Marketplace]:
    return {marketplace.id: marketplace for marketplace in by_code().values()}


def in_region(region: str) -> list[Marketplace]:
    return [marketplace for marketplace in by_code().values() if marketplace.region == region]
