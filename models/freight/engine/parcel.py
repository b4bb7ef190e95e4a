"""What is to be sent: boxes to a place on a day, as somebody asks for a price. Read strictly: a wrong number is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from models.freight.engine.card import CARGO, ZERO
from models.support.errors import Refused

MOST_KG, MOST_CM, MOST_BOXES, MOST_VALUE = Decimal(100_000), Decimal(10_000), 10_000, Decimal(10) ** 12


@dataclass(frozen=True)
class Box:
    """A box of `kg`, its sides in cm, `quantity` times. Sides that nobody gave are zero."""

    kg: Decimal
    sides: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    quantity: int = 1


@dataclass(frozen=True)
class Parcel:
    ship_date: date
    country: str
    boxes: tuple[Box, ...]
    postcode: str = ""
    cargo: frozenset[str] = frozenset({"general"})
    declared_value: Decimal | None = None
    insured: bool = False
    formal_declaration: bool = False

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Parcel:
        """A parcel from plain data, numbers as strings or numbers (docs/freight.md). Raises Refused."""
        boxes = asked.get("boxes")
        if not isinstance(boxes, list) or not boxes:
            raise Refused("Name at least one box.")
        parcel = cls(
            ship_date=_day(asked.get("ship_date")),
            country=_country(asked.get("country")),
            boxes=tuple(_box(box) for box in boxes),
            postcode=_text(asked.get("postcode"), "postcode"),
            cargo=_cargo(asked.get("cargo")),
            declared_value=_maybe(asked.get("declared_value"), "declared_value", MOST_VALUE),
            insured=_yes(asked.get("insured"), "insured"),
            formal_declaration=_yes(asked.get("formal_declaration"), "formal_declaration"),
        )
        if sum(box.quantity for box in parcel.boxes) > MOST_BOXES:
            raise Refused("More than %(most)s boxes at once.", most=MOST_BOXES)
        return parcel


def _box(asked: Any) -> Box:
    if not isinstance(asked, Mapping):
        raise Refused("A box is written as {kg, l, w, h, qty}.")
    kg = _number(asked.get("kg"), "kg", MOST_KG)
    if not kg:
        raise Refused("“%(name)s” must be more than zero.", name="kg")
    sides = [_maybe(asked.get(name), name, MOST_CM) or ZERO for name in ("l", "w", "h")]
    quantity = _number(asked.get("qty", 1), "qty", Decimal(MOST_BOXES))
    if quantity != quantity.to_integral_value() or not quantity:
        raise Refused("“%(name)s” must be a whole number from 1.", name="qty")
    return Box(kg, (sides[0], sides[1], sides[2]), int(quantity))


def _maybe(value: Any, name: str, most: Decimal) -> Decimal | None:
    return None if value in (None, "") else _number(value, name, most)


def _number(value: Any, name: str, most: Decimal) -> Decimal:
    """A number of at most six decimals, not below zero."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise Refused("“%(name)s” must be a number.", name=name)
    try:
        number = Decimal(value.strip() if isinstance(value, str) else str(value))
    except InvalidOperation:
        raise Refused("“%(name)s” must be a number.", name=name) from None
    if not number.is_finite() or number < 0 or number > most:
        raise Refused("“%(name)s” must be between 0 and %(most)s.", name=name, most=str(most))
    return round(number, 6) if -int(number.as_tuple().exponent) > 6 else number


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("“%(name)s” must be a date like 2026-03-01.", name="ship_date") from None


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or len(str(value)) > 40:
        raise Refused("“%(name)s” must be a short text.", name=name)
    return str(value)


def _country(value: Any) -> str:
    country = _text(value, "country").strip().upper()
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise Refused("“%(name)s” must be a country's two letters.", name="country")
    return country


def _cargo(value: Any) -> frozenset[str]:
    if value in (None, []):
        return frozenset({"general"})
    if not isinstance(value, list) or not all(tag in CARGO for tag in value):
        raise Refused("“cargo” is a list of: %(tags)s.", tags=", ".join(CARGO))
    return frozenset(value)


def _yes(value: Any, name: str) -> bool:
    if value in (None, False, True):
        return bool(value)
    raise Refused("“%(name)s” must be true or false.", name=name)
