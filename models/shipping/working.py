"""Which tracking services have something to do now: messages to read, numbers to register, parcels to look at, or themselves to be
tried. Asked every few seconds, so it costs little when there is nothing."""

from __future__ import annotations

import peewee

from models.shipping.following import Following
from models.shipping.tracking_account import MANUAL, TrackingAccount
from models.shipping.tracking_message import TrackingMessage
from models.support import clock


def uids_with_work() -> list[str]:
    accounts = TrackingAccount.select().where(TrackingAccount.kind != MANUAL, TrackingAccount.state != "paused")
    return [str(one.uid) for one in accounts.order_by(TrackingAccount.id) if _has_work(one)]


def has_work() -> bool:
    return bool(uids_with_work())


def has_accounts() -> bool:
    return TrackingAccount.select().where(TrackingAccount.kind != MANUAL, TrackingAccount.state != "paused").exists()


def _has_work(account: TrackingAccount) -> bool:
    if TrackingMessage.is_waiting(account):
        return True
    if account.state == "refused" or account.is_resting:
        return False
    return account.state == "checking" or bool(_due(account))


def _due(account: TrackingAccount) -> bool:
    return Following.select(peewee.SQL("1")).where(Following.work_of(account, clock.now())).exists()
