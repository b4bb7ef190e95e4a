"""An answer as it is read on a page, a print and a customer's message: from its plain data, live or kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models.freight.answering import plain
from models.freight.edges import Edge
from models.freight.engine.charges import rounded
from models.freight.engine.quoting import HOME
from models.freight.explaining import (
    LEVELS,
    UNITS,
    how_words,
    line_words,
    reason_words,
    warning_words,
    weight_words,
)
from models.support.money import Money
from views.support import format as figures
from views.support.language import choose_locale


@dataclass(frozen=True)
class EdgeShown:
    weight: str
    by: str
    total: str
    change: str
    is_cheaper: bool


@dataclass(frozen=True)
class Shown:
    """Everything in words and figures. `other` is the total in the currency the reader chose besides."""

    code: str
    name: str
    total: str = ""
    home: str = ""
    other: str = ""
    days: str = ""
    chargeable: str = ""
    whys: list[str] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    is_incomplete: bool = False

    def text(self) -> str:
        """For a customer: what it costs, how long it takes, and every line."""
        parts = [self.total, *(f"≈ {text}" for text in (self.other,) if text)]
        head = f"{self.name}: {' '.join(parts)}" + (f" · {self.days}" if self.days else "")
        lines = [f"  {line['label']}: {line['amount']}" for line in self.lines if not line.get("is_total")]
        weight = [f"  {_('Chargeable weight')}: {self.chargeable}"] if self.chargeable else []
        return "\n".join([head, *weight, *lines, *(f"  {warning}" for warning in self.warnings)])


def shown(data: Mapping[str, Any], *, other: str = "", rates: Mapping[str, Decimal] | None = None) -> Shown:
    """`other` names a currency of `rates` (CNY for one unit) in which the total is shown too."""
    unit = data["unit"]
    base: dict[str, Any] = {
        "code": data["channel"], "name": shown_name(data), "warnings": [str(warning_words(code)) for code in data["warnings"]],
        "reasons": [str(reason_words(reason, unit)) for reason in data["reasons"]], "facts": _facts(data),
    }  # fmt: skip
    if data["reasons"]:
        return Shown(**base)
    weight, currency = data["weight"], data["currency"]
    return Shown(
        **base,
        total=money(data["total"], currency),
        home=money(data["home"], HOME) if data["home"] is not None and currency != HOME else "",
        other=_in_other(data, other, rates or {}),
        days=_days(data["eta"]),
        chargeable=measure(weight["chargeable"], unit),
        whys=[str(words) for words in weight_words(weight, unit)],
        lines=[*_lines(data), {"label": _("Total"), "amount": money(data["total"], currency), "is_total": True}],
        is_incomplete="FUEL_RATE_MISSING" in data["warnings"],
    )


def edges_shown(edges: Iterable[Edge], unit: str, currency: str) -> list[EdgeShown]:
    return [
        EdgeShown(
            measure(plain(edge.weight), unit),
            _signed(edge.by, unit),
            money(edge.total, currency),
            figures.money(-Money.of(edge.saved, currency).amount_minor, currency, plus=True),
            edge.saved > 0,
        )
        for edge in edges
    ]


def hints_shown(hints: Iterable[Edge], unit: str, currency: str) -> list[str]:
    """What a little less or more weight would save."""
    found = []
    for edge in hints:
        given = {
            "by": measure(plain(abs(edge.by)), unit), "weight": measure(plain(edge.weight), unit),
            "total": money(edge.total, currency), "saved": money(edge.saved, currency),
        }  # fmt: skip
        if edge.by < 0:
            found.append(_("%(by)s less (%(weight)s) costs %(total)s: %(saved)s saved.", **given))
        else:
            found.append(
                _("Heavier is cheaper here: at %(weight)s it costs %(total)s, %(saved)s less. Ask whether the carrier lets you declare it so.", **given)
            )  # fmt: skip
    return found


def money(amount: str | Decimal, currency: str) -> str:
    return figures.money(Money.of(amount, currency).amount_minor, currency)


def measure(number: str, unit: str) -> str:
    return f"{figures.decimal(Decimal(number))}{figures.NO_BREAK}{UNITS[unit]}"


def _signed(number: Decimal, unit: str) -> str:
    text = measure(plain(number), unit)
    return text if number < 0 else f"+{text}"


def _in_other(data: Mapping[str, Any], other: str, rates: Mapping[str, Decimal]) -> str:
    if not other or other in (data["currency"], HOME) or data["home"] is None or not rates.get(other):
        return ""
    return money(rounded(Decimal(data["home"]) / rates[other], other), other)


def shown_name(data: Mapping[str, Any]) -> str:
    """What the channel is called in the reader's language."""
    return data["name_cn"] if choose_locale().startswith("zh") and data.get("name_cn") else data["name"]


def _days(eta: list[int] | None) -> str:
    if not eta:
        return ""
    if eta[0] == eta[1]:
        return ngettext("%(num)s day", "%(num)s days", eta[0])
    return _("%(least)s–%(most)s days", least=eta[0], most=eta[1])


def _lines(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for line in data["lines"]:
        why = " · ".join(str(words) for words in how_words(line["how"], data["unit"]))
        found.append(
            {"label": str(line_words(line["code"])), "why": why, "amount": money(line["amount"], data["currency"])}
        )
    return found


def _facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    included = {"fuel": _("fuel"), "duty": _("duty"), "clearance": _("customs clearance")}
    facts = [(_("Price sheet"), _("version %(number)s", number=data["version"]))]
    if data.get("zone"):
        facts.append((_("Zone"), data["zone"]))
    if data.get("remoteness"):
        facts.append((_("Area"), str(LEVELS.get(data["remoteness"], data["remoteness"]))))
    if data["includes"]:
        facts.append((_("Price includes"), ", ".join(included[name] for name in data["includes"])))
    return facts
