"""A posting: money between a wallet and another account under a key, with its transfer and its event. In several steps, or on PostgreSQL,
where nothing else belongs to the same transaction, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.support.db import in_write_txn, is_sqlite
from models.wallet.account import Account
from models.wallet.at_once import keep_in_sight, posted_at_once
from models.wallet.beginning import begun, turn_of
from models.wallet.transfer import Transfer, write
from models.wallet.wallet import MOVING, Wallet


def post(
    kind: str, wallet: Wallet, other: Account, amount_minor: int, *, act: str, key: str, body: dict[str, Any], by: Any = None,
    require: Callable[[Wallet], None] | None = None, **facts: Any,
) -> Transfer:  # fmt: skip
    """The transfer, new or known for the key; `amount_minor` below nothing takes money out, `require` raises where the wallet may not
    stand so. `body` and `facts` are those of `begun()` and `write()`. Raises KeyConflict, LedgerRefused."""
    if require is None and not is_sqlite() and not in_write_txn():
        made = posted_at_once(kind, wallet, other, amount_minor, act=act, key=key, body=body, by=by, **facts)
        if made is not None:
            return made
    with turn_of(wallet):
        uid, now = begun(act, key, wallet, body, balance=amount_minor, allowed=MOVING)
        if now is None:
            return Transfer.get(Transfer.uid == uid)  # type: ignore[no-any-return]
        if require is not None:
            require(now)
        if not is_sqlite():
            keep_in_sight(now)
        return write(kind, now, other, amount_minor, uid=uid, by=by, **facts)
