"""Imports: a file on its way into a room, from choosing it to what came of it. One set of pages for every kind."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

from views.imports import files, imports, mapping  # noqa: E402, F401 (they add their routes)
