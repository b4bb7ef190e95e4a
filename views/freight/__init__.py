"""Freight: what a parcel costs, and the price sheets, rates and bills behind it."""

from flask import Blueprint

bp = Blueprint("freight", __name__)

from views.freight import batches, bills  # noqa: E402, F401 (they add their routes)
from views.freight import calculator, found, quotes  # noqa: E402, F401 (what shipping costs, and quotes kept of it)
from views.freight import carriers, cells, channels, deciding, pills, sheets  # noqa: E402, F401
from views.freight import sheet_files, sheet_imports  # noqa: E402, F401
from views.freight import fuel, rates, remote, surcharges  # noqa: E402, F401
