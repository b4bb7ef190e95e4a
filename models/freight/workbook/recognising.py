"""A carrier's own price list, which has no sheet `card`: which sheet holds the prices, and what stands above its table.

Only what is unmistakable is taken: one date called effective, one product code, one sheet whose headings are those of prices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from models.freight.workbook.opening import Sheets
from models.freight.workbook.settings import CODE, key_of
from models.freight.workbook.sheet_kinds import kind_of
from models.freight.workbook.table import HEADINGS_WITHIN, Table, plain
from models.imports.reading import Numbered

EFFECTIVE = re.compile(
    r"(?:生效时间|生效日期|生效|effective(?: date| from| time)?)[^0-9]{0,20}(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})"
)
PRODUCT = re.compile(
    r"(?:产品代码|产品编号|渠道代码|product code|product no\.?)\s*[::]?\s*([A-Za-z0-9][A-Za-z0-9._\-]{0,39})", re.I
)
PLACES, PRICED = {"zone", "country", "country_code"}, {"rate", "first_price", "price"}


def price_sheets(sheets: Sheets) -> list[str]:
    """Names of sheets that look like prices though they are not called so."""
    return [name for name, lines in sheets if kind_of(name) is None and looks_like_prices(lines)]


def looks_like_prices(lines: Sequence[Numbered]) -> bool:
    columns = set(Table.read("", "rates", lines[: HEADINGS_WITHIN + 1]).columns.values())
    return "band" in columns and bool(columns & PLACES) and bool(columns & PRICED)


def code_in(sheets: Sheets) -> str:
    """The channel's code: on the sheet `card`, or above a table of prices. Empty when the file names none or several."""
    found = {value for name, lines in sheets if kind_of(name) == "card" for value in _codes_of_card(lines)}
    if not found:
        tops = [text for name, lines in sheets if kind_of(name) in (None, "rates") for text in above(lines)]
        found = {match[1] for text in tops for match in PRODUCT.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _codes_of_card(lines: Sequence[Numbered]) -> list[str]:
    values = [plain(cells[1]) for _number, cells in lines if len(cells) > 1 and key_of(cells[0]) == "channel_code"]
    return [value for value in values if CODE.fullmatch(value)]


def first_day_in(lines: Sequence[Numbered]) -> date | None:
    """The day called effective above a table; None when there is none or more than one."""
    days = {tuple(map(int, match.groups())) for text in above(lines) for match in EFFECTIVE.finditer(text.casefold())}
    try:
        return date(*days.pop()) if len(days) == 1 else None
    except ValueError:
        return None


def above(lines: Sequence[Numbered]) -> list[str]:
    """The rows above the headings, each as one text."""
    table = Table.read("", "rates", lines[: HEADINGS_WITHIN + 1])
    return [" ".join(map(plain, cells[:50]))[:500] for number, cells in lines if number < table.at]
