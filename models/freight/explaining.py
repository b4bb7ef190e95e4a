"""Why a price is what it is, and why a channel refuses, in sentences: from the plain data of an answer, when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.catalog.cargo import CARGO, cargo_words
from models.support.words import Words, say

REASONS = {
    "NOT_EFFECTIVE": say("Its prices do not hold on this day."),
    "NO_SERVICE": say("It does not go there: no zone of its price sheet holds this place."),
    "EMBARGO": say("It takes nothing to this postcode (embargo)."),
    "CARGO_NOT_ALLOWED": say("It does not take: %(has)s. It takes: %(limit)s."),
    "OVERWEIGHT": say("A box weighs %(has)s kg; at most %(limit)s kg."),
    "OVERLENGTH": say("The longest side is %(has)s cm; at most %(limit)s cm."),
    "OVERWIDTH": say("The second side is %(has)s cm; at most %(limit)s cm."),
    "OVERHEIGHT": say("The shortest side is %(has)s cm; at most %(limit)s cm."),
    "OVERGIRTH": say("Length and girth are %(has)s cm; at most %(limit)s cm."),
    "OVERSUM": say("The three sides together are %(has)s cm; at most %(limit)s cm."),
    "UNDERSIZE": say("A side is %(has)s cm; at least %(limit)s cm."),
    "TOO_MANY_BOXES": say("These are %(has)s boxes; at most %(limit)s."),
    "NO_RATE": say("It has no price for %(has)s %(unit)s."),
}
NO_RATE_BETWEEN = say("It has no price for %(has)s %(unit)s; its prices go from %(above)s to %(limit)s %(unit)s.")
WARNINGS = {
    "FUEL_RATE_MISSING": say("The fuel rate of this day is not known: the price is incomplete, and nothing chooses it by itself."),
    "FX_RATE_MISSING": say("There is no exchange rate of this day, so it cannot be compared in CNY."),
    "SIZE_MISSING": say("Sizes are missing: if the boxes are large, it costs more."),
}  # fmt: skip
LINES = {"freight": say("Freight"), "handling": say("Handling"), "fuel": say("Fuel")}
UNITS = {"KG": "kg", "CBM": "m³"}
LEVELS = {"REMOTE": say("Remote area"), "SUPER_REMOTE": say("Very remote area")}
MEASURES = {
    "longest": say("the longest side is over %(above)s cm"),
    "second": say("the second side is over %(above)s cm"),
    "girth": say("length and girth are over %(above)s cm"),
    "actual": say("a box is over %(above)s kg"),
}
TRIGGERS = {
    "remote": say("remote area"),
    "customs_declaration": say("formal declaration"),
    "insured": say("with insurance"),
}
BASES = {
    "FIXED_BOX": say("%(amount)s for each box"),
    "PER_KG": say("%(amount)s for each kg"),
    "PCT_FREIGHT": say("%(amount)s%% of the freight"),
    "PCT_DECLARED": say("%(amount)s%% of the declared value"),
}


def reason_words(reason: Mapping[str, Any], unit: str) -> Words:
    """Why not, with the limit and what the parcel has."""
    code, given = reason["code"], {name: reason.get(name) for name in ("has", "limit", "above")}
    if code not in REASONS:
        return Words(code)
    if code == "CARGO_NOT_ALLOWED":
        given = {name: cargo_words(given[name] or ()) for name in ("has", "limit")}
    has_ends = code == "NO_RATE" and given["limit"] is not None
    return Words((NO_RATE_BETWEEN if has_ends else REASONS[code]).message, **given, unit=UNITS[unit])


def warning_words(code: str) -> Words:
    return WARNINGS.get(code, Words(code))


def line_words(code: str) -> Words:
    """What a line is called; surcharges have the price sheet's own name."""
    return LINES.get(code, Words(code))


def weight_words(weight: Mapping[str, Any], unit: str) -> list[Words]:
    """What made the chargeable weight: one sentence, and another where it was rounded up."""
    given = {name: weight[name] for name in ("actual", "volumetric", "divisor", "before", "step", "counted")}
    found = [(_by_volume if unit == "CBM" else _by_weight)(weight["by"], given)]
    if weight["before"] != weight["chargeable"]:
        found.append(say("Rounded up from %(before)s %(unit)s in steps of %(step)s.", unit=UNITS[unit], **given))
    return found


def _by_weight(by: str, given: dict[str, str]) -> Words:
    if by == "volumetric":
        return say("The volume counts: %(volumetric)s kg (cm³ ÷ %(divisor)s). It weighs %(actual)s kg.", **given)
    if by == "mixed":
        return say("Weight (%(actual)s kg) and volume (%(volumetric)s kg) count together: %(counted)s kg.", **given)
    if by == "least":
        return say("The least chargeable weight counts: %(before)s kg. It weighs %(actual)s kg.", **given)
    return say("The actual weight counts: %(actual)s kg.", **given)


def _by_volume(by: str, given: dict[str, str]) -> Words:
    if by == "actual":
        return say("The weight counts as volume: %(actual)s kg are %(counted)s m³.", **given)
    if by == "least":
        return say("The least chargeable volume counts: %(before)s m³. It measures %(volumetric)s m³.", **given)
    return say("The volume counts: %(volumetric)s m³. It weighs %(actual)s kg.", **given)


def how_words(how: Mapping[str, Any], unit: str) -> list[Words]:
    """How a line was reckoned; nothing for a line that explains itself."""
    if "type" in how:
        return _how_freight(how, UNITS[unit])
    if "percent" in how:
        return [Words("%(percent)s%%", percent=how["percent"])]
    return _how_surcharge(how) if "when" in how else []


def _how_freight(how: Mapping[str, Any], unit: str) -> list[Words]:
    if how["type"] == "FLAT":
        found = [say("flat price of this band")]
    elif how["type"] == "FIRST_STEP" and how["times"]:
        names = ("first", "first_price", "times", "step", "step_price")
        found = [
            say("first %(first)s %(unit)s %(first_price)s, then %(times)s × %(step)s %(unit)s at %(step_price)s", unit=unit,
                **{name: how[name] for name in names})
        ]  # fmt: skip
    elif how["type"] == "FIRST_STEP":
        found = [say("first %(first)s %(unit)s", first=how["first"], unit=unit)]
    else:
        found = [Words("%(weight)s %(unit)s × %(rate)s", weight=how["weight"], unit=unit, rate=how["rate"])]
    if "least" in how:
        found.append(say("at least %(least)s", least=how["least"]))
    if "discount" in how:
        found.append(Words("× %(discount)s", discount=how["discount"]))
    return found


def _how_surcharge(how: Mapping[str, Any]) -> list[Words]:
    found = []
    if how["when"] in TRIGGERS:
        found.append(TRIGGERS[how["when"]])
    elif how["when"] == "cargo":
        found.append(CARGO.get(how.get("cargo", ""), Words(str(how.get("cargo", "")))))
    elif how["when"] == "box" and (measured := MEASURES.get(how.get("measure", ""))):
        found.append(Words(measured.message, above=how["above"]))
    if basis := BASES.get(how["basis"]):
        found.append(Words(basis.message, amount=how["amount"]))
    if "least" in how:
        found.append(say("at least %(least)s", least=how["least"]))
    return found
