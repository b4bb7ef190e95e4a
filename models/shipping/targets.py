"""Which parcel somebody means who writes `P-12` or an order's id beside a tracking number. Nothing is guessed: an order that lies in
several parcels has to be said more exactly."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from models.orders.order import Order
from models.people.reach import OutOfReach
from models.shipping.number import is_order_id
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.stores.store import Store
from models.support.bulk import among, raw_rows
from models.support.words import Words, say

LABEL = re.compile(r"P-?(\d{1,9})", re.ASCII)
PERMISSION = "parcels.edit"


def target_of(text: str) -> str:
    """`P-12` or `302-1234567-1234567`, however it was typed; empty for what is neither."""
    plain = unicodedata.normalize("NFKC", text[:80]).strip().upper()
    if found := LABEL.fullmatch(plain):
        return f"P-{int(found[1])}"
    if not is_order_id(plain):
        return ""
    digits = "".join(sign for sign in plain if sign.isdecimal())
    return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"


def parcels_meant(reach: Any, targets: Iterable[str]) -> dict[str, Parcel | Words]:
    """Each target (as `target_of` writes it) with its parcel, or why there is none. Only parcels this person may change are found."""
    wanted = set(targets)
    numbers = [int(one.removeprefix("P-")) for one in wanted if one.startswith("P-")]
    numbered = Parcel.select().where(Parcel.team == reach.team_id, among(Parcel.number, numbers))
    found: dict[str, Parcel | Words] = {one.label: one for one in changed_by(reach, numbered)}
    for order_id, parcels in _of_orders(reach, [one for one in wanted if not one.startswith("P-")]).items():
        found[order_id] = parcels[0] if len(parcels) == 1 else _several(order_id, parcels)
    return {one: found.get(one, _none(one)) for one in wanted}


def changeable(reach: Any, uids: Sequence[uuid.UUID]) -> list[Parcel]:
    """The parcels of these uids, in their order. Raises OutOfReach where one is not this person's to change."""
    mine = Parcel.visible_to(reach, PERMISSION).where(Parcel.uid.in_(list(uids)))
    found = {parcel.uid: parcel for parcel in mine} if uids else {}
    if len(found) < len(uids):
        raise OutOfReach
    return [found[uid] for uid in uids]


def changed_by(reach: Any, parcels: Iterable[Parcel]) -> Iterator[Parcel]:
    """Those of the parcels that this person may change: asked of what was found, so that nothing is found along teams and stores."""
    stores = reach.by_permission.get(PERMISSION, frozenset())
    return (one for one in parcels if one.team_id == reach.team_id and (stores is None or one.store_id in stores))


def _of_orders(reach: Any, order_ids: list[str]) -> dict[str, list[Parcel]]:
    """Along the orders' ids and the parcels' own, for a team may have a million of both."""
    if not order_ids:
        return {}
    stores = Store.select(Store.id).where(Store.team == reach.team_id)
    orders = Order.select(Order.id).where(Order.store.in_(stores), among(Order.order_id, order_ids))
    lines = (
        ParcelLine.select(ParcelLine.parcel, Order.order_id).join(Order)
        .where(ParcelLine.order.in_(orders)).distinct().order_by(ParcelLine.parcel)
    )  # fmt: skip
    pairs = raw_rows(lines)
    query = Parcel.select().where(among(Parcel.id, [parcel for parcel, _ in pairs]), Parcel.state != "void")
    parcels = {one.id: one for one in changed_by(reach, query)}
    found: dict[str, list[Parcel]] = {}
    for parcel, order_id in pairs:
        if parcel in parcels:
            found.setdefault(order_id, []).append(parcels[parcel])
    return found


def _several(order_id: str, parcels: list[Parcel]) -> Words:
    labels = ", ".join(one.label for one in parcels[:5])
    return say("The order %(order)s lies in %(parcels)s: write the parcel's number.", order=order_id, parcels=labels)


def _none(target: str) -> Words:
    if target.startswith("P-"):
        return say("There is no parcel %(parcel)s.", parcel=target)
    return say("Nothing of the order %(order)s lies in a parcel.", order=target)
