"""What stands beside a list and is fetched when it is opened: every filter, the columns, the export, saving a view.

Without JavaScript each is a page of its own.
"""

from __future__ import annotations

from flask import abort

from models.support.words import say
from views.lists import bp, list_of
from views.support.access import signed_in
from views.support.hypermedia import show
from views.support.lists import beside_list

PARTS = {
    "filters": ("lists/_filters.html", say("All filters")),
    "columns": ("lists/_columns.html", say("Columns shown")),
    "export": ("lists/_export.html", say("Export")),
    "view": ("lists/_view.html", say("Save view")),
}


@bp.get("/t/<team>/lists/<name>/tools/<tool>")
@signed_in
def tool(name: str, tool: str):
    """As the address asks for the list: its query is that of the list's own page."""
    a_list = list_of(name)
    if tool not in PARTS:
        abort(404)
    part_name, title = PARTS[tool]
    return show("lists/tool.html", fragment=part_name, list=beside_list(a_list), title=title, part_name=part_name)
