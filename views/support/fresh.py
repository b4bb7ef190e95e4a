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
from models.support.fresh import count_newer, newest
from views.support.hypermedia import is_fragment, safe_next, show
from views.support.paging import here

MOST_COUNTED = 100


def fresh_url(endpoint: str, rows: Any, column: Any) -> str:
    """The address to ask for news of these rows; `column` is a time that leads in an index of theirs."""
    latest = newest(rows, column)
    return url_for(endpoint, since=latest.isoformat() if latest else "", back=here())


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
