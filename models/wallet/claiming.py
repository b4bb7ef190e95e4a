"""Paying a claim: money for goods that were lost or damaged on a channel of the operator's, from what that channel earned."""

from __future__ import annotations

from typing import Any

from models.freight.channel import Channel
from models.shipping.parcel import Parcel
from models.support.db import retrying, write_txn
from models.wallet.account import Account
from models.wallet.hold import require_amount
from models.wallet.once import taken
from models.wallet.transfer import Transfer, write
from models.wallet.wallet import MOVING, Wallet


@retrying
def pay_claim(
    wallet: Wallet, parcel: Parcel, channel: Channel, amount_minor: int, *, key: str, memo: str = "", by: Any = None, **facts: Any
) -> Transfer:  # fmt: skip
    """Raises InvalidAmount, and what the wallet's state forbids. That no parcel is paid for twice is for `Redress` to say."""
    require_amount(amount_minor)
    with write_txn():
        uid, is_new = taken("claim", key, wallet=wallet.id, parcel=parcel.id, amount=amount_minor)
        if not is_new:
            return Transfer.get(Transfer.uid == uid)
        now = wallet.shift(balance=amount_minor, allowed=MOVING)
        return write(
            "claim", now, Account.freight(channel, wallet.currency), amount_minor, uid=uid, parcel=parcel,
            memo=memo[:200], by=by, **facts,
        )  # fmt: skip
