"""What a parcel would cost a little lighter or heavier: the steps and bands beside its chargeable weight.

Heavier is sometimes cheaper, because the next band is. A carrier decides whether a parcel may be declared so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal, localcontext

from models.freight.engine.card import EVERY_ZONE, ZERO
from models.freight.engine.charges import Case, lines_of
from models.freight.engine.quoting import Quote
from models.freight.engine.weighing import step_of

# A hint asks for at most a tenth of the weight to be left out, for a saving of more than one and a half times that share.
NEAR, WORTH = Decimal("0.1"), Decimal("1.5")


@dataclass(frozen=True)
class Edge:
    """At `weight` (chargeable) the total is `total`; `by` is how much the parcel counts more or less than now."""

    weight: Decimal
    by: Decimal
    total: Decimal
    saved: Decimal  # Below zero: dearer.


def edges_of(quote: Quote) -> list[Edge]:
    """Prices at the next steps and at the ends of the bands, the lightest first. None for a rejected parcel."""
    if quote.case is None or quote.weighed is None or quote.total is None:
        return []
    with localcontext(prec=40):
        found = []
        for weight in sorted(set(_weights(quote.case)) - {quote.weighed.chargeable}):
            total = _total_at(quote.case, weight)
            if total is not None:
                found.append(Edge(weight, weight - quote.weighed.counted, total, quote.total - total))
        return found


def hints_of(quote: Quote, edges: list[Edge]) -> list[Edge]:
    """Of the edges those worth saying: the cheapest of the heavier ones that are cheaper, and the nearest lighter one."""
    weighed = quote.weighed
    if weighed is None:
        return []
    cheaper = [edge for edge in edges if edge.saved > 0]
    heavier = max(
        (edge for edge in cheaper if edge.weight > weighed.chargeable), key=lambda edge: edge.saved, default=None
    )
    lighter = [edge for edge in cheaper if edge.weight < weighed.chargeable and _is_worth_it(quote, edge)]
    nearest = max(lighter, key=lambda edge: edge.weight, default=None)
    return [edge for edge in (nearest, heavier) if edge is not None]


def _is_worth_it(quote: Quote, edge: Edge) -> bool:
    """Is little weight left out for much money? Where the price falls evenly with the weight there is nothing to tell."""
    assert quote.weighed is not None and quote.total is not None
    counted = quote.weighed.counted
    return -edge.by <= counted * NEAR and edge.saved * counted > -edge.by * quote.total * WORTH


def _weights(case: Case) -> Iterator[Decimal]:
    card, row, now = case.card, case.row, case.chargeable
    step = step_of(card, now)
    least = card.least_cbm if card.unit == "CBM" else card.leasts.get(case.zone, card.leasts.get(EVERY_ZONE, ZERO))
    if step:
        yield now + step
        if now - step >= max(least, step):
            yield now - step
    if row.above >= least and row.above > 0:
        yield row.above
    if row.upto is not None:
        yield row.upto
        after = step_of(card, row.upto)
        if after:
            yield (row.upto / after).to_integral_value(ROUND_FLOOR) * after + after


def _total_at(case: Case, weight: Decimal) -> Decimal | None:
    card = case.card
    row = next((row for row in card.rows_by_zone.get(case.zone, ()) if row.holds(weight)), None)
    if row is None or _is_too_heavy(case, weight):
        return None
    lines, _warnings = lines_of(replace(case, chargeable=weight, row=row))
    return sum((line.amount for line in lines), ZERO)


def _is_too_heavy(case: Case, weight: Decimal) -> bool:
    """Would a single box of this weight be refused?"""
    held = {**case.card.limits.get(EVERY_ZONE, {}), **case.card.limits.get(case.zone, {})}
    most = held.get("max_actual_kg")
    return most is not None and len(case.pieces) == 1 and case.pieces[0].quantity == 1 and weight > most
