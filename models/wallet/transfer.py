"""A transfer: an amount from one account to another, never changed. A mistake is mended by the opposite transfer.

Every transfer moves one wallet: debiting the wallet's account takes money out of it, crediting puts money in. Within a wallet
`posted_at` and `id` count up in the order of `balance_after_minor`, because who moves a wallet holds its row.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime
from typing import Any

import peewee

from models.audit.event import EVENTS, Event, declare, drafted
from models.audit.measure import measure
from models.audit.telling import tell
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.stores.store import Store
from models.support import clock
from models.support.fields import ExactDecimalField, StatusField, UidField, UtcField
from models.support.inserting import Inserting, Telling
from models.support.money import Money
from models.support.record import About, TeamRecord
from models.support.words import Words, say
from models.wallet.account import Account
from models.wallet.wallet import Wallet

KINDS = {
    "recharge": say("Recharge"),
    "freight": say("Freight"),
    "extra": say("Freight, extra"),
    "refund": say("Refund"),
    "reversal": say("Reversal"),
    "adjustment": say("Adjustment"),
    "exchange": say("Exchange"),
    "payout": say("Payout"),
    "bill": say("Bill difference"),
    "claim": say("Claim"),
}
CHARGES = ("freight", "extra")

declare("transfer_posted", say("%(kind)s of %(amount)s on the wallet %(wallet)s: %(object)s"),
        "kind", "amount", "wallet", "digest", "direction")  # fmt: skip
tell("transfer_posted.direction", {"in": say("In"), "out": say("Out")})
measure("transfers_posted", say("Wallet transfers"), "transfer_posted")


class Transfer(TeamRecord):
    """`is_incoming` says that the wallet's account is credited. `ref_kind` and `ref_id` name what it came from: a recharge, an adjustment, a bill's line; `rate` is an exchange's. `store` is the parcel's, for whom it concerns and where they look for it."""

    id = peewee.BigAutoField()
    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="transfers")
    kind = StatusField(*KINDS)
    debit = peewee.ForeignKeyField(Account, index=False, on_delete="RESTRICT", backref="debits")
    credit = peewee.ForeignKeyField(Account, index=False, on_delete="RESTRICT", backref="credits")
    is_incoming = peewee.BooleanField()
    amount_minor = peewee.BigIntegerField(constraints=[peewee.Check("amount_minor > 0")])
    currency = peewee.CharField(max_length=3)
    balance_after_minor = peewee.BigIntegerField()
    parcel = peewee.ForeignKeyField(Parcel, null=True, index=False, on_delete="RESTRICT", backref="transfers")
    ref_kind = peewee.CharField(max_length=24, default="")
    ref_id = peewee.BigIntegerField(null=True)
    reverses = peewee.ForeignKeyField("self", null=True, index=False, on_delete="RESTRICT", backref="reversals")
    rate = ExactDecimalField(null=True)
    memo = peewee.CharField(max_length=200, default="")
    posted_at = UtcField(default=clock.now)
    effective_on = peewee.DateField()
    made_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="RESTRICT", backref="transfers")
    digest = peewee.CharField(max_length=64)
    store = peewee.ForeignKeyField(Store, null=True, index=False, on_delete="RESTRICT", backref="transfers")

    about = About(
        why="every movement of prepaid freight money", keep="10 years, as the law wants of accounts",
        plain="id uid team wallet kind debit credit is_incoming amount_minor currency balance_after_minor parcel store ref_kind ref_id reverses "
        "rate memo posted_at effective_on digest",
        staff="made_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("wallet", "posted_at", "id"), False),)

    @property
    def label(self) -> str:
        return f"T-{self.id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def signed_minor(self) -> int:
        """As the wallet feels it: more than nothing when money came in."""
        return self.amount_minor if self.is_incoming else -self.amount_minor

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def text(self) -> str:
        """What its digest is of: everything that must never change."""
        its = self.__data__
        rate = its["rate"]
        parts = (
            its["uid"], its["wallet"], its["kind"], its["debit"], its["credit"], its["amount_minor"], its["currency"],
            its["balance_after_minor"], its["parcel"] or "", its["ref_kind"], its["ref_id"] or "", its["reverses"] or "",
            format(rate, "f") if rate else "", its["memo"], clock.iso(its["posted_at"]), its["effective_on"],
        )  # fmt: skip
        return "|".join(map(str, parts))

    def digest_of(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


IN_ORDER = (Transfer.posted_at, Transfer.id)
"""In queries: a wallet's transfers as they were posted. Its index answers it."""
SIGNED = peewee.Case(None, [(Transfer.is_incoming, Transfer.amount_minor)], Transfer.amount_minor * -1)
"""In queries: the amount as the wallet feels it."""
OTHER = peewee.Case(None, [(Transfer.is_incoming, Transfer.debit)], Transfer.credit)
"""In queries: the account beside the wallet's own."""
NOT_FREIGHT = peewee.Expression(Transfer.kind, "NOT IN", peewee.SQL("('freight', 'extra')"))
"""In queries: what is not one of the many charges. It stands in the SQL as it is, so that its own index finds it among millions."""

Transfer.add_index(Transfer.index(Transfer.parcel, where=Transfer.parcel.is_null(False), name="transfer_of_parcel"))
Transfer.add_index(
    Transfer.index(Transfer.reverses, unique=True, where=Transfer.reverses.is_null(False), name="transfer_reverses_id")
)
Transfer.add_index(
    Transfer.index(
        Transfer.wallet,
        Transfer.posted_at,
        Transfer.id,
        Transfer.kind,
        where=Transfer.kind.not_in(CHARGES),
        name="transfer_not_freight",
    )
)
Transfer.add_index(
    Transfer.index(
        peewee.EnclosedNodeList([OTHER]),
        Transfer.wallet,
        Transfer.posted_at,
        Transfer.id,
        Transfer.kind,
        where=Transfer.parcel.is_null(False),
        name="transfer_of_account",
    )
)  # What a channel charged a wallet, in order.
Transfer.add_index(
    Transfer.index(
        Transfer.store,
        Transfer.wallet,
        Transfer.posted_at,
        Transfer.id,
        Transfer.kind,
        where=Transfer.store.is_null(False),
        name="transfer_of_store",
    )
)  # And what a store's parcels cost.


def later_than(last: Transfer) -> peewee.Expression:
    """As a condition on the transfers of a wallet: those posted after this one."""
    return peewee.Tuple(*IN_ORDER) > peewee.Tuple(last.posted_at, last.id)


_KEEP = Inserting(Transfer)
KEEP_AND_TELL = Telling(
    _KEEP,
    EVENTS,
    object_id=("{id}", lambda made: made.id),
    object_label=("'T-' || {id}", lambda made: made.label),
)


def write(
    kind: str,
    wallet: Wallet,
    other: Account,
    amount_minor: int,
    *,
    uid: uuid.UUID | None = None,
    effective_on: date | None = None,
    still_minor: int = 0,
    by: Any = None,
    **facts: Any,
) -> Transfer:
    """Writes the transfer of a wallet as it was moved in this transaction, and its event; `amount_minor` below nothing takes money out,
    `still_minor` is what another transfer of the same move follows with.

    `facts` are parcel (with its store where only its id is given), ref_kind, ref_id, reverses, rate, memo.
    """
    made, told = drafts(kind, wallet, other, amount_minor, uid=uid or uuid.uuid4(), by=by, **facts)
    stamp(made, told, wallet.balance_minor - still_minor, wallet.moved_at, effective_on)
    KEEP_AND_TELL.keep(made, told)
    return made


def drafts(
    kind: str, wallet: Wallet, other: Account, amount_minor: int, *, uid: uuid.UUID, by: Any, **facts: Any
) -> tuple[Transfer, Event]:
    """The transfer and the event that `write()` writes, but for the stamp."""
    mine, parcel = Account.of_wallet(wallet), facts.get("parcel")
    if isinstance(parcel, Parcel):
        facts["store"] = parcel.store_id
    debit, credit = (other, mine) if amount_minor > 0 else (mine, other)
    made = _KEEP.draft(
        uid=uid, team=wallet.team_id, wallet=wallet, kind=kind, debit=debit, credit=credit, is_incoming=amount_minor > 0,
        amount_minor=abs(amount_minor), currency=wallet.currency, balance_after_minor=None, posted_at=None, effective_on=None, made_by=by,
        digest=None, **facts,
    )  # fmt: skip
    told = drafted(
        "transfer_posted", made, by=by, label="", kind=kind, amount=wallet.told(made.amount_minor), wallet=wallet.label, digest="",
        direction="in" if amount_minor > 0 else "out",
    )  # fmt: skip
    return made, told


def stamp(
    made: Transfer, told: Event, balance_after_minor: int, posted_at: datetime, effective_on: date | None = None
) -> None:
    """The moment, the balance and the digest: what is known only by whoever has the wallet."""
    stamped: dict[str, Any] = made.__data__
    stamped.update(
        posted_at=posted_at, effective_on=effective_on or posted_at.date(), balance_after_minor=balance_after_minor
    )
    stamped["digest"] = told.details["digest"] = made.digest_of()
    told.__data__["at"] = posted_at
