"""Making a parcel of lines of orders: what may lie in it, what it weighs by the products' packages, what customs are told first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import peewee

from models.audit.event import track
from models.catalog.declaring import DECLARED, MOST_DECLARED
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.orders.holding import require_none_held
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.together import place_of
from models.people.team import Team
from models.shipping.boxing import box_of
from models.shipping.customs import learned
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.shipment import told_pieces
from models.support.db import is_sqlite, write_txn
from models.support.errors import FieldRefused, Refused

MOST_ORDERS = 20


def to_pack(order: Order) -> dict[int, int]:
    """Pieces of each line of an order that lie in no parcel yet and wait to be shipped (order line id → pieces). What Amazon counts
    as shipped lies in our parcels as far as we told it; the rest left without us."""
    lines = OrderLine.of(order)
    ids = [line.id for line in lines]
    packed, told = ParcelLine.packed(ids), told_pieces(ids, states=("confirmed",))
    gone = {line.id: packed.get(line.id, 0) + max(0, line.quantity_shipped - told.get(line.id, 0)) for line in lines}
    return {line.id: left for line in lines if (left := line.quantity - line.quantity_cancelled - gone[line.id]) > 0}


def make_parcel(orders: Sequence[Order], pieces: Mapping[int, int] | None = None, *, by: Any = None) -> Parcel:
    """A draft of these lines (order line id → pieces); without `pieces`, of everything that waits. Raises Refused, FieldRefused."""
    require_together(orders)
    team = Team.get_by_id(orders[0].team_id)
    with write_txn():
        orders = _in_turn(orders)
        require_together(orders)
        require_none_held([order.id for order in orders])
        left = {line: count for order in orders for line, count in to_pack(order).items()}
        chosen = {line: count for line, count in (left if pieces is None else pieces).items() if count}
        if not chosen:
            raise Refused("Nothing of this waits to be shipped; what is left lies in other parcels.")
        if beyond := [line for line, count in chosen.items() if count < 0 or count > left.get(line, 0)]:
            raise FieldRefused(f"pieces-{beyond[0]}", "At most %(most)s are left.", most=left.get(beyond[0], 0))
        parcel = Parcel.create(
            team=team, store=orders[0].store_id, number=_next(team), country=orders[0].ship_country, made_by=by
        )
        _put_in(parcel, orders, chosen)
        track("parcel_drafted", parcel, by=by, orders=[order.order_id for order in orders], pieces=sum(chosen.values()))
    return parcel


def require_together(orders: Sequence[Order]) -> None:
    """One parcel goes from one store to one place. Raises Refused."""
    if not orders or len(orders) > MOST_ORDERS:
        raise Refused("Choose between 1 and %(most)s orders.", most=MOST_ORDERS)
    for order in orders:
        if not order.is_ours_to_ship:
            raise Refused("Amazon ships the order %(order)s.", order=order.order_id)
        if order.is_cancelled:
            raise Refused("The order %(order)s was cancelled.", order=order.order_id)
        if order.status.startswith("PENDING"):
            raise Refused("The order %(order)s is not paid yet.", order=order.order_id)
    if len({(order.store_id, order.marketplace_id, order.ship_country) for order in orders}) > 1:
        raise Refused(
            "These orders are of different stores, marketplaces or countries: each needs a parcel of its own."
        )
    if len(orders) > 1 and len({place_of(order) for order in orders}) > 1:
        raise Refused("These orders go to different buyers or addresses: each needs a parcel of its own.")


def _in_turn(orders: Sequence[Order]) -> list[Order]:
    """The orders as they stand now. Two who pack the same order at once do so one after the other."""
    query = Order.select().where(Order.id.in_([order.id for order in orders])).order_by(Order.id)
    now = {order.id: order for order in (query if is_sqlite() else query.for_update())}
    return [now[order.id] for order in orders]


def _next(team: Team) -> int:
    Team.take_turn(team.id)
    return (Parcel.select(peewee.fn.MAX(Parcel.number)).where(Parcel.team == team).scalar() or 0) + 1


def _put_in(parcel: Parcel, orders: Sequence[Order], chosen: Mapping[int, int]) -> None:
    lines = [line for order in orders for line in OrderLine.of(order) if line.id in chosen]
    skus = {line.sku for line in lines}
    products, before = products_of(parcel.team_id, skus), learned(parcel.team_id, skus)
    rows = []
    for line in lines:
        product = products.get(line.sku)
        told = {
            "declared_name": (product.title if product else line.title)[:MOST_DECLARED], "declared_name_cn": "", "hs_code": "",
            "origin": (product.country_of_origin if product else "CN") or "CN",
        } | before.get(line.sku, {}) | _said(product)  # fmt: skip
        rows.append({
            "parcel": parcel.id, "order": line.order_id, "order_line": line.id, "quantity": chosen[line.id], "sku": line.sku,
            "value_minor": line.unit_price_minor or 0, "currency": line.currency,
            "grams": (product.package_weight_grams or 0) if product else 0, **told,
        })  # fmt: skip
    ParcelLine.insert_many(rows).execute()
    pieces: dict[str, int] = {}
    for line in lines:
        pieces[line.sku] = pieces.get(line.sku, 0) + chosen[line.id]
    tags = sorted({tag for product in products.values() for tag in product.cargo}) or ["general"]
    parcel.change(cargo=tags, **box_of(pieces, products))


def _said(product: Product | None) -> dict[str, str]:
    """What the product itself says to customs; where it says nothing, what was written last stands."""
    return {name: said for name in DECLARED if (said := getattr(product, name, ""))}


def make_one(order: Order, *, by: Any = None) -> Parcel:
    """A parcel of all that waits of one order; one of many, so what a person has to decide first is refused."""
    if order.reload().cancel_requested:
        raise Refused("The buyer wants to cancel the order %(order)s: decide on its page first.", order=order.order_id)
    return make_parcel([order], by=by)


def products_of(team_id: int, skus: set[str]) -> dict[str, Product]:
    """The products whose variants have these SKUs (SKU → product)."""
    query = Variant.select(Variant, Product).join(Product).where(Variant.team == team_id, Variant.sku.in_(sorted(skus)))
    return {variant.sku: variant.product for variant in query}
