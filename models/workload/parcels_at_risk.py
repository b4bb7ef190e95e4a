"""Parcels at risk, in the queue of everybody who may do something about them, of the stores for which they may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from models.people.role import Grant, GrantStore, RolePermission
from models.shipping.alerts.alert import ParcelAlert
from models.support.bulk import raw_rows
from models.support.words import say
from models.workload.queues import Counts, queue

PERMISSION = "parcels.edit"


@queue("parcels_at_risk", say("Parcels at risk"), "package", "bad")
def parcels_at_risk(team_id: int, people: Sequence[int]) -> Counts:
    """A parcel counts once, whatever is wrong with it."""
    count = peewee.fn.COUNT(peewee.fn.DISTINCT(ParcelAlert.parcel))
    waiting = ParcelAlert.select(ParcelAlert.store, count).where(ParcelAlert.team == team_id, ParcelAlert.awake())
    by_store: dict[int, int] = dict(raw_rows(waiting.group_by(ParcelAlert.store)))
    if not by_store:
        return {}
    stores: dict[int, set[int]] = {}
    for person, has_all, store in raw_rows(_granted(team_id)):
        stores.setdefault(person, set()).update(by_store if has_all else {store})
    return {person: sum(by_store.get(store, 0) for store in stores.get(person, ())) for person in people}


def _granted(team_id: int) -> Any:
    """Who holds the permission, for all stores or for which."""
    return (
        Grant.select(Grant.person, Grant.all_stores, GrantStore.store_id)
        .join(RolePermission, on=(RolePermission.role == Grant.role)).switch(Grant)
        .join(GrantStore, peewee.JOIN.LEFT_OUTER, on=(GrantStore.grant == Grant.id))
        .where(Grant.team == team_id, RolePermission.permission == PERMISSION)
    )  # fmt: skip
