"""Headings of price sheets, and what they mean: Chinese or English, in any width and case, with or without units in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

IN_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
UNITS = re.compile(r"(rmb|cny|元|usd|hkd|kg|公斤|票|件|/)+$")
LONGEST = 120  # What is longer is no heading.
CURRENCIES = {
    "rmb": "CNY", "cny": "CNY", "元": "CNY", "人民币": "CNY", "usd": "USD", "us$": "USD", "美元": "USD", "hkd": "HKD", "hk$": "HKD",
    "港币": "HKD", "eur": "EUR", "€": "EUR", "欧元": "EUR", "gbp": "GBP", "£": "GBP", "英镑": "GBP", "jpy": "JPY", "日元": "JPY",
}  # fmt: skip
SHARED_SIGNS = {"¥": {"CNY", "JPY"}, "$": {"USD", "HKD", "AUD", "CAD", "SGD", "NZD", "TWD", "MXN"}}
SIGNS = "|".join(map(re.escape, sorted((*CURRENCIES, *SHARED_SIGNS), key=len, reverse=True)))

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "zones": {
        "zone": ("分区", "区域", "区"),
        "country": ("国家", "国家/地区"),
        "country_code": ("国家二字码", "二字码", "国家代码", "countrycode"),
        "postcodes": ("邮编", "邮编段", "postcode", "zip"),
        "min_kg": ("最低计费重", "最低计费重量", "起重"),
        "eta": ("参考时效", "时效", "transit"),
        "eta_kind": ("时效类型", "自然日/工作日", "自然日工作日"),
    },
    "rates": {
        "zone": ("分区", "区域", "区"),
        "country": ("国家", "国家/地区"),
        "country_code": ("国家二字码", "二字码", "国家代码", "countrycode"),
        "band": ("重量", "重量段", "weight", "weightband"),
        "type": ("计费方式", "类型"),
        "rate": ("运费", "公斤运费", "公斤价", "perkg"),
        "first_kg": ("首重", "首重重量"),
        "first_price": ("首重价格", "首重运费", "首重价"),
        "step_kg": ("续重", "续重单位"),
        "step_price": ("续重价格", "续重运费", "续重价"),
        "price": ("价格", "一口价"),
        "handling": ("挂号费", "处理费", "操作费", "挂号服务费", "registrationfee"),
        "min_charge": ("最低收费", "最低运费", "minimum"),
        "min_kg": ("最低计费重", "最低计费重量"),
        "step": ("进位制", "进位", "rounding"),
        "eta": ("参考时效", "时效", "transit"),
    },
    "limits": {
        "zone": ("分区", "区域"),
        "max_actual_kg": ("最大重量", "限重"),
        "max_longest_cm": ("最长边", "最大长度"),
        "max_second_cm": ("第二边",),
        "max_third_cm": ("第三边",),
        "max_girth_cm": ("最大围长", "围长"),
        "max_sum_cm": ("三边和", "三边之和"),
        "min_longest_cm": ("最小长度",),
        "min_second_cm": ("最小宽度",),
        "max_boxes": ("最多箱数", "件数限制"),
    },
    "surcharges": {
        "code": ("代码", "附加费代码"),
        "when": ("条件", "触发"),
        "level": ("等级", "偏远等级"),
        "cargo": ("货物", "货物属性"),
        "measure": ("度量", "测量"),
        "gt": ("超过", "大于"),
        "basis": ("计费基础", "收费方式"),
        "amount": ("金额", "费用"),
        "min": ("最低", "最低收费"),
        "from": ("开始", "开始日期", "生效日期"),
        "to": ("结束", "结束日期", "失效日期"),
        "zones": ("分区", "区域"),
        "group": ("组", "分组"),
        "combine": ("合并", "合并方式"),
        "fuelable": ("计燃油", "含燃油"),
    },
    "fuel": {
        "from": ("开始", "开始日期", "生效日期"),
        "to": ("结束", "结束日期", "失效日期"),
        "pct": ("燃油", "燃油费率", "费率", "percent"),
        "pct_fraction": ("燃油小数",),
    },
    "remote": {
        "country": ("国家", "国家/地区"),
        "country_code": ("国家二字码", "二字码", "国家代码", "countrycode"),
        "kind": ("类型",),
        "a": ("起", "邮编", "起始邮编"),
        "b": ("止", "结束邮编"),
        "level": ("等级", "偏远等级"),
    },
}  # fmt: skip


# A row of prices has a band and a price; one without either is a note. Two columns that mean the same price are a mistake.
PRICES = ("rate", "first_price", "step_price", "price", "handling", "min_charge")
CORE = {"rates": ("band", *PRICES)}


def folded(text: str) -> str:
    """A heading without width, case, spaces, brackets and units."""
    plain = IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text[:LONGEST]).casefold())
    plain = re.sub(r"\s+", "", plain)
    return UNITS.sub("", plain) or plain


def currencies_in(heading: str) -> set[str]:
    """Which currencies a heading names: 运费(RMB/KG) is in CNY."""
    words = re.findall(SIGNS, unicodedata.normalize("NFKC", heading[:LONGEST]).casefold())
    return {CURRENCIES[word] for word in words if word in CURRENCIES}


@cache
def known_headings(kind: str) -> dict[str, str]:
    return {folded(word): name for name, words in ALIASES[kind].items() for word in (name, *words)}


def columns_of(cells: Sequence[str], known: dict[str, str]) -> dict[int, str]:
    """Which column stands where; the first of two with the same heading counts."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        name = known.get(folded(cell)) if cell.strip() else None
        if name and name not in found.values():
            found[at] = name
    return found


def are_headings(cells: Sequence[str], known: dict[str, str]) -> bool:
    """Is every cell of a row a heading that is known, or a unit like (RMB/KG)?"""
    filled = [folded(cell) for cell in cells if cell.strip()]
    return len(filled) > 1 and all(
        text in known or not text or ("/" in text and UNITS.fullmatch(text)) for text in filled
    )


def joined(above: Sequence[str], below: Sequence[str], known: dict[str, str]) -> list[str]:
    """Two rows of headings as one: the lower one is the more exact, a unit is not."""
    width = max(len(above), len(below))
    one, other = ([*cells, *[""] * (width - len(cells))] for cells in (above, below))
    return [
        lower if lower.strip() and folded(lower) in known else upper for upper, lower in zip(one, other, strict=True)
    ]
