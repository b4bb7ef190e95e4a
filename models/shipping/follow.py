"""Which parcels are followed: those with a label and a number, from the moment they have both, as long as somebody can be asked."""

from __future__ import annotations

from typing import Any

import peewee

from models.people.team import Team
from models.shipping.following import Following
from models.shipping.moments import at
from models.shipping.parcel import Parcel
from models.shipping.tracking_account import JOB, TrackingAccount, chosen
from models.support import clock
from models.support.db import write_txn
from models.support.job_run import wake

FOLLOWED = ("labelled", "shipped")
AT_ONCE = 1000


@at("label")
@at("leave")
@at("number")
def begin(parcel: Parcel, **_: Any) -> None:
    """Follows a parcel by the number it has now."""
    if parcel.state not in FOLLOWED or not parcel.tracking_number:
        return
    known = Following.get_or_none(Following.parcel == parcel)
    account = TrackingAccount.for_carrier(parcel.team_id, parcel.carrier_id)
    if known is not None and known.number == _asked(parcel) and (account is None or account.id == known.account_id):
        return
    if known is not None:
        known.delete_instance()
    if account is None:
        return
    Following.create(**_row(parcel, account))
    wake(JOB, str(account.uid))


@at("void")
def end(parcel: Parcel, **_: Any) -> None:
    """What never left is not asked about."""
    Following.update(state="ended", due_at=None, held_until=None).where(Following.parcel == parcel).execute()


def catch_up(fence: Any = None) -> int:
    """Follows what is not followed yet, because there was nobody to ask before. How many parcels those were."""
    followed = 0
    for team in Team.everyone():
        accounts = [one for one in TrackingAccount.seen_by(team) if one.state != "paused"]
        if any(one.asks for one in accounts):
            followed += _catch_up(team, accounts, fence)
    return followed


def _catch_up(team: Team, accounts: list[TrackingAccount], fence: Any) -> int:
    followed, after = 0, 0
    while rows := _unfollowed(team, after):
        after, made = rows[-1].id, []
        for parcel in rows:
            if (account := chosen(accounts, team.id, parcel.carrier_id)) is not None:
                made.append(_row(parcel, account))
        with write_txn():
            if fence:
                fence(add=len(made))
            if made:
                Following.insert_many(made).on_conflict_ignore().execute()
            for uid in {str(row["account"].uid) for row in made}:
                wake(JOB, uid)
        followed += len(made)
    return followed


def _unfollowed(team: Team, after: int) -> list[Parcel]:
    known = peewee.fn.EXISTS(Following.select(Following.id).where(Following.parcel == Parcel.id))
    query: Any = Parcel.select(Parcel.id, Parcel.team, Parcel.carrier, Parcel.tracking_number, Parcel.core).where(
        Parcel.team == team, Parcel.state.in_(FOLLOWED), Parcel.tracking_number != "", Parcel.id > after,
        ~known,
    )  # fmt: skip
    return list(query.order_by(Parcel.id).limit(AT_ONCE))


def _row(parcel: Parcel, account: TrackingAccount) -> dict[str, Any]:
    return {"team": parcel.team_id, "parcel": parcel.id, "account": account, "number": _asked(parcel),
            "due_at": clock.now(), "state": "waiting", "carrier_key": "", "created_at": clock.now()}  # fmt: skip


def _asked(parcel: Parcel) -> str:
    """The number as services know it: what follows a ZIP code, where one stands before it."""
    return parcel.core or parcel.tracking_number
