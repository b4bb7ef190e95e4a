"""Writing many rows at once obeys every rule that writing one does, on both databases."""

from __future__ import annotations

import uuid

import peewee
import pytest

from models.support import clock
from models.support.bulk import among, insert_rows, next_ids, raw_rows, update_differing, update_rows, upsert_rows
from models.support.db import write_txn
from models.support.fields import SealedField, uid_in_order
from models.support.record import Record

pytestmark = pytest.mark.both


class Thing(Record):
    uid = peewee.UUIDField(unique=True)
    name = peewee.CharField(max_length=20)
    kind = peewee.CharField(max_length=20, null=True)
    secret = SealedField(null=True)

    class Meta:
        table_name = "a_thing_for_tests"


@pytest.fixture(autouse=True)
def _things(portal):
    Thing.create_table()
    yield
    Thing.drop_table()


def thing(name: str, kind: str | None = None, secret: bytes | None = None) -> list:
    return [uid_in_order(clock.now()), name, kind, secret]


NAMES = ("uid", "name", "kind", "secret")


def shown() -> list[tuple]:
    return list(Thing.select(Thing.name, Thing.kind).order_by(Thing.id).tuples())


def test_rows_are_inserted_as_one_would_be():
    rows = [thing("a"), thing("b", "tool", b"\x01p123")]
    with write_txn():
        insert_rows(Thing, NAMES, rows)
        insert_rows(Thing, NAMES, [])
    assert shown() == [("a", None), ("b", "tool")]
    two = Thing.get(Thing.name == "b")
    assert isinstance(two.uid, uuid.UUID) and two.secret == b"\x01p123"


def test_clear_text_has_no_way_into_a_sealed_column():
    for bad in (b"clear", "clear"):
        with pytest.raises(TypeError), write_txn():
            insert_rows(Thing, NAMES, [thing("a", secret=bad)])
        with pytest.raises(TypeError), write_txn():
            upsert_rows(Thing, NAMES, [thing("a", secret=bad)], key=("uid",))
    assert shown() == []


def test_what_breaks_a_rule_of_the_database_leaves_nothing():
    one = thing("a")
    with pytest.raises(peewee.IntegrityError), write_txn():
        insert_rows(Thing, NAMES, [one, one])
    assert shown() == []
    with write_txn():
        insert_rows(Thing, NAMES, [one, one], ignore=True)
    assert shown() == [("a", None)]


def test_an_upsert_takes_what_is_new_and_may_keep_what_is_not_told():
    one = thing("a", "tool")
    with write_txn():
        insert_rows(Thing, NAMES, [one])
        upsert_rows(
            Thing, ("uid", "name", "kind"), [[one[0], "b", None], [*thing("c")[:3]]], key=("uid",), keeping=True
        )
    assert shown() == [("b", "tool"), ("c", None)]
    with write_txn():
        upsert_rows(Thing, ("uid", "name", "kind"), [[one[0], "d", None]], key=("uid",))
        upsert_rows(Thing, ("uid", "name", "kind"), [[one[0], "e", "toy"]], key=("uid",))
    assert shown() == [("e", "toy"), ("c", None)]


def test_an_update_changes_the_named_columns_of_the_named_rows():
    with write_txn():
        insert_rows(Thing, NAMES, [thing("a", "x"), thing("b", "x"), thing("c", "x")])
    ids = {t.name: t.id for t in Thing.select()}
    with write_txn():
        update_rows(Thing, ("name",), [["A", ids["a"]], ["C", ids["c"]], ["nobody", 10**6]])
    assert shown() == [("A", "x"), ("b", "x"), ("C", "x")]


def test_rows_that_differ_in_different_columns_are_brought_up_to_date_together():
    with write_txn():
        insert_rows(Thing, NAMES, [thing(name, "x", b"\x01p1") for name in "abcd"])
    a, b, c, d = (one.id for one in Thing.select().order_by(Thing.name))
    with write_txn():
        update_differing(
            Thing,
            ("name", "kind", "secret"),
            [
                (a, ("a", "x", b"\x01p1"), ("A", "x", b"\x01p1")),
                (b, ("b", "x", b"\x01p1"), ("b", "y", None)),
                (c, ("c", "x", b"\x01p1"), ("C", "x", b"\x01p1")),
                (d, ("d", "x", b"\x01p1"), ("d", "x", b"\x01p1")),
            ],
        )
        update_differing(Thing, ("name",), [])
    assert shown() == [("A", "x"), ("b", "y"), ("C", "x"), ("d", "x")]
    assert [one.secret for one in Thing.select().order_by(Thing.id)] == [b"\x01p1", None, b"\x01p1", b"\x01p1"]


def test_what_was_rolled_back_can_be_done_again():
    one = thing("a")
    with pytest.raises(ZeroDivisionError), write_txn():
        upsert_rows(Thing, NAMES, [one], key=("uid",))
        raise ZeroDivisionError
    with write_txn():
        upsert_rows(Thing, NAMES, [one], key=("uid",))
    assert shown() == [("a", None)]


def test_ids_can_be_known_beforehand():
    with write_txn():
        insert_rows(Thing, NAMES, [thing("a")])
        ids = next_ids(Thing, 3)
        insert_rows(Thing, ("id", *NAMES), [[n, *thing(f"n{n}")] for n in ids])
    assert sorted(t.id for t in Thing.select())[1:] == ids and len(set(ids)) == 3
    after = Thing.create(uid=uuid.uuid4(), name="later")
    assert after.id not in ids


def test_a_condition_over_many_values_finds_them_whatever_their_type():
    rows = [thing(f"n{n}") for n in range(700)]
    with write_txn():
        insert_rows(Thing, NAMES, rows)
    find = lambda condition: {name for (name,) in raw_rows(Thing.select(Thing.name).where(condition))}  # noqa: E731
    assert find(among(Thing.name, [f"n{n}" for n in range(0, 700, 2)])) == {f"n{n}" for n in range(0, 700, 2)}
    assert find(among(Thing.uid, [uid for uid, *_ in rows[:3]])) == {"n0", "n1", "n2"}
    assert find(among(Thing.uid, [uid.hex for uid, *_ in rows[:1]])) == {"n0"}
    assert find(among(Thing.id, [Thing.get(Thing.name == "n5").id])) == {"n5"}
    for column in (Thing.id, Thing.uid, Thing.name):
        assert find(among(column, [])) == set()


def test_uids_begin_with_their_moment_and_never_repeat(clock):
    now = clock.now()
    made = [uid_in_order(now) for _ in range(5000)]
    assert len(set(made)) == 5000
    assert {(uid.version, uid.variant) for uid in made} == {(7, uuid.RFC_4122)}
    assert max(made) < min(uid_in_order(now.replace(year=now.year + 1)) for _ in range(100))
