"""Rows of a list, compiled for the columns a person chose.

`templates/<room>/_row.html` has a block for the cell of each column, `row` for what begins a row, and `select` for the box that
selects it. The blocks of a layout, in its order, become the body of one loop: while rows are written nothing is decided, and
nothing is called but what the cells call. What stands outside of blocks (imports) comes once before the loop.

A list that may be remembered (`ListOf.is_remembered`) is written by a loop that asks of each row only what it has from elsewhere
and from the clock (views/support/told_rows.py). A row whose columns and answers are those it was last written of, for a reader of the
same language, zone and year, is the same: its text is taken as it is.

Here a dot means an attribute and nothing else: `order.total` of an order without one is an error, and the key of a mapping is
written `stores[order.store_id]`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from jinja2 import Environment
from markupsafe import Markup

from views.support import format as figures
from views.support.row_loops import loop_of, remembering_loop
from views.support.stills import EDGE, Links
from views.support.templates import written

MOST_WAYS = 1000
PLAIN = {
    str,
    Markup,
    int,
    bool,
    type(None),
}  # What a row may be told: what can neither change nor be equal to another kind.


def install(app: Flask) -> None:
    app.add_template_global(rows, "rows_of")


def rows(shown: Any, name: str, **given: Any) -> Markup:
    """The rows of a ListPage as the template of this name writes them. A row is called by its model: order, product. The
    template sees it, `list`, what is given, and nothing else of the page."""
    blocks, records = ("row", *(["select"] if shown.bulk else []), *shown.names), shown.page.rows
    environment, model = current_app.jinja_env, shown.a_list.model
    if environment.auto_reload:
        template = loop_of.__wrapped__(environment, name, model, blocks)
    elif any(vars(record).get("_known") for record in records):
        return _remembered(environment, name, model, blocks, given | {"list": shown, "rows": records})
    else:
        template = loop_of(environment, name, model, blocks)
    return Markup(template.render(given, list=shown, rows=records))


def _remembered(
    environment: Environment, name: str, model: Any, blocks: tuple[str, ...], given: dict[str, Any]
) -> Markup:
    """What addresses carry differs from page to page, and is put into rows that are written already."""
    links = {name: value for name, value in given.items() if type(value) is Links}
    template = remembering_loop(environment, name, model, blocks, frozenset(links), frozenset(given))
    if template is None:
        return Markup(loop_of(environment, name, model, blocks).render(given))
    reader, carried = figures.of_reader(), {name: value.carried for name, value in links.items() if value.carried}
    links |= {name: links[name].carrying(f"{EDGE}{name}{EDGE}") for name in carried}
    way = _way(template, reader.language, reader.zone, reader.year, figures.sprite(), *links.items())
    text = template.render(given, **links, recall=way.recall, keep=way.keep, kind_of=type)
    for name, query in carried.items():
        text = text.replace(links[name].carried, written(query))
    return Markup(text)


class Way:
    """One way a row is written: by which template, for which readers, with which addresses."""

    def __init__(self, *_key: Any):
        pass

    def recall(self, record: Any, told: tuple[Any, ...]) -> Markup | None:
        """The row as it was written of the same columns and the same answers."""
        kept = record._known and record._known.made.get(self)
        return kept[1] if kept and kept[0] == told and not record._dirty else None

    def keep(self, record: Any, told: tuple[Any, ...], text: Markup) -> None:
        if record._known and not record._dirty and PLAIN.issuperset(told[0]):
            record._known.keep(self, told, text)


_way = lru_cache(maxsize=MOST_WAYS)(Way)
