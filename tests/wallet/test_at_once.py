"""A posting in one statement on PostgreSQL: the same as in steps, and where anything is unusual nothing of it stays."""

from __future__ import annotations

import threading
import time

import peewee
import pytest

from models.audit.event import Event
from models.database import connected
from models.support.at_once import write_at_once
from models.support.db import db, write_txn
from models.wallet.mending import adjust, pay_out
from models.wallet.once import LedgerKey
from models.wallet.proof import prove
from models.wallet.refusals import InsufficientFunds, KeyConflict, WalletFrozen
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

pytestmark = pytest.mark.postgres


@pytest.fixture
def asked(wallet, olga):
    """What is asked of the database after the first posting, which looks up the accounts."""
    adjust(wallet, 1, key="warm", by=olga)
    heard: list[str] = []
    db.obj.query_hooks.append(lambda query: heard.append(query.sql))
    yield heard
    db.obj.query_hooks.clear()


def test_it_leaves_what_the_steps_leave(wallet, asked, olga):
    made = adjust(wallet, -300, key="at once", by=olga, memo="荷花 'quoted' %s")
    assert len(asked) == 1 and asked[0].startswith("WITH"), "one statement, and no BEGIN before it"
    with write_txn():
        steps = adjust(wallet, -300, key="in steps", by=olga, memo="荷花 'quoted' %s")
    assert made.wallet.balance_minor == steps.wallet.balance_minor == steps.balance_after_minor
    rows = list(Transfer.select().order_by(Transfer.id))[-2:]
    assert [row.__data__ for row in rows] == [made.__data__, steps.__data__]
    own = {"id", "uid", "digest", "posted_at", "balance_after_minor"}
    assert {k: v for k, v in rows[0].__data__.items() if k not in own} == {
        k: v for k, v in rows[1].__data__.items() if k not in own
    }
    told = [event.__data__ for event in Event.select().where(Event.name == "transfer_posted").order_by(Event.id)][-2:]
    assert [(event["object_id"], event["object_label"]) for event in told] == [(row.id, row.label) for row in rows]
    assert [set(event["details"]) for event in told] == [{"kind", "amount", "wallet", "digest", "direction"}] * 2
    now = wallet.reload()
    assert (now.balance_minor, now.version) == (100_001 - 600, wallet.version + 3) and prove(now) == []


def test_a_wallet_that_others_moved_and_a_known_key_go_the_usual_way(wallet, asked, olga):
    with write_txn():
        Wallet.get_by_id(wallet.id).shift(held=50, allowed=("active",))
        Wallet.get_by_id(wallet.id).shift(held=-50, allowed=("active",))
    posted = adjust(wallet, -5, key="moved", by=olga)
    assert posted.balance_after_minor == 99_996
    before = len(asked)
    assert adjust(wallet, -5, key="next", by=olga).balance_after_minor == 99_991
    assert len(asked) == before + 1, "the steps told how it stands"
    assert adjust(wallet, -5, key="moved", by=olga).id == posted.id
    with pytest.raises(KeyConflict):
        adjust(wallet, -6, key="moved", by=olga)
    assert prove(wallet.reload()) == []


def test_what_a_rule_forbids_leaves_no_key(wallet, asked, olga):
    with pytest.raises(InsufficientFunds):
        pay_out(wallet, 10**6, key="out", by=olga)
    with pytest.raises(peewee.IntegrityError):
        adjust(wallet, 5, key="nobody", by=olga, parcel=10**6)
    with write_txn():
        Wallet.update(state="frozen").where(Wallet.id == wallet.id).execute()
    with pytest.raises(WalletFrozen):
        adjust(wallet, 5, key="frozen", by=olga)
    assert [row.key for row in LedgerKey.select().order_by(LedgerKey.created_at)] == ["first", "warm"]
    assert wallet.reload().balance_minor == 100_001


def test_an_alert_level_that_is_crossed_is_told(wallet, asked, olga):
    wallet.set_terms(credit_limit_minor=0, alert_below_minor=100_000, by=olga)
    adjust(wallet, -2, key="below", by=olga)
    adjust(wallet, -2, key="further", by=olga)
    adjust(wallet, 50, key="above", by=olga)
    assert Event.select().where(Event.name == "wallet_low").count() == 1
    assert wallet.reload().is_low is False


def test_who_meets_another_in_the_database_waits_and_goes_on_from_there(wallet, asked, olga):
    """The other one is another process, say: it does not queue for the turn."""
    moved, errors = threading.Event(), []

    def other() -> None:
        try:
            with connected(), write_txn():
                adjust(wallet, -7, key="other", by=olga)
                moved.set()
                until = time.monotonic() + 20
                while not _somebody_waits():
                    assert time.monotonic() < until
                    time.sleep(0.01)
        except BaseException as error:
            errors.append(error)
        finally:
            db.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert moved.wait(20)
    mine = adjust(wallet, -2, key="mine", by=olga)
    thread.join(20)
    assert errors == [] and mine.balance_after_minor == 100_001 - 9
    assert [row.key for row in LedgerKey.select().order_by(LedgerKey.created_at)][2:] == ["other", "mine"]
    assert prove(wallet.reload()) == []
    times = [row.posted_at for row in Transfer.select().order_by(Transfer.id)]
    assert times == sorted(times)


def _somebody_waits() -> bool:
    (waiting,) = db.execute_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return bool(waiting)


def test_one_connection_is_handed_on_and_the_threads_own_is_back_afterwards(wallet, asked, olga, in_parallel):
    mine, used, all_have_their_own = db.connection(), set(), threading.Barrier(4)

    def post() -> None:
        own = db.connection()
        all_have_their_own.wait(20)
        with db.obj.in_turn("same"):
            used.add(id(db.connection()))
            assert db.connection() is not own
        assert db.connection() is own
        all_have_their_own.wait(20)

    assert in_parallel(4, post).errors == [] and len(used) == 1
    with write_txn(turn="same"):
        assert db.connection() is not mine
    assert db.connection() is mine
    db.obj.close_idle()
    db.obj._max_connections = len(db.obj._in_use)
    with write_txn(turn="same"):
        assert db.connection() is mine, "the pool has no other left"
    assert adjust(wallet, -1, key="own", by=olga).id
    db.obj._max_connections += 1
    db.obj.connect_params["user"] = "nobody of this name"
    with write_txn(turn="same"):
        assert db.connection() is mine, "the server lets no other in"
    assert adjust(wallet, -1, key="still own", by=olga).id


def test_it_is_refused_inside_a_transaction(portal):
    with write_txn(), pytest.raises(RuntimeError), write_at_once("same"):
        pass
    with db.atomic(), pytest.raises(RuntimeError), write_at_once("same"):
        pass
