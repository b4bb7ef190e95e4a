"""What stands on each paper, as plain values: a template only lays it out. Built parcel by parcel; a parcel that cannot be on it is
refused with a sentence, and the others go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from models.catalog.product import Product, ProductText
from models.freight.answering import plain
from models.shipping.papers.barcode import bars_of
from models.shipping.papers.phrases import RIGHT_TO_LEFT, language_of, phrases
from models.shipping.papers.places import crosses_border, direction, lines_on_paper
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.ship_from import ShipFrom
from models.support import clock
from models.support.bulk import among
from models.support.errors import Refused
from models.support.money import Money

Opened = Mapping[int, dict[str, Any]]
MOST_CUSTOMS_LINES = 60


class NoBuyer(Refused):
    def __init__(self) -> None:
        super().__init__("Its buyer's data is gone, goes within a day, or is not yours to see.")


def label_of(parcel: Parcel, lines: Sequence[ParcelLine], opened: Opened, sender: ShipFrom) -> dict[str, Any]:
    """A label of 100 × 150 mm. Raises Refused for what cannot be one."""
    if not parcel.tracking_number:
        raise Refused("Give it a tracking number first.")
    bars = bars_of(parcel.tracking_number)
    buyer = _buyer(lines, opened)
    address = _address_of(buyer, parcel)
    return {
        "parcel": parcel.label, "tracking": _in_groups(parcel.tracking_number), "bars": bars, "country": parcel.country,
        "sender": _told(lines_on_paper(sender.address)), "recipient": _told(lines_on_paper(address)),
        "is_long": _is_long(lines_on_paper(address)), "phone": buyer["phone"] or address.get("phone", ""),
        "sender_phone": sender.phone, "channel": parcel.channel.code if parcel.channel else "",
        "carrier": parcel.carrier.name if parcel.carrier else parcel.carrier_name, "kg": _kg(parcel.grams),
        "customs": _customs(parcel, lines) if crosses_border(sender.country, parcel.country) else None,
    }  # fmt: skip


def slip_of(parcel: Parcel, lines: Sequence[ParcelLine], opened: Opened, titles: Mapping[str, Any]) -> dict[str, Any]:
    """A packing slip in the language of the marketplace: pieces, never prices; a gift message where the buyer wrote one."""
    buyer, order = _buyer(lines, opened), lines[0].order
    language = language_of(order.marketplace_id)
    orders = {line.order_id: line.order for line in lines}
    gifts = [text for line in lines if (text := opened.get(line.order_id, {}).get("gifts", {}).get(line.order_line_id))]
    return {
        "parcel": parcel.label, "language": language, "dir": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "say": phrases(language), "to": _told(lines_on_paper(_address_of(buyer, parcel))), "store": parcel.store.name,
        "orders": [(one.order_id, _day(one, language)) for one in orders.values()],
        "lines": [_slip_line(line, titles.get(line.sku), language) for line in lines],
        "gifts": [(text, direction(text)) for text in dict.fromkeys(gifts)],
    }  # fmt: skip


def pick_of(parcel: Parcel, lines: Sequence[ParcelLine], titles: Mapping[str, Any]) -> dict[str, Any]:
    """What to take from the shelves for one parcel."""
    return {
        "parcel": parcel.label, "orders": ", ".join(dict.fromkeys(line.order.order_id for line in lines)),
        "lines": [(line.sku, _title(line, titles.get(line.sku)), line.quantity) for line in lines],
    }  # fmt: skip


def summed(picks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each SKU once, by SKU, with all its pieces and the parcels they go into."""
    found: dict[str, dict[str, Any]] = {}
    for pick in picks:
        for sku, title, pieces in pick["lines"]:
            row = found.setdefault(sku, {"sku": sku, "title": title, "pieces": 0, "parcels": []})
            row["pieces"] += pieces
            row["parcels"].append(f"{pick['parcel']} × {pieces}")
    return [found[sku] for sku in sorted(found, key=str.casefold)]


def titles_of(team_id: int, skus: Sequence[str]) -> dict[str, dict[str, str]]:
    """The titles of the products of these SKUs by language; the master's stands under ""."""
    from models.shipping.making import products_of

    products: dict[str, Product] = products_of(team_id, set(skus))
    rows = ProductText.select().where(among(ProductText.product, [product.id for product in products.values()]))
    texts: dict[int, dict[str, str]] = {}
    for row in rows:
        texts.setdefault(row.product_id, {})[row.language] = row.title
    return {sku: {"": product.title, **texts.get(product.id, {})} for sku, product in products.items()}


def _buyer(lines: Sequence[ParcelLine], opened: Opened) -> dict[str, Any]:
    """Of its first order: all orders of a parcel go to one buyer. Raises NoBuyer."""
    buyer = opened.get(lines[0].order_id) if lines else None
    if buyer is None or not (buyer["address"] or buyer["name"]):
        raise NoBuyer()
    return buyer


def _address_of(buyer: dict[str, Any], parcel: Parcel) -> dict[str, Any]:
    address = buyer["address"]
    return {
        **address,
        "name": address.get("name") or buyer["name"],
        "countryCode": address.get("countryCode") or parcel.country,
    }


def _told(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Each line with the direction it is read in."""
    return [(line, direction(line)) for line in lines]


def _is_long(lines: Sequence[str]) -> bool:
    return len(lines) > 6 or any(len(line) > 34 for line in lines)


def _in_groups(number: str) -> str:
    """Parted every four signs, as a person reads it out."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _kg(grams: int) -> str:
    return plain(Decimal(grams) / 1000) if grams else ""


def _customs(parcel: Parcel, lines: Sequence[ParcelLine]) -> dict[str, Any]:
    """As on a CN 22: what it is, how many, weight, value, HS code and origin of each line. Raises Refused for too many lines."""
    if len(lines) > MOST_CUSTOMS_LINES:
        raise Refused("It has more than %(most)s customs lines; a label has no room for them.", most=MOST_CUSTOMS_LINES)
    totals: dict[str, int] = {}
    for line in lines:
        if line.currency:
            totals[line.currency] = totals.get(line.currency, 0) + line.value_minor * line.quantity
    return {
        "lines": [
            {
                "name": line.declared_name, "name_cn": line.declared_name_cn, "pieces": line.quantity, "hs": line.hs_code,
                "origin": line.origin, "kg": _kg(line.grams * line.quantity),
                "value": Money(line.value_minor * line.quantity, line.currency).text() if line.currency else "",
                "currency": line.currency,
            }
            for line in lines
        ],
        "kg": _kg(parcel.grams), "total": ", ".join(f"{Money(minor, code).text()} {code}" for code, minor in totals.items()),
        "day": f"{clock.now():%Y-%m-%d}",
    }  # fmt: skip


def _day(order: Any, language: str) -> str:
    """The day it was ordered where it was ordered, as that language writes it."""
    return format_date(
        clock.local(order.ordered_at, order.zone).date(), "long", locale={"zh": "zh_Hans"}.get(language, language)
    )


def _slip_line(line: ParcelLine, titles: Mapping[str, str] | None, language: str) -> dict[str, Any]:
    title = line.order_line.title or (titles or {}).get(language) or (titles or {}).get("", "")
    return {"sku": line.sku, "title": title, "dir": direction(title), "pieces": line.quantity}


def _title(line: ParcelLine, titles: Mapping[str, str] | None) -> str:
    """What the team calls it; else what Amazon does."""
    return (titles or {}).get("") or line.order_line.title
