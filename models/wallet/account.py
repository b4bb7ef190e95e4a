"""The accounts of the ledger. A wallet's balance stands in its row; what the others hold is the sum of their transfers.

bank:<currency> and gateway:<name>:<currency> are assets; customer:<wallet> is a liability; freight:<channel>:<currency> is income, or
clears what a carrier is owed; adjust:, fx: and writeoff:<currency> take what is mended, exchanged and given up.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import peewee

from models.freight.channel import Channel
from models.support.db import after_commit, db, in_write_txn, write_txn
from models.support.fields import StatusField
from models.support.prepared import Prepared
from models.support.record import About, Record
from models.support.words import Words, say
from models.wallet.wallet import Wallet

KINDS = {
    "bank": "asset", "gateway": "asset", "customer": "liability", "freight": "income", "adjust": "equity", "fx": "equity",
    "writeoff": "expense",
}  # fmt: skip
WORDS = {
    "bank": say("The operator's bank"), "gateway": say("Payment gateway"), "adjust": say("Adjustments"), "fx": say("Exchange"),
    "writeoff": say("Written off"),
}  # fmt: skip


class Account(Record):
    code = peewee.CharField(max_length=80, unique=True)
    kind = StatusField("asset", "liability", "income", "expense", "equity")
    currency = peewee.CharField(max_length=3)
    wallet = peewee.ForeignKeyField(Wallet, null=True, unique=True, on_delete="RESTRICT", backref="accounts")

    about = About(
        why="the sides of the ledger's transfers", keep="as the transfers", plain="id code kind currency wallet"
    )

    @property
    def words(self) -> Words:
        """What it stands for: a wallet, what a channel earns, the bank."""
        kind, _, rest = self.code.partition(":")
        if kind == "customer" and self.wallet:
            return say("Wallet %(wallet)s", wallet=self.wallet.label)
        if kind == "freight":
            code = Channel.select(Channel.code).where(Channel.id == int(rest.split(":")[0])).scalar()
            return say("Freight by %(channel)s", channel=code or rest)
        return WORDS.get(kind) or say("Wallet %(wallet)s", wallet=rest)

    @classmethod
    def of_wallet(cls, wallet: Wallet) -> Account:
        return _named(f"customer:{wallet.id}", wallet.currency, wallet.id)

    @classmethod
    def bank(cls, currency: str) -> Account:
        return _named(f"bank:{currency}", currency, None)

    @classmethod
    def freight(cls, channel: Any, currency: str) -> Account:
        """What a channel earns, or clears with its carrier."""
        return _named(f"freight:{channel.id}:{currency}", currency, None)

    @classmethod
    def adjust(cls, currency: str) -> Account:
        return _named(f"adjust:{currency}", currency, None)

    @classmethod
    def exchange(cls, currency: str) -> Account:
        return _named(f"fx:{currency}", currency, None)


_OF_CODE = Prepared(lambda code: Account.select().where(Account.code == code))


_KNOWN: WeakKeyDictionary[Any, dict[str, Account]] = WeakKeyDictionary()


def _named(code: str, currency: str, wallet_id: int | None) -> Account:
    """The account of this code, made when first asked for. Accounts never change, so a committed one is asked for once."""
    known = _KNOWN.setdefault(db.obj, {})
    if code in known:
        return known[code]
    found = _OF_CODE.first(code)
    if found is None:
        row = {"code": code, "kind": KINDS[code.partition(":")[0]], "currency": currency, "wallet": wallet_id}
        with write_txn():
            Account.insert(row).on_conflict_ignore().execute()
        found = Account.get(Account.code == code)
    if in_write_txn():
        after_commit(lambda: known.__setitem__(code, found))  # One that was rolled back is not there.
    else:
        known[code] = found
    return found
