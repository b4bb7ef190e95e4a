"""A price as plain data, with everything that explains it: what screens show, and what a kept quote holds for ever.

Numbers are text, so that nothing is lost between the database and the page. Words are made where it is read (`explaining`).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from models.freight.engine import limits
from models.freight.engine.card import EVERY_ZONE, ZERO, Card, Surcharge
from models.freight.engine.charges import Case, rounded
from models.freight.engine.parcel import Box, Parcel
from models.freight.engine.quoting import HOME, Quote
from models.freight.engine.weighing import pieces_of, step_of
from models.freight.offering import Offered

MICRO = Decimal("0.000001")


def asked_of(parcel: Parcel) -> dict[str, Any]:
    """What was asked, as `Parcel.read` takes it; without the postcode, which is kept beside it."""
    return {
        "ship_date": parcel.ship_date.isoformat(),
        "country": parcel.country,
        "cargo": sorted(parcel.cargo),
        "boxes": [box_of(box) for box in parcel.boxes],
        "declared_value": None if parcel.declared_value is None else plain(parcel.declared_value),
        "insured": parcel.insured,
        "formal_declaration": parcel.formal_declaration,
    }


def box_of(box: Box) -> dict[str, Any]:
    length, width, height = map(plain, box.sides)
    return {"kg": plain(box.kg), "l": length, "w": width, "h": height, "qty": box.quantity}


def answer_of(offered: Offered, parcel: Parcel, quote: Quote) -> dict[str, Any]:
    """What one channel says to a parcel."""
    channel, card = offered.channel, offered.card
    answer = {
        "channel": channel.code, "name": channel.name, "name_cn": channel.name_cn, "version": offered.rate_card.version,
        "includes": [name for name in ("fuel", "duty", "clearance") if getattr(channel, f"includes_{name}")],
        "currency": card.currency, "unit": card.unit, "zone": quote.zone or "",
        "reasons": list(_reasons(quote, parcel)), "warnings": list(quote.warnings),
    }  # fmt: skip
    if quote.is_ok:
        answer |= _priced(quote)
    return answer


def _priced(quote: Quote) -> dict[str, Any]:
    case, weighed, card = quote.case, quote.weighed, quote.card
    assert case is not None and weighed is not None and quote.total is not None
    before = max(weighed.counted, _least(card, case.zone))
    weight = {
        "chargeable": plain(weighed.chargeable), "by": weighed.by, "actual": plain(weighed.actual),
        "volumetric": plain(weighed.volumetric), "counted": plain(weighed.counted), "before": plain(before),
        "step": plain(step_of(card, before)), "divisor": plain(card.divisor), "mode": card.volume_mode,
    }  # fmt: skip
    home = None if quote.total_home is None else amount(quote.total_home, HOME)
    return {
        "remoteness": case.remoteness, "weight": weight, "lines": list(_lines(quote, case)),
        "total": amount(quote.total, card.currency), "home": home, "rate": None if quote.rate is None else format(quote.rate, "f"), "eta": list(quote.eta) if quote.eta else None,
    }  # fmt: skip


def _least(card: Card, zone: str) -> Decimal:
    return card.least_cbm if card.unit == "CBM" else card.leasts.get(zone, card.leasts.get(EVERY_ZONE, ZERO))


def _lines(quote: Quote, case: Case) -> Iterator[dict[str, Any]]:
    """Each line with what it was reckoned from."""
    card, by_code = case.card, {one.code: one for one in case.card.surcharges}
    for line in quote.lines:
        how: dict[str, Any] = {}
        if line.code == "freight":
            how = _how_freight(case)
        elif line.code == "fuel":
            fuel = next((one for one in card.fuels if one.dates.holds(case.parcel.ship_date)), None)
            how = {"percent": plain(fuel.percent)} if fuel else {}
        elif line.code in by_code:
            how = _how_surcharge(by_code[line.code])
        yield {"code": line.code, "amount": amount(line.amount, card.currency), "how": how}


def _how_freight(case: Case) -> dict[str, Any]:
    row, weight = case.row, case.chargeable
    how: dict[str, Any] = {"type": row.type, "weight": plain(weight), "above": plain(row.above)}
    how["upto"] = None if row.upto is None else plain(row.upto)
    if row.type in ("PER_KG", "PER_CBM"):
        how["rate"] = plain(row.rate)
    elif row.type == "FIRST_STEP":
        more = max(weight - row.first, ZERO)
        how |= {"first": plain(row.first), "first_price": plain(row.first_price), "step": plain(row.step)}
        how |= {"step_price": plain(row.step_price), "times": int(-(-more // row.step))}
    if row.min_charge:
        how["least"] = plain(row.min_charge)
    if case.card.discount != 1:
        how["discount"] = plain(case.card.discount)
    return how


def _how_surcharge(one: Surcharge) -> dict[str, Any]:
    how = {"when": one.when, "basis": one.basis, "amount": plain(one.amount)}
    if one.least:
        how["least"] = plain(one.least)
    if one.when == "cargo":
        how["cargo"] = one.cargo
    if one.when == "box":
        how |= {"measure": one.measure, "above": plain(one.above)}
    return how


def _reasons(quote: Quote, parcel: Parcel) -> Iterator[dict[str, Any]]:
    """Why not, each with the limit and what the parcel has."""
    card, zone = quote.card, quote.zone or ""
    pieces = pieces_of(card, parcel.boxes)
    held = {**card.limits.get(EVERY_ZONE, {}), **card.limits.get(zone, {})}
    mosts = {reason: (name, of) for name, reason, of in limits.MOSTS}
    for reason in quote.reasons:
        found: dict[str, Any] = {"code": reason}
        if reason in mosts:
            name, of = mosts[reason]
            found |= {"limit": plain(held[name]), "has": plain(max(of(piece) for piece in pieces))}
        elif reason == "CARGO_NOT_ALLOWED":
            found |= {"limit": sorted(card.cargo), "has": sorted(parcel.cargo - card.cargo)}
        elif reason == "TOO_MANY_BOXES":
            found |= {"limit": plain(held["max_boxes"]), "has": str(sum(piece.quantity for piece in pieces))}
        elif reason == "UNDERSIZE":
            small = (
                (held[name], min(of(p) for p in pieces if p.longest)) for name, of in limits.LEASTS if name in held
            )
            least, has = next((limit, has) for limit, has in small if has < limit)
            found |= {"limit": plain(least), "has": plain(has)}
        elif reason == "NO_RATE" and quote.weighed is not None:
            rows = card.rows_by_zone.get(zone, [])
            ends = [row.upto for row in rows]
            most = None if None in ends or not ends else plain(max(end for end in ends if end is not None))
            least_row = plain(min((row.above for row in rows), default=ZERO))
            found |= {"has": plain(quote.weighed.chargeable), "limit": most, "above": least_row}
        yield found


def plain(number: Decimal) -> str:
    """A number without needless noughts, at most six decimals."""
    text = format(six(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def six(number: Decimal) -> Decimal:
    return number.quantize(MICRO) if -int(number.as_tuple().exponent) > 6 else number


def amount(value: Decimal, currency: str) -> str:
    return format(rounded(value, currency), "f")
