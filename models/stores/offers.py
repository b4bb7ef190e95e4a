"""Stores and marketplaces as filters of lists offer them: those for which the viewer holds the list's permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.lists.filters import Offer
from models.lists.viewer import Viewer
from models.stores.marketplace import MARKETPLACES, marketplace_code
from models.stores.store import Store, StoreMarketplace
from models.support.matching import listed
from models.support.prepared import Prepared
from models.support.records import part_of


def stores_of(reach: Any, permission: str) -> list[Store]:
    """The stores for which a person holds the permission."""
    allowed = reach.by_permission.get(permission, frozenset())
    return [store for store in Store.of_team(reach.team) if allowed is None or store.id in allowed]


def stores_seen(viewer: Viewer, permission: str) -> list[Store]:
    return [store for store, _marketplaces in viewer.once(_seen, permission)]


def stores_on_offer(permission: str) -> Callable[[Viewer], list[Offer]]:
    def offers(viewer: Viewer) -> list[Offer]:
        return [Offer(str(store.uid), store.id, store.name) for store in stores_seen(viewer, permission)]

    return offers


def marketplaces_on_offer(permission: str) -> Callable[[Viewer], list[Offer]]:
    """The known marketplaces of those stores, by their short codes."""

    def offers(viewer: Viewer) -> list[Offer]:
        ids = {one for _store, marketplaces in viewer.once(_seen, permission) for one in marketplaces}
        known = sorted((marketplace_code(one), one) for one in ids if one in MARKETPLACES)
        return [Offer(code, one, code) for code, one in known]

    return offers


def _seen(viewer: Viewer, permission: str) -> list[tuple[Store, list[str]]]:
    """The stores for which a person holds the permission, each with the ids of its marketplaces (one question)."""
    allowed = viewer.reach.by_permission.get(permission, frozenset())
    rows = _WITH_MARKETPLACES.rows(viewer.reach.team_id)
    return [
        (_STORE.make(row), row[-1].split(",") if row[-1] else [])
        for row in rows
        if allowed is None or row[0] in allowed
    ]


_STORE = part_of(Store)
_WITH_MARKETPLACES = Prepared(
    lambda team: (
        Store.select(
            *Store._meta.sorted_fields,
            StoreMarketplace.select(listed(StoreMarketplace.marketplace_id)).where(StoreMarketplace.store == Store.id),
        )
        .where(Store.team == team)
        .order_by(Store.state == "disconnected", Store.name)
    )
)
