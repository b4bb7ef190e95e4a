"""What is new in a list while somebody looks at it: the page carries a stamp, asks now and then what came after it, and
offers to show it. It never changes the list by itself, so nobody loses their place or selection.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import format_decimal

from models.support import clock
from models.support.paging import capped_count
from views.support.hypermedia import safe_next, show
from views.support.paging import here

MOST_COUNTED = 100


def fresh_url(endpoint: str, rows: Any, column: Any) -> str:
    """The address to ask for news of these rows; `column` is a time that leads in an index of theirs."""
    newest = rows.select(column).order_by(column.desc()).limit(1).scalar()
    return url_for(endpoint, since=newest.isoformat() if newest else "", back=here())


def news(rows: Any, column: Any, words: Callable[[int, str], str]) -> Any:
    """The answer to that question: nothing (204), or a bar. `words(count, shown)` says how many came."""
    count = capped_count(rows.where(column > _since()), MOST_COUNTED + 1)
    if not count:
        return "", 204
    shown = f"{MOST_COUNTED}+" if count > MOST_COUNTED else format_decimal(count)
    back = safe_next(request.args.get("back")) or ""
    return show("components/fresh_bar.html", text=words(count, shown), address=request.full_path, back=back)


def _since() -> datetime:
    """The stamp of the page; without one that can be read everything is new."""
    try:
        return clock.parse_iso(request.args.get("since", ""))
    except ValueError:
        return datetime.min
