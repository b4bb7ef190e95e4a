"""What a carrier is told of a parcel with its waybill. The buyer is opened for it under the rules of a reveal, in the moment it is sent,
and handed on without being kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models.orders.buyer import ADDRESS_LINES
from models.orders.printing import open_for
from models.people.reach import Reach
from models.shipping.papers.gathering import lines_of
from models.shipping.papers.places import CUSTOMS_UNION
from models.shipping.parcel_line import ParcelLine
from models.shipping.ship_from import ShipFrom
from models.shipping.waybill import Waybill
from models.support.errors import Refused
from models.support.money import Money
from models.support.words import say


@dataclass(frozen=True)
class Content:
    """Plain values; nothing of the buyer shows in a repr."""

    reference: str
    method: str
    grams: int
    sides_mm: tuple[int, int, int]
    receiver: dict[str, str] = field(repr=False)
    goods: list[dict[str, Any]]
    ioss_number: str = ""


def contents_of(waybills: Sequence[Waybill]) -> dict[int, Content]:
    """What to tell of each (waybill id → content). One that cannot be told is refused with a sentence and left out."""
    found: dict[int, Content] = {}
    lines = lines_of([waybill.parcel for waybill in waybills])
    for (person, _team), mine in _by_person(waybills).items():
        try:
            opened = _open(person, mine, lines)
        except Refused as refused:
            for waybill in mine:
                waybill.refuse(refused.words)
            continue
        for waybill in mine:
            own = lines.get(waybill.parcel_id, [])
            if not own or own[0].order_id not in opened:
                waybill.refuse(say("Its buyer's data is gone, goes within a day, or is not yours to see."))
                continue
            found[waybill.id] = _content(waybill, own, opened[own[0].order_id])
    return found


def _by_person(waybills: Sequence[Waybill]) -> dict[tuple[Any, int], list[Waybill]]:
    found: dict[tuple[Any, int], list[Waybill]] = {}
    for waybill in waybills:
        found.setdefault((waybill.asked_by, waybill.team_id), []).append(waybill)
    return found


def _open(person: Any, waybills: Sequence[Waybill], lines: dict[int, list[ParcelLine]]) -> dict[int, dict[str, Any]]:
    """With the rights of whoever asked, as they stand now. Raises Refused."""
    reach = Reach.of(person, waybills[0].team) if person is not None and person.is_active else None
    if reach is None:
        raise Refused("Whoever asked for it may not see buyers any more.")
    wanted = {
        lines[one.parcel_id][0].order_id: f"waybill {one.reference}" for one in waybills if lines.get(one.parcel_id)
    }
    return open_for(reach, wanted)


def _content(waybill: Waybill, lines: Sequence[ParcelLine], buyer: dict[str, Any]) -> Content:
    parcel, sender = waybill.parcel, ShipFrom.of(waybill.team_id)
    goods = [
        {
            "name": line.declared_name, "name_cn": line.declared_name_cn, "quantity": line.quantity,
            "unit_price": Money(line.value_minor, line.currency or "USD").text(), "currency": line.currency,
            "grams": line.grams or max(1, parcel.grams // sum(one.quantity for one in lines)), "hs_code": line.hs_code, "sku": line.sku,
        }
        for line in lines
    ]  # fmt: skip
    sides = parcel.length_mm, parcel.width_mm, parcel.height_mm
    ioss = sender.ioss_number if sender and parcel.country in CUSTOMS_UNION else ""
    return Content(
        waybill.reference, waybill.method, parcel.grams, sides, _receiver(buyer, parcel.country), goods, ioss,
    )  # fmt: skip


def _receiver(buyer: dict[str, Any], country: str) -> dict[str, str]:
    address = buyer["address"]
    return {
        "country": address.get("countryCode") or country, "name": address.get("name") or buyer["name"],
        "street": ", ".join(filter(None, (address.get(line, "") for line in ADDRESS_LINES))), "city": address.get("city", ""),
        "state": address.get("stateOrRegion", ""), "postal_code": address.get("postalCode", ""),
        "phone": buyer["phone"] or address.get("phone", ""), "email": buyer["email"],
        "company": address.get("companyName", "") or buyer["company"],
    }  # fmt: skip
