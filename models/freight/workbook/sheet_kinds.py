"""Which sheet of a workbook is which. A sheet of another kind is passed over: carriers add notes, embargo lists and taxes."""

from __future__ import annotations

from models.freight.workbook.headings import folded

NAMES = {
    "card": ("card", "价卡", "基本信息", "说明卡"),
    "zones": ("zones", "zone", "分区", "分区表"),
    "rates": ("rates", "rate", "price", "prices", "价格", "价格表", "报价", "运费"),
    "limits": ("limits", "limit", "限制", "尺寸限制", "重量限制"),
    "surcharges": ("surcharges", "surcharge", "附加费"),
    "fuel": ("fuel", "燃油", "燃油费"),
    "remote": ("remote", "偏远", "偏远地区", "偏远邮编"),
}
_KINDS = {folded(name): kind for kind, names in NAMES.items() for name in names}


def kind_of(sheet: str) -> str | None:
    return _KINDS.get(folded(sheet))
