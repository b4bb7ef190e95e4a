"""The demo's carriers, channels and price sheets. Names and numbers are invented; they come in as any price sheet does, and a second
person approves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.engine.card import Between, Card
from models.freight.origin import today
from models.freight.rate_card import RateCard
from models.freight.workbook.reading import price_sheet_of
from models.people.person import Person
from models.people.team import Team

SINCE, AHEAD = timedelta(days=60), timedelta(days=14)
CLERK, OPERATOR = "marta.lind", "chen.yue"
CARRIERS = {  # code: name, Chinese name, website
    "HYL": ("Haiyun Lines", "海韵专线", "https://haiyun.example"),
    "SKY": ("Skybridge Express", "天桥速递", "https://skybridge.example"),
    "SEA": ("Seven Seas Forwarding", "七海货代", "https://sevenseas.example"),
}
CHANNELS: dict[str, dict[str, Any]] = {
    "HYL-STD": {"carrier": "HYL", "name": "Haiyun Standard", "name_cn": "海韵标准专线", "kind": "small_parcel", "label_api": "manual"},
    "HYL-ECO": {"carrier": "HYL", "name": "Haiyun Economy", "name_cn": "海韵经济小包", "kind": "postal", "label_api": "manual"},
    "SKY-EXP": {"carrier": "SKY", "name": "Skybridge Worldwide", "name_cn": "天桥全球速递", "kind": "express"},
    "SEA-AIR": {"carrier": "SEA", "name": "FBA by air, duty paid", "name_cn": "空派包税", "kind": "fba_air", "includes_fuel": True,
                "includes_duty": True, "includes_clearance": True},
    "SEA-LCL": {"carrier": "SEA", "name": "FBA by sea, per cubic metre", "name_cn": "海运拼箱", "kind": "fba_sea", "includes_fuel": True,
                "includes_duty": True, "includes_clearance": True},
}  # fmt: skip
# What a kilogram costs by country, in a sheet's currency; the days it takes.
STANDARD = {"US": (92, "6-12"), "CA": (88, "7-14"), "GB": (54, "5-9"), "DE": (62, "5-9"), "FR": (64, "6-10"), "IT": (66, "6-11"), "ES": (63, "6-11"),
            "NL": (61, "5-9"), "PL": (58, "7-12"), "SE": (70, "7-12"), "AU": (57, "6-12"), "JP": (41, "4-7"), "MX": (105, "9-16"), "AE": (49, "5-9")}  # fmt: skip
# Weight bands, in percent of that price, and the handling of a parcel.
BANDS = (
    ("0<W≤0.2", 108, 22),
    ("0.2<W≤0.45", 104, 20),
    ("0.45<W≤0.7", 100, 18),
    ("0.7<W≤2", 97, 16),
    ("2<W≤5", 95, 16),
    ("5<W≤30", 93, 15),
)
Sheets = dict[str, list[str]]


def standard() -> Sheets:
    """A line for small parcels: volume counts, parts of the United States are a zone of their own."""
    countries = [f"{code}|{code}||0.05|{days}" for code, (_rate, days) in STANDARD.items()]
    zones = [*STANDARD.items(), ("US-REMOTE", (118, "9-16"))]
    return {
        "card": ["channel_code|HYL-STD", "currency|CNY", "vol_mode|MAX", "vol_divisor|8000", "round_steps|*:0.01",
                 "cargo_allowed|general,battery_builtin,textile,cosmetics"],
        "zones": ["zone|country|postcodes|min_kg|eta", *countries, "US-REMOTE|US|967,968,995-999,006,007,009|0.05|9-16"],
        "rates": ["zone|band|type|rate|handling", *(
            f"{zone}|{band}|PER_KG|{Decimal(rate * share) / 100}|{handling}"
            for zone, (rate, _days) in zones for band, share, handling in BANDS)],
        "limits": ["zone|max_actual_kg|max_longest_cm|max_sum_cm", "*|30|60|120", "JP|20|60|110"],
        "surcharges": ["code|when|cargo|measure|gt|basis|amount", "battery|cargo|battery_builtin|||FIXED_SHIPMENT|4",
                       "long-side|box||longest|55|FIXED_BOX|60"],
    }  # fmt: skip


def economy() -> Sheets:
    """Small and light, by actual weight alone."""
    rows = [(code, rate) for code, (rate, _days) in STANDARD.items() if code not in ("MX", "AE", "JP")]
    return {
        "card": [
            "channel_code|HYL-ECO",
            "currency|CNY",
            "vol_mode|NONE",
            "round_steps|*:0.001",
            "cargo_allowed|general,textile",
        ],
        "rates": [
            "country|band|type|rate|handling|eta",
            *(f"{code}|0<W≤2|PER_KG|{Decimal(rate * 3) / 4}|9.5|12~25" for code, rate in rows),
        ],
        "limits": ["zone|max_actual_kg|max_longest_cm|max_sum_cm", "*|2|60|90"],
    }


def express(first: date) -> Sheets:
    """Worldwide in dollars: a first half kilogram and steps, fuel by month, remote places dearer."""
    zones = {"1": ("JP", 19, "4.4", "6.1"), "2": ("US CA MX", 27, "6.2", "8.4"), "3": ("GB DE FR IT ES NL", 29, "6.8", "8.9"), "4": ("AU AE PL SE", 33, "7.5", "9.8")}  # fmt: skip
    return {
        "card": ["channel_code|SKY-EXP", "currency|USD", "vol_mode|MAX", "vol_divisor|5000", "dim_round|ceil_cm", "pieces_mode|COMPARE_THEN_SUM",
                 "round_steps|20:0.5;*:1", "cargo_allowed|general,battery_builtin,battery_packed,cosmetics,liquid,food", "fuel_on_handling|no"],
        "zones": ["zone|country|eta", *(f"{zone}|{country}|3-5" for zone, (countries, *_rest) in zones.items() for country in countries.split())],
        "rates": ["zone|band|type|rate|first_kg|first_price|step_kg|step_price",
                  *(f"{zone}|0<W≤20|FIRST_STEP||0.5|{first_price}|0.5|{step}" for zone, (_countries, first_price, step, _rate) in zones.items()),
                  *(f"{zone}|20<W≤70|PER_KG|{rate}||||" for zone, (_countries, _first, _step, rate) in zones.items())],
        "limits": ["zone|max_actual_kg|max_longest_cm|max_girth_cm", "*|70|120|330"],
        "surcharges": ["code|when|level|cargo|basis|amount|min|group|combine|fuelable", "remote|remote|||PER_KG|0.6|28|area|MAX|yes",
                       "declaration|customs_declaration|||FIXED_SHIPMENT|18||||no", "insurance|insured|||PCT_DECLARED|1|3|||no"],
        "fuel": ["from|to|pct", *(f"{first + timedelta(days=30 * month)}|{first + timedelta(days=30 * month + 29)}|{pct}"
                                  for month, pct in enumerate(("26.5", "27.75", "28", "27.25", "26")))],
        "remote": ["country|a|level", "US|995|REMOTE", "US|998|SUPER_REMOTE", "US|969|SUPER_REMOTE", "GB|ZE|REMOTE", "GB|HS|REMOTE", "AU|08|REMOTE"],
    }  # fmt: skip


def air() -> Sheets:
    """First leg to Amazon's warehouses in kilograms, from 21 kg on."""
    prices = {"US": (56, 52, 49), "CA": (58, 54, 51), "GB": (48, 45, 42), "DE": (46, 43, 40), "JP": (24, 22, 20)}
    return {
        "card": ["channel_code|SEA-AIR", "currency|CNY", "vol_mode|MAX", "vol_divisor|6000", "pieces_mode|COMPARE_ROUND_THEN_SUM", "box_min_kg|12",
                 "box_round_kg|0.5", "round_steps|*:1", "cargo_allowed|general,battery_builtin,battery_packed,magnetic,textile"],
        "zones": ["zone|country|min_kg|eta", *(f"{code}|{code}|21|8-12" for code in prices)],
        "rates": ["zone|band|rate", *(f"{code}|{band}|{rate}" for code, rates in prices.items()
                                      for band, rate in zip(("21+", "71+", "101+"), rates, strict=True))],
        "limits": ["zone|max_actual_kg|max_longest_cm", "*|22.5|63"],
        "surcharges": ["code|when|cargo|basis|amount", "battery|cargo|battery_builtin|PER_KG|1", "declaration|customs_declaration||FIXED_SHIPMENT|250"],
    }  # fmt: skip


def sea() -> Sheets:
    """First leg by volume."""
    prices = {"US": 1480, "CA": 1690, "GB": 1320, "DE": 1390}
    return {
        "card": ["channel_code|SEA-LCL", "currency|CNY", "uom|CBM", "kg_per_cbm|363", "min_cbm|0.5", "cbm_step|0.01",
                 "cargo_allowed|general,textile,wood,magnetic"],
        "rates": ["country|band|type|rate|eta", *(f"{code}|0<W≤30|PER_CBM|{rate}|32~45" for code, rate in prices.items())],
        "limits": ["zone|max_actual_kg|max_longest_cm", "*|30|120"],
    }  # fmt: skip


def local() -> Sheets:
    """A seller's own contract, within one country."""
    return {
        "card": [
            "channel_code|RHEIN-DE",
            "currency|EUR",
            "vol_mode|NONE",
            "round_steps|*:0.1",
            "cargo_allowed|general,battery_builtin,textile",
        ],
        "rates": [
            "country|band|type|price|eta",
            "DE|0<W≤2|FLAT|4.35|1~3",
            "DE|2<W≤10|FLAT|6.9|1~3",
            "DE|10<W≤31.5|FLAT|13.2|1~3",
        ],
        "limits": ["zone|max_actual_kg|max_longest_cm", "*|31.5|120"],
    }


def card_of(sheets: Sheets, first: date) -> Card:
    """Cells parted by `|`, lists within a cell by commas or semicolons. Raises ValueError for a sheet with errors."""
    read = price_sheet_of([
        (name, [(number, cells(name, line)) for number, line in enumerate(lines, 1)]) for name, lines in sheets.items()
    ])  # fmt: skip
    if not read.is_good:
        raise ValueError(read.problems)
    return replace(read.card, dates=Between(first))


def cells(sheet: str, line: str) -> list[str]:
    return line.split("|", 1) if sheet == "card" else line.split("|")


def set_up(teams: dict[str, Team], people: dict[str, Person]) -> None:
    """Channels of the operator with approved prices, one draft that waits for a second person, and a seller's own contract."""
    harbor, clerk, operator = teams["harbor"], people[CLERK], people[OPERATOR]
    first = today() - SINCE
    carriers = {
        code: Carrier.make(harbor, code=code, name=name, name_cn=name_cn, website=website, by=clerk)
        for code, (name, name_cn, website) in CARRIERS.items()
    }
    channels = {}
    for code, values in CHANNELS.items():
        values = dict(values)
        channels[code] = Channel.make(harbor, carriers[values.pop("carrier")], code=code, by=clerk, **values)
    for code, sheets in zip(channels, (standard(), economy(), express(first), air(), sea()), strict=True):
        version = RateCard.draft(channels[code], card_of(sheets, first), source=f"{code.lower()}.xlsx", by=clerk)
        version.approve(by=operator)
    RateCard.draft(
        channels["HYL-STD"],
        dearer(card_of(standard(), first)),
        source="hyl-std-next.xlsx",
        note="New prices from the carrier",
        by=clerk,
    )
    lotus, manager, boss = teams["lotus"], people["jonas.weber"], people["lin.jia"]
    carrier = Carrier.make(lotus, code="RHEIN", name="Rheinbote", by=manager)
    own = Channel.make(lotus, carrier, code="RHEIN-DE", name="Rheinbote Germany", kind="local", by=manager)
    RateCard.draft(own, card_of(local(), first), source="rheinbote.xlsx", by=manager).approve(by=boss)


def dearer(card: Card) -> Card:
    """What the carrier announced: four yuan more a kilogram, and the light parcels to Mexico much dearer."""
    rows = tuple(
        replace(row, rate=row.rate * 2 if row.zone == "MX" and row.upto is not None and row.upto < 1 else row.rate + 4)
        for row in card.rows
    )
    return replace(card, rows=rows, dates=Between(today() + AHEAD))
