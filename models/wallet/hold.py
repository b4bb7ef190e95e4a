"""A hold: the price of a label, promised from a wallet until the parcel is weighed in. It leaves `pending` once: captured by the real
charge, void, or expired.

A capture charges what was held as freight and what is beyond it as an extra, which may overdraw the wallet: the parcel has left.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import EVENTS, declare, drafted, track
from models.audit.telling import tell
from models.freight.channel import Channel
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided
from models.support.fields import StatusField, UidField, UtcField
from models.support.inserting import Inserting, Telling
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.account import Account
from models.wallet.beginning import begun, turn_of
from models.wallet.once import taken
from models.wallet.posting import post
from models.wallet.refusals import HoldNotPending, InvalidAmount
from models.wallet.transfer import Transfer, write
from models.wallet.wallet import MOST, MOVING, Wallet

STATES = {"pending": say("On hold"), "captured": say("Charged"), "void": say("Released"), "expired": say("Expired")}
DAYS, WARNING_DAYS = 14, 10

declare("hold_placed", say("%(amount)s is on hold in %(wallet)s for the parcel %(object)s"), "amount", "wallet")
declare("hold_captured", say("The parcel %(object)s was charged %(charged)s of %(amount)s on hold in %(wallet)s"),
        "amount", "charged", "wallet")  # fmt: skip
declare("hold_released", say("%(amount)s on hold in %(wallet)s for the parcel %(object)s was released: %(why)s"),
        "amount", "wallet", "why")  # fmt: skip
tell("hold_released.why", {
    "void": say("the parcel was voided"), "expired": say("its time was over"), "free": say("the parcel costs nothing"),
})  # fmt: skip


class Hold(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="holds")
    parcel = peewee.ForeignKeyField(Parcel, index=False, on_delete="RESTRICT", backref="holds")
    channel = peewee.ForeignKeyField(Channel, index=False, on_delete="RESTRICT", backref="holds")
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor > 0")])
    currency = peewee.CharField(max_length=3)
    state = StatusField(*STATES, default="pending")
    captured_minor = peewee.BigIntegerField(default=0)
    expires_at = UtcField()
    was_warned = peewee.BooleanField(default=False)
    created_at: UtcField = created_at()
    ended_at = UtcField(null=True)

    about = About(
        why="freight money promised to parcels", keep="10 years, as the law wants of accounts",
        plain="id uid team wallet parcel channel amount_minor currency state captured_minor expires_at was_warned created_at "
        "ended_at",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("wallet", "state", "id"), False),
            (("state", "expires_at"), False),
            (("created_at",), False),
        )

    @property
    def label(self) -> str:
        return self.parcel.label

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def is_ending(self) -> bool:
        """Does it end within days, so that its team was warned or will be?"""
        return self.expires_at <= clock.now() + timedelta(days=DAYS - WARNING_DAYS)

    @classmethod
    def pending_of(cls, parcel: Parcel) -> Hold | None:
        return cls.get_or_none(cls.parcel == parcel, cls.state == "pending")

    def leave(self, state: str, **values: Any) -> None:
        """Once. Raises HoldNotPending."""
        try:
            self.move("pending", state, ended_at=clock.now(), **values)
        except AlreadyDecided:
            raise HoldNotPending() from None


Hold.add_index(Hold.index(Hold.parcel, unique=True, where=Hold.state == "pending", name="hold_pending_once"))
Hold.add_index(Hold.index(Hold.parcel, name="hold_parcel"))
# Those that ended late, after their fourteen days: all others that stood on a day began shortly before it.
Hold.add_index(Hold.index(Hold.ended_at, where=Hold.ended_at > Hold.expires_at, name="hold_outlived"))


_KEEP = Inserting(Hold)
_KEEP_AND_TELL = Telling(_KEEP, EVENTS, object_id=("{id}", lambda hold: hold.id))


def require_amount(amount_minor: int) -> None:
    """Raises InvalidAmount."""
    if not 0 < amount_minor <= MOST:
        raise InvalidAmount()


@retrying
def place(wallet: Wallet, parcel: Parcel, channel: Channel, amount_minor: int, *, key: str, by: Any = None) -> Hold:
    """Promises an amount to a parcel. Raises InvalidAmount, WalletBlocked, InsufficientFunds."""
    require_amount(amount_minor)
    body = {"wallet": wallet.id, "parcel": parcel.id, "channel": channel.id, "amount": amount_minor}
    with turn_of(wallet):
        uid, now = begun("hold", key, wallet, body, held=amount_minor, keeps_available=True, allowed=("active",))
        if now is None:
            return Hold.get(Hold.uid == uid)
        hold = _KEEP.draft(
            uid=uid, team=wallet.team_id, wallet=wallet, parcel=parcel, channel=channel, amount_minor=amount_minor,
            currency=wallet.currency, expires_at=clock.now() + timedelta(days=DAYS),
        )  # fmt: skip
        told = drafted("hold_placed", hold, by=by, amount=wallet.told(hold.amount_minor), wallet=wallet.label)
        _KEEP_AND_TELL.keep(hold, told)
    return hold  # type: ignore[no-any-return]


@retrying
def capture(hold: Hold, amount_minor: int, *, key: str, by: Any = None) -> list[Transfer]:
    """Charges what the parcel really costs, once: freight up to what was held, an extra beyond, the rest released. The transfers.
    Raises InvalidAmount, HoldNotPending."""
    require_amount(amount_minor)
    with write_txn():
        uid, is_new = taken("capture", key, hold=hold.id, amount=amount_minor)
        if not is_new:
            mine = (Transfer.parcel == hold.parcel_id) & (Transfer.ref_kind == "hold") & (Transfer.ref_id == hold.id)
            return list(Transfer.select().where(mine).order_by(Transfer.id))
        hold.leave("captured", captured_minor=amount_minor)
        wallet = hold.wallet.shift(balance=-amount_minor, held=-hold.amount_minor, allowed=MOVING)
        income = Account.freight(hold.channel, hold.currency)
        freight, extra = min(amount_minor, hold.amount_minor), max(amount_minor - hold.amount_minor, 0)
        facts = {"parcel": hold.parcel, "ref_kind": "hold", "ref_id": hold.id, "by": by}
        made = [write("freight", wallet, income, -freight, uid=uid, still_minor=-extra, **facts)]
        if extra:
            made.append(write("extra", wallet, income, -extra, **facts))
        track("hold_captured", hold, by=by, amount=wallet.told(hold.amount_minor), wallet=wallet.label,
              charged=wallet.told(amount_minor))  # fmt: skip
    return made


@retrying
def release(hold: Hold, *, key: str, state: str = "void", why: str = "", by: Any = None) -> None:
    """Gives the promised amount back: `void` by a person, `expired` by time. Raises HoldNotPending."""
    with write_txn():
        _uid, is_new = taken("release", key, hold=hold.id, state=state)
        if not is_new:
            return
        hold.leave(state)
        wallet = hold.wallet.shift(held=-hold.amount_minor, allowed=MOVING)
        track("hold_released", hold, by=by, amount=wallet.told(hold.amount_minor), wallet=wallet.label,
              why=why or state)  # fmt: skip


@retrying
def charge(
    wallet: Wallet, parcel: Parcel, channel: Channel, amount_minor: int, *, key: str, kind: str = "freight", by: Any = None,
    **facts: Any,
) -> Transfer:  # fmt: skip
    """Charges a parcel without a hold, because it left after that expired, or because a carrier's bill asks for more
    (`kind="extra"`). It may overdraw the wallet. Raises InvalidAmount."""
    require_amount(amount_minor)
    body = {"wallet": wallet.id, "parcel": parcel.id, "channel": channel.id, "amount": amount_minor, "kind": kind}
    income = Account.freight(channel, wallet.currency)
    return post(kind, wallet, income, -amount_minor, act="charge", key=key, body=body, by=by, parcel=parcel, **facts)
