"""What the page of a list asks for once it has come: how many rows each view has, and what came on top meanwhile."""

from __future__ import annotations

from time import perf_counter

from flask import redirect

from views.lists import bp, list_of
from views.support.access import signed_in
from views.support.fresh import news_of
from views.support.hypermedia import is_fragment, show
from views.support.lists import counted, index_of, viewer
from views.support.paging import count_text

MOST_COUNTED, SECONDS = 1001, 2


@bp.get("/t/<team>/lists/<name>/counts")
@signed_in
def counts(name: str):
    """Counts for the tabs, as far as the person may see; views that come after two seconds of counting stay without."""
    a_list, looking, since = list_of(name), viewer(), perf_counter()
    if not is_fragment():
        return redirect(index_of(a_list), 303)
    found = {}
    for key, query in counted(a_list).items():
        found[key] = count_text(a_list.count(looking, a_list.asked(query, looking), MOST_COUNTED), MOST_COUNTED)
        if perf_counter() - since > SECONDS:
            break
    return show("lists/_counts.html", counts=found)


@bp.get("/t/<team>/lists/<name>/news")
@signed_in
def news(name: str):
    return news_of(list_of(name))
