"""How an address stands on paper, and when a parcel crosses a customs border. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

CUSTOMS_UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MC",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
POSTCODE_LAST = frozenset(["US", "CA", "AU", "GB", "IE", "IN", "NZ", "ZA", "SG", "AE", "SA", "EG", "TR", "BR", "MX"])
PARTS = ("name", "companyName", "addressLine1", "addressLine2", "addressLine3")


def crosses_border(sender: str, receiver: str) -> bool:
    return sender != receiver and not (sender in CUSTOMS_UNION and receiver in CUSTOMS_UNION)


def lines_on_paper(address: Mapping[str, str]) -> list[str]:
    """The lines of an address with Amazon's names of its parts, its country by its English name in capitals."""
    country = address.get("countryCode", "")[:2].upper()
    postcode, city, region = (address.get(part, "") for part in ("postalCode", "city", "stateOrRegion"))
    parts = (city, region, postcode) if country in POSTCODE_LAST else (postcode, city, region)
    lines = [
        *(address.get(part, "") for part in PARTS),
        " ".join(part for part in parts if part),
        country_in_english(country),
    ]
    return list(dict.fromkeys(line for line in lines if line))


def country_in_english(code: str) -> str:
    return _english().get(code, code).upper()


def direction(text: str) -> str:
    """`rtl` for what is read from the right: the first letter that has a direction decides."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") in ("R", "AL") else "ltr"


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    return dict(Locale.parse("en").territories)
