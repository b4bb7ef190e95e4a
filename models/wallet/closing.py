"""Closing a wallet: nothing new is held, the rest is paid back by two people, and what is empty is closed for good.

A team leaves when each of its wallets is closed, one by one here or all at once (models/wallet/team_closing.py). Credit is never paid
out, and what is on hold is settled first.
"""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say
from models.wallet.adjustment import Adjustment
from models.wallet.recharge import Recharge
from models.wallet.redress import Redress
from models.wallet.wallet import LEAST_REASON, Wallet

declare("wallet_closed", say("%(actor)s closed the wallet %(object)s: %(reason)s"), "reason")


def close(wallet: Wallet, *, reason: str, by: Any) -> Adjustment | None:
    """Closes an empty wallet. One with money is blocked, and the payout of the rest proposed, which somebody else decides on; close it
    again when that is done. Raises Refused, FieldRefused."""
    if len(reason.strip()) < LEAST_REASON:
        raise FieldRefused("reason", "Say why, in at least %(least)s characters.", least=LEAST_REASON)
    with write_txn():
        now = wallet.locked()
        require_settled(now)
        if not now.balance_minor:
            shut(now, reason=reason.strip()[:200], by=by)
            return None
        if now.state == "active":
            now.block(reason=reason, by=by)
        return Adjustment.propose(now, -now.balance_minor, reason=reason, by=by, kind="payout")


def shut(wallet: Wallet, *, reason: str, by: Any) -> None:
    """Closes an empty wallet for good, in the caller's transaction."""
    wallet.move(("active", "blocked"), "closed", reason=reason)
    track("wallet_closed", wallet, by=by, reason=reason)


def require_settled(wallet: Wallet) -> None:
    """Raises Refused, and the first thing that keeps it from being closed."""
    if wallet.held_minor:
        raise Refused("Something is on hold in this wallet. Wait until its parcels are weighed in, or void them.")
    if wallet.balance_minor < 0:
        raise Refused("The wallet is overdrawn. It is closed when what is owed has been paid in.")
    for model in (Recharge, Adjustment, Redress):
        if model.select().where(model.wallet == wallet, model.state == "waiting").exists():
            raise Refused("Something about this wallet waits for a decision. Decide on it first.")
