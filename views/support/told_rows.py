"""A row of a list in two: what it is told, and what is written of that.

Of a template's cells `Split` makes statements that are run for every row whenever it is shown (`asks`): they give names – `told_0`,
`told_1` – to all the row has from elsewhere and from the clock. What is left (`writes`) makes the row of these names and of the
record's own columns, and cannot see anything else (`require_still`): where both are the same, for such a reader the row is the same.
Whatever is not known to be still is told, be it the whole cell.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from jinja2 import nodes

PREFIX = "told_"
# Their words depend on what they are given, the language, the zone and the year alone; `ago` and `until` on the clock, too.
STILL_FILTERS = {"number", "decimal", "percent", "string", "grams", "millimetres", "filesize", "duration"}
STILL_METHODS = {"startswith", "endswith"}
OF_TIME = {"ago": "ago_of", "until": "until_of"}
PARTS = (nodes.Concat, nodes.UnaryExpr, nodes.Compare, nodes.Operand)  # All of their parts are always evaluated,
EAGER = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)
LAZY = (nodes.And, nodes.Or, nodes.CondExpr)  # and here one of them may stand for another's sake.


class NotUnderstood(Exception):
    """The template says something rows are not remembered for."""


class Split:
    """`called` is the name of the record, `columns` what it has of its own; `still` are names of functions whose answer is the same
    for equal values and readers, `cells` those of `ui`."""

    def __init__(self, body: list[nodes.Node], called: str, columns: set[str], still: Set[str], cells: Set[str]):
        self.called, self.columns, self.still, self.cells = called, columns, still, cells - set(OF_TIME)
        self.told: list[tuple[str, bool]] = []  # And whether it could be of any kind.
        self._still: set[str] = set()
        self._asks: list[nodes.Node] = []
        self.writes = [self._statement(node) for node in body if not self._is_asked(node)]
        self.asks = _needed(self._asks)
        for node in self.writes:
            self.require_still(node)

    @property
    def key(self) -> nodes.Tuple:
        """The kinds of what could be of any – True is not 1, nor is Markup its text – and all that was told."""
        kinds = [_call("kind_of", nodes.Name(name, "load")) for name, is_any in self.told if is_any]
        values = [nodes.Name(name, "load") for name, _is_any in self.told]
        return nodes.Tuple([nodes.Tuple(kinds, "load"), *values], "load")

    # Statements

    def _is_asked(self, node: nodes.Node) -> bool:
        """Does a name stand for something that is not still? Then only what is asked knows it."""
        if not isinstance(node, nodes.Assign):
            return False
        if not isinstance(node.target, nodes.Name):
            raise NotUnderstood(type(node.target).__name__)
        self._asks.append(node)
        if self.is_still(node.node):
            self._still.add(node.target.name)
            return False
        return True

    def _statement(self, node: nodes.Node) -> nodes.Node:
        if isinstance(node, nodes.Assign):
            return node
        if isinstance(node, nodes.Output):
            return nodes.Output([self._written(one) for one in node.nodes], lineno=node.lineno)
        if isinstance(node, nodes.If) and not any(node.find_all((nodes.For, nodes.Assign))):
            return self._condition(node)
        if isinstance(node, nodes.If | nodes.For):
            return nodes.Output([self._tell_block(node)], lineno=node.lineno)
        raise NotUnderstood(type(node).__name__)

    def _written(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.TemplateData):
            return node
        found = self._expression(node)
        is_told = isinstance(found, nodes.Name) and found.name.startswith(PREFIX) and found is not node
        return self._text(node) if is_told else found

    def _text(self, node: nodes.Expr) -> nodes.Name:
        """What is only written is told as its text, escaped."""
        name, _is_any = self.told.pop()
        self._asks[-1] = nodes.Assign(nodes.Name(name, "store"), _cell("text_of", node), lineno=node.lineno)
        self.told.append((name, False))
        return nodes.Name(name, "load")

    def _condition(self, node: nodes.If) -> nodes.If:
        """What stands behind a condition is asked behind it, too."""
        test: Any = node.test if self.is_still(node.test) else self._tell_truth(node.test)
        otherwise = node.else_
        if node.elif_:
            first, *rest = node.elif_
            otherwise = [nodes.If(first.test, first.body, rest, node.else_, lineno=first.lineno)]
        then = self._behind(node.body, lambda asked: nodes.CondExpr(test, asked, nodes.Const(None)))
        other = self._behind(otherwise, lambda asked: nodes.CondExpr(test, nodes.Const(None), asked))
        return nodes.If(test, then, [], other, lineno=node.lineno)

    def _behind(self, body: list[nodes.Node], guarded: Callable[[nodes.Expr], nodes.Expr]) -> list[nodes.Node]:
        known = len(self._asks)
        found = [self._statement(one) for one in body]
        for asked in self._asks[known:]:
            asked.node = guarded(asked.node)  # type: ignore[attr-defined]
        return found

    # Expressions

    def is_still(self, node: nodes.Node) -> bool:
        """Does it depend on nothing but columns of the record, and on what was told?"""
        if isinstance(node, nodes.Const | nodes.TemplateData):
            return True
        if isinstance(node, nodes.Name):
            return node.name in self._still
        if isinstance(node, nodes.Getattr):
            return self._is_column(node)
        if isinstance(node, nodes.Call):
            if node.dyn_args or node.dyn_kwargs or not self._is_still_call(node.node):
                return False
        elif isinstance(node, nodes.Filter):
            if node.name not in STILL_FILTERS or node.dyn_args or node.dyn_kwargs:
                return False
        elif isinstance(node, nodes.Test):
            if node.name not in ("none", "defined"):
                return False
        elif not isinstance(node, (*PARTS, *EAGER, *LAZY, nodes.Keyword)):
            return False
        skipped = node.node if isinstance(node, nodes.Call) else None
        return all(self.is_still(one) for one in node.iter_child_nodes() if one is not skipped)

    def _is_column(self, node: nodes.Getattr) -> bool:
        return isinstance(node.node, nodes.Name) and node.node.name == self.called and node.attr in self.columns

    def _is_still_call(self, node: nodes.Expr) -> bool:
        if isinstance(node, nodes.Name):
            return node.name in self.still
        if not isinstance(node, nodes.Getattr):
            return False
        if node.attr in STILL_METHODS:
            return self.is_still(node.node)
        return isinstance(node.node, nodes.Name) and node.node.name == "ui" and node.attr in self.cells

    def _expression(self, node: nodes.Expr) -> nodes.Expr:
        """The same of what is still; the smallest part that is not is told."""
        if self.is_still(node):
            return node
        if isinstance(node, nodes.Call) and (found := self._of_time(node)):
            return found
        if isinstance(node, nodes.Call) and not (node.dyn_args or node.dyn_kwargs) and self._is_still_call(node.node):
            args = [self._expression(one) for one in node.args]
            kwargs = [nodes.Keyword(one.key, self._expression(one.value)) for one in node.kwargs]
            return nodes.Call(node.node, args, kwargs, None, None, lineno=node.lineno)
        return self._tell(node)

    def _of_time(self, node: nodes.Call) -> nodes.Call | None:
        """`ui.ago(at)` is still once it is told how many seconds that is now, as exactly as its words can say it."""
        made = node.node
        is_ui = isinstance(made, nodes.Getattr) and isinstance(made.node, nodes.Name) and made.node.name == "ui"
        if not is_ui or made.attr not in OF_TIME or node.kwargs or node.dyn_args or node.dyn_kwargs:  # type: ignore[attr-defined]
            return None
        at, *rest = [self._expression(one) for one in node.args]
        name = self._name(_cell("since", at), False)
        return _cell(OF_TIME[made.attr], at, name, *rest)  # type: ignore[attr-defined]

    # What is told

    def _tell(self, node: nodes.Expr) -> nodes.Name:
        return self._name(node, True)

    def _tell_truth(self, node: Any) -> nodes.Name:
        return self._name(nodes.Not(nodes.Not(node)), False)

    def _tell_block(self, node: nodes.Node) -> nodes.Name:
        """All that a statement writes."""
        name = self._name(nodes.Const(None), False)
        self._asks[-1] = nodes.AssignBlock(nodes.Name(name.name, "store"), None, [node], lineno=1)
        return name

    def _name(self, node: nodes.Expr, is_any: bool) -> nodes.Name:
        name = f"{PREFIX}{len(self.told)}"
        self._still.add(name)
        self._asks.append(nodes.Assign(nodes.Name(name, "store"), node, lineno=1))
        self.told.append((name, is_any))
        return nodes.Name(name, "load")

    def require_still(self, node: nodes.Node) -> None:
        """Raises TypeError where what is written could see more than columns of the record and what it was told."""
        if isinstance(node, nodes.Expr):
            is_known = self.is_still(node)
        else:
            is_known = isinstance(node, nodes.Output | nodes.If | nodes.Assign)
            for child in node.iter_child_nodes():
                if not (isinstance(node, nodes.Assign) and child is node.target):
                    self.require_still(child)
        if not is_known:
            raise TypeError(f"A remembered row cannot depend on {node}.")


def _needed(asks: list[nodes.Node]) -> list[nodes.Node]:
    """Without names of what is still where nothing that is asked wants them."""
    needed: list[nodes.Node] = []
    wanted: set[str] = set()
    for node in reversed(asks):
        is_told = not isinstance(node, nodes.Assign) or node.target.name.startswith(PREFIX)  # type: ignore[attr-defined]
        if is_told or node.target.name in wanted:  # type: ignore[attr-defined]
            needed.insert(0, node)
            wanted |= {name.name for name in node.find_all(nodes.Name) if name.ctx == "load"}
    return needed


def _call(name: str, *args: nodes.Expr) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load"), list(args), [], None, None, lineno=1)


def _cell(name: str, *args: nodes.Expr) -> nodes.Call:
    made = nodes.Getattr(nodes.Name("ui", "load"), name, "load")
    return nodes.Call(made, list(args), [], None, None, lineno=1)
