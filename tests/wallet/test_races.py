"""Two at once, and whoever is killed in the middle: no money is spent twice, and nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import struct
import threading
import time
from decimal import Decimal
from itertools import count

import pytest

from models.database import close_databases, connected, open_databases
from models.shipping.parcel import Parcel
from models.support.db import write_txn
from models.wallet import hold as holds
from models.wallet.hold import Hold
from models.wallet.mending import exchange, pay_in, refund
from models.wallet.once import LedgerKey
from models.wallet.proof import prove
from models.wallet.recharge import Recharge
from models.wallet.refusals import HoldNotPending, InsufficientFunds, RefundExceedsCaptured
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.orders.conftest import make_store

THREADS, DEBITS, PRICE = 16, 25, 2_000
POSTERS, PROCESSES = 4, 4


def parcels(lotus, count: int) -> list[Parcel]:
    store = make_store(lotus)
    with write_txn():
        for at in range(1, count + 1):
            Parcel.create(team=lotus, store=store, number=at, country="US", grams=500, state="shipped")
    return list(Parcel.select().order_by(Parcel.id))


@pytest.mark.both
def test_sixteen_who_spend_at_once_spend_exactly_what_is_there(wallet, lotus, channel, in_parallel):
    """100,000 pay for 50 holds of 2,000; 400 are wanted. Every other one has begun a transaction already, so that these do not
    queue for the wallet's turn but meet in the database."""
    mine = parcels(lotus, THREADS * DEBITS)

    def spend(number: int) -> int:
        done = 0
        for parcel in mine[number * DEBITS : (number + 1) * DEBITS]:
            begun = write_txn() if number % 2 else contextlib.nullcontext()
            with contextlib.suppress(InsufficientFunds), begun:
                holds.place(wallet, parcel, channel, PRICE, key=f"h{parcel.id}")
                done += 1
        return done

    outcome = in_parallel(THREADS, spend)
    assert outcome.errors == [] and sum(outcome.results) == 50
    now = wallet.reload()
    assert (now.balance_minor, now.held_minor, Hold.select().count()) == (100_000, 100_000, 50) and prove(now) == []


@pytest.mark.both
def test_four_processes_of_four_threads_spend_exactly_what_is_there(settings, wallet, lotus, channel, portal):
    """As the threads of one process above: what queues in a process meets others in the database."""
    mine = [one.id for one in parcels(lotus, THREADS * DEBITS)]
    close_databases()
    children = [_spending(settings, wallet.id, mine[at::PROCESSES], channel) for at in range(PROCESSES)]
    told = [struct.unpack("=qq", os.read(reading, 16)) for reading, _child in children]
    for reading, child in children:
        os.close(reading)
        os.waitpid(child, 0)
    open_databases(settings)
    assert [failed for _done, failed in told] == [0] * PROCESSES and sum(done for done, _failed in told) == 50
    now = wallet.reload()
    assert (now.balance_minor, now.held_minor, Hold.select().count()) == (100_000, 100_000, 50) and prove(now) == []


def _spending(settings, wallet_id: int, parcel_ids: list[int], channel) -> tuple[int, int]:
    """A process whose threads hold what they can; it tells how many they got, and how many failed for another reason than money."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return reading, child
    done: list[int] = []
    failed: list[BaseException] = []
    try:
        os.close(reading)
        open_databases(settings)

        def spend(ids: list[int]) -> None:
            with connected():
                wallet = Wallet.get_by_id(wallet_id)
                for number in ids:
                    try:
                        holds.place(wallet, Parcel.get_by_id(number), channel, PRICE, key=f"h{number}")
                        done.append(number)
                    except InsufficientFunds:
                        pass
                    except BaseException as error:
                        failed.append(error)

        threads = [threading.Thread(target=spend, args=(parcel_ids[at::POSTERS],)) for at in range(POSTERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os.write(writing, struct.pack("=qq", len(done), len(failed)))
    finally:
        os._exit(0)


@pytest.mark.both
def test_one_key_one_hold_one_refund_and_one_approval_win(wallet, parcel, channel, alice, olga, in_parallel):
    one, other = parcel(), parcel()
    placed = in_parallel(8, lambda: holds.place(wallet, one, channel, 500, key="same").id)
    assert placed.errors == [] and len(set(placed.results)) == 1
    hold = Hold.get()
    captured = in_parallel(8, lambda at: holds.capture(hold, 600, key=f"c{at}"))
    assert len(captured.results) == 1 and len(captured.errors_of(HoldNotPending)) == 7
    holds.charge(wallet, other, channel, 1_000, key="c")
    refunded = in_parallel(8, lambda at: refund(wallet, other, channel, 400, key=f"r{at}"))
    assert len(refunded.results) == 2 and len(refunded.errors_of(RefundExceedsCaptured)) == 6
    asked = Recharge.ask(wallet, 7, bank_reference="X1", by=alice)
    approved = in_parallel(8, lambda: Recharge.get_by_id(asked.id).approve(by=olga))
    assert len(approved.results) == 1
    now = wallet.reload()
    assert now.balance_minor == 100_000 - 600 - 1_000 + 800 + 7 and prove(now) == []


@pytest.mark.both
def test_exchanges_that_cross_do_not_deadlock(wallet, lotus, olga, in_parallel):
    dollars = Wallet.open_for(lotus, "USD", by=olga)
    pay_in(dollars, 100_000, key="usd", by=olga)

    def cross(number: int) -> None:
        for at in range(6):
            pair = (wallet, dollars) if number % 2 else (dollars, wallet)
            exchange(*pair, 100, Decimal(1), key=f"{number}-{at}")

    assert in_parallel(8, cross).errors == []
    assert [one.reload().balance_minor for one in (wallet, dollars)] == [100_000, 100_000]
    assert prove(wallet.reload()) == [] == prove(dollars.reload())


RUNS = 30  # On each database.


@pytest.mark.both
def test_a_killed_process_loses_nothing_it_acknowledged(settings, wallet, lotus, channel, portal):
    """Processes post holds, captures and charges as fast as they can and are killed in the middle of it."""
    chance = random.Random(7)
    mine = parcels(lotus, 40)
    pay_in(wallet, 10**9, key="much")
    close_databases()
    acknowledged: set[str] = set()
    for run in range(RUNS):
        acknowledged |= _until_killed(
            settings, wallet.id, [parcel.id for parcel in mine], channel, run, chance.uniform(0.01, 0.06)
        )
    open_databases(settings)
    kept = {key for (key,) in LedgerKey.select(LedgerKey.key).tuples()}
    assert len(acknowledged) > RUNS and acknowledged <= kept
    now = wallet.reload()
    assert prove(now) == []
    assert Transfer.select().count() > RUNS
    made = {uid for (uid,) in Transfer.select(Transfer.uid).tuples()} | {
        uid for (uid,) in Hold.select(Hold.uid).tuples()
    }
    assert {
        answer for (answer,) in LedgerKey.select(LedgerKey.answer).where(LedgerKey.act != "release").tuples()
    } <= made


def _until_killed(settings, wallet_id: int, parcel_ids: list[int], channel, run: int, seconds: float) -> set[str]:
    """The keys a child said it had posted before it was killed, `seconds` after its first."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            _post_for_ever(settings, wallet_id, parcel_ids, channel, run, writing)
        finally:
            os._exit(1)
    os.close(writing)
    try:
        told = os.read(reading, 8)
        time.sleep(seconds)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        told += more
    os.close(reading)
    return {f"{run}-{number}" for (number,) in struct.iter_unpack("=q", told[: len(told) // 8 * 8])}


def _post_for_ever(settings, wallet_id: int, parcel_ids: list[int], channel, run: int, writing: int) -> None:
    """Threads of their own parcels, so that several wait for the same commit when the end comes."""
    open_databases(settings)

    def post(numbers) -> None:
        with connected():
            wallet = Wallet.get_by_id(wallet_id)
            for number in numbers:
                _post(
                    wallet, Parcel.get_by_id(parcel_ids[number % len(parcel_ids)]), channel, f"{run}-{number}", number
                )
                os.write(writing, struct.pack("=q", number))

    threads = [threading.Thread(target=post, args=(count(first, POSTERS),)) for first in range(POSTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _post(wallet: Wallet, parcel: Parcel, channel, key: str, number: int) -> None:
    if (pending := Hold.pending_of(parcel)) is not None:
        holds.capture(pending, 150, key=key)
    elif number % 3:
        holds.place(wallet, parcel, channel, 100, key=key)
    else:
        holds.charge(wallet, parcel, channel, 50, key=key)
