"""The nightly proof that the ledger adds up. It reports and freezes; it never repairs.

For each wallet: its balance is the sum of its transfers, every running balance follows from the one before, what is held is the sum of
its pending holds, each transfer's sides are in one currency, its store is its parcel's, it is what its hold was charged, and its digest is
what its text and its event say; as long as events are kept, none is without one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from models.audit.anchor import LogAnchor
from models.audit.archive import FLOOR_DAYS
from models.audit.event import Event, declare, events_about, track
from models.audit.telling import as_said, tell
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.bulk import among, raw_rows
from models.support.db import db, write_txn
from models.support.errors import FieldRefused
from models.support.fields import EPOCH
from models.support.words import Words, say
from models.wallet.account import Account
from models.wallet.hold import Hold
from models.wallet.transfer import IN_ORDER, SIGNED, Transfer, later_than
from models.wallet.wallet import LEAST_REASON, Wallet

CHUNK = 1000

declare(
    "wallet_frozen",
    say("The books of the wallet %(object)s do not add up: %(problem)s. It is frozen"),
    "problem",
    "was",
)
tell("wallet_frozen.problem", as_said)
declare(
    "wallet_released",
    say("%(actor)s released the wallet %(object)s after its books were looked at: %(reason)s"),
    "reason",
)


@dataclass(frozen=True)
class Mismatch:
    wallet: Wallet
    problem: Words


def prove(wallet: Wallet) -> list[Mismatch]:
    """What does not add up in one wallet; nothing is changed. Reads of one moment: inside a transaction that nobody else moves it in."""
    found = [*_sums(wallet), *_running(wallet), *_digests(wallet)]
    return [Mismatch(wallet, problem) for problem in found]


def prove_all(step: Any = lambda: None) -> list[Mismatch]:
    """Proves every wallet, freezes those that fail; a closed one stays closed. What failed."""
    wallets = list(Wallet.select().order_by(Wallet.id))  # No cursor stays open while others write.
    return [mismatch for wallet in wallets for mismatch in prove_one(wallet, step)]


def prove_one(wallet: Wallet, step: Any = lambda: None) -> list[Mismatch]:
    """Nobody waits while a million lines are read; who posted meanwhile has it proved again."""
    with write_txn():
        step()
    if not prove(wallet.reload()):
        return []
    with write_txn():
        now = wallet.locked()
        found = prove(now)
        if found and now.state not in ("frozen", "closed"):
            freeze(now, found[0].problem)
    return found


def freeze(wallet: Wallet, problem: Words) -> None:
    """Nothing moves in it until a person released it."""
    with write_txn():
        was = wallet.reason if wallet.state == "blocked" else ""
        wallet.move(("active", "blocked"), "frozen", reason=str(problem)[:200])
        track("wallet_frozen", wallet, problem=problem, was=was)


def release(wallet: Wallet, *, reason: str, by: Any) -> None:
    """After the books were looked at. One that was blocked before is blocked again. Raises FieldRefused, AlreadyDecided when it is
    not frozen."""
    if len(reason.strip()) < LEAST_REASON:
        raise FieldRefused("reason", "Say why, in at least %(least)s characters.", least=LEAST_REASON)
    with write_txn():
        was = _blocked_for(wallet)
        wallet.move("frozen", "blocked" if was else "active", reason=was)
        track("wallet_released", wallet, by=by, reason=reason.strip()[:200])


def _blocked_for(wallet: Wallet) -> str:
    """Why it was blocked when it was frozen; nothing where it was not."""
    frozen = next((one for one in events_about(wallet) if one.name == "wallet_frozen"), None)
    return str(frozen.details.get("was", "")) if frozen else ""


def _sums(wallet: Wallet) -> Iterator[Words]:
    posted = Transfer.select(peewee.fn.SUM(SIGNED)).where(Transfer.wallet == wallet).scalar() or 0
    if int(posted) != wallet.balance_minor:
        yield say(
            "the balance is %(stored)s, its transfers give %(posted)s", stored=wallet.balance_minor, posted=int(posted)
        )
    pending = (
        Hold.select(peewee.fn.SUM(Hold.amount_minor)).where(Hold.wallet == wallet, Hold.state == "pending").scalar()
        or 0
    )
    if int(pending) != wallet.held_minor:
        yield say("%(stored)s are held, its holds give %(pending)s", stored=wallet.held_minor, pending=int(pending))


def _running(wallet: Wallet) -> Iterator[Words]:
    """Every balance follows from the one before; the database walks along its index. What was posted before wallets knew their moment
    (migration 0055) is in order by its numbers alone where a clock was set back."""
    if _first_wrong(wallet, IN_ORDER) and (number := _first_wrong(wallet, (Transfer.id,))):
        yield say("the balance after T-%(number)s is wrong", number=number)


def _first_wrong(wallet: Wallet, order: tuple[Any, ...]) -> int | None:
    walked = Transfer.select(
        Transfer.id, Transfer.balance_after_minor.alias("told"), peewee.fn.SUM(SIGNED).over(order_by=list(order)).alias("sum"),
    ).where(Transfer.wallet == wallet)  # fmt: skip
    wrong = peewee.Select([walked], [walked.c.id]).where(walked.c.told != walked.c.sum).order_by(walked.c.id)
    return wrong.limit(1).bind(db).scalar()  # type: ignore[no-any-return]


def _digests(wallet: Wallet) -> Iterator[Words]:
    mine = Account.of_wallet(wallet)
    left = more = Transfer.select().where(Transfer.wallet == wallet).order_by(*IN_ORDER)
    kinds = {account.id: account.currency for account in Account.select(Account.id, Account.currency)}
    since = _events_since()
    while rows := list(more.limit(CHUNK)):
        told, stores, holds = _told(rows), _stores(rows), _holds(rows)
        for row in rows:
            ours = row.credit_id if row.is_incoming else row.debit_id
            if ours != mine.id or {kinds[row.debit_id], kinds[row.credit_id], row.currency} != {wallet.currency}:
                yield say("the sides of T-%(number)s do not fit", number=row.id)
            elif row.digest != row.digest_of() or told.get(row.id, row.digest) != row.digest:
                yield say("T-%(number)s is not what was posted", number=row.id)
            elif row.id not in told and row.posted_at > since:
                yield say("no event tells of T-%(number)s", number=row.id)
            elif row.store_id != stores.get(row.parcel_id):
                yield say("T-%(number)s does not name its parcel's store", number=row.id)
            elif row.ref_kind == "hold" and not _is_of(holds.get(row.ref_id or 0), row):
                yield say("T-%(number)s is not what its hold was charged", number=row.id)
        more = left.where(later_than(rows[-1]))


def _stores(rows: list[Transfer]) -> dict[int, int]:
    """The stores of the parcels of these transfers."""
    parcels = {row.parcel_id for row in rows if row.parcel_id}
    return {
        one: store
        for one, store in raw_rows(Parcel.select(Parcel.id, Parcel.store).where(among(Parcel.id, list(parcels))))
    }


def _holds(rows: list[Transfer]) -> dict[int, Hold]:
    """Which these transfers charged."""
    wanted = sorted({row.ref_id for row in rows if row.ref_kind == "hold" and row.ref_id})
    return {one.id: one for one in Hold.select().where(among(Hold.id, wanted))} if wanted else {}


def _is_of(hold: Hold | None, row: Transfer) -> bool:
    """Is it the freight or the extra of this hold?"""
    if hold is None or (hold.state, hold.parcel_id, hold.wallet_id) != ("captured", row.parcel_id, row.wallet_id):
        return False
    beyond = hold.captured_minor - hold.amount_minor
    return bool(row.amount_minor == (beyond if row.kind == "extra" else hold.captured_minor - max(beyond, 0)))


def _events_since() -> datetime:
    """From when on every event is still here: those that left for a file are older."""
    anchor = LogAnchor.last()
    return EPOCH if anchor is None else max(anchor.last_at, clock.ago(days=FLOOR_DAYS))


def _told(rows: list[Transfer]) -> dict[int, str]:
    """The digests in the events of these transfers, as long as events are kept."""
    events = Event.select(Event.object_id, Event.details).where(
        Event.object_kind == "transfer", Event.object_id.in_([row.id for row in rows]), Event.name == "transfer_posted"
    )
    return {event.object_id: event.details["digest"] for event in events if event.object_id}
