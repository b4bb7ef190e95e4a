"""Parcels: what leaves us, how it travels and where it is."""

from flask import Blueprint

bp = Blueprint("shipping", __name__)

from views.shipping import (  # noqa: E402 (they add their routes)
    found,  # noqa: F401
    hand_prices,  # noqa: F401
    hooks,  # noqa: F401
    making,  # noqa: F401
    metrics,  # noqa: F401
    needs,  # noqa: F401
    numbers,  # noqa: F401
    packing,  # noqa: F401
    papers,  # noqa: F401
    parcels,  # noqa: F401
    pills,  # noqa: F401
    risks,  # noqa: F401
    rules,  # noqa: F401
    scale,  # noqa: F401
    scanning,  # noqa: F401
    sender,  # noqa: F401
    services,  # noqa: F401
    telling,  # noqa: F401
    tracking,  # noqa: F401
    warehouse,  # noqa: F401
    waybills,  # noqa: F401
)
