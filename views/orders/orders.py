"""The list of orders and one order. Every filter, sort and page is in the address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from babel.dates import format_skeleton
from flask import abort, g, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.catalog.queries import pictures_of
from models.lists.days import end_of_today
from models.mailbox.case import AfterSalesCase
from models.mailbox.thread import ANSWER
from models.mailbox.thread import PERMISSION as MAILBOX
from models.orders import listing
from models.orders.assigning import names_of
from models.orders.buyer import Buyer
from models.orders.line import OrderLine
from models.orders.line_words import words_of_line
from models.orders.listing import ORDERS
from models.orders.marks import words_of_program, words_of_service
from models.orders.order import Order
from models.orders.package import OrderPackage
from models.orders.refetch import OrderRefetch
from models.orders.timeline import timeline
from models.shipping.confirmation import Confirmation
from models.shipping.lateness import warning
from models.shipping.lists import holding
from models.shipping.making import to_pack
from models.shipping.parcel import Parcel
from models.shipping.telling import are_left_to_tell
from models.stores.marketplace import order_address
from models.stores.store import Store
from models.stores.sync import Sync
from models.support import clock
from views.orders import bp
from views.orders.desk import desk
from views.profit.beside import margin_parts
from views.support.access import reach, requires
from views.support.forms import Form
from views.support.language import choose_zone
from views.support.lists import ListPage, list_page, shows, steps
from views.support.shell import place
from views.support.waiting import waiting

SHOWN_MOMENTS = 30
MOST_SKUS = 30  # As many rows as the calculator has.

place("selling", 10, lambda: _("Orders"), "shopping-cart", "orders.index", "orders.view", key="o")


def waiting_today() -> listing.Waiting:
    """What waits for us until the end of the day, counted once for a page."""
    if "orders_waiting" not in g:
        g.orders_waiting = listing.waiting(reach, end_of_today(choose_zone()))
    return g.orders_waiting  # type: ignore[no-any-return]


waiting(
    lambda: _("Orders to ship today"),
    lambda: waiting_today().today,
    lambda: url_for("orders.index", waiting="today", sort="ship_by"),
    permission="orders.view",
    icon="truck",
)
shows(ORDERS, "orders.index")


@bp.get("/t/<team>/orders/")
@requires("orders.view")
def index():
    found = list_page(ORDERS)
    if not isinstance(found, ListPage):
        return found
    stores = listing.stores(found.viewer)
    syncs = Sync.by_store(stores)
    return render_template(
        "orders/index.html",
        list=found,
        stores={store.id: store for store in stores},
        people=found.viewer.once(names_of) if "assignee" in found.names else {},
        freshness=[freshness(store, syncs[store.id]) for store in stores if store.is_active],
    )


@bp.get("/t/<team>/orders/<uuid:uid>")
@requires("orders.view")
def detail(uid: uuid.UUID):
    order = order_of(uid)
    return render_template("orders/show.html", **parts(order, Form()), **steps(ORDERS, order))


def order_of(uid: uuid.UUID, permission: str = "orders.view") -> Order:
    """The order, if this person may see it; 403 when they may see it but not do this."""
    order = Order.get_visible(reach, uid)
    if not reach.may(permission, order.store_id):
        abort(403)
    return order


def parts(order: Order, form: Form, revealed: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the page of an order shows. `revealed` is the buyer in clear, for this one answer."""
    buyer = None if order.has_buyer_destroyed else Buyer.of(order)
    lines = OrderLine.of(order)
    moments = timeline(order, reach)
    cases = AfterSalesCase.of_order(order)
    return {
        **desk(order),
        **margin_parts(order, lines, cases),
        "order": order,
        "lines": lines,
        "pictures": pictures_of(order.team_id, (line.sku for line in lines)),
        "packages": OrderPackage.of(order),
        "moments": moments[:SHOWN_MOMENTS],
        "older_moments": moments[SHOWN_MOMENTS:],
        "line_words": {line.id: list(words_of_line(line)) for line in lines},
        "left": to_pack(order) if order.awaits_shipment else {},
        "original": order.original,
        "replacements": order.replacements,
        "programs": [words_of_program(program) for program in order.programs],
        "service": words_of_service(order.service_level),
        "at_amazon": order_address(order.marketplace_id, order.order_id),
        "window": window,
        "masked": buyer.masked() if buyer else "",
        "revealed": revealed,
        "wish": OrderRefetch.of(order),
        "form": form,
        "in_zone": in_zone,
        "may_reveal": reach.may("pii.reveal", order.store_id),
        "may_fetch": reach.may("orders.sync", order.store_id),
        "freight_url": freight_url(order, lines),
        "parcels": (parcels := holding(reach, order)),
        "pack_url": pack_url(order),
        "told": (told := Confirmation.of_order(order) if parcels else []),
        "warning": warning(order, told),
        "may_tell": reach.may("parcels.confirm", order.store_id),
        "tell_url": tell_url(order, parcels, told),
        "cases": cases if reach.may(MAILBOX, order.store_id) else [],
        "may_answer": reach.may(ANSWER, order.store_id),
    }


def tell_url(order: Order, parcels: list[Parcel], told: list[Confirmation]) -> str:
    """Where Amazon is told of its numbered parcels, while it knows nothing of one and this person may."""
    if not reach.may("parcels.confirm", order.store_id) or not are_left_to_tell(parcels, told):
        return ""
    return url_for("shipping.tell_of_order", uid=order.uid)


def pack_url(order: Order) -> str:
    """Where a parcel is made of it, while something waits and this person may."""
    if not order.awaits_shipment or order.is_held or not reach.may("parcels.edit", order.store_id):
        return ""
    return url_for("shipping.new", orders=str(order.uid))


def freight_url(order: Order, lines: list[OrderLine]) -> str:
    """What shipping it costs: its SKUs and its country, as the list shows them. The buyer's postcode is sealed and stays so; whoever
    needs the price of a remote place reveals it with a reason and types it there."""
    may_ask = reach.may("freight.view") and reach.may("products.view")
    if not may_ask or not order.is_ours_to_ship or order.is_cancelled:
        return ""
    wanted: dict[str, int] = {}
    for line in lines:
        if line.sku and (count := line.quantity_to_ship or line.quantity):
            wanted[line.sku] = wanted.get(line.sku, 0) + count
    fields: dict[str, Any] = {
        name: value
        for row, (sku, count) in enumerate(list(wanted.items())[:MOST_SKUS], start=1)
        for name, value in ((f"sku{row}", sku), (f"n{row}", count))
    }
    return url_for("freight.index", to=order.ship_country or None, **fields) if fields else ""


def window(first: datetime | None, last: datetime | None, zone: str) -> str:
    """A span of promised moments on the marketplace's clock; one moment where only one is told."""
    if first is None or last is None or first >= last:
        return in_zone(last or first, zone)
    words = [clock.local(moment, zone) for moment in (first, last)]
    begins, ends = ("".join(format_skeleton("MMMd", moment, locale=get_locale())) for moment in words)
    return in_zone(last, zone) if begins == ends else f"{begins} – {in_zone(last, zone)}"


def in_zone(at: datetime | None, zone: str) -> str:
    """A promised moment as the marketplace's clock shows it."""
    if at is None:
        return "—"
    there, locale = clock.local(at, zone), get_locale()
    words = [format_skeleton(skeleton, there, locale=locale) for skeleton in ("MMMd", "Hm")]
    return " ".join([*words, zone.rpartition("/")[2].replace("_", " ")])


# Freshness


@dataclass(frozen=True)
class Freshness:
    """How fresh the orders of a store are: the older of its two syncs, and what is wrong in words."""

    store: Store
    synced_at: datetime | None
    problem: Any = None
    has_failed: bool = False


def freshness(store: Store, syncs: list[Sync]) -> Freshness:
    mine = [sync for sync in syncs if sync.kind.startswith("orders.")]
    known = [sync.good_at for sync in mine if sync.good_at]
    fresh = Freshness(store, min(known) if known and len(known) == len(mine) else None)
    for sync in mine:
        if sync.problem_words:
            fresh = replace(fresh, problem=sync.problem_words, has_failed=fresh.has_failed or sync.failures > 0)
    return fresh
