"""What the first page draws of orders: how many a day, and what they brought in each currency, by store."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from models.orders.daily import Month, month
from models.stores.store import Store
from views.support import format as figures
from views.support.charts import TONES, Chart, Series

MOST_CURRENCIES = 6
Part = tuple[str, list[int]]  # Of every bar: a store, or the small ones together.


def charts(reach: Any) -> list[Chart]:
    """Orders first, then a chart for each currency (amounts of two are never added). None without any order."""
    stores = [store for store in Store.of_team(reach.team) if reach.may("orders.view", store.id)]
    found = month(reach.team, [store.id for store in stores])
    parts = _parts(found, stores)
    if not parts:
        return []
    return [_orders(found, parts), *(_sales(found, parts, code) for code in found.currencies[:MOST_CURRENCIES])]


def _parts(found: Month, stores: list[Store]) -> list[Part]:
    """The stores that sold anything, the biggest first; what has no colour of its own together."""
    orders = {store.id: found.order_count(store.id) for store in stores}
    ranked = sorted((store for store in stores if orders[store.id]), key=lambda store: -orders[store.id])
    if len(ranked) <= TONES:
        return [(store.name, [store.id]) for store in ranked]
    rest = (_("Other stores"), [store.id for store in ranked[TONES - 1 :]])
    return [*((store.name, [store.id]) for store in ranked[: TONES - 1]), rest]


def _orders(found: Month, parts: list[Part]) -> Chart:
    series = [
        Series(label, _added([found.orders_of(one) for one in ids]), tone) for tone, (label, ids) in enumerate(parts, 1)
    ]
    return _chart("chart-orders", _("Orders"), found, series, figures.number)


def _sales(found: Month, parts: list[Part], currency: str) -> Chart:
    series = [
        Series(label, _added([found.sales_of(one, currency) for one in ids]), tone)
        for tone, (label, ids) in enumerate(parts, 1)
    ]
    title = _("Sales in %(currency)s", currency=currency)
    return _chart(f"chart-{currency.lower()}", title, found, series, lambda minor: figures.money(minor, currency))


def _chart(id: str, title: str, found: Month, series: list[Series], write: Any) -> Chart:
    days = [figures.day(day) for day in found.days]
    shown = [one for one in series if any(one.values)]
    totals = _added([one.values for one in shown])
    description = _(
        "%(total)s in the last %(days)s days. The highest day was %(day)s with %(most)s.",
        days=figures.number(len(days)),
        total=write(sum(totals)),
        day=days[totals.index(max(totals))],
        most=write(max(totals)),
    )
    return Chart(id, title, description, days, shown, write)


def _added(rows: list[Any]) -> list[int]:
    return [sum(figures_of_day) for figures_of_day in zip(*rows, strict=True)]
