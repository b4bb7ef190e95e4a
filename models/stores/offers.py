"""Stores and marketplaces as filters of lists offer them: those for which the viewer holds the list's permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.lists.filters import Offer
from models.lists.viewer import Viewer
from models.stores.marketplace import MARKETPLACES, marketplace_code
from models.stores.store import Store, StoreMarketplace
from models.support.prepared import Prepared


def stores_of(reach: Any, permission: str) -> list[Store]:
    """The stores for which a person holds the permission."""
    allowed = reach.by_permission.get(permission, frozenset())
    return [store for store in Store.of_team(reach.team) if allowed is None or store.id in allowed]


def stores_seen(viewer: Viewer, permission: str) -> list[Store]:
    return viewer.once(_stores, permission)


def stores_on_offer(permission: str) -> Callable[[Viewer], list[Offer]]:
    def offers(viewer: Viewer) -> list[Offer]:
        return [Offer(str(store.uid), store.id, store.name) for store in stores_seen(viewer, permission)]

    return offers


def marketplaces_on_offer(permission: str) -> Callable[[Viewer], list[Offer]]:
    """The known marketplaces of those stores, by their short codes."""

    def offers(viewer: Viewer) -> list[Offer]:
        ids = (row[0] for row in _MARKETPLACES.all(tuple(store.id for store in stores_seen(viewer, permission))))
        known = sorted((marketplace_code(one), one) for one in ids if one in MARKETPLACES)
        return [Offer(code, one, code) for code, one in known]

    return offers


def _stores(viewer: Viewer, permission: str) -> list[Store]:
    return stores_of(viewer.reach, permission)


_MARKETPLACES = Prepared(
    lambda stores: (
        StoreMarketplace.select(StoreMarketplace.marketplace_id)
        .where(StoreMarketplace.store.in_(stores))
        .distinct()
        .tuples()
    )
)
