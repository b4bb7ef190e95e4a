"""What the example pages show: orders, a product, entries of a wallet. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from models.support import clock


class ExampleForm:
    """What a form offers to the field macro: values, errors."""

    def __init__(self, sent: Any = None, errors: dict[str, str] | None = None):
        self._sent = sent or {}
        self.errors = errors or {}

    def value(self, name: str) -> str:
        return str(self._sent.get(name, ""))

    def values(self, name: str) -> list[str]:
        value = self._sent.get(name, [])
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


# Invented data


@dataclass(frozen=True)
class ExampleOrder:
    number: str
    market: str
    buyer: str
    title: str
    sku: str
    quantity: int
    total_minor: int
    currency: str
    margin_permille: int
    status: str
    tone: str
    carrier: str = ""
    tracking: str = ""
    placed_minutes_ago: int = 0
    ship_by_hours: int | None = None

    @property
    def placed(self) -> datetime:
        return clock.now() - timedelta(minutes=self.placed_minutes_ago)

    @property
    def ship_by(self) -> datetime | None:
        return None if self.ship_by_hours is None else clock.now() + timedelta(hours=self.ship_by_hours)

    @property
    def due_tone(self) -> str:
        return "warn" if self.ship_by_hours is not None and self.ship_by_hours < 24 else ""

    @property
    def margin(self) -> Decimal:
        return Decimal(self.margin_permille) / 1000

    def with_status(self, status: str, tone: str) -> ExampleOrder:
        return replace(self, status=status, tone=tone)


PRODUCTS = (
    ("LED Strip Light 5 m RGB", "LED-5M-RGB"),
    ("Bamboo Desk Organizer, 6 slots", "BMB-ORG-6"),
    ("Insulated Bottle 750 ml, Matte Black", "BTL-750-BK"),
    ("Phone Stand Aluminium, Foldable", "PHS-AL-GR"),
    ("Cat Fountain Filter ×8", "CTF-F8"),
    ("Kitchen Scale 10 kg", "KSC-10"),
    ("USB-C Hub 7-in-1", "HUB-7C"),
    ("硅胶折叠水杯 350 ml", "CUP-SIL-350"),
)
MARKETS = (("JP", "JPY"), ("UK", "GBP"), ("DE", "EUR"), ("FR", "EUR"), ("US", "USD"), ("AE", "AED"))
BUYERS = (
    "A. Al-Farsi",
    "H. Schmidt",
    "L. Nguyen",
    "S. Rossi",
    "K. Weber",
    "田中 健",
    "P. O’Neill",
    "R. Patel",
    "محمد علي",
)
STATES = (
    ("Unshipped", "warn"), ("Unshipped", "warn"), ("Label bought", "info"), ("Shipped", "ok"), ("Shipped", "ok"),
    ("Delivered", "ok"), ("Late", "bad"), ("Pending", "neutral"),
)  # fmt: skip
CARRIERS = (("YunExpress", "YT2532486463520"), ("DHL eCom", "DE7782023741"), ("4PX", "4PX3001188279CN"))


def example_order(at: int) -> ExampleOrder:
    title, sku = PRODUCTS[at * 5 % len(PRODUCTS)]
    market, currency = MARKETS[at * 7 % len(MARKETS)]
    status, tone = STATES[at * 3 % len(STATES)]
    carrier, tracking = CARRIERS[at % 3] if status in ("Shipped", "Delivered", "Label bought") else ("", "")
    return ExampleOrder(
        number=f"{114 + at * 37 % 290}-{1973060 + at * 523741 % 7900000:07d}-{9513358 - at * 381673 % 9000000:07d}",
        market=market,
        buyer=BUYERS[at * 4 % len(BUYERS)],
        title=title,
        sku=sku,
        quantity=1 + at % 3,
        total_minor=(2933 + at * 1777 % 9000) * (1 if currency == "JPY" else 3),
        currency=currency,
        margin_permille=(248, 312, 121, -42, 220, 63, 184)[at % 7],
        status=status,
        tone=tone,
        carrier=carrier,
        tracking=tracking,
        placed_minutes_ago=35 + at * 47,
        ship_by_hours={"Unshipped": 4 + at * 7 % 60, "Late": -9, "Pending": 50}.get(status),
    )


ORDERS = [example_order(at) for at in range(64)]
ENTRIES = [
    SimpleNamespace(
        number=f"T-{20931 - at}",
        at_minutes=30 + at * 97,
        kind=("Capture", "Hold", "Recharge", "Adjustment", "Release")[at * 3 % 5],
        text=("Parcel YT2532486463520 · 0.840 kg to DE", "Reserve for 12 parcels", "Bank transfer 8821", "Weight difference",
              "Quote expired")[at * 3 % 5],
        by=("job: capture", "Alice Wang", "Olga Petrova", "job: audit", "job: release")[at * 3 % 5],
        status=("ok", "Posted") if at % 6 else ("warn", "Waiting"),
        debit=1284_00 + at * 37_13 if at % 3 else None,
        credit=None if at % 3 else 5000_00,
        balance=18420_55 - at * 311_64,
    )
    for at in range(22)
]  # fmt: skip
PRODUCT = {
    "title": "Bamboo Desk Organizer, 6 slots",
    "sku": "BMB-ORG-6",
    "price": "34.90",
    "weight": "840",
    "condition": "new",
    "bullets": "Six slots for pens, phone and cards\nSolid bamboo, oiled\nFelt feet protect the desk",
    "marketplaces": ["DE", "FR"],
    "description": "A quiet place for everything that usually lies around.",
}
