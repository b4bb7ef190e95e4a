"""The catalogue: products, listings, publishing, images."""

from flask import Blueprint

bp = Blueprint("catalog", __name__)

from views.catalog import found, images, imports, inline, listings, pills, products, publishing  # noqa: E402, F401 (they add their routes)
