"""What the columns of a carrier's bill are, and a billed parcel from its rows: a column for each fee, or a row for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.freight.kept_quote import waybill_of
from models.freight.reconciling import CODES, OTHER, ZERO, Charge
from models.imports.cells import CellRefused, day
from models.imports.fields import Field, Part
from models.imports.importer import CellError, Record, Row
from models.support.errors import FieldRefused, Refused
from models.support.money import Money
from models.support.words import say

FEE = "fee:"
MOST_AMOUNT, MOST_KG = Decimal(10**9), Decimal(100_000)
FIELDS = (
    Field("waybill", say("Waybill"), ("运单号", "运单号码", "跟踪号", "追踪号", "快递单号", "转单号", "单号", "提单号", "waybill no",
          "waybill number", "tracking", "tracking number", "tracking no", "awb", "hawb", "shipment number", "reference"), required=True),
    Field("kg", say("Billed weight in kg"), ("计费重", "计费重量", "计费重kg", "计费重量kg", "结算重", "结算重量", "收费重", "收费重量", "重量", "重量kg",
          "billed weight", "billed kg", "charged weight", "charge weight", "chargeable weight", "weight", "weight kg")),
    Field("total", say("Total"), ("总费用", "费用合计", "合计", "总金额", "总计", "应收金额", "应收", "小计", "total amount", "total fee",
          "total charge", "sum")),
    Field("currency", say("Currency"), ("币种", "币别", "货币", "cur")),
    Field("date", say("Day"), ("日期", "发货日期", "出货日期", "账单日期", "业务日期", "收货日期", "ship date", "shipping date", "billing date")),
    Field("fee_code", say("Name of a fee, in a row of its own"), ("费用名称", "费用项", "费用项目", "费用类型", "费用代码", "fee code", "fee name",
          "charge type", "charge code", "charge name", "charge description")),
    Field("amount", say("Amount of a fee, in a row of its own"), ("金额", "费用金额", "费用", "charge amount", "fee amount", "charge")),
    Field("fee", say("Fee"), ("附加费", "费", "surcharge", "fee"), part=Part(r"\w[\w .\-]{0,39}", words=CODES, offered=tuple(CODES)),
          alone=CODES),
)  # fmt: skip
TEMPLATE = (
    "waybill",
    "kg",
    "fee:freight",
    "fee:handling",
    "fee:fuel",
    "fee:remote",
    "fee:other",
    "total",
    "currency",
    "date",
)
SIGNS = {"¥": "CNY", "￥": "CNY", "rmb": "CNY", "cny": "CNY", "人民币": "CNY", "元": "CNY", "$": "USD", "us$": "USD", "usd": "USD",
         "美元": "USD", "€": "EUR", "eur": "EUR", "欧元": "EUR", "£": "GBP", "gbp": "GBP", "hkd": "HKD", "hk$": "HKD", "港币": "HKD"}  # fmt: skip
NOTHING = {"", "-", "/", "—"}


@dataclass(frozen=True)
class Billed:
    """A parcel as the carrier bills it."""

    waybill: str
    row: int
    on: date | None
    charge: Charge


def key_of(row: Row) -> str:
    """Rows of one waybill belong together."""
    try:
        return waybill_of(row["waybill"])
    except FieldRefused as refused:
        raise CellRefused(refused.words) from None


class Reader:
    """Reads the parcels of a bill in one currency; what is wrong with a row is noted in `errors`."""

    def __init__(self, columns: frozenset[str], currency: str):
        self.fees = sorted(column for column in columns if column.startswith(FEE))
        self.has_codes = "fee_code" in columns
        self.total = "total" if "total" in columns or self.has_codes or self.fees else "amount"
        self.currency = currency
        self.errors: list[CellError] = []

    def read(self, record: Record) -> Billed | None:
        """None when a row of it cannot be read."""
        self.errors = []
        for row in record.rows:
            self._cell(row, "currency", self._same_currency)
        weight = self._one(record, "kg", _weight)
        on = self._one(record, "date", day)
        lines = [line for row in record.rows for line in self._lines(row)]
        total = self._total(record, lines)
        if self.errors or total is None:
            return None
        return Billed(record.key, record.rows[0].number, on, Charge(total, tuple(lines), weight))

    def _lines(self, row: Row) -> list[tuple[str, Decimal]]:
        found = [(column[len(FEE) :], self._cell(row, column, self._amount)) for column in self.fees]
        if self.has_codes or self.total != "amount":
            found.append((row["fee_code"] or OTHER, self._cell(row, "amount", self._amount)))
        return [(code, amount) for code, amount in found if amount]

    def _total(self, record: Record, lines: list[tuple[str, Decimal]]) -> Decimal | None:
        """Rows of fees say the same total each time; of other rows each has its own, and they add up."""
        if self.has_codes:
            told = self._one(record, self.total, self._amount)
        else:
            amounts = [self._cell(row, self.total, self._amount) for row in record.rows]
            told = (
                sum((amount for amount in amounts if amount is not None), ZERO)
                if any(a is not None for a in amounts)
                else None
            )
        if told is None and not lines and not self.errors:
            self._fail(record.rows[0], self.total, say("A total is missing, or the fees it is made of."))
        return told if told is not None else sum((amount for _code, amount in lines), ZERO)

    def _one(self, record: Record, name: str, read: Callable[[str], Any]) -> Any:
        told = [row for row in record.rows if row[name] not in NOTHING]
        for row in told[1:]:
            if row[name] != told[0][name]:
                self._fail(
                    row,
                    name,
                    say(
                        "Row %(row)s of the same parcel says “%(value)s”.", row=told[0].number, value=told[0][name][:40]
                    ),
                )
        return self._cell(told[0], name, read) if told else None

    def _cell(self, row: Row, name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(row[name])
        except Refused as refused:
            self._fail(row, name, refused.words)
            return None

    def _fail(self, row: Row, name: str, words: Any) -> None:
        self.errors.append(CellError(row.number, name, row[name][:80], words))

    def _same_currency(self, text: str) -> None:
        if text and SIGNS.get(text.casefold(), text.upper()) != self.currency:
            raise CellRefused("This bill is in %(currency)s.", currency=self.currency)

    def _amount(self, text: str) -> Decimal | None:
        """An amount like 12.5, -3, (3.00), ¥1,234.50 or RMB 12.5, rounded to the currency's decimals."""
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text).replace("\u2212", "-"))
        if plain in NOTHING:
            return None
        found = re.fullmatch(
            r"(\()?([-+])?([^\d.,()+-]{0,4})([-+])?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(\.\d{1,6})?([^\d.,()+-]{0,4})(\))?",
            plain,
        )
        if found is None or bool(found[1]) != bool(found[8]):
            raise CellRefused("Write an amount like 12.5.")
        for sign in (found[3], found[7]):
            self._same_sign(sign)
        amount = Decimal(found[5].replace(",", "") + (found[6] or ""))
        if amount > MOST_AMOUNT:
            raise CellRefused("Write an amount like 12.5.")
        is_negative = bool(found[1]) != ("-" in (found[2], found[4]))
        return Money.of(-amount if is_negative else amount, self.currency).amount

    def _same_sign(self, sign: str) -> None:
        if not sign:
            return
        if sign.casefold() not in SIGNS:
            raise CellRefused("Write an amount like 12.5.")
        self._same_currency(sign)


def _weight(text: str) -> Decimal | None:
    plain = re.sub(r"\s|kgs?$", "", unicodedata.normalize("NFKC", text).casefold())
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", plain) or Decimal(plain) > MOST_KG:
        raise CellRefused("Write a weight like 0.35.")
    return Decimal(plain)
