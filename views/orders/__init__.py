"""Orders: the list, one order, its buyer, fetching again."""

from flask import Blueprint

bp = Blueprint("orders", __name__)

from views.orders import asking, buyers, fetches, found, handling, needs, orders, others, pills, pulls, retention, tags  # noqa: E402, F401 (they add their routes to the blueprint)
