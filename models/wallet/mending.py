"""What gives money back: a refund of a parcel's freight, never more than it was charged; the opposite of a transfer, once; money in and
out by the operator's bank; and an exchange between two wallets of a team."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.channel import Channel
from models.shipping.parcel import Parcel
from models.support.db import retrying, write_txn
from models.support.money import exponent
from models.support.words import say
from models.wallet.account import Account
from models.wallet.hold import require_amount
from models.wallet.once import taken
from models.wallet.parcel_money import charged_for
from models.wallet.posting import post
from models.wallet.refusals import (
    AlreadyReversed,
    CurrencyMismatch,
    InsufficientFunds,
    InvalidAmount,
    RefundExceedsCaptured,
)
from models.wallet.transfer import Transfer, write
from models.wallet.wallet import MOVING, Wallet

NEAR = 8  # Transfers.

declare(
    "wallet_exchanged",
    say("%(actor)s exchanged %(given)s for %(received)s at %(rate)s"),
    "given",
    "received",
    "rate",
    "into",
)


@retrying
def refund(
    wallet: Wallet,
    parcel: Parcel,
    channel: Channel,
    amount_minor: int,
    *,
    key: str,
    memo: str = "",
    by: Any = None,
    **facts: Any,
) -> Transfer:
    """Gives freight of a parcel back. Raises InvalidAmount, RefundExceedsCaptured."""
    require_amount(amount_minor)
    with write_txn():
        uid, is_new = taken("refund", key, wallet=wallet.id, parcel=parcel.id, amount=amount_minor)
        if not is_new:
            return Transfer.get(Transfer.uid == uid)
        now = wallet.shift(balance=amount_minor, allowed=MOVING)  # Whoever refunds the same parcel at once waits here.
        if amount_minor > charged_for(parcel, wallet):
            raise RefundExceedsCaptured()
        return write(
            "refund", now, Account.freight(channel, wallet.currency), amount_minor, uid=uid, parcel=parcel,
            memo=memo[:200], by=by, **facts,
        )  # fmt: skip


@retrying
def reverse(transfer: Transfer, *, key: str, memo: str = "", by: Any = None) -> Transfer:
    """The opposite transfer, at most one for each; a reversal itself stays. Raises AlreadyReversed, RefundExceedsCaptured."""
    with write_txn():
        uid, is_new = taken("reverse", key, transfer=transfer.id)
        if not is_new:
            return Transfer.get(Transfer.uid == uid)
        if transfer.reverses_id is not None:
            raise AlreadyReversed(say("A reversal is not reversed. Post anew what was right."))
        amount = -transfer.signed_minor
        now = transfer.wallet.shift(balance=amount, allowed=MOVING)
        if Transfer.select().where(Transfer.reverses == transfer).exists():
            raise AlreadyReversed()
        if amount > 0 and (parcel := transfer.parcel) is not None and amount > charged_for(parcel, now):
            raise RefundExceedsCaptured()  # Part of it came back before, as a refund or with a bill.
        other = transfer.debit if transfer.is_incoming else transfer.credit
        return write(
            "reversal", now, other, amount, uid=uid, parcel=transfer.parcel_id, store=transfer.store_id,
            reverses=transfer, memo=memo[:200], by=by,
        )  # fmt: skip


@retrying
def pay_in(
    wallet: Wallet, amount_minor: int, *, key: str, kind: str = "recharge", by: Any = None, **facts: Any
) -> Transfer:
    """Money that came to the operator's bank. Raises InvalidAmount."""
    require_amount(amount_minor)
    return _with_account(wallet, Account.bank(wallet.currency), amount_minor, kind, key, by, facts)


@retrying
def pay_out(wallet: Wallet, amount_minor: int, *, key: str, by: Any = None, **facts: Any) -> Transfer:
    """Money that the operator's bank gave back; never more than the wallet's own. Raises InvalidAmount, InsufficientFunds."""
    require_amount(amount_minor)
    return _with_account(wallet, Account.bank(wallet.currency), -amount_minor, "payout", key, by, facts)


@retrying
def adjust(wallet: Wallet, amount_minor: int, *, key: str, by: Any = None, **facts: Any) -> Transfer:
    """What two people decided, in (more than nothing) or out. Raises InvalidAmount."""
    require_amount(abs(amount_minor))
    return _with_account(wallet, Account.adjust(wallet.currency), amount_minor, "adjustment", key, by, facts)


def _with_account(
    wallet: Wallet, other: Account, amount_minor: int, kind: str, key: str, by: Any, facts: dict[str, Any]
) -> Transfer:
    body = {"wallet": wallet.id, "amount": amount_minor}
    require = _require_own_money if kind == "payout" else None
    return post(kind, wallet, other, amount_minor, act=kind, key=key, body=body, by=by, require=require, **facts)


def _require_own_money(wallet: Wallet) -> None:
    """Credit is for parcels alone."""
    if wallet.left.amount_minor < 0:
        raise InsufficientFunds(say("The wallet holds less money of its own than this."))


def received_for(amount_minor: int, given: str, into: str, rate: Decimal) -> int:
    """What an amount becomes at a rate (units of `into` for one of `given`), rounded half up (minor units)."""
    amount = Decimal(amount_minor).scaleb(-exponent(given)) * rate
    return int(amount.scaleb(exponent(into)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@retrying
def exchange(
    source: Wallet, target: Wallet, amount_minor: int, rate: Decimal, *, key: str, by: Any = None
) -> tuple[Transfer, Transfer]:
    """Moves money between two wallets of one team, in one transaction. Raises InvalidAmount, InsufficientFunds, WalletBlocked."""
    require_amount(amount_minor)
    if source.team_id != target.team_id or source.currency == target.currency:
        raise CurrencyMismatch(say("An exchange is between two wallets of one team in two currencies."))
    if (
        not rate.is_finite()
        or rate <= 0
        or (received := received_for(amount_minor, source.currency, target.currency, rate)) <= 0
    ):
        raise InvalidAmount()
    require_amount(received)
    with write_txn():
        uid, is_new = taken(
            "exchange", key, source=source.id, target=target.id, amount=amount_minor, rate=format(rate, "f")
        )
        if not is_new:
            out = Transfer.get(Transfer.uid == uid)
            other = (Transfer.wallet == target) & (Transfer.id > out.id) & (Transfer.ref_kind == "exchange")
            return out, Transfer.select().where(other, Transfer.ref_id == out.id).order_by(Transfer.id).get()
        for one in sorted((source, target), key=lambda wallet: wallet.id):
            one.locked()  # Two exchanges that cross take the rows in one order.
        less = source.shift(balance=-amount_minor, allowed=("active",))
        _require_own_money(less)
        more = target.shift(balance=received, allowed=("active",))
        out = write(
            "exchange", less, Account.exchange(source.currency), -amount_minor, uid=uid, rate=rate, by=by,
        )  # fmt: skip
        into = write(
            "exchange", more, Account.exchange(target.currency), received, rate=rate, by=by, ref_kind="exchange", ref_id=out.id,
        )  # fmt: skip
        track("wallet_exchanged", source, by=by, given=source.told(amount_minor), received=target.told(received),
              rate=format(rate, "f"), into=target.label)  # fmt: skip
    return out, into


def other_side(one: Transfer) -> Transfer | None:
    """Of an exchange what it became, or what became it. That comes right after it in its own wallet, which was held meanwhile."""
    if one.kind != "exchange":
        return None
    if one.ref_kind == "exchange":
        return Transfer.get_or_none(Transfer.id == one.ref_id)
    for wallet in Wallet.of_team(one.team_id):
        following = Transfer.select().where(Transfer.wallet == wallet.id, Transfer.id > one.id).order_by(Transfer.id)
        for next_one in following.limit(NEAR) if wallet.id != one.wallet_id else ():
            if (next_one.ref_kind, next_one.ref_id) == ("exchange", one.id):
                return next_one
    return None


def sums(currency: str) -> dict[str, int]:
    """What each account of a currency holds, credits less debits; together they are nothing (minor units by code)."""
    found: dict[str, int] = {}
    for side, sign in ((Transfer.credit, 1), (Transfer.debit, -1)):
        query: Any = (
            Transfer.select(Account.code, peewee.fn.SUM(Transfer.amount_minor))
            .join(Account, on=side == Account.id).where(Transfer.currency == currency, Account.currency == currency)
            .group_by(Account.code).tuples()
        )  # fmt: skip
        for code, total in query:
            found[code] = found.get(code, 0) + sign * int(total)
    return found
