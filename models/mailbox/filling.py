"""Filling a ready answer in for a thread. Pure but for `values_of`, which looks up what there is to fill in.

What is not known stays a hole, and an answer with a hole is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from babel.dates import format_date

from models.mailbox.thread import MailThread
from models.orders.line import OrderLine
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.ship_from import ShipFrom
from models.stores.store import Store
from models.support import clock
from models.support.words import say

VARIABLES = {
    "buyer_name": say("The buyer's name"),
    "order_id": say("The order id"),
    "item_title": say("What was bought"),
    "tracking_number": say("The tracking number"),
    "carrier": say("The carrier"),
    "eta": say("The day by which it arrives"),
    "store_name": say("The store's name"),
    "return_address": say("Where returns go: the sender's address"),
}
HOLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def variables_of(text: str) -> list[str]:
    """The names in double braces, each once, in order."""
    return list(dict.fromkeys(HOLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with what is known put in, and the names of what is not, whose holes stay."""
    missing = [name for name in variables_of(text) if not values.get(name)]
    return HOLE.sub(lambda hole: values.get(hole[1]) or hole[0], text), missing


def values_of(thread: MailThread, language: str) -> dict[str, str]:
    """What is known of a thread's buyer, order and parcel; days in the language of the answer. Raises KeyDestroyed."""
    order = thread.order
    values = {
        "buyer_name": _one_line(thread.unseal("buyer_name") or ""), "order_id": thread.order_no,
        "store_name": Store.get_by_id(thread.store_id).name,
    }  # fmt: skip
    sender = ShipFrom.get_or_none(ShipFrom.team == thread.team_id)
    if sender is not None:
        parts = (
            sender.company or sender.name,
            sender.line1,
            sender.line2,
            f"{sender.postcode} {sender.city}",
            sender.region,
            sender.country,
        )
        values["return_address"] = "\n".join(part.strip() for part in parts if part.strip())
    if order is None:
        return values
    line = OrderLine.select(OrderLine.title).where(OrderLine.order == order).order_by(OrderLine.id).first()
    if line is not None:
        values["item_title"] = _one_line(line.title)
    if order.deliver_by is not None:
        values["eta"] = format_date(
            clock.local(order.deliver_by, order.zone).date(), format="long", locale=_locale(language)
        )
    parcel = _parcel(order.id)
    if parcel is not None:
        values |= {
            "tracking_number": parcel.tracking_number,
            "carrier": parcel.carrier.name if parcel.carrier else parcel.carrier_name,
        }
    return values


def _parcel(order_id: int) -> Parcel | None:
    """The newest of its parcels that has a number."""
    query = (
        Parcel.select()
        .join(ParcelLine)
        .where(ParcelLine.order == order_id, Parcel.tracking_number != "", Parcel.state != "void")
    )
    return query.order_by(Parcel.id.desc()).first()


def _locale(language: str) -> str:
    return {"zh": "zh_Hans"}.get(language[:2], language[:2]) or "en"


def _one_line(text: str) -> str:
    return " ".join(text.split())
