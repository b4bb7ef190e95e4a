"""What the columns of a bank's file are, in English and Chinese, and one line from its row.

Money that came in is above zero. A file says so by a sign, by two columns, or by a column of its own that says debit or credit.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.freight.bills.columns import SIGNS
from models.imports.cells import CellRefused
from models.imports.fields import Field
from models.imports.importer import CellError
from models.support.errors import FieldRefused
from models.support.money import Money
from models.support.words import say
from models.vault.data_key import root_keys
from models.wallet.wallet import CURRENCIES, MOST

FIELDS = (
    Field("date", say("Day"), ("交易日期", "记账日期", "入账日期", "日期", "交易时间", "记账时间", "起息日", "booking date", "transaction date",
          "value date", "posting date", "posted", "transaction time", "buchungstag"), required=True),
    Field("amount", say("Amount"), ("交易金额", "发生额", "金额", "transaction amount", "amount", "betrag")),
    Field("credit", say("Money in"), ("收入", "收入金额", "贷方金额", "贷方发生额", "贷方", "存入", "入账金额", "转入金额", "credit amount", "credit",
          "paid in", "deposit", "deposits", "money in")),
    Field("debit", say("Money out"), ("支出", "支出金额", "借方金额", "借方发生额", "借方", "支取", "转出金额", "debit amount", "debit", "paid out",
          "withdrawal", "withdrawals", "money out")),
    Field("direction", say("Debit or credit"), ("借贷标志", "借贷", "借贷方向", "收支", "收/支", "收支类型", "交易方向", "debit/credit", "dr/cr", "type",
          "credit/debit indicator")),
    Field("currency", say("Currency"), ("币种", "币别", "货币", "交易币种", "cur", "ccy", "währung")),
    Field("reference", say("Reference"), ("交易流水号", "流水号", "交易流水", "业务流水号", "凭证号", "交易参考号", "参考号", "业务参考号", "bank reference",
          "transaction id", "transaction reference", "reference number", "ref", "ref no")),
    Field("summary", say("Summary"), ("摘要", "附言", "用途", "备注", "交易摘要", "客户附言", "交易附言", "description", "details", "narrative",
          "remark", "remarks", "memo", "payment details", "purpose", "verwendungszweck")),
    Field("counterparty", say("Counterparty"), ("对方户名", "对方名称", "对方账户名称", "对方单位", "对方单位名称", "付款人", "付款人名称", "收/付方名称",
          "counterparty name", "payer", "payer name", "payee", "beneficiary", "name")),
    Field("balance", say("Balance"), ("余额", "账户余额", "本次余额", "当前余额", "running balance", "account balance", "saldo")),
)  # fmt: skip
TEMPLATE = ("date", "amount", "currency", "reference", "summary", "counterparty", "balance")
INTO = {"贷", "贷方", "收", "收入", "入", "存入", "转入", "c", "cr", "credit", "in", "+"}
OUT = {"借", "借方", "支", "支出", "出", "支取", "转出", "d", "dr", "debit", "out", "-"}
NOTHING = {"", "-", "/", "—", "--"}
MOST_REFERENCE, MOST_TEXT = 64, 400
FIRST_YEAR, LAST_YEAR = 2000, 2100
AMOUNT = re.compile(
    r"(\()?([-+])?([^\d.,()+-]{0,4})([-+])?"
    r"(\d{1,14}(?:\.\d{1,3})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,3})?|\d{1,3}(?:\.\d{3})*,\d{2})([^\d.,()+-]{0,4})(\))?",
    re.ASCII,
)  # fmt: skip
NO_AMOUNT = say("Write an amount like 1,250.00.")


@dataclass(frozen=True)
class BankRow:
    """A line as the bank says it; amounts in minor units, below zero where money went out."""

    number: int
    booked_on: date
    amount_minor: int
    currency: str
    reference: str = ""
    summary: str = ""
    counterparty: str = ""
    balance_minor: int | None = None

    def fingerprint(self, account: str) -> str:
        """The same line in another file of the account has the same one; so have two lines of a day that say the same. It is made
        with a key, since it is of what is sealed."""
        parts = (
            account,
            self.booked_on,
            self.amount_minor,
            self.currency,
            self.reference,
            self.summary,
            self.counterparty,
            self.balance_minor,
        )
        text = "\x1f".join(map(str, parts)).encode("utf-8", "replace")
        return hmac.new(root_keys().derive("bank lines", 1), text, hashlib.sha256).hexdigest()


def require_amounts(mapping: list[str]) -> None:
    """Raises FieldRefused where no column says how much."""
    if not {"amount", "credit", "debit"} & set(mapping):
        raise FieldRefused("mapping", "Say which column is the amount, or which are money in and money out.")


def read_row(number: int, cells: Mapping[str, str], currency: str) -> BankRow | list[CellError]:
    """A line, or what is wrong with its row, without the cell: a person's name may stand in the wrong column. `currency` is that of
    the file, where the row says none."""
    errors: list[CellError] = []

    def cell(name: str, reader, *more):
        try:
            return reader(cells.get(name, ""), *more)
        except CellRefused as refused:
            errors.append(CellError(number, name, "", refused.words))
            return None

    booked_on = cell("date", day)
    told = cell("currency", currency_of) or currency
    amount = None if errors else _amount(cells, told, cell)
    balance = cell("balance", amount_of, told)
    if not errors and (booked_on is None or amount is None):
        name, words = (
            ("date", say("A day is missing.")) if booked_on is None else ("amount", say("An amount is missing."))
        )
        errors.append(CellError(number, name, "", words))
    if errors or booked_on is None or amount is None:
        return errors
    return BankRow(
        number, booked_on, amount, told, _line(cells.get("reference", ""), MOST_REFERENCE), _line(cells.get("summary", ""), MOST_TEXT),
        _line(cells.get("counterparty", ""), MOST_TEXT), balance,
    )  # fmt: skip


def _amount(cells: Mapping[str, str], currency: str, cell) -> int | None:
    """In less out, or the one amount with its sign."""
    into, out = cell("credit", amount_of, currency), cell("debit", amount_of, currency)
    if into or out:
        return (into or 0) - abs(out or 0)  # Some banks write what went out below zero.
    amount = cell("amount", amount_of, currency)
    way = cell("direction", direction)
    return amount if amount is None or not way else abs(amount) * way


def direction(text: str) -> int:
    """1 for money in, -1 for money out, 0 where nothing is said."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in INTO | OUT:
        return 1 if plain in INTO else -1
    if plain in NOTHING:
        return 0
    raise CellRefused("Say debit or credit (借 or 贷).")


def currency_of(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in NOTHING:
        return ""
    found = SIGNS.get(plain.casefold(), plain.upper())
    if found not in CURRENCIES:
        raise CellRefused("This is no currency that wallets are in.")
    return found


def amount_of(text: str, currency: str) -> int | None:
    """1250.5, 1,250.50, 1.250,50, (3.00), -3, ¥1,250.50 or RMB 12 in minor units; None for an empty cell."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text).replace("\u2212", "-"))
    if plain in NOTHING:
        return None
    found = AMOUNT.fullmatch(plain)
    if found is None or bool(found[1]) != bool(found[7]):
        raise CellRefused(NO_AMOUNT)
    for sign in (found[3], found[6]):
        if sign and SIGNS.get(sign.casefold(), sign.upper()) != currency:
            raise CellRefused("This amount is not in %(currency)s.", currency=currency)
    digits = found[5]
    if re.fullmatch(r"[\d.]*,\d{2}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    value = Decimal(digits.replace(",", ""))
    money = Money.of(value, currency)
    if money.amount != value or money.amount_minor > MOST:
        raise CellRefused(NO_AMOUNT)
    is_out = bool(found[1]) != ("-" in (found[2], found[4]))
    return -money.amount_minor if is_out else money.amount_minor


def day(text: str) -> date | None:
    """2026-11-22, 2026/11/22, 20261122, 2026年11月22日, 22.11.2026, or 25/11/2026 where no month could be meant first."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    if found := re.match(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)|(\d{4})(\d{2})(\d{2})(?!\d)", plain, re.ASCII):
        year, month, of_month = (int(part) for part in found.groups() if part)
    elif found := re.match(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)", plain, re.ASCII):
        of_month, month, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] != "." and month <= 12 and of_month <= 12 and of_month != month:
            raise CellRefused("Day and month could be either way round. Write 2026-11-30.")
        if month > 12:
            of_month, month = month, of_month
    else:
        raise CellRefused("Write a date like 2026-11-30.")
    try:
        read = date(year, month, of_month)
    except ValueError:
        raise CellRefused("Write a date like 2026-11-30.") from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise CellRefused("Write a date between 2000 and 2100.")
    return read


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]
