"""The code of rows: one loop over them, made of the blocks of a template for the columns a person chose (views/support/rows.py)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import peewee
from jinja2 import Environment, Template, nodes
from jinja2.compiler import Frame

from views.support.cells import CELLS, OF_TOLD
from views.support.stills import is_still
from views.support.templates import Generator
from views.support.told_rows import PREFIX, NotUnderstood, Split

MOST_LAYOUTS = 500
MADE_OF = {function.__name__ for function in (*CELLS, *OF_TOLD)}
STILL_CELLS = MADE_OF - {"since"}


@lru_cache(maxsize=MOST_LAYOUTS)
def loop_of(environment: Environment, name: str, model: Any, blocks: tuple[str, ...]) -> Template:
    """One loop over `rows` with the blocks of these names. Raises KeyError for a column that has none."""
    return _template(model, *_parsed(environment, name, blocks))


@lru_cache(maxsize=MOST_LAYOUTS)
def remembering_loop(
    environment: Environment,
    name: str,
    model: Any,
    blocks: tuple[str, ...],
    links: frozenset[str],
    given: frozenset[str],
) -> Template | None:
    """The same, writing only those rows anew that are not remembered; None where none of them may be."""
    page, named, before, body = _parsed(environment, name, blocks)
    called, columns = model.__name__.lower(), _columns(model)
    read = {
        columns.get(one.attr) for node in body for one in node.find_all(nodes.Getattr) if is_named(one.node, called)
    }
    if any(model.about.kinds.get(column) != "plain" for column in read - {None}):
        return None
    try:
        split = Split(body, called, set(columns), links | (_still_in(environment) - given), STILL_CELLS)
    except NotUnderstood:
        return None
    record, told, row = (nodes.Name(name, "load") for name in (called, "told", "row"))
    writes = nodes.AssignBlock(nodes.Name("row", "store"), None, split.writes, lineno=1)
    keeps = nodes.ExprStmt(_call("keep", record, told, row), lineno=1)
    body = [
        *split.asks,
        nodes.Assign(nodes.Name("told", "store"), split.key, lineno=1),
        nodes.Assign(nodes.Name("row", "store"), _call("recall", record, told), lineno=1),
        nodes.If(nodes.Not(row), [writes, keeps], [], [], lineno=1),
        nodes.Output([row], lineno=1),
    ]
    return _template(model, page, named, before, body)


def _still_in(environment: Environment) -> set[str]:
    return {"_"} | {name for name, value in environment.globals.items() if is_still(value)}


def _parsed(environment: Environment, name: str, blocks: tuple[str, ...]) -> tuple[Any, Any, list[Any], list[Any]]:
    """The template with its names, what stands before its blocks, and what is written of a row."""
    source, filename, _is_fresh = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    page = environment.parse(source, name, filename)
    cells = {node.name: node.body for node in page.body if isinstance(node, nodes.Block)}
    before = [node for node in page.body if not isinstance(node, nodes.Block | nodes.Output)]
    end = nodes.Output([nodes.TemplateData("</tr>\n")], lineno=1)
    return page, (name, filename), before, _together([node for block in blocks for node in cells[block]] + [end])


def _template(model: Any, page: nodes.Template, named: Any, before: list[Any], body: list[Any]) -> Template:
    environment: Any = page.environment
    called = model.__name__.lower()
    loop = nodes.For(nodes.Name(called, "store"), nodes.Name("rows", "load"), body, [], None, False, lineno=1)
    # Gathered in a list and joined once, which is cheaper than handing out each piece.
    once = _found_once(body, called)
    gathered = nodes.AssignBlock(nodes.Name("gathered", "store"), None, [*once, loop], lineno=1)
    page.body = [*before, gathered, nodes.Output([nodes.Name("gathered", "load")], lineno=1)]
    page.set_environment(environment)
    compiling = environment.overlay()
    found = {called, "told", "row", *(one.target.name for one in once)}
    compiling.code_generator_class = type(
        "Rows", (RowGenerator,), {"called": called, "columns": _columns(model), "found": found}
    )
    return Template.from_code(environment, compiling.compile(page, *named), environment.make_globals(None))


def _call(name: str, *args: nodes.Expr) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load"), list(args), [], None, None, lineno=1)


def _together(body: list[nodes.Node]) -> list[nodes.Node]:
    """What is written one after the other is written at once."""
    joined: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Output) and joined and isinstance(joined[-1], nodes.Output):
            joined[-1] = nodes.Output([*joined[-1].nodes, *node.nodes], lineno=node.lineno)
        else:
            joined.append(node)
    return joined


def _found_once(body: list[Any], called: str) -> list[nodes.Assign]:
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
    found: frozenset[str] = frozenset()  # Names that stand for something, always.

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        if node.ctx == "load" and (node.name in self.found or node.name.startswith(PREFIX)):
            self.write(frame.symbols.ref(node.name))
        else:
            super().visit_Name(node, frame)

    def pop_assign_tracking(self, frame: Frame) -> None:
        """Names of a row are known in the row alone."""
        if frame.loop_frame:
            self._assign_stack.pop()
        else:
            super().pop_assign_tracking(frame)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline("from views.support import cells")
        super().visit_Template(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        if is_cell(node):
            self.write(f"cells.{node.attr}")
            return
        self.visit(node.node, frame)
        is_column = is_named(node.node, self.called) and node.attr in self.columns
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
        return (isinstance(node, nodes.Call) and is_cell(node.node)) or is_named(node, "row")


def is_cell(node: nodes.Node) -> bool:
    """Is it `ui.pill` or another of what rows are made of?"""
    return isinstance(node, nodes.Getattr) and is_named(node.node, "ui") and node.attr in MADE_OF


def is_named(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Name) and node.name == name
