"""What wallets bring to a first page: a team's that are low, overdrawn or blocked and holds near their end; the operator's decisions."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from models.wallet import needs
from models.wallet.reaching import ALL, DECIDE, VIEW
from models.workload import cashier  # noqa: F401 (adds its queues)
from views.support.access import reach
from views.support.waiting import waiting
from views.wallet import bp  # noqa: F401 (its pages are led to)
from views.wallet.holds import open_holds_url
from views.workload.queues import leads


def _of_team() -> tuple[int, int]:
    """Wallets in trouble and holds near their end, counted once for a page."""
    if "wallet_needs" not in g:
        g.wallet_needs = needs.of_team(reach)
    return g.wallet_needs  # type: ignore[no-any-return]


waiting(
    lambda: _("Wallets that are low, overdrawn or blocked"),
    lambda: _of_team()[0],
    lambda: url_for("wallet.index"),
    permission=VIEW,
    icon="wallet",
    tone="bad",
)
waiting(
    lambda: _("Amounts on hold that are released within four days"),
    lambda: _of_team()[1],
    open_holds_url,
    permission=VIEW,
    icon="clock",
)
waiting(
    lambda: _("Recharges to decide"),
    needs.recharges_to_decide,
    lambda: to_decide("wallet.payments"),
    permission=DECIDE,
    icon="hand-coins",
)
waiting(
    lambda: _("Changes of wallets to decide"),
    needs.changes_to_decide,
    lambda: to_decide("wallet.changes"),
    permission=DECIDE,
    icon="scale",
)
waiting(
    lambda: _("Wallets that are frozen"),
    needs.frozen,
    lambda: url_for("wallet.everybody", view="frozen", state="frozen"),
    permission=ALL,
    icon="circle-alert",
    tone="bad",
)
leads("recharges", lambda: to_decide("wallet.payments"), DECIDE)
leads("payouts", lambda: to_decide("wallet.changes", kind="payout"), DECIDE)
leads("wallet_changes", lambda: to_decide("wallet.changes", kind=["adjustment", "reversal"]), DECIDE)


def to_decide(endpoint: str, **more: Any) -> str:
    return url_for(endpoint, view="waiting", state="waiting", **more)
