"""What Amazon judges a seller by, counted for a store and marketplace over 10 and 30 days. A job counts; pages read a few rows.

Each count is a part of a whole: `hits` of `total`.
"""

from __future__ import annotations

import peewee

from models.people.team import Team
from models.stores.store import Store
from models.support.fields import UtcField
from models.support.record import About, TeamRecord


class SellerCount(TeamRecord):
    """`name` is a measure of models/shipping/metrics.py, `days` the window, counted back from `counted_at`."""

    store_column = "store"

    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="CASCADE")
    marketplace_id = peewee.CharField(max_length=24)
    days = peewee.IntegerField()
    name = peewee.CharField(max_length=24)
    hits = peewee.IntegerField()
    total = peewee.IntegerField()
    counted_at = UtcField()

    about = About(
        why="how Amazon will judge the seller", keep="until counted again",
        plain="id team store marketplace_id days name hits total counted_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("store", "marketplace_id", "days", "name"), True), (("team", "store"), False))
