"""A sheet with its headings understood: Chinese or English, full or half width, with or without units in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models.freight.workbook.problem import Cell, CellProblem, Problems
from models.imports.cells import bare, clean
from models.support.words import say

IN_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
UNITS = re.compile(r"(rmb|cny|元|usd|hkd|kg|公斤|票|件|/)+$")
NUMBER = re.compile(r"\d{1,12}(\.\d{1,10})?")
NOT_OFFERED = {"", "/", "-", "–", "—"}
MOST = Decimal(10**9)
HEADINGS_WITHIN = 20
MOST_NAME = 80

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "zones": {
        "zone": ("分区", "区域", "区"),
        "country": ("国家", "国家代码", "国家二字码", "二字码", "countrycode"),
        "postcodes": ("邮编", "邮编段", "postcode", "zip"),
        "min_kg": ("最低计费重", "最低计费重量", "起重"),
        "eta": ("参考时效", "时效", "transit"),
        "eta_kind": ("时效类型", "自然日/工作日", "自然日工作日"),
    },
    "rates": {
        "zone": ("分区", "区域", "区"),
        "country": ("国家", "国家代码", "国家二字码", "二字码", "国家/地区", "countrycode"),
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
        "country": ("国家", "国家代码", "国家二字码"),
        "kind": ("类型",),
        "a": ("起", "邮编", "起始邮编"),
        "b": ("止", "结束邮编"),
        "level": ("等级", "偏远等级"),
    },
}  # fmt: skip


def folded(text: str) -> str:
    """A heading without width, case, spaces, brackets and units."""
    plain = IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text).casefold())
    plain = re.sub(r"\s+", "", plain)
    return UNITS.sub("", plain) or plain


@dataclass(frozen=True)
class Line:
    """A row of a table, read cell by cell. A wrong cell stops the row."""

    sheet: str
    number: int
    cells: dict[str, str]

    def cell(self, column: str) -> Cell:
        return Cell(self.sheet, self.number, column, self.text(column))

    def text(self, column: str) -> str:
        """What the cell says, without signs nobody sees and the apostrophe that keeps our own files from being run."""
        return bare(unicodedata.normalize("NFKC", clean(self.cells.get(column, ""))).strip())

    def name_of(self, column: str) -> str:
        text = self.text(column)
        if len(text) > MOST_NAME:
            raise self.refuse(column, "TOO_LONG", say("At most %(most)s characters.", most=MOST_NAME))
        return text

    def refuse(self, column: str, code: str, words) -> CellProblem:
        return CellProblem(self.cell(column), code, words)

    def number_of(self, column: str, default: Decimal | None = None) -> Decimal:
        """A number; what is not offered (“/”, “-”, empty) gives the default, or is refused without one."""
        text = self.text(column)
        if text in NOT_OFFERED:
            if default is None:
                raise self.refuse(column, "MISSING", say("A number is missing."))
            return default
        plain = re.sub(r"(?i)^(rmb|cny|¥|\$|€)|(kg|cm|元|天|%)$", "", text.replace(",", "").replace(" ", ""))
        if not NUMBER.fullmatch(plain) or Decimal(plain) > MOST:
            raise self.refuse(column, "NOT_A_NUMBER", say("Write a number like 12.5."))
        return Decimal(plain)

    def day(self, column: str) -> date | None:
        text = self.text(column).split(" ")[0].replace("/", "-").replace(".", "-")
        if self.text(column) in NOT_OFFERED:
            return None
        try:
            return date(*map(int, text.split("-")))
        except (ValueError, TypeError):
            raise self.refuse(column, "NOT_A_DATE", say("Write a date like 2026-03-01.")) from None

    def one_of(self, column: str, offered: Sequence[str], default: str = "") -> str:
        text = self.text(column)
        found = {each.casefold(): each for each in offered}.get(text.casefold())
        if found is None and (text not in NOT_OFFERED or not default):
            raise self.refuse(column, "NOT_OFFERED", say("Choose one of: %(offered)s.", offered=", ".join(offered)))
        return found or default

    def is_yes(self, column: str) -> bool:
        text = self.text(column).casefold()
        if text in {"yes", "y", "true", "1", "是"}:
            return True
        if text in NOT_OFFERED | {"no", "n", "false", "0", "否"}:
            return False
        raise self.refuse(column, "NOT_YES_OR_NO", say("Write yes or no."))


@dataclass
class Table:
    """The rows of one sheet below its headings; a value of merged cells counts for the rows below it too."""

    sheet: str
    kind: str
    columns: dict[int, str] = field(default_factory=dict)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @classmethod
    def read(cls, sheet: str, kind: str, rows: Iterable[tuple[int, list[str]]]) -> Table:
        """Finds the headings among the first rows: the row in which most of them are known."""
        rows = list(rows)
        known = {folded(word): name for name, words in ALIASES[kind].items() for word in (name, *words)}
        best = max(rows[:HEADINGS_WITHIN], key=lambda row: len(_columns(row[1], known)), default=None)
        if best is None:
            return cls(sheet, kind)
        return cls(sheet, kind, _columns(best[1], known), [row for row in rows if row[0] > best[0]])

    def lines(self, problems: Problems, carried: Sequence[str] = ()) -> Iterator[Line]:
        """`carried` columns take an empty cell from the row above, as merged cells arrive."""
        before: dict[str, str] = {}
        for number, cells in self.rows:
            values = {name: cells[at] if at < len(cells) else "" for at, name in self.columns.items()}
            if not any(value.strip() for value in values.values()):
                continue
            for name in carried:
                if name in values and not values[name].strip():
                    values[name] = before.get(name, "")
            before = values
            yield Line(self.sheet, number, values)


def _columns(cells: Sequence[str], known: dict[str, str]) -> dict[int, str]:
    """Which column stands where; the first of two with the same heading counts."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        name = known.get(folded(cell)) if cell.strip() else None
        if name and name not in found.values():
            found[at] = name
    return found
