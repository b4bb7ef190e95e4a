"""Rows of a list, compiled for the columns a person chose.

`templates/<room>/_row.html` has a block for the cell of each column, `row` for what begins a row, and `select` for the box that
selects it. The blocks of a layout, in its order, become the body of one loop: while rows are written nothing is decided, and
nothing is called but what the cells call. What stands outside of blocks (imports) comes once before the loop.

Here a dot means an attribute and nothing else: `order.total` of an order without one is an error, and the key of a mapping is
written `stores[order.store_id]`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import peewee
from flask import Flask, current_app
from jinja2 import Environment, Template, nodes
from jinja2.compiler import Frame
from markupsafe import Markup

from views.support.cells import CELLS
from views.support.templates import Generator

MOST_LAYOUTS = 500
MADE_OF = {function.__name__ for function in CELLS}


def install(app: Flask) -> None:
    app.add_template_global(rows, "rows_of")


def rows(shown: Any, name: str, **given: Any) -> Markup:
    """The rows of a ListPage as the template of this name writes them. A row is called by its model: order, product. The
    template sees it, `list`, what is given, and nothing else of the page."""
    blocks = ("row", *(["select"] if shown.bulk else []), *shown.names)
    make = _compiled.__wrapped__ if current_app.jinja_env.auto_reload else _compiled
    template = make(current_app.jinja_env, name, shown.a_list.model, blocks)
    return Markup(template.render(given, list=shown, rows=shown.page.rows))


@lru_cache(maxsize=MOST_LAYOUTS)
def _compiled(environment: Environment, name: str, model: Any, blocks: tuple[str, ...]) -> Template:
    """One loop over `rows` with the blocks of these names. Raises KeyError for a column that has none."""
    source, filename, _is_fresh = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    page, called = environment.parse(source, name, filename), model.__name__.lower()
    cells = {node.name: node.body for node in page.body if isinstance(node, nodes.Block)}
    before = [node for node in page.body if not isinstance(node, nodes.Block | nodes.Output)]
    body = _together(
        [node for block in blocks for node in cells[block]] + [nodes.Output([nodes.TemplateData("</tr>\n")])]
    )
    loop = nodes.For(nodes.Name(called, "store"), nodes.Name("rows", "load"), body, [], None, False, lineno=1)
    # Gathered in a list and joined once, which is cheaper than handing out each piece.
    gathered = nodes.AssignBlock(nodes.Name("gathered", "store"), None, [*_found_once(body, called), loop], lineno=1)
    page.body = [*before, gathered, nodes.Output([nodes.Name("gathered", "load")], lineno=1)]
    page.set_environment(environment)
    compiling = environment.overlay()
    compiling.code_generator_class = type("Rows", (RowGenerator,), {"called": called, "columns": _columns(model)})
    return Template.from_code(environment, compiling.compile(page, name, filename), environment.make_globals(None))


def _together(body: list[nodes.Node]) -> list[nodes.Node]:
    """What is written one after the other is written at once."""
    joined: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Output) and joined and isinstance(joined[-1], nodes.Output):
            joined[-1] = nodes.Output([*joined[-1].nodes, *node.nodes], lineno=node.lineno)
        else:
            joined.append(node)
    return joined


def _found_once(body: list[Any], called: str) -> list[nodes.Node]:
    """What the rows have from outside is looked up before the first of them, not anew in each."""
    stored = {name.name for node in body for name in node.find_all(nodes.Name) if name.ctx == "store"}
    loaded = {name.name for node in body for name in node.find_all(nodes.Name) if name.ctx == "load"}
    names = sorted(loaded - stored - {called, "ui", "loop"})
    return [nodes.Assign(nodes.Name(name, "store"), nodes.Name(name, "load"), lineno=1) for name in names]


def _columns(model: Any) -> dict[str, str]:
    """Attributes of a record that are plain columns, and where its data has them."""
    named = {name: name for name, field in model._meta.fields.items() if not isinstance(field, peewee.ForeignKeyField)}
    keys = {field.object_id_name: name for name, field in model._meta.fields.items() if name not in named}
    return named | keys


class RowGenerator(Generator):
    """Reads attributes as Python does, columns of the record from its data, and calls functions by their names: none of them
    wants the context."""

    called = ""
    columns: dict[str, str] = {}

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline("from views.support import cells")
        super().visit_Template(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        if is_cell(node):
            self.write(f"cells.{node.attr}")
            return
        self.visit(node.node, frame)
        is_column = isinstance(node.node, nodes.Name) and node.node.name == self.called and node.attr in self.columns
        self.write(f'.__data__["{self.columns[node.attr]}"]' if is_column else f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
        else:
            self.visit(node.node, frame)
            self.arguments(node, frame)

    def is_written(self, node: nodes.Expr) -> bool:
        return isinstance(node, nodes.Call) and is_cell(node.node)


def is_cell(node: nodes.Node) -> bool:
    """Is it `ui.pill` or another of what rows are made of?"""
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name == "ui"
        and node.attr in MADE_OF
    )
