"""A page of rows that lie in memory: price sheets are read whole, but never drawn whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from views.support import format as figures
from views.support.paging import Pager, here

SIZE = 50


@dataclass(frozen=True)
class Slice:
    rows: Sequence[Any]
    number: int
    pager: Pager


def slice_of(rows: Sequence[Any], size: int = SIZE) -> Slice:
    """The page the address asks for; the nearest one where it asks for none there is."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(_asked(), 1), pages)
    shown = rows[(number - 1) * size : number * size]
    pager = Pager(
        shown=_("%(count)s shown", count=figures.number(len(shown))),
        total_text=figures.number(len(rows)),
        previous_url=here(page=str(number - 1) if number > 2 else None) if number > 1 else None,
        next_url=here(page=str(number + 1)) if number < pages else None,
    )
    return Slice(shown, number, pager)


def _asked() -> int:
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
