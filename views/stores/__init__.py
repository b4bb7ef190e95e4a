"""Stores: connecting them, their health, the calls made for them."""

from flask import Blueprint

bp = Blueprint("stores", __name__)

from views.stores import applications, calls, consent, found, stores  # noqa: E402, F401 (they add their routes to the blueprint)
