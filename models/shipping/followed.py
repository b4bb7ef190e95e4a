"""What a tracking service follows, for its page: how many numbers, and those with which somebody has to do something."""

from __future__ import annotations

from typing import Any

import peewee

from models.shipping.following import Following
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import TrackingAccount
from models.support.bulk import raw_rows


def counts(account: TrackingAccount) -> dict[str, int]:
    """How many numbers are in each state, but for those that ended (one index, whatever their number)."""
    mine = Following.account == account, Following.due_at.is_null(False)
    query = Following.select(Following.state, peewee.fn.COUNT(Following.id)).where(*mine).group_by(Following.state)
    return {state: int(count) for state, count in raw_rows(query)}


def stuck(account: TrackingAccount, reach: Any, most: int = 20) -> list[Following]:
    """Of the parcels a person may see, the latest first; nobody else's, also where the service is shared."""
    stores = reach.by_permission.get("parcels.view", frozenset())
    query: Any = Following.select(Following, Parcel).join(Parcel).where(
        Following.account == account, Following.state == "stuck", Following.due_at.is_null(False), Following.team == reach.team_id
    )  # fmt: skip
    query = query if stores is None else query.where(Parcel.store.in_(sorted(stores)))
    return list(query.order_by(Following.due_at.desc()).limit(most))
