"""What is new in a list while somebody looks at it: the page carries a stamp (`ListPage.news_url`), asks now and then what came
on top of it, and offers to show it. It never changes the list by itself, so nobody loses their place or selection.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_babel import format_decimal

from models.lists.list_of import ListOf
from views.support.hypermedia import is_fragment, show
from views.support.lists import index_of, kept, viewer

MOST_COUNTED = 100


def news_of(a_list: ListOf) -> Any:
    """What came on top of the list as the address asks for it: nothing (204), or a bar that leads back there."""
    looking = viewer()
    asked = a_list.read(request.args.to_dict(flat=False), looking)
    back = index_of(a_list, kept(asked))
    if not is_fragment() or a_list.news is None:
        return redirect(back, 303)
    count = a_list.newer(looking, asked, request.args.get("since", ""), MOST_COUNTED)
    if not count:
        return "", 204
    shown = f"{MOST_COUNTED}+" if count > MOST_COUNTED else format_decimal(count)
    return show("components/fresh_bar.html", text=a_list.news.words(count, shown), address=request.full_path, back=back)
