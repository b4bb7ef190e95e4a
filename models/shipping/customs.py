"""What customs are told of each piece: names in two languages, HS code, origin, value, weight. What a SKU was declared as last is
offered the next time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from models.audit.event import declare, track
from models.catalog.declaring import MOST_DECLARED, checked_hs
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say

LOOKED_BACK = 500
MOST_VALUE_MINOR, MOST_GRAMS = 10**12, 1_000_000
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
KEPT = ("declared_name", "declared_name_cn", "hs_code", "origin")

declare("parcel_declared", say("%(actor)s wrote what customs are told of the parcel %(object)s"), "lines")


def learned(team_id: int, skus: Iterable[str]) -> dict[str, dict[str, str]]:
    """How each SKU was declared last, among the team's latest 500 parcels (SKU → fields); only with an HS code."""
    latest = Parcel.select(Parcel.id).where(Parcel.team == team_id).order_by(Parcel.number.desc()).limit(LOOKED_BACK)
    ids = [parcel.id for parcel in latest]
    query = ParcelLine.select().where(
        ParcelLine.parcel.in_(ids), ParcelLine.sku.in_(sorted(set(skus))), ParcelLine.hs_code != ""
    )
    return {line.sku: {name: getattr(line, name) for name in KEPT} for line in query.order_by(ParcelLine.id)}


def declare_lines(parcel: Parcel, told: Mapping[int, Mapping[str, Any]], *, by: Any = None) -> None:
    """Writes the customs lines of a parcel that has not left (line id → fields). Raises FieldRefused, Refused; then nothing
    has changed."""
    with write_txn():
        if not parcel.reload().is_open:
            raise Refused("The parcel has left; what customs were told stays.")
        lines = {line.id: line for line in ParcelLine.of(parcel)}
        for number, fields in told.items():
            if number in lines:
                lines[number].change(**_checked(number, fields))
        track("parcel_declared", parcel, by=by, lines=len(told))


def _checked(number: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    code = checked_hs(fields["hs_code"], f"hs_code-{number}")
    origin = fields["origin"].strip().upper()
    if not COUNTRY.fullmatch(origin):
        raise FieldRefused(f"origin-{number}", "The country's two letters, such as CN.")
    return {
        "declared_name": fields["declared_name"][:MOST_DECLARED],
        "declared_name_cn": fields["declared_name_cn"][:MOST_DECLARED],
        "hs_code": code, "origin": origin, "value_minor": _within(fields["value_minor"], MOST_VALUE_MINOR),
        "grams": _within(fields["grams"], MOST_GRAMS),
    }  # fmt: skip


def _within(number: int | None, most: int) -> int:
    return min(max(number or 0, 0), most)
