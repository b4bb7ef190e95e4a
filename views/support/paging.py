"""The foot of a list: addresses of the neighbouring pages, every other parameter kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from models.support.paging import COUNT_LIMIT, AtLeast, Page
from views.support import format as figures
from views.support.language import in_model as _


@dataclass(frozen=True)
class Pager:
    shown: str
    total_text: str | None
    previous_url: str | None
    next_url: str | None


def pager(page: Page, total: int | None = None) -> Pager:
    """What `ui.pager` wants, for the page being shown."""
    return Pager(
        shown=_("%(count)s shown") % {"count": figures.number(len(page))},
        total_text=None if total is None else count_text(total),
        previous_url=here(before=page.previous_key, after=None) if page.previous_key else None,
        next_url=here(after=page.next_key, before=None) if page.next_key else None,
    )


def count_text(total: int, limit: int = COUNT_LIMIT) -> str:
    """A count as a person reads it: one that was capped or given up ends in a plus."""
    if total >= limit:
        return figures.number(limit - 1) + "+"
    return figures.number(total) + ("+" if isinstance(total, AtLeast) else "")


def here(**changes: Any) -> str:
    """The present address with some parameters changed; None takes one off. Paging starts anew unless it is set."""
    asked = request._get_current_object()  # type: ignore[attr-defined]
    written = _written(asked).copy()
    if "after" not in changes and "before" not in changes:
        written.pop("after", None)
        written.pop("before", None)
    for name, value in changes.items():
        if value is None or value == "":
            written.pop(name, None)
        else:
            written[name] = urlencode({name: value}, doseq=True)
    return f"{asked.path}?{'&'.join(written.values())}" if written else asked.path


def _written(asked: Any) -> dict[str, str]:
    """Each parameter of the present address as it is written there, once a request: a page of a list makes five addresses of them."""
    kept = g._get_current_object()  # type: ignore[attr-defined]
    try:
        of, written = kept.parameters
        if of is asked:
            return written  # type: ignore[no-any-return]
    except AttributeError:
        pass
    written = {name: urlencode({name: values}, doseq=True) for name, values in asked.args.lists()}
    kept.parameters = asked, written
    return written
