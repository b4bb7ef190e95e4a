"""People: signing in, one-time links, preferences, employees, teams."""

from flask import Blueprint

bp = Blueprint("people", __name__)

from views.people import (  # noqa: E402, F401 (they add their routes to the blueprint)
    acts,
    arrivals,
    decisions,
    doors,
    employees,
    factor_resets,
    factors,
    found,
    grants,
    handover,
    networks,
    passwords,
    proof,
    roles,
    sessions,
    teams,
    tries,
)
