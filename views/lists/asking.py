"""What a bulk action asks once for all rows before it begins: which tag, which person. A room says its fields and reads them:

asking("tag", "orders/_ask_tag.html", read=lambda form: {"tag": form.choice("tag", …)}, given=lambda: {"tags": …})
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template

from models.lists.list_of import Bulk, ListOf
from views.support.forms import Form
from views.support.hypermedia import invalid
from views.support.lists import index_of

MOST_KEPT = 1000  # Rows ticked one by one; all that match are named by what was asked for.


@dataclass(frozen=True)
class Asking:
    """`read(form)` gives what the verb gets, as plain JSON; `given()` what the fields need."""

    template: str
    read: Callable[[Form], dict[str, Any]]
    given: Callable[[], dict[str, Any]]


ASKINGS: dict[str, Asking] = {}


def asking(
    key: str, template: str, *, read: Callable[[Form], dict[str, Any]], given: Callable[[], dict[str, Any]] = dict
) -> None:
    ASKINGS[key] = Asking(template, read, given)


def answered(bulk: Bulk, form: Form) -> dict[str, Any] | None:
    """What was said; None while it was not asked yet or is not right."""
    if form.value("asked") != "1":
        return None
    said = ASKINGS[bulk.asks].read(form)
    return said if form.ok else None


def ask(a_list: ListOf, bulk: Bulk, form: Form, count: int, query: str) -> Any:
    """The page that asks. It carries on what was chosen, so that its form does what the list's bar would have done."""
    one = ASKINGS[bulk.asks]
    parts = {
        "a_list": a_list, "bulk": bulk, "form": form, "count": count, "fields": one.template,
        "all_matching": form.value("all_matching") == "1", "selected": form.values("selected")[:MOST_KEPT],
        "query": query, "index": index_of(a_list, query), **one.given(),
    }  # fmt: skip
    return render_template("lists/asking.html", **parts) if form.ok else invalid("lists/asking.html", **parts)
