"""People: signing in, one-time links, preferences, employees, teams."""

from flask import Blueprint

bp = Blueprint("people", __name__)

from views.people import doors, employees, found, proof, teams  # noqa: E402, F401 (they add their routes to the blueprint)
