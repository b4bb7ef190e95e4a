"""Laying out a list: which columns, in which order, how wide, how dense. Works with plain buttons."""

from __future__ import annotations

from models.lists.layout import ListLayout
from views.lists import bp, list_of
from views.support.access import current_person, current_team, signed_in
from views.support.forms import Form
from views.support.hypermedia import go
from views.support.lists import index_of


@bp.post("/t/<team>/lists/<name>/layout")
@signed_in
def lay_out(name: str):
    """`move` is "up:column" or "down:column"; it keeps what was ticked and moves that column by one."""
    a_list, form = list_of(name), Form.read()
    layout = ListLayout.of(current_person, current_team, a_list)
    if form.value("reset"):
        layout.lay_out(a_list, [], is_compact=False)
    else:
        shown, order = set(form.values("columns")), _moved(form.values("order"), form.value("move"))
        columns = [(column, column in shown, form.value(f"width-{column}")) for column in order]
        layout.lay_out(a_list, columns, is_compact=form.value("compact") == "1")
    return go(index_of(a_list, form.value("query")[:2000]))


def _moved(order: list[str], move: str) -> list[str]:
    step, _, column = move.partition(":")
    order = list(dict.fromkeys(order))
    if column in order and step in ("up", "down"):
        place = order.index(column)
        order.insert(max(0, place + (-1 if step == "up" else 1)), order.pop(place))
    return order
