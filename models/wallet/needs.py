"""What about wallets needs somebody now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.freight.bills.line import BillLine
from models.support import clock
from models.support.bulk import raw_rows
from models.support.db import db
from models.wallet.adjustment import Adjustment
from models.wallet.bill_wait import BillWait
from models.wallet.hold import DAYS, WARNING_DAYS, Hold
from models.wallet.reaching import own
from models.wallet.recharge import Recharge
from models.wallet.wallet import Wallet


def of_team(reach: Any) -> tuple[int, int]:
    """A team's wallets that are low, overdrawn, blocked or frozen, and holds that a person may see and that end within four days (one
    query)."""
    is_low = (Wallet.is_low == True) | (Wallet.balance_minor < 0)  # noqa: E712
    trouble = is_low | Wallet.state.in_(("blocked", "frozen"))
    soon, count = clock.now() + timedelta(days=DAYS - WARNING_DAYS), peewee.fn.COUNT(peewee.SQL("1"))
    troubled = Wallet.select(count).where(Wallet.team == reach.team_id, Wallet.state != "closed", trouble)
    ending = Hold.select(count).where(own(Hold, reach), Hold.state == "pending", Hold.expires_at <= soon)
    [row] = raw_rows(peewee.Select(None, [troubled, ending]).bind(db))
    return row[0], row[1]


def recharges_to_decide() -> int:
    return Recharge.select().where(Recharge.state == "waiting").count()


def changes_to_decide() -> int:
    return Adjustment.select().where(Adjustment.state == "waiting").count()


def bills_in_no_wallet() -> int:
    return BillWait.select().join(BillLine).where(BillLine.state == "agreed", BillLine.posted_ref == "").count()


def frozen() -> int:
    return Wallet.select().where(Wallet.state == "frozen").count()
