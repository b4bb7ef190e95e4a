"""What parcels on the operator's scale had on hold, and what they were charged in the end. Read only: the ledger moves by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import peewee

from models.support.bulk import among, raw_rows
from models.wallet.hold import Hold
from models.wallet.parcel_money import IS_FREIGHT
from models.wallet.transfer import SIGNED, Transfer


@dataclass(frozen=True)
class Paid:
    """`held_minor` is what the latest hold promised, `waits` whether it still does; `charged_minor` all that left the wallet for the
    parcel, less what came back."""

    held_minor: int = 0
    waits: bool = False
    charged_minor: int = 0


def paid_for(parcels: Iterable[int]) -> dict[int, Paid]:
    """By the parcel's id; those that cost no prepaid money are not in it."""
    wanted = sorted(set(parcels))
    holds = Hold.select(Hold.parcel, Hold.amount_minor, Hold.state).where(among(Hold.parcel, wanted)).order_by(Hold.id)
    held = {row.parcel_id: row for row in holds}
    moved = Transfer.select(Transfer.parcel, peewee.fn.SUM(SIGNED)).where(
        among(Transfer.parcel, wanted), Transfer.parcel.is_null(False), IS_FREIGHT
    )
    charged = {parcel: -int(total) for parcel, total in raw_rows(moved.group_by(Transfer.parcel))}
    return {
        one: Paid(
            held_minor=held[one].amount_minor if one in held else 0,
            waits=one in held and held[one].state == "pending",
            charged_minor=charged.get(one, 0),
        )
        for one in held.keys() | charged.keys()
    }
