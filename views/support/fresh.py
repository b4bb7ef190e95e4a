"""What is new in a list while somebody looks at it: the page carries a stamp, asks now and then what came after it, and
offers to show it. It never changes the list by itself, so nobody loses their place or selection.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask_babel import format_decimal

from models.support import clock
from models.support.fresh import count_newer
from views.support.hypermedia import is_fragment, safe_next, show
from views.support.lists import ListPage
from views.support.paging import here

MOST_COUNTED = 100


def fresh_url(endpoint: str, shown: ListPage, name: str) -> str:
    """The address to ask for what is later than the first row's `name`; "" unless the page is the whole list's first one,
    the latest on top. It costs no query."""
    if shown.asked.query or shown.shown.page.previous_key:
        return ""
    first = next(iter(shown.shown.page), None)
    return url_for(endpoint, since=getattr(first, name).isoformat() if first else "", back=here())


def news(rows: Any, column: Any, words: Callable[[int, str], str], *, otherwise: str) -> Any:
    """The answer to that question: nothing (204), or a bar. `words(count, shown)` says how many came."""
    back = safe_next(request.args.get("back")) or otherwise
    if not is_fragment():
        return redirect(back, 303)
    count = count_newer(rows, column, _since(), MOST_COUNTED)
    if not count:
        return "", 204
    shown = f"{MOST_COUNTED}+" if count > MOST_COUNTED else format_decimal(count)
    return show("components/fresh_bar.html", text=words(count, shown), address=request.full_path, back=back)


def _since() -> datetime:
    """The stamp of the page; without one that can be read everything is new."""
    try:
        return clock.parse_iso(request.args.get("since", ""))
    except ValueError:
        return datetime.min
