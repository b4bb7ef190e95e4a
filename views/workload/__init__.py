"""Who did how much: everybody beside each other, one person, and a place of one's own."""

from flask import Blueprint

bp = Blueprint("workload", __name__)

from views.workload import board, places, targets  # noqa: E402, F401
