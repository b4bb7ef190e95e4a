"""Holds do not last: after ten days the team is warned, after fourteen the amount is free again. A parcel that is weighed in later is
charged without a hold."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.support import clock
from models.support.db import write_txn
from models.support.words import say
from models.wallet.alert import tell_ending
from models.wallet.hold import DAYS, WARNING_DAYS, Hold, release
from models.wallet.refusals import HoldNotPending, WalletFrozen
from models.wallet.wallet import Wallet

AT_ONCE = 200

declare("hold_expiring", say("%(amount)s on hold for the parcel %(object)s is released on %(day)s unless it is weighed in before"),
        "amount", "day")  # fmt: skip


def expire(step: Callable[[], Any] = lambda: None) -> int:
    """Releases what is overdue; what a frozen wallet holds stays until somebody has looked at it. How many."""
    done = 0
    while found := list(_overdue().limit(AT_ONCE)):
        for hold in found:
            with suppress(HoldNotPending, WalletFrozen), write_txn():  # Weighed in, voided or frozen meanwhile.
                step()
                release(hold, key=f"expiry:{hold.uid}", state="expired", why="expired")
                done += 1
    return done


def _overdue() -> Any:
    frozen = Wallet.select(Wallet.id).where(Wallet.state == "frozen")
    return Hold.select().where(Hold.state == "pending", Hold.expires_at <= clock.now(), Hold.wallet.not_in(frozen))


def warn(step: Callable[[], Any] = lambda: None) -> int:
    """Tells once of each hold that ends within four days. How many."""
    soon = clock.now() + timedelta(days=DAYS - WARNING_DAYS)
    found = Hold.select().where(Hold.state == "pending", Hold.expires_at <= soon, Hold.was_warned == False)  # noqa: E712
    rows = list(found.order_by(Hold.expires_at).limit(AT_ONCE))
    by_wallet: dict[int, list[Hold]] = {}
    for hold in rows:
        by_wallet.setdefault(hold.wallet_id, []).append(hold)
    for holds in by_wallet.values():
        with write_txn():
            step()
            if mine := [hold for hold in holds if _note(hold)]:
                tell_ending(mine[0].wallet, len(mine), sum(hold.amount_minor for hold in mine))
    return len(rows)


def _note(hold: Hold) -> bool:
    """Writes down that its team is warned, once."""
    if not Hold.update(was_warned=True).where(Hold.id == hold.id, Hold.was_warned == False).execute():  # noqa: E712
        return False
    track("hold_expiring", hold, amount=f"{hold.amount.text()} {hold.currency}", day=hold.expires_at.date())
    return True
