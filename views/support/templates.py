"""How templates become code: as Jinja does it, with less ado around what a page does thousands of times.

A page of fifty rows writes three thousand values and makes a thousand calls. Jinja asks of every call whether the function
wants the context, and wraps every value once more in Markup before it joins them. Here a plain function is called as one, and
what is Markup already is joined as it is. Nothing else differs: what is not Markup is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import partial
from types import FunctionType
from typing import Any

import flask.templating
from flask import Flask
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

try:  # The same function, without Markup around what is only joined.
    from markupsafe._speedups import _escape_inner as escaped
except ImportError:
    escaped = escape  # type: ignore[assignment]


# Markup of text that is made of Markup already, without asking it whether it is.
marked: Callable[[str], Markup] = partial(str.__new__, Markup)


def install(app: Flask) -> None:
    app.jinja_env.code_generator_class = Generator


class Environment(flask.templating.Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """All templates have the same, in a plain dictionary, which every page copies."""
        return super().make_globals(d) if d else self.globals


def written(value: Any) -> str:
    """A value as it is written into a page: escaped unless it is Markup."""
    kind = type(value)
    if kind is Markup:
        return value
    return escaped(value) if kind is str else escape(value)


def callee(context: Context, function: Any) -> Callable[..., Any]:
    """What a template calls: the function itself, unless it wants to be handed the context."""
    kind = type(function)
    if kind is Macro or (kind is FunctionType and not function.__dict__):
        return function
    return partial(context.call, function)


class Generator(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {__name__} import callee, written")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("(" if self.is_written(node) else "written(")

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        """All templates have the same globals, so what is imported without context is the same for every page."""
        if node.with_context:
            super()._import_common(node, frame)
            return
        self.write("environment.get_template(")
        self.visit(node.template, frame)
        self.write(f", {self.name!r})._get_default_module()")

    def is_written(self, node: nodes.Expr) -> bool:
        """Does the expression give Markup, always?"""
        return False

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            return super().visit_Call(node, frame, forward_caller=forward_caller)
        self.write("callee(context, ")
        self.visit(node.node, frame)
        self.write(")")
        return self.arguments(node, frame)

    def arguments(self, node: nodes.Call, frame: Frame) -> None:
        self.write("(")
        for place, part in enumerate([*node.args, *node.kwargs]):
            self.write(", " if place else "")
            self.visit(part, frame)
        self.write(")")
