"""A file of parcels: which columns it may have, and a parcel from its rows. Rows with the same id are boxes of one parcel.

What cannot be read is named by row and column; a parcel of which one row is wrong gets no price, since its boxes belong together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from models.freight.engine.card import CARGO, ZERO
from models.freight.engine.parcel import MOST_BOXES, MOST_CM, MOST_KG, MOST_VALUE, Box, Parcel
from models.imports.cells import CellRefused, day, decimal, whole
from models.imports.fields import Field
from models.imports.importer import CellError, Importer, Record, Row
from models.support.errors import Refused
from models.support.words import grouped, say

MOST_DAYS = 62  # Of shipping: each has price sheets, fuel and rates of its own.
MOST_TEXT = 40
FIELDS = (
    Field("id", say("Your number of the parcel"), ("编号", "包裹号", "包裹编号", "参考号", "客户单号", "订单号", "单号", "reference", "ref",
          "parcel", "parcel id", "order id", "no"), required=True),
    Field("country", say("Country, two letters"), ("国家", "国家二字码", "国家代码", "目的国", "目的地国家", "收件国家", "country code",
          "destination", "destination country"), required=True),
    Field("postcode", say("Postcode"), ("邮编", "邮政编码", "收件邮编", "zip", "zip code", "postal code", "post code")),
    Field("kg", say("Weight of a box in kg"), ("重量", "实重", "重量kg", "实重kg", "毛重", "毛重kg", "weight", "weight kg", "gross weight",
          "actual weight"), required=True),
    Field("l", say("Length in cm"), ("长", "长度", "长cm", "长度cm", "length", "length cm", "l cm")),
    Field("w", say("Width in cm"), ("宽", "宽度", "宽cm", "宽度cm", "width", "width cm", "w cm")),
    Field("h", say("Height in cm"), ("高", "高度", "高cm", "高度cm", "height", "height cm", "h cm")),
    Field("qty", say("How many such boxes"), ("数量", "箱数", "件数", "quantity", "boxes", "pieces", "pcs")),
    Field("cargo", say("What is in it"), ("货物类型", "货物属性", "货物", "属性", "特性", "cargo tags", "goods")),
    Field("ship_date", say("Day of shipping"), ("发货日期", "发货日", "出货日期", "日期", "date", "ship date", "shipping date")),
    Field("declared_value", say("Declared value"), ("申报价值", "申报金额", "申报", "value", "declared value")),
    Field("channel", say("Channel, to ask one alone"), ("渠道", "渠道代码", "运输方式", "channel code", "service")),
    Field("insured", say("Insured"), ("保险", "是否保险", "投保", "insurance")),
    Field("formal_declaration", say("Formal customs declaration"), ("报关", "正式报关", "单独报关", "customs declaration")),
)  # fmt: skip
TEMPLATE = tuple(field.name for field in FIELDS[:12])
TAGS = {
    "普货": "general", "普通货物": "general", "内电": "battery_builtin", "内置电池": "battery_builtin", "配电": "battery_packed",
    "配套电池": "battery_packed", "纯电": "battery_only", "纯电池": "battery_only", "带磁": "magnetic", "磁性": "magnetic",
    "液体": "liquid", "膏体": "paste", "粉末": "powder", "化妆品": "cosmetics", "食品": "food", "木制品": "wood", "木质": "wood",
    "纺织品": "textile", "刀具": "blade", "品牌": "branded", "医疗": "medical", "超大": "oversize",
}  # fmt: skip
YES, NO = {"1", "yes", "y", "true", "是", "有"}, {"", "0", "no", "n", "false", "否", "无", "-", "/"}


@dataclass
class Asked:
    """A parcel of the file: what is asked, of which channel (empty: of all), or what is wrong with its rows."""

    record: Record
    parcel: Parcel | None = None
    channel: str = ""
    errors: list[CellError] = field(default_factory=list)


def _key(row: Row) -> str:
    if not row["id"]:
        raise CellRefused("Give the parcel a number: rows with the same number are boxes of one parcel.")
    if len(row["id"]) > 80:
        raise CellRefused("At most %(most)s characters.", most=80)
    return row["id"]


# What a spool needs to know of a file; nothing is stored through it, so the imports do not know it.
PARCELS = Importer("parcels", say("Parcels"), "freight.view", "", FIELDS, _key, lambda team, columns: None,  # type: ignore[arg-type, return-value]
                   lambda reach: TEMPLATE, key_column="id")  # fmt: skip


class Reader:
    """Reads the parcels of one file. `today` stands where no day is given; `channels` are the codes that may be asked alone."""

    def __init__(self, today: date, channels: Callable[[date], Collection[str]]):
        self.today, self.channels = today, channels
        self._days: set[date] = set()

    def read(self, record: Record) -> Asked:
        asked = Asked(record)
        boxes = [box for row in record.rows if (box := self._box(asked, row))]
        values = {name: self._of_parcel(asked, name, read) for name, read in OF_PARCEL.items()}
        ships_on = self._day(asked, values["ship_date"] or self.today)
        asked.channel = self._channel(asked, values["channel"] or "", ships_on)
        if sum(box.quantity for box in boxes) > MOST_BOXES:
            self._fail(asked, record.rows[0], "qty", say("More than %(most)s boxes at once.", most=MOST_BOXES))
        if not asked.errors:
            asked.parcel = Parcel(
                ships_on, values["country"], tuple(boxes), values["postcode"] or "",
                values["cargo"] or frozenset({"general"}), values["declared_value"], bool(values["insured"]),
                bool(values["formal_declaration"]),
            )  # fmt: skip
        return asked

    def _box(self, asked: Asked, row: Row) -> Box | None:
        kg = self._cell(asked, row, "kg", lambda text: _positive(text, MOST_KG))
        sides = [self._cell(asked, row, name, lambda text: _number(text, MOST_CM)) or ZERO for name in ("l", "w", "h")]
        quantity = self._cell(asked, row, "qty", _quantity)
        return Box(kg, (sides[0], sides[1], sides[2]), quantity) if kg and quantity else None

    def _of_parcel(self, asked: Asked, name: str, read: Callable[[str], Any]) -> Any:
        """A value of the whole parcel: its first row says it, the others say the same or nothing."""
        told = [row for row in asked.record.rows if row[name]]
        for row in told[1:]:
            if row[name] != told[0][name]:
                words = say(
                    "Row %(row)s of the same parcel says “%(value)s”.", row=told[0].number, value=told[0][name][:40]
                )
                self._fail(asked, row, name, words)
        return self._cell(asked, (told or asked.record.rows)[0], name, read)

    def _day(self, asked: Asked, ships_on: date) -> date:
        self._days.add(ships_on)
        if len(self._days) > MOST_DAYS:
            self._days.discard(ships_on)
            words = say("A file has parcels of at most %(most)s days.", most=MOST_DAYS)
            self._fail(asked, asked.record.rows[0], "ship_date", words)
        return ships_on

    def _channel(self, asked: Asked, wanted: str, ships_on: date) -> str:
        if wanted and not asked.errors and wanted not in self.channels(ships_on):
            self._fail(
                asked, asked.record.rows[0], "channel", say("No such channel is offered to your team on that day.")
            )
        return wanted

    def _cell(self, asked: Asked, row: Row, name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(row[name])
        except Refused as refused:
            self._fail(asked, row, name, refused.words)
            return None

    @staticmethod
    def _fail(asked: Asked, row: Row, name: str, words: Any) -> None:
        asked.errors.append(CellError(row.number, name, row[name][:80], words))


def _country(text: str) -> str:
    country = text.upper()
    if not re.fullmatch(r"[A-Z]{2}", country, re.ASCII):
        raise CellRefused("Write the country's two letters, like US.")
    return country


def _short(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise CellRefused("At most %(most)s characters.", most=MOST_TEXT)
    return text


def _number(text: str, most: Decimal) -> Decimal | None:
    number = decimal(text)
    if number is not None and number > most:
        raise CellRefused("At most %(most)s.", most=grouped(most))
    return None if number is None else round(number, 6)


def _positive(text: str, most: Decimal) -> Decimal:
    number = _number(text, most)
    if not number:
        raise CellRefused("Write a number above zero.")
    return number


def _quantity(text: str) -> int:
    number = 1 if not text else whole(text)
    if not number or number > MOST_BOXES:
        raise CellRefused("Write a whole number from 1 to %(most)s.", most=MOST_BOXES)
    return number


def _cargo(text: str) -> frozenset[str]:
    names = [name for name in re.split(r"[|,;，；、/+\s]+", text) if name]
    found = {TAGS.get(name, name.casefold()) for name in names}
    if wrong := [name for name in names if TAGS.get(name, name.casefold()) not in CARGO]:
        raise CellRefused("“%(name)s” is none of: %(tags)s.", name=wrong[0][:40], tags=", ".join(CARGO))
    return frozenset(found)


def _ships_on(text: str) -> date | None:
    found = day(text)
    if found is not None and not 2000 <= found.year <= 2100:
        raise CellRefused("Write a date between 2000 and 2100.")
    return found


def _yes(text: str) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise CellRefused("Write yes or no.")
    return word in YES


OF_PARCEL: dict[str, Callable[[str], Any]] = {
    "country": _country,
    "postcode": _short,
    "cargo": _cargo,
    "ship_date": _ships_on,
    "declared_value": lambda text: _number(text, MOST_VALUE),
    "channel": _short,
    "insured": _yes,
    "formal_declaration": _yes,
}
