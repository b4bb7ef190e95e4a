"""What a carrier bills against what was quoted, line by line: the classes of docs/freight.md, "Carriers' bills". It knows no
database: two charges in one currency in, a finding out.

A line that differs by a hundredth at most does not differ. Several classes may hold; the main one is that with the most money.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO, TOLERANCE = Decimal(0), Decimal("0.01")
OTHER, TOTAL = "other", "total"
CODES = {
    "freight": ("freight", "base freight", "transport", "运费", "基本运费", "基础运费", "快递费"),
    "handling": ("handling", "handling fee", "registration", "registration fee", "processing", "挂号费", "处理费", "操作费", "挂号", "处理"),
    "fuel": ("fuel", "fuel surcharge", "fuel fee", "燃油", "燃油费", "燃油附加费", "燃油附加"),
    "remote": ("remote", "remote area", "remote surcharge", "偏远", "偏远费", "偏远附加费", "偏远地区附加费"),
    "duty": ("duty", "duties", "tax", "关税", "税费", "税金"),
    "insurance": ("insurance", "insurance fee", "保险", "保险费", "保价费"),
    "customs": ("customs", "customs fee", "declaration", "报关费", "清关费", "报关", "清关"),
    "signature": ("signature", "signature fee", "签收费", "签名费"),
    "oversize": ("oversize", "oversize fee", "超长费", "超尺寸费", "超尺寸附加费"),
    "overweight": ("overweight", "overweight fee", "超重费", "超重附加费"),
    OTHER: ("other", "other fee", "others", "其他", "其他费", "其他费用", "杂费"),
}  # fmt: skip


@dataclass(frozen=True)
class Charge:
    """A price or a bill for one parcel. `weight` is None where none is told; without lines the total stands for itself."""

    total: Decimal
    lines: tuple[tuple[str, Decimal], ...] = ()
    weight: Decimal | None = None

    @property
    def by_code(self) -> dict[str, Decimal]:
        """Amounts by code, in the order in which the codes come; what the lines leave of the total is one more."""
        found: dict[str, Decimal] = {}
        for code, amount in self.lines:
            found[code_of(code)] = found.get(code_of(code), ZERO) + amount
        if rest := self.total - sum(found.values(), ZERO):
            found[OTHER] = found.get(OTHER, ZERO) + rest
        return {code: amount for code, amount in found.items() if amount}


@dataclass(frozen=True)
class Compared:
    """A line on both sides; None where a side does not have it."""

    code: str
    quoted: Decimal | None
    billed: Decimal | None

    @property
    def difference(self) -> Decimal:
        return (self.billed or ZERO) - (self.quoted or ZERO)

    @property
    def differs(self) -> bool:
        return abs(self.difference) > TOLERANCE


@dataclass(frozen=True)
class Finding:
    """`classes` begin with the main one. `difference` is what is billed beyond the quote."""

    classes: tuple[str, ...]
    lines: tuple[Compared, ...]

    @property
    def main(self) -> str:
        return self.classes[0]

    @property
    def difference(self) -> Decimal:
        return sum((line.difference for line in self.lines), ZERO)


def reconcile(
    quoted: Charge | None, billed: Charge | None, step: Decimal = ZERO, *, billed_before: bool = False
) -> Finding:
    """What holds of a parcel: quoted and not billed, billed and not quoted, billed before, or both to be compared.

    `step` is that of the card's rounding at the quoted weight: so much more is still the same weight.
    """
    if billed is None:
        return Finding(("MISSING",), compared(quoted, None))
    if billed_before:
        return Finding(("DUPLICATE",), compared(None, billed))
    if quoted is None:
        return Finding(("NOT_OURS",), compared(None, billed))
    lines = compared(quoted, billed)
    return Finding(_classes(lines, is_heavier(quoted, billed, step)), lines)


def is_heavier(quoted: Charge, billed: Charge, step: Decimal) -> bool:
    """Is it billed for more than a step above the quoted weight?"""
    return billed.weight is not None and quoted.weight is not None and billed.weight - quoted.weight > step


def compared(quoted: Charge | None, billed: Charge | None) -> tuple[Compared, ...]:
    """Both sides code by code, the quote's order first. A bill that tells no lines is compared by its total alone."""
    if quoted is not None and billed is not None and not (quoted.lines and billed.lines):
        return (Compared(TOTAL, quoted.total, billed.total),)
    ours, theirs = (side.by_code if side else {} for side in (quoted, billed))
    return tuple(Compared(code, ours.get(code), theirs.get(code)) for code in dict.fromkeys((*ours, *theirs)))


def _classes(lines: Iterable[Compared], heavier: bool) -> tuple[str, ...]:
    of_quote = sum((abs(line.difference) for line in lines if line.differs and line.quoted is not None), ZERO)
    extra = sum((abs(line.difference) for line in lines if line.differs and line.quoted is None), ZERO)
    if not of_quote and not extra:
        return ("OK", "WEIGHT") if heavier else ("OK",)
    found = ["WEIGHT"] if heavier else ["RATE"] if of_quote else []
    if extra:
        found.insert(0 if extra > of_quote else len(found), "SURCHARGE_EXTRA")
    return tuple(found)


def code_of(text: str) -> str:
    """A fee by the name under which quotes know it; one that is not known keeps its own, folded."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    return _KNOWN.get(plain, plain[:40] or OTHER)


_KNOWN = {re.sub(r"[\W_]+", "", name): code for code, names in CODES.items() for name in names}
