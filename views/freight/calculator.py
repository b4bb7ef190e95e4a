"""The calculator: what a parcel costs with every channel at once. One GET form; the address alone gives the same answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _

from models.catalog.cargo import CARGO
from models.freight.asking import Answer, Answers
from models.freight.day_rate import rates_on
from models.freight.engine.quoting import HOME
from models.freight.goods import offered_skus
from models.freight.origin import today
from views.freight import bp
from views.freight.asked import Asked, read
from views.freight.places import countries, country_name
from views.freight.shown import EdgeShown, Shown, edges_shown, hints_shown, measure, shown, shown_name
from views.freight.tabs import room_tabs, tab
from views.support.access import current_team, reach, requires
from views.support.format import day as day_text
from views.support.hypermedia import is_fragment
from views.support.shell import place

place("selling", 30, lambda: _("Freight"), "ship", "freight.index", "freight.view", key="f")
tab(10, lambda: _("Calculator"), "freight.index")

USUAL = ("EUR", "GBP", "JPY", "USD")
MOST_EDGES = 10  # Channels whose next bands stand in the table of what would be if.


@dataclass(frozen=True)
class Price:
    """A price as it is shown, and what a little more or less weight would save."""

    uid: Any
    shown: Shown
    total: str
    hints: list[str]
    is_cheapest: bool = False


@dataclass(frozen=True)
class WhatIf:
    name: str
    edge: EdgeShown


@bp.get("/t/<team>/freight/")
@requires("freight.view")
def index():
    """With htmx the answers alone, and the address they belong to."""
    is_part = is_fragment() and request.headers.get("HX-Target") == "answers"
    asked = read(request.args, is_typing=is_part)
    page = "freight/_answers.html" if is_part else "freight/index.html"
    answer = make_response(render_template(page, **parts(asked)), 200 if asked.form.ok else 422)
    if is_part:
        answer.headers["HX-Replace-Url"] = address_of(asked)
    return answer


@bp.get("/t/<team>/freight/text")
@requires("freight.view")
def as_text():
    """The prices as plain text, for a customer."""
    asked = read(request.args)
    found = parts(asked)
    blocks = [found["summary"], *(price.shown.text() for price in found["prices"])]
    text = "\n\n".join(block for block in blocks if block) or str(_("There is nothing to show yet."))
    return plain_text(text, 200 if asked.form.ok else 422)


@bp.get("/t/<team>/freight/skus")
@requires("products.view")
def skus():
    """SKUs that begin with or hold what is typed into a field of the calculator, as options."""
    typed = next((text for name, text in request.args.items() if name.startswith("sku")), request.args.get("find", ""))
    text = typed.strip()[:60]
    return render_template("freight/_skus.html", variants=offered_skus(reach, text) if text else [])


def plain_text(text: str, status: int = 200) -> Response:
    return Response(text + "\n", status, content_type="text/plain; charset=utf-8")


def address_of(asked: Asked, endpoint: str = "freight.index") -> str:
    query = asked.query
    return url_for(endpoint) + (f"?{query}" if query else "")


def parts(asked: Asked) -> dict[str, Any]:
    """What the page shows."""
    answers, other = asked.answers, asked.form.value("show")
    known = rates_on(current_team.id, today()) if answers is None else answers.rates
    currencies = sorted(set(known) - {HOME}) or list(USUAL)
    prices = cheapest_marked([price_of(one, answers, other) for one in answers.prices]) if answers else []
    what_if = [row for one in answers.prices[:MOST_EDGES] for row in edge_rows(one)] if answers else []
    return {
        "asked": asked, "form": asked.form, "countries": countries(), "cargo": list(CARGO.items()),
        "currency_choices": [(code, code) for code in currencies], "value_choices": [(code, code) for code in (HOME, *currencies)],
        "prices": prices,
        "rejected": [shown(one.data) for one in answers.rejected] if answers else [],
        "what_if": what_if,
        "summary": summary(asked), "packing": packing_words(asked), "labels": labels(),
        "share_url": current_app.config["SETTINGS"].base_url + address_of(asked), "text_url": address_of(asked, "freight.as_text"),
        "tabs": room_tabs("freight.index"), "may_keep": reach.may("freight.quote"),
    }  # fmt: skip


def price_of(answer: Answer, answers: Answers, other: str) -> Price:
    data, unit, currency = answer.data, answer.data["unit"], answer.data["currency"]
    return Price(
        answer.offered.channel.uid,
        shown(data, other=other, rates=answers.rates),
        f"{data['total']} {currency}",
        hints_shown(answer.hints, unit, currency),
    )


def edge_rows(answer: Answer) -> list[WhatIf]:
    """The next steps and bands of one channel."""
    name, unit, currency = shown_name(answer.data), answer.data["unit"], answer.data["currency"]
    return [WhatIf(name, edge) for edge in edges_shown(answer.edges, unit, currency)]


def cheapest_marked(prices: list[Price]) -> list[Price]:
    """The first complete price is the cheapest; an incomplete one may still grow."""
    complete = next((price for price in prices if not price.shown.is_incomplete), None)
    return [replace(price, is_cheapest=price is complete) for price in prices]


def summary(asked: Asked) -> str:
    """Where, when and what, in one or two lines."""
    if asked.parcel is None:
        return ""
    where = " ".join(filter(None, (country_name(asked.parcel.country), asked.parcel.postcode)))
    boxes = "; ".join(box_words(box) for box in asked.parcel.boxes[:12])
    return f"{where} · {day_text(asked.parcel.ship_date)}\n{boxes}"


def box_words(box: Any) -> str:
    sides = " × ".join(measure(str(side), "KG").rpartition("\u00a0")[0] for side in box.sides) if all(box.sides) else ""
    text = ", ".join(filter(None, (measure(str(box.kg), "KG"), f"{sides}\u00a0cm" if sides else "")))
    return f"{box.quantity} × {text}" if box.quantity > 1 else text


def packing_words(asked: Asked) -> list[str]:
    """How SKUs were packed into boxes."""
    return [packing_step(*step) for step in asked.goods.packed.steps] if asked.goods else []


def packing_step(kind: str, *given: Any) -> str:
    if kind == "cartons":
        sku, count, pieces = given
        return _("%(sku)s: %(count)s full cartons (%(pieces)s pieces).", sku=sku, count=count, pieces=pieces)
    if kind == "single":
        return _("%(sku)s goes in its own package.", sku=given[0])
    return _(
        "%(pieces)s pieces in one box: weights added, as long and wide as the largest of them, laid flat upon each other.",
        pieces=given[0],
    )


def labels() -> dict[str, str]:
    """What fields are called in the list of what is wrong."""
    named = {
        "to": _("Country"),
        "postcode": _("Postcode"),
        "on": _("Ship date"),
        "value": _("Declared value"),
        "cargo": _("Cargo"),
    }
    of_rows = {
        "kg": _("Weight"),
        "l": _("Length"),
        "w": _("Width"),
        "h": _("Height"),
        "qty": _("Boxes"),
        "sku": _("SKU"),
        "n": _("Pieces"),
    }
    return named | {f"{name}{row}": label for name, label in of_rows.items() for row in range(1, 31)}
