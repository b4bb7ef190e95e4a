"""What moved for one parcel. Freight is what it cost: charges, what a bill differed by, refunds, and what was reversed of these. A claim
is paid for the goods: it makes no parcel cheaper."""

from __future__ import annotations

from typing import Any

import peewee

from models.shipping.parcel import Parcel
from models.wallet.transfer import SIGNED, Transfer
from models.wallet.wallet import Wallet

_claims: Any = Transfer.alias()
_of_the_parcel = (_claims.parcel == Transfer.parcel) & (_claims.kind == "claim")
_REVERSES_A_CLAIM = Transfer.reverses.is_null(False) & Transfer.reverses.in_(
    _claims.select(_claims.id).where(_of_the_parcel)
)
IS_FREIGHT = (Transfer.kind != "claim") & ~_REVERSES_A_CLAIM
"""In queries of transfers that have a parcel."""


def charged_for(parcel: Parcel, wallet: Wallet) -> int:
    """What a parcel cost the wallet in the end (minor units)."""
    mine = (Transfer.parcel == parcel) & (Transfer.wallet == wallet)
    return Transfer.select(peewee.fn.SUM(SIGNED * -1)).where(mine, IS_FREIGHT).scalar() or 0


def transfers_of(parcel: Parcel) -> list[Transfer]:
    """In the order in which they were posted."""
    return list(Transfer.select().where(Transfer.parcel == parcel).order_by(Transfer.id))
