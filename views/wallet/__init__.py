"""Wallets: prepaid freight money, what was deducted from it, and the operator's decisions about it."""

from flask import Blueprint

bp = Blueprint("wallet", __name__)

from views.wallet import (  # noqa: E402 (they add their routes)
    bank,  # noqa: F401
    bank_files,  # noqa: F401
    bills,  # noqa: F401
    changes,  # noqa: F401
    closings,  # noqa: F401
    deductions,  # noqa: F401
    everybody,  # noqa: F401
    exchange,  # noqa: F401
    holds,  # noqa: F401
    movements,  # noqa: F401
    needs,  # noqa: F401
    payments,  # noqa: F401
    pills,  # noqa: F401
    recharges,  # noqa: F401
    redresses,  # noqa: F401
    reports,  # noqa: F401
    statements,  # noqa: F401
    terms,  # noqa: F401
)
