"""The margin beside an order: its lines, what is missing for the whole and where that is entered. Shown to who may see margins alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from models.mailbox.case import KINDS, AfterSalesCase
from models.mailbox.thread import PERMISSION as MAILBOX
from models.orders.line import OrderLine
from models.orders.order import Order
from models.profit.margin import HOME, Figure, Margin, Missing
from models.profit.of_order import PERMISSION, of_order
from views.support.access import reach
from views.support.format import money

LABELS: dict[str, Callable[[], str]] = {
    "items": lambda: _("Items and delivery, as paid"),
    "tax": lambda: _("Tax, as Amazon tells it"),
    "goods": lambda: _("Goods"),
    "freight": lambda: _("Freight"),
    "after_sales": lambda: _("After-sales cases"),
}
STATES: dict[str, Callable[[], str]] = {
    "charged": lambda: _("charged"),
    "billed": lambda: _("billed by the carrier"),
    "on_hold": lambda: _("on hold, estimated"),
    "quoted": lambda: _("quoted, estimated"),
}
SENTENCES: dict[str, Callable[[str], str]] = {
    "no_items": lambda name: _("Amazon has not sent the items yet."),
    "no_amount": lambda name: _("Amazon has not told what %(sku)s brings.", sku=name or "—"),
    "no_tax": lambda name: _("Amazon tells no tax apart for %(sku)s: what there is of it is still in the amount.", sku=name or "—"),
    "no_cost": lambda name: _("No purchase cost for %(sku)s.", sku=name),
    "no_product": lambda name: _("%(sku)s is not in the product library, so its purchase cost is not known.", sku=name or "—"),
    "no_price": lambda name: _("The parcel %(parcel)s has no price yet.", parcel=name),
    "no_parcel": lambda name: _("Not everything lies in a parcel of ours, so its freight is not known."),
    "no_case_cost": lambda name: _("Nobody has entered what the case (%(kind)s) costs.", kind=KINDS[name]),
    "no_rate": lambda name: _("No rate of %(currency)s on %(day)s, nor in the ten days before.", currency=name[:3], day=name[4:]),
    "first_leg": lambda name: _("What it cost to bring the goods to Amazon's warehouse is not kept here."),
}  # fmt: skip


@dataclass(frozen=True)
class Lack:
    """Something that is missing, in words; `url` is where it is entered, for who may."""

    words: str
    url: str = ""


def margin_parts(order: Order, lines: Sequence[OrderLine], cases: Sequence[AfterSalesCase]) -> dict[str, Any]:
    """Names of templates/profit/_margin.html; `margin` is None for who may not see margins, or where there is nothing to tell."""
    margin = of_order(order, lines, cases) if reach.may(PERMISSION, order.store_id) else None
    if margin is None or not (margin.figures or margin.missing):
        return {"margin": None}
    return {
        "margin": margin, "margin_lines": [*_rows(margin), *_total(margin)],
        "lacks": [Lack(SENTENCES[one.kind](one.name), _url(one, order)) for one in margin.missing],
    }  # fmt: skip


def _rows(margin: Margin) -> list[dict[str, Any]]:
    return [_row(margin, kind) for kind in LABELS if kind not in ("freight",) and margin.of(kind)] + [
        {"label": LABELS["freight"](), "why": _freight(one), "amount": _home(one.home_minor)} for one in margin.of("freight")
    ]  # fmt: skip


def _row(margin: Margin, kind: str) -> dict[str, Any]:
    told = margin.told(kind)
    why = money(told.amount_minor, told.currency) if told is not None and told.currency != HOME else ""
    return {"label": LABELS[kind](), "why": why, "amount": _home(margin.sum_of(kind))}


def _freight(one: Figure) -> str:
    """The parcel, how its price is known, and the price where it is another amount than what counts."""
    words = [one.name, STATES[one.state]()]
    if one.of_share:
        words.append(_("its share of %(amount)s", amount=money(one.told.amount_minor, one.told.currency)))
    elif one.told.currency != HOME:
        words.append(money(one.told.amount_minor, one.told.currency))
    return " · ".join(words)


def _total(margin: Margin) -> list[dict[str, Any]]:
    left = margin.left_minor
    if left is None:
        return []
    label = _("Left before Amazon's fees") if margin.is_whole else _("Left so far, without what is missing")
    return [{"label": label, "amount": money(left, HOME), "tone": "bad" if left < 0 else "", "is_total": True}]


def _home(minor: int | None) -> str:
    return "—" if minor is None else money(minor, HOME)


def _url(missing: Missing, order: Order) -> str:
    """Where it is entered; nothing for who may not go there."""
    kind, uid = missing.kind, missing.uid
    if kind == "no_cost" and reach.may("products.edit"):
        return url_for("catalog.edit", uid=uid)
    if kind == "no_product" and reach.may("products.edit"):
        return url_for("catalog.new")
    if kind == "no_price" and reach.may("parcels.view", order.store_id):
        return url_for("shipping.parcel", uid=uid)
    if (
        kind == "no_parcel"
        and order.awaits_shipment
        and not order.is_held
        and reach.may("parcels.edit", order.store_id)
    ):
        return url_for("shipping.new", orders=str(order.uid))
    if kind == "no_case_cost" and reach.may(MAILBOX, order.store_id):
        return url_for("mailbox.case", uid=uid)
    return url_for("freight.rates") if kind == "no_rate" and reach.may("freight.view") else ""
