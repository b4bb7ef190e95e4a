"""Postings that wait one behind the other on PostgreSQL: committed together, and nobody is told before, or what is not so."""

from __future__ import annotations

import threading
import time

import peewee
import pytest

from models.audit.event import Event
from models.database import close_databases, connected
from models.support import at_once
from models.support.db import db, turn_lock, write_txn
from models.wallet.mending import adjust, pay_out
from models.wallet.once import LedgerKey
from models.wallet.proof import prove
from models.wallet.refusals import InsufficientFunds, KeyConflict, WalletFrozen
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.conftest import Outcomes

pytestmark = pytest.mark.postgres


@pytest.fixture
def queued(wallet, olga):
    """`queued(verb, …)` calls each in a thread of its own, in this order and one behind the other at the wallet's turn: what they
    returned or raised. With `while_waiting` the turn is given only after that."""
    adjust(wallet, 1, key="warm", by=olga)  # The accounts are known then.

    def run(*verbs, while_waiting=lambda: None):
        told = [None] * len(verbs)

        def one(number: int) -> None:
            with connected():
                try:
                    told[number] = verbs[number]()
                except BaseException as error:
                    told[number] = error
                close_databases()

        turn = turn_lock(("wallet", wallet.id))
        threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(len(verbs))]
        with turn:
            for number, thread in enumerate(threads):
                thread.start()
                until(lambda waiting=number + 1: len(turn._waiting) == waiting)
            while_waiting()
        run.during()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)
        assert prove(wallet.reload()) == []
        return told

    run.during = lambda: None
    return run


@pytest.fixture
def add(wallet, olga):
    """`add("key")`: a verb that posts one."""
    return lambda key, amount=-1, **facts: lambda: adjust(wallet, amount, key=key, by=olga, **facts)


def until(holds) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def transactions() -> list[int]:
    """How many transfers each transaction made, in their order, without the two of the fixtures."""
    rows = db.execute_sql("SELECT count(*) FROM transfer WHERE id > 2 GROUP BY xmin::text ORDER BY min(id)").fetchall()
    return [times for (times,) in rows]


def keys() -> set[str]:
    return {row.key for row in LedgerKey.select()} - {"first", "warm"}


def promise(says: str) -> None:
    """What PostgreSQL does at COMMIT where a transfer has the memo "odd"."""
    with write_txn():
        db.execute_sql(
            f"CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {says}; RETURN NULL; END $$"
        )
        db.execute_sql(
            "CREATE CONSTRAINT TRIGGER odd AFTER INSERT ON transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "WHEN (NEW.memo = 'odd') EXECUTE FUNCTION odd()"
        )


def test_those_who_wait_share_a_transaction_and_keep_their_order(queued, add, wallet):
    told = queued(*(add(key, -2 - at) for at, key in enumerate("abcdef")))
    assert transactions() == [6]
    assert [made.amount_minor for made in Transfer.select().order_by(Transfer.id)][2:] == [2, 3, 4, 5, 6, 7]
    assert [made.id for made in told] == sorted(made.id for made in told)
    assert [made.balance_after_minor for made in told] == [99_999, 99_996, 99_992, 99_987, 99_981, 99_974]
    assert [made.wallet.balance_minor for made in told] == [99_974] * 6
    assert wallet.reload().version == wallet.version + 7
    rows = {row.id: row.__data__ for row in Transfer.select()}
    assert [{**made.__data__} for made in told] == [rows[made.id] for made in told]
    assert Event.select().where(Event.name == "transfer_posted").count() == 8


def test_what_is_asked_is_one_statement_each(queued, add):
    heard = []
    db.obj.query_hooks.append(lambda query: heard.append(query.sql))
    try:
        queued(*(add(key) for key in "abc"), while_waiting=heard.clear)
    finally:
        db.obj.query_hooks.clear()
    assert heard[0].endswith("FOR NO KEY UPDATE")
    assert [sql.startswith("WITH") for sql in heard[1:]] == [True] * 3 + [False] * (len(heard) - 4)


def test_nobody_is_answered_before_the_commit(queued, add, wallet):
    promise("PERFORM pg_advisory_xact_lock(1)")
    kept = []

    def while_it_commits() -> None:
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        until(lambda: db.execute_sql(waits).fetchone() == (1,))
        kept.append((wallet.reload().balance_minor, keys(), len(done)))
        db.execute_sql("SELECT pg_advisory_unlock(1)")

    def noted(verb):
        return lambda: done.append(verb())

    done = []
    db.execute_sql("SELECT pg_advisory_lock(1)")
    queued.during = while_it_commits
    queued(noted(add("a")), noted(add("b", memo="odd")), noted(add("c")))
    assert kept == [(100_001, set(), 0)]
    assert (len(done), keys(), transactions()) == (3, {"a", "b", "c"}, [3])


def test_a_known_key_among_others_is_answered_and_takes_nothing_from_them(queued, add):
    (known,) = queued(add("known"))
    told = queued(add("a"), add("known"), add("known", -5), add("b"), add("a"))
    assert told[1].id == known.id and told[4].id == told[0].id
    assert isinstance(told[2], KeyConflict)
    assert told[3].balance_after_minor == 99_998
    assert keys() == {"known", "a", "b"} and transactions() == [1, 1, 1]
    queued(*(add(key) for key in "cde"))
    assert transactions() == [1, 1, 1, 3]


def test_an_alert_level_that_one_crosses_is_told_once(queued, add, wallet, olga):
    wallet.set_terms(credit_limit_minor=0, alert_below_minor=99_999, by=olga)
    told = queued(*(add(key) for key in "abcde"))
    assert sorted(made.balance_after_minor for made in told) == [99_996, 99_997, 99_998, 99_999, 100_000]
    assert Event.select().where(Event.name == "wallet_low").count() == 1 and wallet.reload().is_low


def test_a_wallet_frozen_meanwhile_refuses_all(queued, add, wallet):
    def freeze() -> None:
        with write_txn():
            Wallet.update(state="frozen").where(Wallet.id == wallet.id).execute()

    told = queued(add("a"), add("b"), while_waiting=freeze)
    assert [type(one) for one in told] == [WalletFrozen] * 2 and keys() == set()


@pytest.mark.parametrize("facts", [{"parcel": 10**6}, {"memo": "\0"}, {"ref_kind": "x" * 99}])
def test_one_that_cannot_be_fails_alone(queued, add, facts):
    for at in range(3):
        verbs = [add(f"{at} {number}") for number in range(3)]
        verbs[at] = add("never", **facts)
        told = queued(*verbs)
        assert [isinstance(one, Transfer) for one in told] == [number != at for number in range(3)]
        assert isinstance(told[at], peewee.IntegrityError | peewee.DataError)
    assert len(keys()) == 6 and "never" not in keys()


def test_a_key_that_cannot_even_be_sent_fails_alone(queued, add):
    told = queued(add("a"), add("half of a sign \ud800"), add("b"))
    assert isinstance(told[1], UnicodeError) and keys() == {"a", "b"}


def test_what_the_commit_refuses_is_taken_back_and_fails_alone(queued, add):
    promise("RAISE EXCEPTION 'odd' USING ERRCODE = 'check_violation'")
    told = queued(add("a"), add("b", memo="odd"), add("c"))
    assert isinstance(told[1], peewee.IntegrityError)
    assert keys() == {"a", "c"} and transactions() == [1, 1]


@pytest.mark.parametrize(
    "says", ["RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'", "PERFORM pg_terminate_backend(pg_backend_pid())"]
)
def test_a_commit_that_fails_fails_all_and_nothing_stands(queued, add, says):
    promise(says)
    told = queued(add("a"), add("b", memo="odd"), add("c"))
    assert [type(one) for one in told] == [peewee.OperationalError] * 3
    assert (keys(), transactions()) == (set(), [])
    queued(*(add(key) for key in "abc"))
    assert (keys(), transactions()) == ({"a", "b", "c"}, [3])


def test_what_may_be_tried_again_is_though_it_was_heard_while_others_were_still_asked(queued, add):
    """A deadlock, say."""
    says = "IF nextval('dead') = 1 THEN RAISE EXCEPTION 'dead' USING ERRCODE = 'deadlock_detected'; END IF; RETURN NEW"
    for sql in (
        "CREATE SEQUENCE dead",
        f"CREATE FUNCTION dead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {says}; END $$",
        "CREATE TRIGGER dead BEFORE INSERT ON transfer FOR EACH ROW WHEN (NEW.memo = 'odd') EXECUTE FUNCTION dead()",
    ):
        db.execute_sql(sql)
    told = queued(add("odd", memo="odd"), *(add(str(number)) for number in range(40)))
    assert [type(one) for one in told] == [Transfer] * 41 and len(keys()) == 41


def test_after_many_that_failed_the_connection_knows_its_statements(queued, add):
    """psycopg prepares a statement it has seen five times: what it prepared in vain it must not ask again."""
    for at in range(9):
        queued(add(f"a{at}"), add("never", parcel=10**6), add(f"b{at}"))
        told = queued(add(f"c{at}"), add(f"d{at}"))
        assert [type(one) for one in told] == [Transfer] * 2
    assert len(keys()) == 36


def test_a_thread_that_uses_its_own_connection_can_go_on_with_it(queued, add, wallet, monkeypatch):
    def go_on(verb):
        def run():
            mine = db.connection()
            try:
                return verb()
            finally:
                assert db.connection() is mine and Wallet.get_by_id(wallet.id)

        return run

    def no_more() -> None:
        db.obj.close_idle()
        monkeypatch.setattr(db.obj, "_max_connections", len(db.obj._in_use))

    told = queued(go_on(add("a")), go_on(add("never", parcel=10**6)), go_on(add("b")), while_waiting=no_more)
    assert [type(one) for one in told] == [Transfer, peewee.IntegrityError, Transfer]


def test_who_asks_otherwise_has_a_turn_among_them(queued, add, wallet, olga):
    told = queued(add("a"), add("b"), lambda: pay_out(wallet, 10**6, key="out", by=olga), add("c"), add("d"))
    assert isinstance(told[2], InsufficientFunds)
    assert transactions() == [2, 2]
    assert [told[at].balance_after_minor for at in (0, 1, 3, 4)] == [100_000, 99_999, 99_998, 99_997]


def test_no_more_are_taken_together_than_may_be(queued, add, monkeypatch):
    monkeypatch.setattr(at_once, "MOST_STATEMENTS", 2)
    queued(*(add(key) for key in "abcde"))
    assert transactions() == [2, 2, 1]


def test_who_asked_nothing_leaves_the_others_theirs(queued, add, wallet):
    def nothing() -> None:
        with at_once.write_at_once(("wallet", wallet.id)):
            raise KeyError

    told = queued(nothing, add("a"), nothing, add("b"), nothing)
    assert [type(one) for one in told] == [KeyError, Transfer, KeyError, Transfer, KeyError]
    assert transactions() == [2]


def test_another_wallet_is_not_held_up(queued, add, lotus, olga):
    dollars = Wallet.open_for(lotus, "USD", by=olga)
    queued(add("a"), add("b"), while_waiting=lambda: adjust(dollars, 5, key="usd", by=olga))
    assert dollars.reload().balance_minor == 5 and keys() == {"a", "b", "usd"}


@pytest.fixture
def meanwhile(wallet):
    """`meanwhile(verb)` does this in another process, say, which does not queue for the turn, while those who do wait for its wallet."""

    def run(verb) -> None:
        turn = turn_lock(("wallet", wallet.id))
        with write_txn():
            wallet.locked()
            turn.release()
            until(lambda: db.execute_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() == (1,))
            verb()
        turn.acquire()

    return run


def test_who_meets_another_process_at_the_wallet_goes_on_from_there(queued, add, wallet, meanwhile):
    told = queued(
        add("a"), add("b"), while_waiting=lambda: meanwhile(lambda: wallet.shift(balance=0, allowed=("active",)))
    )
    assert [type(one) for one in told] == [Transfer] * 2 and transactions() == [1, 1]
    queued(add("c"), add("d"))
    assert transactions() == [1, 1, 2]


def test_who_finds_version_and_balance_as_another_process_left_them_posts_nothing_before_it(queued, add, meanwhile):
    told = queued(add("a"), add("b"), add("c"), while_waiting=lambda: meanwhile(add("theirs")))
    assert [type(one) for one in told] == [Transfer] * 3
    posted = list(Transfer.select().order_by(Transfer.id))
    assert [row.posted_at for row in posted] == sorted(row.posted_at for row in posted)
    assert len({row.balance_after_minor for row in posted[1:]}) == 5


def test_many_at_once_lose_nothing(wallet, olga, in_parallel):
    done: Outcomes = in_parallel(16, lambda at: [adjust(wallet, -1, key=f"{at} {n}", by=olga) for n in range(25)])
    assert done.errors == [] and wallet.reload().balance_minor == 100_000 - 400
    assert len(transactions()) < 300 and prove(wallet.reload()) == []
