"""What a carrier's bill asks beyond a parcel's quote, or less: posted to the wallet that paid the parcel, once for each time somebody
agreed to it, in the transaction that marks the line as posted. It is taken back by the opposite transfer.

What cannot be posted waits, with the reason, and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models.freight.bills.line import BillLine
from models.freight.bills.settling import of_wallet
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided
from models.support.job_run import wake
from models.support.money import Money, exponent
from models.support.words import say
from models.wallet.account import Account
from models.wallet.bill_wait import BillWait
from models.wallet.mending import reverse
from models.wallet.once import taken
from models.wallet.parcel_money import charged_for
from models.wallet.refusals import LedgerRefused
from models.wallet.transfer import CHARGES, Transfer, write
from models.wallet.wallet import MOVING, Wallet

JOB, REF = "wallet.bills", "bill_line"
AT_ONCE = 200


class Waits(LedgerRefused):
    """`post` cannot post a difference yet; it stays agreed."""

    code = "BILL_WAITS"


@dataclass(frozen=True)
class Target:
    """Where a difference is posted; `amount_minor` is more than nothing where the parcel costs more."""

    wallet: Wallet
    parcel: Parcel
    amount_minor: int


def to_post() -> Any:
    """Agreed differences of the operator's bills about other teams' parcels, or nobody's; the oldest first. What a team settles with
    its own carriers touches no wallet."""
    operator = Team.operator()
    if operator is None:
        return BillLine.agreed_for_wallet(0)
    others = BillLine.parcel_team.is_null() | (BillLine.parcel_team != operator)
    return BillLine.agreed_for_wallet(operator.id).where(others)


def post_all(step: Callable[[], Any] = lambda: None) -> int:
    """Posts what can be posted, and writes down why the rest waits. How many were posted."""
    done, last = 0, 0
    while lines := list(to_post().where(BillLine.id > last).limit(AT_ONCE)):
        done += sum(_post_or_wait(line, step) for line in lines)
        last = lines[-1].id
    return done


def _post_or_wait(line: BillLine, step: Callable[[], Any]) -> bool:
    try:
        post(line, step=step)
    except AlreadyDecided:  # Taken back or posted at this moment.
        return False
    except LedgerRefused as refused:
        BillWait.note(line, refused.words)
        return False
    return True


@retrying
def post(line: BillLine, *, by: Any = None, step: Callable[[], Any] = lambda: None) -> Transfer:
    """Raises LedgerRefused with the reason why it waits, AlreadyDecided."""
    with write_txn():
        step()
        BillLine.take_turn(line.id)
        now = line.reload()
        if now.state != "agreed" or now.posted_ref:
            raise AlreadyDecided()
        to = target_of(now)
        to.parcel.locked()  # Before its wallet, as whoever weighs it in or makes it good.
        uid, _is_new = taken("bill", _key(now, to.parcel), wallet=to.wallet.id, amount=to.amount_minor)
        wallet = to.wallet.shift(balance=-to.amount_minor, allowed=MOVING)
        if -to.amount_minor > charged_for(to.parcel, wallet):
            raise Waits(say("More would be given back than the parcel was charged."))
        made = write(
            "bill", wallet, Account.freight(to.parcel.channel, wallet.currency), -to.amount_minor, uid=uid,
            parcel=to.parcel, rate=now.rate, memo=now.bill.number, ref_kind=REF,
            ref_id=now.id, by=by or now.decided_by,
        )  # fmt: skip
        now.mark_posted(made.label)
        BillWait.forget(now)
    return made


def target_of(line: BillLine) -> Target:
    """Raises Waits with the reason why it cannot be posted."""
    quote: Any = line.quote
    parcel = Parcel.get_or_none(Parcel.quote == (quote.corrects_id or quote.id)) if quote else None
    if parcel is None:
        raise Waits(say("No parcel of the portal was booked under this number."))
    charge = Transfer.select().where(Transfer.parcel == parcel, Transfer.kind.in_(CHARGES)).first()
    if charge is None:
        raise Waits(_why_uncharged(parcel, quote.currency))
    weighing = Weighing.of(parcel)
    if (weighing.quote_id if weighing else parcel.quote_id) != line.quote_id:
        raise Waits(
            say(
                "The parcel was charged by another price than the bill was compared with. Take the decision back, and look again."
            )
        )
    amount = _in_wallet(line, charge.currency)
    if not amount:
        raise Waits(say("In the wallet's currency it comes to nothing. Clear it."))
    return Target(charge.wallet, parcel, amount)


def _why_uncharged(parcel: Parcel, currency: str) -> Any:
    if Wallet.of(parcel.team_id, currency) is None:
        return say("The team has no wallet in %(currency)s.", currency=currency)
    return say(
        "No wallet has paid for the parcel yet. It is posted when it was weighed in; one that has arrived gets its weight on its page in the warehouse."
    )


def _in_wallet(line: BillLine, currency: str) -> int:
    """What was agreed, at the rate the bill was compared at."""
    agreed = line.agreed_minor or 0
    if line.currency == currency:
        return agreed
    if line.rate is None:
        raise Waits(say("The bill and the wallet are in two currencies, and no rate is known."))
    amount = Money(agreed, line.currency).amount / line.rate
    return int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _key(line: BillLine, parcel: Parcel) -> str:
    """One for each time it was agreed to: what was reversed may be agreed to anew."""
    before = Transfer.select().where(Transfer.parcel == parcel, Transfer.ref_kind == REF, Transfer.ref_id == line.id)
    return f"bill:{line.uid}:{before.count()}"


# Taking back


@of_wallet("agree")
def post_soon(line: BillLine) -> bool:
    wake(JOB)
    return True


@of_wallet("reopen")
def take_back(line: BillLine, *, by: Any, reason: str) -> bool:
    """Reverses what was posted for a line that somebody opens again."""
    posted = Transfer.get_or_none(
        Transfer.id == int(line.posted_ref[2:]), Transfer.ref_kind == REF, Transfer.ref_id == line.id
    )
    if posted is None:
        return False
    reverse(posted, key=f"bill-back:{posted.uid}", memo=reason, by=by)
    return True


def reverse_by_hand(posted: Transfer, *, key: str, memo: str, by: Any) -> Transfer:
    """What two people reverse; the bill's line behind it is open again, in their transaction. Raises AlreadyReversed."""
    if posted.ref_kind != REF:
        return reverse(posted, key=key, memo=memo, by=by)
    BillLine.take_turn(posted.ref_id)
    made = reverse(posted, key=key, memo=memo, by=by)
    BillLine.get_by_id(posted.ref_id).open_again(by=by, reason=memo)
    return made
