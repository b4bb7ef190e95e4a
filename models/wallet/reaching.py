"""Who sees which money: a team its own wallets; the operator every team's, with what a parcel weighed and cost, and nothing of orders.

A role given for some stores shows what the parcels of these stores cost, and none of the team's other movements.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.lists.filters import BY_ID, one_of
from models.people.reach import OutOfReach
from models.shipping.parcel import Parcel
from models.support.matching import beside_index, by_index
from models.wallet.hold import Hold
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

VIEW, RECHARGE = "wallet.view", "wallet.recharge"
ALL, DECIDE, MANAGE = "wallets.view", "wallets.decide", "wallets.manage"
MONEY = ("wallet", "transfer", "hold", "recharge", "adjustment", "redress", "team_closing", "statement")


def own(model: Any, reach: Any) -> Any:
    """The condition of a team's transfers or holds that this person may see."""
    return of_their_stores(model.team == reach.team_id, model, reach)


def own_of(model: Any, wallets: list[int], reach: Any) -> Any:
    """The same, told by the team's wallets: an index of wallets then answers it alone."""
    return of_their_stores(beside_index(model.wallet).in_(wallets), model, reach)


def of_their_stores(mine: Any, model: Any, reach: Any) -> Any:
    stores = reach.by_permission.get(VIEW, frozenset())
    if stores is None:
        return mine
    if model is Transfer:
        return mine & of_stores(sorted(stores), "posted")
    is_one = (Parcel.id == model.parcel) & beside_index(Parcel.store).in_(sorted(stores))
    return mine & peewee.fn.EXISTS(Parcel.select(peewee.SQL("1")).where(is_one))


def of_stores(stores: list[int], walked: str | None) -> Any:
    """The condition of transfers of these stores' parcels. One store alone is found in its own index, which knows the order."""
    if len(stores) == 1 and walked != BY_ID:
        return Transfer.store == by_index(stores[0])
    return one_of(Transfer.store, stores, walked, walked == BY_ID)


def sees_whole(reach: Any) -> bool:
    """Does this person see all that moves the team's wallets, and not what the parcels of some stores cost alone?"""
    return reach.by_permission.get(VIEW, frozenset()) is None


def unseen_events(reach: Any, stores: Any) -> tuple[str, ...]:
    """About what a person who reads the events of some stores (None: of all) is not told where no store is named."""
    return () if stores is None or sees_whole(reach) else MONEY


def whole(model: Any, reach: Any) -> Any:
    """The condition of a team's statements: they tell of more than some stores."""
    mine = model.team == reach.team_id
    return mine if sees_whole(reach) else mine & model.id.is_null()


def everybodys(model: Any, reach: Any) -> Any:
    """The condition of rows of all teams; of none where the team in the address is not the operator."""
    return model.id.is_null(not reach.team.is_operator)


def own_transfer(reach: Any, uid: Any) -> Transfer:
    """Raises OutOfReach."""
    return _found(Transfer.select().where(Transfer.uid == uid, own(Transfer, reach)).first())


def any_of(model: Any, reach: Any, uid: Any) -> Any:
    """A wallet, transfer, recharge or adjustment of any team, for the operator. Raises OutOfReach."""
    if not (reach.team.is_operator and reach.may(ALL)):
        raise OutOfReach
    return _found(model.get_or_none(model.uid == uid))


def paid_parcel(reach: Any, uid: Any) -> Parcel:
    """A parcel of any team that a wallet has paid, or promised to, for the operator. Raises OutOfReach."""
    found = any_of(Parcel, reach, uid)
    if not any(model.select().where(model.parcel == found).exists() for model in (Transfer, Hold)):
        raise OutOfReach
    return found


def own_wallet(reach: Any, currency: str) -> Wallet:
    """The team's wallet in a currency. Raises OutOfReach."""
    return _found(Wallet.of(reach.team_id, currency))


def pending_of(wallet: Wallet) -> int:
    """How many parcels have something on hold."""
    return Hold.select().where(Hold.wallet == wallet, Hold.state == "pending").count()


def _found(record: Any) -> Any:
    if record is None:
        raise OutOfReach
    return record
