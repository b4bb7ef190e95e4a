"""The pages of a statement: rows of one height, sums carried from page to page, page numbers of our own. Pure.

Each column is one text of as many lines as the page has rows, of what a row is for of two for each; that prints three times as fast as a
table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import ceil

from models.wallet.statements.lines import Line

ROWS, PAGES_AT_ONCE, LEAST_APART = 40, 20, 6
ROW_MM = 5.8  # As in templates/documents/statement.css.
WIDE = (
    13,
    13,
    15,
)  # Signs of an amount that its column has room for: 99,999,999.99 out and in, −999,999,999.99 as a balance.
WIDEST = 66  # How much of a line of a description fits; a wide sign counts twice.


@dataclass(frozen=True)
class Page:
    """`columns` are date, number, what, out, in and balance; `carried` and `carry` are balances as text."""

    number: int
    of: int
    rows: int
    columns: tuple[str, ...]
    carried: str
    carry: str
    is_last: bool

    @property
    def height(self) -> str:
        """Of its rows, in millimetres."""
        return f"{self.rows * ROW_MM:.1f}"

    @property
    def is_wide(self) -> bool:
        """Are there amounts that want smaller figures? None is ever cut."""
        return any(
            len(text) > most for column, most in zip(self.columns[3:], WIDE, strict=True) for text in column.split("\n")
        )

    @property
    def rules(self) -> str:
        """A thin line under each row, as one shape."""
        return "".join(f"M0 {at * ROW_MM:.1f}h182" for at in range(1, self.rows + 1))


def page_count(lines: int, front: int = 1) -> int:
    """Of the whole statement, with the pages in front of the lines."""
    return front + ceil(lines / ROWS)


def pages_of(
    lines: Iterable[Line], opening: int, count: int, money: Callable[[int], str], kinds: Callable[[str], str], front: int = 1
) -> Iterator[Page]:  # fmt: skip
    """The pages of `count` lines, behind those in front; `money` and `kinds` word amounts and kinds."""
    of, carried, rest = page_count(count, front), opening, iter(lines)
    for number in range(front + 1, of + 1):
        rows = list(islice(rest, ROWS))
        told = [
            (f"{row.at:%Y-%m-%d}", row.number, "\n".join(cut(line) for line in row.description(kinds(row.kind))),
             money(row.out) if row.out else "", money(row.into) if row.into else "", money(row.balance))
            for row in rows
        ]  # fmt: skip
        columns = tuple("\n".join(column) for column in zip(*told, strict=True))
        yield Page(number, of, len(rows), columns, money(carried), money(rows[-1].balance), number == of)
        carried = rows[-1].balance


def bunches(pages: Iterable[Page], count: int) -> Iterator[list[Page]]:
    """Pages that are printed together, of `count` in all: bunches of one size, an even number of them where there are several, so that
    two who print end together."""
    pairs = ceil(count / (2 * PAGES_AT_ONCE))
    size = count if count <= LEAST_APART else ceil(count / (2 * pairs))
    rest = iter(pages)
    while found := list(islice(rest, size)):
        yield found


def cut(text: str) -> str:
    """As much of a text as fits into its column."""
    width = 0
    for place, sign in enumerate(text):
        width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if width > WIDEST:
            return text[: place - 1] + "…"
    return text.replace("\n", " ")
