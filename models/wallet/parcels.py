"""A parcel's life moves its team's wallet: held at the label, charged at the scale, released when it is voided.

Only parcels on the operator's channels cost prepaid money, and only of teams that have a wallet: others are billed in another way.
"""

from __future__ import annotations

from typing import Any

from models.people.team import Team
from models.shipping.moments import Charge, at
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing
from models.support.words import say
from models.wallet import hold as holds
from models.wallet.hold import Hold
from models.wallet.refusals import CurrencyMismatch
from models.wallet.wallet import Wallet


def wallet_for(parcel: Parcel, charge: Charge) -> Wallet | None:
    """The wallet a parcel is paid from; None where it costs no prepaid money. Raises CurrencyMismatch."""
    operator = Team.operator()
    if operator is None or charge.owner_id != operator.id or parcel.team_id == operator.id:
        return None
    if (wallet := Wallet.of(parcel.team_id, charge.currency)) is not None:
        return wallet
    if Wallet.select().where(Wallet.team == parcel.team_id).exists():
        raise CurrencyMismatch(
            say("The channel is paid in %(currency)s, and the team has no wallet in it.", currency=charge.currency)
        )
    return None


@at("label")
def hold(parcel: Parcel, *, charge: Charge | None, by: Any, **_more: Any) -> None:
    if charge is None or not charge.amount_minor or (wallet := wallet_for(parcel, charge)) is None:
        return
    holds.place(wallet, parcel, charge.channel, charge.amount_minor, key=f"label:{parcel.uid}", by=by)


@at("weigh")
def settle(parcel: Parcel, *, charge: Charge | None, by: Any, weighing: Weighing, **_more: Any) -> None:
    """Charges what it costs by the scale. What has no price waits on hold for a person."""
    if charge is None or weighing.quote is None or (wallet := wallet_for(parcel, charge)) is None:
        return
    settle_at(parcel, wallet, charge, weighing.quote.total_minor, by=by)


@at("price")
def settle_by_hand(parcel: Parcel, *, charge: Charge | None, by: Any, amount_minor: int, **_more: Any) -> None:
    """Charges what two people agreed to, where the price sheet says nothing."""
    if charge is not None and (wallet := wallet_for(parcel, charge)) is not None:
        settle_at(parcel, wallet, charge, amount_minor, by=by)


def settle_at(parcel: Parcel, wallet: Wallet, charge: Charge, amount_minor: int, *, by: Any) -> None:
    """Charges a parcel once, from its hold where that still stands."""
    pending, key = Hold.pending_of(parcel), f"weigh:{parcel.uid}"
    if pending is None:
        if amount_minor:
            holds.charge(wallet, parcel, charge.channel, amount_minor, key=key, by=by)
    elif amount_minor:
        holds.capture(pending, amount_minor, key=key, by=by)
    else:
        holds.release(pending, key=key, why="free", by=by)


@at("void")
def let_go(parcel: Parcel, *, by: Any, **_more: Any) -> None:
    if (pending := Hold.pending_of(parcel)) is not None:
        holds.release(pending, key=f"void:{parcel.uid}", why="void", by=by)
