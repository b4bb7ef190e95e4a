"""What was ever sold: each SKU once under each title and ASIN it had. Triggers of the order lines keep it.

Orders are found by their items through this short list and the index of the lines by SKU: to index the words of every
line would make the same words again for every sale.
"""

from __future__ import annotations

import peewee

from models.people.team import Team
from models.support.record import About, TeamRecord


class SoldItem(TeamRecord):
    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    sku = peewee.CharField(max_length=80)
    asin = peewee.CharField(max_length=16)
    title = peewee.CharField(max_length=500)

    about = About(why="finding orders by what was bought", keep="as long as the team", plain="id team sku asin title")

    class Meta:
        indexes = ((("team", "sku", "asin", "title"), True),)
