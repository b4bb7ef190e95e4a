"""What a wallet's page says at a glance. Each figure is a seek in an index, however many transfers lie behind it.

A day's balance is that after the last transfer before its end. What freight cost in a month is what the balance lost beyond everything
else that moved it, of which there is little (`transfer_not_freight`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import peewee

from models.lists.days import midnight
from models.support import clock
from models.support.db import is_sqlite
from models.support.money import Money
from models.support.prepared import Prepared, together
from models.wallet.hold import DAYS as HOLD_DAYS
from models.wallet.hold import WARNING_DAYS, Hold
from models.wallet.recharge import Recharge
from models.wallet.transfer import CHARGES, NOT_FREIGHT, SIGNED, Transfer
from models.wallet.wallet import Wallet

DAYS = 30
FREIGHT = (*CHARGES, "refund", "bill")
"""What the figure of a month's freight is the sum of."""


@dataclass(frozen=True)
class Figures:
    """`balances` are those at the end of each of the last days, the present one last (minor units); `month` is the first day of this one."""

    wallet: Wallet
    balances: list[int]
    freight: Money
    recharged: Money
    others: Money
    holds: int
    ending: int
    waiting: int
    month: date

    @classmethod
    def of(cls, wallet: Wallet, zone: str) -> Figures:
        today = clock.local(clock.now(), zone).date()
        starts = [midnight(today - timedelta(days=back), zone) for back in range(DAYS - 2, -1, -1)]
        month = midnight(today.replace(day=1), zone)
        asked = [_BALANCE.asking(wallet.id, _stored(at)) for at in (month, *starts)]
        first, *days = (found or 0 for found in together(*asked))
        moved = dict(_MOVED.all(wallet.id, _stored(month)))
        recharged = int(moved.pop("recharge", 0))
        for kind in set(FREIGHT) - set(CHARGES):  # Given back, or asked for later.
            moved.pop(kind, 0)
        others = sum(int(one) for one in moved.values())
        freight = wallet.balance_minor - first - recharged - others
        soon = clock.now() + timedelta(days=HOLD_DAYS - WARNING_DAYS)
        holds, ending, waiting = together(
            _HOLDS.asking(wallet.id),
            _ENDING.asking(wallet.id, _stored(soon)),
            _WAITING.asking(wallet.team_id, wallet.id),
        )
        return cls(
            wallet, [*days, wallet.balance_minor], Money(freight, wallet.currency), Money(recharged, wallet.currency),
            Money(others, wallet.currency), holds, ending, waiting, today.replace(day=1),
        )  # fmt: skip

    @property
    def before(self) -> Money:
        """The balance at the end of the oldest day."""
        return Money(self.balances[0], self.wallet.currency)


def _stored(at: Any) -> Any:
    return Transfer.posted_at.db_value(at)


def _rare() -> Any:
    """SQLite takes the index of all transfers for as good as that of the few, and would read a month of charges."""
    return peewee.NodeList((Transfer, peewee.SQL('INDEXED BY "transfer_not_freight"'))) if is_sqlite() else Transfer


_BALANCE = Prepared(
    lambda wallet, at: (
        Transfer.select(Transfer.balance_after_minor)
        .where(Transfer.wallet == wallet, Transfer.posted_at < at)
        .order_by(Transfer.posted_at.desc(), Transfer.id.desc())
        .limit(1)
    )
)
_MOVED = Prepared(
    lambda wallet, since: (
        Transfer.select(Transfer.kind, peewee.fn.SUM(SIGNED))
        .from_(_rare())
        .where(Transfer.wallet == wallet, Transfer.posted_at >= since, NOT_FREIGHT)
        .group_by(Transfer.kind)
        .tuples()
    )
)
_HOLDS = Prepared(
    lambda wallet: Hold.select(peewee.fn.COUNT(Hold.id)).where(Hold.wallet == wallet, Hold.state == "pending")
)
_ENDING = Prepared(
    lambda wallet, soon: (
        Hold.select(peewee.fn.COUNT(Hold.id))
        .where(Hold.wallet == wallet, Hold.state == "pending", Hold.expires_at <= soon)
    )
)  # fmt: skip
_WAITING = Prepared(
    lambda team, wallet: (
        Recharge.select(peewee.fn.COUNT(Recharge.id))
        .where(Recharge.team == team, Recharge.wallet == wallet, Recharge.state == "waiting")
    )
)  # fmt: skip
