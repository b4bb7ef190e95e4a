"""Up to which amount one person alone gives a wallet's team back what a parcel cost, or pays a claim: nothing, unless somebody set a
limit. Whoever set it last never uses it themselves, so that it still takes two people to move money by hand."""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UtcField
from models.support.record import About, Record, created_at
from models.support.words import say
from models.wallet.wallet import MOST, Wallet

declare(
    "alone_limit_set",
    say("%(actor)s let one person alone give back up to %(amount)s for a parcel of %(object)s"),
    "amount",
    "was",
)


class AloneLimit(Record):
    wallet: Any = peewee.ForeignKeyField(Wallet, unique=True, on_delete="RESTRICT", backref="alone_limits")
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor >= 0")])
    set_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="alone_limits")
    set_at: UtcField = created_at()

    about = About(
        why="what one person may give back without a second", keep="as the wallet", plain="id wallet amount_minor set_at", staff="set_by"
    )  # fmt: skip

    @classmethod
    def of(cls, wallet: Wallet) -> int:
        """Minor units; 0 where it always takes two people."""
        found = cls.get_or_none(cls.wallet == wallet)
        return found.amount_minor if found else 0

    @classmethod
    def allows(cls, wallet: Wallet, amount_minor: int, by: Any) -> bool:
        found = cls.get_or_none(cls.wallet == wallet)
        return (
            found is not None
            and by is not None
            and amount_minor <= found.amount_minor
            and found.set_by_id not in (None, by.id)
        )

    @classmethod
    def put(cls, wallet: Wallet, amount_minor: int, *, by: Any) -> None:
        """Raises FieldRefused."""
        if not 0 <= amount_minor <= MOST:
            raise FieldRefused("alone_limit", "A limit is nothing or more.")
        with write_txn():
            wallet.require_open()
            was = cls.of(wallet)
            if was == amount_minor:
                return
            row: dict[Any, Any] = {cls.amount_minor: amount_minor, cls.set_by: by, cls.set_at: clock.now()}
            cls.insert({cls.wallet: wallet, **row}).on_conflict(conflict_target=[cls.wallet], update=row).execute()
            track("alone_limit_set", wallet, by=by, amount=wallet.told(amount_minor), was=wallet.told(was))
