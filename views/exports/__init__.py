"""Exports: asking for a list as a file, the download centre, deciding on files with buyers' data."""

from flask import Blueprint

bp = Blueprint("exports", __name__)

from views.exports import centre, decisions, files  # noqa: E402, F401 (they add their routes to the blueprint)
