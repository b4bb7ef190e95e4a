"""The records the sandbox keeps. They hold only what JSON can hold: text, numbers, lists and dictionaries; moments are
whole seconds of the sandbox's clock, money is in minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SEPARATOR = "\x1f"  # Between the parts of a key; no identifier holds it.


@dataclass
class Application:
    """A developer's application as registered with Amazon."""

    client_id: str
    client_secret: str
    application_id: str
    name: str
    redirect_uris: list[str]
    is_draft: bool = False
    accepts_loopback: bool = False  # Any redirect address on this machine counts as registered.


@dataclass
class Account:
    """A seller's account in one region."""

    seller_id: str
    name: str
    region: str
    marketplaces: list[str]  # Country codes.
    orders_per_hour: float = 0.0
    next_order_at: int | None = None
    orders_made: int = 0


@dataclass
class Grant:
    """A seller's consent for one application: the refresh token and whether it still holds."""

    refresh_token: str
    client_id: str
    seller_id: str
    revoked: bool = False


@dataclass
class Code:
    """An authorization code on its way back to the application."""

    code: str
    client_id: str
    seller_id: str
    redirect_uri: str
    expires_at: int
    used: bool = False


@dataclass
class CatalogItem:
    """A product in Amazon's catalogue. Whoever brought the barcode first decided its brand."""

    asin: str
    barcode: str | None
    brand: str
    seller_id: str


@dataclass
class Listing:
    """One SKU of one seller in one marketplace."""

    seller_id: str
    sku: str
    marketplace_id: str
    product_type: str
    requirements: str
    attributes: dict[str, Any]  # As last accepted.
    created_at: int
    updated_at: int
    process_at: int | None = None  # Amazon will have worked on the last submission.
    inspect_at: int | None = None  # Amazon will have looked at the content.
    asin: str | None = None
    live: dict[str, Any] = field(default_factory=dict)  # What shoppers see: the attributes last processed.
    discoverable_at: int | None = None
    buyable_at: int | None = None
    submissions: int = 0
    sold: int = 0  # Units taken by buyers since the last processing.
    issues: list[dict[str, Any]] = field(default_factory=list)  # Found by Amazon, see `issues`.
    injected: list[dict[str, Any]] = field(default_factory=list)  # Put there through the control API.


@dataclass
class Order:
    """A buyer's order. What happens to it is a list of [moment, event, detail], some of it still to come: its state at
    any moment follows from the events until then."""

    order_id: str
    seller_id: str
    marketplace_id: str
    fulfilled_by: str
    created_at: int
    events: list[list[Any]]
    lines: list[dict[str, Any]]
    buyer: dict[str, Any]
    address: dict[str, Any]
    service_level: str
    programs: list[str]
    ship_by: list[int]
    deliver_by: list[int]
    payment_method: str
    aliases: list[dict[str, str]] = field(default_factory=list)
    channel: str = "AMAZON"  # Or NON_AMAZON: placed elsewhere, shipped from Amazon's warehouse.
    associated: list[dict[str, str]] = field(default_factory=list)
    preference: dict[str, str] = field(default_factory=dict)  # What the buyer says about handing over.


@dataclass
class Message:
    """What a seller wrote to a buyer about an order, or that a review was asked for (then the text is empty)."""

    id: str
    order_id: str
    seller_id: str
    action: str
    text: str
    sent_at: int
    files: list[dict[str, Any]] = field(default_factory=list)  # `name`, `size`, `sha256` of each.
    covers: list[str | None] = field(default_factory=list)  # First and last moment of a warranty.


@dataclass
class Upload:
    """A place for one file of one message. The bytes are looked at when they come, not kept."""

    id: str
    seller_id: str
    resource: str  # What it was asked for: "messaging/v1/orders/…/messages/invoice".
    md5: str
    content_type: str
    until: int  # The signed address works until then.
    size: int | None = None  # None while nothing was put there.
    sha256: str = ""
    used: bool = False


def key(*parts: str) -> str:
    return SEPARATOR.join(parts)
