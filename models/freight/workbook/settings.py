"""The sheet `card`: keys and values that say how the channel counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from models.freight.engine.card import CARGO, PIECES_MODES, VOLUME_MODES, Between, Round
from models.freight.workbook.headings import folded
from models.freight.workbook.problem import WARNING, Cell, CellProblem, Problems
from models.freight.workbook.table import Line, plain
from models.support.words import say

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
NUMBERS = {
    "vol_divisor": "divisor", "vol_ratio": "ratio", "vol_side_cm": "side", "vol_share": "share", "box_min_kg": "box_least",
    "box_round_kg": "box_step", "kg_per_cbm": "kg_per_cbm", "min_cbm": "least_cbm", "cbm_step": "cbm_step",
    "discount": "discount",
}  # fmt: skip
ABOVE_ZERO = {"vol_divisor", "kg_per_cbm", "discount"}
PARTS_OF_ONE = {"vol_share", "discount"}
CHOICES = {
    "uom": ("unit", ("KG", "CBM")),
    "vol_mode": ("volume_mode", VOLUME_MODES),
    "pieces_mode": ("pieces_mode", PIECES_MODES),
}
ALIASES = {
    "channel_code": ("渠道代码", "产品代码", "产品编号"), "currency": ("币种", "货币"), "uom": ("计费单位",),
    "effective_from": ("生效日期", "生效时间"), "effective_to": ("失效日期", "失效时间"), "vol_mode": ("计泡方式",),
    "vol_divisor": ("材积除数", "体积重除数", "材积基数"), "vol_share": ("分泡比例",), "dim_round": ("尺寸取整",),
    "discount": ("折扣",), "cargo_allowed": ("可走货物", "货物属性"), "round_steps": ("进位制", "进位"),
}  # fmt: skip
KEYS = {*NUMBERS, *CHOICES, "channel_code", "currency", "effective_from", "effective_to", "dim_round", "fuel_on_handling",
        "cargo_allowed", "round_steps"}  # fmt: skip


_KEYS = {folded(word): key for key, words in ALIASES.items() for word in words}


def key_of(cell: str) -> str:
    """The key a cell means, in English or Chinese."""
    key = plain(cell).casefold()
    return _KEYS.get(folded(key), key)


def read_settings(sheet: str, rows: Iterable[tuple[int, list[str]]], problems: Problems) -> dict[str, Any]:
    """Fields of a card by name, from rows of key and value."""
    found: dict[str, Any] = {}
    dates: dict[str, Any] = {}
    said: dict[str, str] = {}
    for number, cells in rows:
        key = key_of(cells[0]) if cells else ""
        line = Line(sheet, number, {key: cells[1] if len(cells) > 1 else ""})
        if key in ("key", "键", ""):
            continue
        try:
            if key in ("effective_from", "effective_to"):
                dates[key] = line.day(key)
            elif key in KEYS:
                found.update(_field(key, line))
            else:
                problems.add(Cell(sheet, number, key[:40], ""), "UNKNOWN_KEY", say("There is no such key."), WARNING)
            if key in PARTS_OF_ONE and found.get(NUMBERS[key], 0) > 1:
                words = say("This is a part of one, and more than one: 0.95 means 95 per cent.")
                problems.add(line.cell(key), "TOO_MUCH", words, WARNING)
            if key in KEYS and said.setdefault(key, line.text(key)) != line.text(key):
                raise line.refuse(key, "TWICE", say("This key stands twice, with another value."))
        except CellProblem as wrong:
            problems.add(wrong.cell, wrong.code, wrong.words)
    first, last = dates.get("effective_from"), dates.get("effective_to")
    if first and last and last < first:
        problems.add(Cell(sheet, 0, "effective_to", str(last)), "DATES", say("The last day lies before the first."))
    return found | {"dates": Between(first, last)}


def _field(key: str, line: Line) -> dict[str, Any]:
    text = line.text(key)
    if key in NUMBERS:
        return {NUMBERS[key]: _number(key, line)} if text else {}
    if key in CHOICES:
        name, offered = CHOICES[key]
        return {name: line.one_of(key, offered, default=offered[0])}
    if key == "channel_code":
        if not CODE.fullmatch(text):
            raise line.refuse(key, "CODE", say("A code has letters, digits, dots or hyphens, at most 40."))
        return {"channel": text}
    if key == "currency":
        if not re.fullmatch(r"[A-Za-z]{3}", text):
            raise line.refuse(key, "CURRENCY", say("Write a currency like CNY."))
        return {"currency": text.upper()}
    if key == "dim_round":
        return {"ceil_sides": line.one_of(key, ("none", "ceil_cm"), default="none") == "ceil_cm"}
    if key == "fuel_on_handling":
        return {"fuel_on_handling": line.is_yes(key)}
    if key == "cargo_allowed":
        return {"cargo": _cargo(key, line)}
    return {"rounds": _rounds(key, line)}


def _number(key: str, line: Line) -> Decimal:
    number = line.number_of(key, Decimal(0))
    if key in ABOVE_ZERO and not number:
        raise line.refuse(key, "ZERO", say("This number must be more than zero."))
    return number


def _cargo(key: str, line: Line) -> frozenset[str]:
    tags = frozenset(tag for tag in re.split(r"[|,;、\s]+", line.text(key).casefold()) if tag)
    if unknown := sorted(tags - set(CARGO)):
        words = say("There is no cargo tag %(tag)s. Use: %(tags)s.", tag=unknown[0], tags=", ".join(CARGO))
        raise line.refuse(key, "CARGO", words)
    return tags or frozenset({"general"})


def _rounds(key: str, line: Line) -> tuple[Round, ...]:
    """`21:0.5|*:1`: below 21 kg to half kilograms, the rest to whole ones."""
    found = []
    for part in filter(None, re.split(r"[|;]", line.text(key).replace(" ", ""))):
        match = re.fullmatch(r"(\*|\d{1,7}(?:\.\d{1,6})?):(\d{1,7}(?:\.\d{1,6})?)", part)
        if match is None:
            raise line.refuse(key, "ROUND", say("Write rounding like 21:0.5|*:1."))
        found.append(Round(None if match[1] == "*" else Decimal(match[1]), Decimal(match[2])))
    return tuple(sorted(found, key=lambda rule: (rule.below is None, rule.below or 0)))
