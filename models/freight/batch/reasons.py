"""What the codes of a quote say in a cell: why a channel does not take a parcel, and what to know about its price."""

from __future__ import annotations

from models.support.words import say

REASONS = {
    "NOT_EFFECTIVE": say("no prices for this day"),
    "NO_SERVICE": say("does not go there"),
    "EMBARGO": say("does not go to this postcode"),
    "CARGO_NOT_ALLOWED": say("does not take this cargo"),
    "OVERWEIGHT": say("too heavy"),
    "OVERLENGTH": say("too long"),
    "OVERWIDTH": say("too wide"),
    "OVERHEIGHT": say("too high"),
    "OVERGIRTH": say("length and girth too large"),
    "OVERSUM": say("sum of sides too large"),
    "UNDERSIZE": say("too small"),
    "TOO_MANY_BOXES": say("too many boxes"),
    "NO_RATE": say("no price for this weight"),
    "FUEL_RATE_MISSING": say("incomplete: no fuel rate for this day"),
    "FX_RATE_MISSING": say("no exchange rate for this day"),
    "SIZE_MISSING": say("sizes are missing: volume was not counted"),
}


def reason(code: str) -> str:
    return str(REASONS[code]) if code in REASONS else code
