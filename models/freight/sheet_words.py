"""What the sheets of a price sheet, their columns and the keys of its settings are called; files carry the codes."""

from __future__ import annotations

from models.audit.telling import Listed, tell
from models.catalog.cargo import CARGO
from models.support.words import Words, say

SHEETS = {
    "card": say("Settings"), "rates": say("Rates"), "zones": say("Zones"), "limits": say("Limits"), "surcharges": say("Surcharges"),
    "fuel": say("Fuel"), "remote": say("Remote places"),
}  # fmt: skip
COLUMNS = {
    "zone": say("Zone"), "country": say("Country"), "postcodes": say("Postcodes"), "min_kg": say("At least, kg"), "eta": say("Days"),
    "band": say("Weight band"), "type": say("Counted"), "rate": say("Rate"), "first_kg": say("First weight"),
    "first_price": say("First price"), "step_kg": say("Step"), "step_price": say("Price of a step"), "price": say("Flat price"),
    "handling": say("Handling"), "min_charge": say("Least charge"), "max_actual_kg": say("Weight of a box, kg"),
    "max_longest_cm": say("Longest side, cm"), "max_second_cm": say("Second side, cm"), "max_third_cm": say("Third side, cm"),
    "max_girth_cm": say("Girth, cm"), "max_sum_cm": say("Three sides together, cm"),
    "min_longest_cm": say("Longest side at least, cm"), "min_second_cm": say("Second side at least, cm"), "max_boxes": say("Boxes"),
    "code": say("Code"), "when": say("When"), "level": say("How remote"), "cargo": say("Cargo"), "measure": say("Measure"),
    "gt": say("Above"), "basis": say("Per"), "amount": say("Amount"), "min": say("At least"), "from": say("From"), "to": say("Until"),
    "zones": say("Zones"), "group": say("Group"), "combine": say("Within the group"), "fuelable": say("Fuel on it"),
    "pct": say("Percent"), "kind": say("Kind"), "a": say("From or prefix"), "b": say("To"),
    "parcel": say("A parcel at the end of the band"), "discount": say("Discount"), "key": say("Setting"), "value": say("Value"),
}  # fmt: skip
SETTINGS = {
    "currency": say("Currency"), "uom": say("Unit"), "effective_from": say("Holds from"), "effective_to": say("Holds until"),
    "vol_mode": say("How volume counts"), "vol_divisor": say("Volume divisor"), "vol_ratio": say("Volume ratio"),
    "vol_side_cm": say("Side from which volume counts, cm"), "vol_share": say("Share of the excess volume"),
    "pieces_mode": say("Several boxes"), "box_min_kg": say("Least weight of a box, kg"), "box_round_kg": say("A box is rounded to, kg"),
    "kg_per_cbm": say("Kilograms in a cubic metre"), "min_cbm": say("Least cubic metres"), "cbm_step": say("Step of cubic metres"),
    "discount": say("Discount factor"), "dim_round": say("Sides"), "fuel_on_handling": say("Fuel on handling"),
    "cargo_allowed": say("Cargo taken"), "round_steps": say("Rounding steps"), "channel_code": say("Channel"),
}  # fmt: skip

# What the codes of cells that are chosen mean.
CODES = {
    "PER_KG": say("Per kg"), "PER_CBM": say("Per m³"), "FIRST_STEP": say("First weight and steps"), "FLAT": say("Flat"),
    "always": say("Always"), "remote": say("Remote places"), "cargo": say("Cargo"), "customs_declaration": say("Formal customs declaration"),
    "insured": say("Insured"), "box": say("Measure of a box"), "REMOTE": say("Remote"), "SUPER_REMOTE": say("Very remote"),
    "EMBARGO": say("No service"), "longest": say("Longest side, cm"), "second": say("Second side, cm"), "actual": say("Weight, kg"),
    "girth": say("Girth, cm"), "FIXED_SHIPMENT": say("Shipment"), "FIXED_BOX": say("Box"), "PCT_FREIGHT": say("Percent of the freight"),
    "PCT_DECLARED": say("Percent of the declared value"), "STACK": say("All are added"), "MAX": say("Only the dearest"),
    "yes": say("Yes"), "no": say("No"), "prefix": say("Prefix"), "range": say("Range"), "KG": say("Kilograms"), "CBM": say("Cubic metres"),
    "NONE": say("Not at all"), "MAX_IF_RATIO": say("The larger of both, above a ratio"),
    "MAX_IF_SIDE": say("The larger of both, from a side on"), "SHARE": say("A share of the excess"),
    "SUM_THEN_COMPARE": say("Added, then compared"), "COMPARE_THEN_SUM": say("Compared box by box, then added"),
    "COMPARE_ROUND_THEN_SUM": say("Compared and rounded box by box, then added"), "none": say("As they are"),
    "ceil_cm": say("Rounded up to whole centimetres"), "city": say("City"), **CARGO,
}  # fmt: skip
SETTING_CODES = {"MAX": say("The larger of both")}  # The same code means another thing among the settings.


# What an event of a draft names: “sheet · row of it · column”, and the cell before and after.
tell("rate_card_revised.fields", lambda name, beside: _cell_words(name.split(" · ")))
for _sheet in SHEETS:
    tell(f"rate_card_revised.{_sheet}", {**CODES, **SETTING_CODES} if _sheet == "card" else CODES)


def code_words(cell: tuple[str, str], code: str) -> Words | str:
    """A chosen code in words; what has none is shown as it is."""
    return (SETTING_CODES if cell[0] == "card" and code in SETTING_CODES else CODES).get(code, code)


def column_words(sheet: str, column: str) -> Words | str:
    """A column or setting in words; what has none is called as files call it."""
    return (SETTINGS if sheet == "card" else COLUMNS).get(column, column)


def _cell_words(parts: list[str]) -> Listed:
    sheet = parts[0]
    return Listed(
        [SHEETS.get(sheet, sheet), *parts[1:-1], *(column_words(sheet, one) for one in parts[1:][-1:])], " · "
    )
