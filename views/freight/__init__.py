"""Freight: what a parcel costs, and the price sheets, rates and bills behind it."""

from flask import Blueprint

bp = Blueprint("freight", __name__)

from views.freight import (  # noqa: E402 (they add their routes)
    batches,  # noqa: F401
    bills,  # noqa: F401
    calculator,  # noqa: F401
    carriers,  # noqa: F401
    cells,  # noqa: F401
    channels,  # noqa: F401
    deciding,  # noqa: F401
    found,  # noqa: F401
    fuel,  # noqa: F401
    pills,  # noqa: F401
    quotes,  # noqa: F401
    rates,  # noqa: F401
    remote,  # noqa: F401
    sheet_files,  # noqa: F401
    sheet_imports,  # noqa: F401
    sheets,  # noqa: F401
    surcharges,  # noqa: F401
)
