"""The list of orders and one order. Every filter, sort and page is in the address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton
from flask import abort, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.catalog.queries import pictures_of
from models.orders import listing
from models.orders.buyer import Buyer
from models.orders.line import OrderLine
from models.orders.listing import Filters
from models.orders.order import FULFILLED_BY, STATUSES, Order
from models.orders.package import OrderPackage
from models.orders.refetch import OrderRefetch
from models.orders.timeline import timeline
from models.stores.marketplace import by_code
from models.stores.store import Store
from models.stores.sync import Sync
from models.support import clock
from views.orders import bp
from views.support.access import current_team, reach, requires
from views.support.forms import Form
from views.support.paging import count_text, here, pager
from views.support.shell import place
from views.support.waiting import waiting

place("selling", 10, lambda: _("Orders"), "shopping-cart", "orders.index", "orders.view", key="o")
waiting(
    lambda: _("Orders to ship today"),
    lambda: listing.waiting(reach, end_of_today()).today,
    lambda: url_for("orders.index", tab="today"),
    permission="orders.view",
    icon="truck",
)
TYPED = ("q", "status", "from", "to", "after", "before")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


@bp.get("/t/<team>/orders/")
@requires("orders.view")
def index():
    stores = stores_of(reach)
    filters = read_filters(request.args, stores)
    shown = listing.find(reach, filters, after=request.args.get("after", ""), before=request.args.get("before", ""))
    syncs = Sync.by_store(stores)
    return render_template(
        "orders/index.html",
        page=shown.page,
        pager=pager(shown.page, shown.count),
        total=count_text(shown.count),
        filters=filters,
        tabs=tabs(filters, listing.waiting(reach, end_of_today())),
        stores={store.id: store for store in stores},
        pictures=pictures_of(reach.team_id, (order.first_sku for order in shown.page)),
        freshness=[freshness(store, syncs[store.id]) for store in stores if store.is_active],
        options=options(filters, stores),
        is_empty=not shown.page.rows and not filters.are_set and filters.tab == "all",
        here=here,
    )


@bp.get("/t/<team>/orders/<uuid:uid>")
@requires("orders.view")
def detail(uid: uuid.UUID):
    return render_template("orders/show.html", **parts(order_of(uid), Form()))


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
    return {
        "order": order,
        "lines": lines,
        "pictures": pictures_of(order.team_id, (line.sku for line in lines)),
        "packages": OrderPackage.of(order),
        "moments": timeline(order),
        "masked": buyer.masked() if buyer else "",
        "revealed": revealed,
        "wish": OrderRefetch.of(order),
        "form": form,
        "in_zone": in_zone,
        "may_reveal": reach.may("pii.reveal", order.store_id),
        "may_fetch": reach.may("orders.sync", order.store_id),
    }


def in_zone(at: datetime | None, zone: str) -> str:
    """A promised moment as the marketplace's clock shows it."""
    if at is None:
        return "—"
    there, locale = clock.local(at, zone), get_locale()
    words = [format_skeleton(skeleton, there, locale=locale) for skeleton in ("MMMd", "Hm")]
    return " ".join([*words, zone.rpartition("/")[2].replace("_", " ")])


# Filters


def stores_of(person: Any) -> list[Store]:
    """The stores whose orders this person may see."""
    allowed = person.by_permission["orders.view"]
    return [store for store in Store.of_team(current_team) if allowed is None or store.id in allowed]


def read_filters(args: Mapping[str, str], stores: list[Store]) -> Filters:
    """The filters of an address. What is not on offer is ignored."""
    zone = current_team.timezone
    by_uid = {str(store.uid): store.id for store in stores}
    form = Form(args)
    first, last = (day if day and FIRST_DAY <= day <= LAST_DAY else None for day in (form.day("from"), form.day("to")))
    since, until = listing.period(args.get("period", ""), zone, first, last)
    markets = [by_code(code) for code in many(args, "market")]
    return Filters(
        tab=args.get("tab", "all") if args.get("tab") in listing.TABS else "all",
        stores=tuple(by_uid[uid] for uid in many(args, "store") if uid in by_uid),
        marketplaces=tuple(market.id for market in markets if market),
        statuses=tuple(status for status in many(args, "status") if status in STATUSES),
        fulfilled_by=args.get("by", "") if args.get("by") in FULFILLED_BY else "",
        since=since,
        until=until,
        due_before=end_of_today(),
        text=args.get("q", "").strip()[: listing.MOST_SEARCH],
        sort=args.get("sort", "") if args.get("sort") in listing.SORTS else "",
    )


def many(args: Any, name: str) -> list[str]:
    return list(dict.fromkeys(args.getlist(name)))[:30]


def end_of_today() -> datetime:
    return listing.end_of_today(current_team.timezone)


def tabs(filters: Filters, counts: listing.Waiting) -> list[dict[str, Any]]:
    named = (
        ("all", _("All"), None),
        ("to_ship", _("Unshipped"), counts.to_ship),
        ("today", _("Ship today"), counts.today),
        ("cancel", _("Cancel requested"), counts.cancel),
        ("shipped", _("Shipped"), None),
    )
    return [
        {
            "label": label,
            "url": url_for("orders.index", tab=None if name == "all" else name),
            "count": count,
            "is_current": name == filters.tab,
        }
        for name, label, count in named
    ]


def options(filters: Filters, stores: list[Store]) -> dict[str, Any]:
    """What each filter offers, most of it with the address that sets it; `keep` is what a form of filters leaves alone."""
    markets, periods = many(request.args, "market"), period_names()
    unbounded = {"from": None, "to": None}
    return {
        "store": [option(s.name, s.id in filters.stores, store=s.uid) for s in stores],
        "market": [option(code, code in markets, market=code) for code in listing.marketplace_codes(stores)],
        "by": [option(words, name == filters.fulfilled_by, by=name) for name, words in FULFILLED_BY.items()],
        "period": [
            option(label, request.args.get("period") == name, period=name, **unbounded)
            for name, label in periods.items()
        ],
        "status": list(STATUSES.items()),
        "keep": {name: value for name, value in request.args.items() if name not in TYPED},
    }


def option(label: Any, is_current: bool, **change: Any) -> dict[str, Any]:
    return {"label": label, "url": here(**change), "is_current": is_current}


def period_names() -> dict[str, str]:
    return {"today": _("Today"), "7": _("Last 7 days"), "30": _("Last 30 days")}


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
