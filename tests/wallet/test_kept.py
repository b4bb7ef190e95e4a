"""What waits for a decision, and what was decided: the database itself keeps it, whoever writes to it."""

# ruff: noqa: S608 (the statements are the attack)

from __future__ import annotations

import io
import sqlite3
import uuid
from collections.abc import Callable

import peewee
import pytest
from PIL import Image

from models.people.person import Person
from models.support.db import db, is_sqlite, write_txn
from models.wallet.adjustment import Adjustment
from models.wallet.recharge import Recharge
from models.wallet.slip import RechargeSlip, ask_with_slip
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.wallet.test_pages import gao  # noqa: F401 (a fixture)

pytestmark = pytest.mark.both
DECIDED = "\"decided_at\" = '2027-01-01 00:00:00'"


@pytest.fixture
def asked(wallet, alice, gao) -> dict[str, int]:  # noqa: F811
    """Ids of what waits, is approved, was rejected and withdrawn."""
    picture, made = io.BytesIO(), {}
    Image.new("RGB", (30, 20), "navy").save(picture, "PNG")
    for number, word in enumerate(("waiting", "approved", "rejected", "withdrawn")):
        made[word] = ask_with_slip(wallet, 5_000 + number, picture.getvalue(), bank_reference=f"CMB-{number}", by=alice)
    made["approved"].approve(by=gao)
    made["rejected"].reject(reason="not in the bank", by=gao)
    made["withdrawn"].withdraw(by=alice)
    RechargeSlip.of(made["approved"]).clean(lambda sent: None)
    return {word: one.id for word, one in made.items()}


@pytest.fixture
def proposed(wallet, alice, olga, gao) -> dict[str, int]:  # noqa: F811
    made = {
        word: Adjustment.propose(wallet, -100 - number, reason="a mistake", by=olga)
        for number, word in enumerate(("waiting", "approved", "rejected"))
    }
    made["approved"].approve(by=gao)
    made["rejected"].reject(note="not needed", by=gao)
    return {word: one.id for word, one in made.items()}


@pytest.fixture
def tried(wallet, asked, proposed) -> Callable[..., None]:
    """`tried(sql)` is refused, and all is as it was."""
    before = everything()

    def attack(sql: str, *values, why: str = "") -> None:
        with pytest.raises(peewee.DatabaseError) as caught, write_txn():
            db.execute_sql(sql.replace("?", db.param), values)
        told = str(caught.value)
        assert any(word in told for word in ([why] if why else ["never", "decides", "decision"])), f"{sql}: {told}"
        assert everything() == before

    return attack


def everything() -> list:
    return [list(model.select().order_by(model.id).tuples()) for model in (Recharge, Adjustment, RechargeSlip)]


def columns(model) -> str:
    return ", ".join(f'"{field.column_name}"' for field in model._meta.sorted_fields)


def test_what_was_asked_for_never_changes(tried, asked, proposed, wallet, lotus, harbor, alice, bob, olga):
    other = Wallet.open_for(lotus, "USD", by=olga)
    shared = {
        "id": 9_001, "uid": "11111111-1111-4111-8111-111111111111", "team_id": harbor.id, "wallet_id": other.id, "amount_minor": 9,
        "currency": "USD", "created_at": "2020-01-01 00:00:00", "requested_by_id": bob.id,
    }  # fmt: skip
    posted = Transfer.select().order_by(Transfer.id).first()
    own = {
        "recharge": {"method": "cash", "bank_reference": "CMB-9", "paid_on": "2020-01-01"},
        "adjustment": {"kind": "payout", "reverses_id": posted.id, "reason": "another one"},
    }
    for table, ids in (("recharge", asked), ("adjustment", proposed)):
        for column, value in {**shared, **own[table]}.items():
            for number in ids.values():
                tried(f'UPDATE "{table}" SET "{column}" = ? WHERE "id" = ?', value, number, why="never changed")
        for number in ids.values():
            tried(f'UPDATE "{table}" SET "requested_by_id" = NULL WHERE "id" = ?', number, why="never changed")
            if is_sqlite():
                tried(f'UPDATE "{table}" SET rowid = 77 WHERE "id" = ?', number, why="never changed")
    tried(
        f"UPDATE recharge SET amount_minor = 9, state = 'approved', decided_by_id = ?, {DECIDED} WHERE id = ?",
        olga.id, asked["waiting"], why="never changed",
    )  # fmt: skip


def test_a_decision_is_made_once_and_whole(tried, asked, proposed, alice, bob, olga, gao):  # noqa: F811
    for table, ids, why in (("recharge", asked, "reason"), ("adjustment", proposed, "note")):
        states = {*ids, "waiting"}
        for state in set(ids) - {"waiting"}:
            where = f'WHERE "id" = {ids[state]}'
            for new in states - {state}:
                tried(f"UPDATE {table} SET state = '{new}' {where}", why="never changed")
                tried(f"UPDATE {table} SET state = '{new}', decided_by_id = NULL, decided_at = NULL {where}")
            tried(f"UPDATE {table} SET {why} = 'because' {where}", why="never changed")
            tried(f"UPDATE {table} SET {DECIDED} {where}", why="never changed")
            tried(f"UPDATE {table} SET decided_by_id = ? {where}", bob.id, why="never changed")
            tried(f"UPDATE {table} SET decided_by_id = NULL {where}", why="never changed")
        where = f'WHERE "id" = {ids["waiting"]}'
        for state in states - {"waiting"}:
            tried(f"UPDATE {table} SET state = '{state}' {where}", why="who and when")
            tried(f"UPDATE {table} SET state = '{state}', {DECIDED} {where}", why="who and when")
            tried(f"UPDATE {table} SET state = '{state}', decided_by_id = ? {where}", gao.id, why="who and when")
        for early in (f"decided_by_id = {gao.id}", DECIDED, f"{why} = 'because'"):
            tried(f"UPDATE {table} SET {early} {where}", why="who and when")


def test_nobody_decides_on_what_they_asked_for(tried, asked, proposed, alice, olga):
    for table, ids, person in (("recharge", asked, alice), ("adjustment", proposed, olga)):
        for state in ("approved", "rejected"):
            own = f"UPDATE {table} SET state = '{state}', decided_by_id = ?, {DECIDED} WHERE id = ?"
            tried(own, person.id, ids["waiting"], why="somebody else decides")
            tried(own.replace("SET ", "SET requested_by_id = NULL, "), person.id, ids["waiting"], why="never changed")


def test_none_is_taken_away_replaced_or_there_decided_from_the_first(tried, asked, proposed):
    for model in (Recharge, Adjustment, RechargeSlip):
        table = model._meta.table_name
        tried(f"DELETE FROM {table}", why="never deleted")
        if is_sqlite():
            tried(f"UPDATE OR REPLACE {table} SET id = id + 1", why="never changed")
        else:
            tried(f"TRUNCATE {table} CASCADE", why="never deleted")
    for model, ids in ((Recharge, asked), (Adjustment, proposed)):
        table, names = model._meta.table_name, columns(model)
        other = names.replace('"id"', "9001").replace('"uid"', "?")
        for state in ("approved", "rejected"):
            born = f"INSERT INTO {table} ({names}) SELECT {other} FROM {table} WHERE id = {ids[state]}"
            tried(born, uuid.uuid4().hex, why="waits for its decision")


@pytest.mark.sqlite
def test_a_connection_that_set_nothing_replaces_none(asked, proposed):
    """Its DELETE triggers rest where a row is replaced."""
    before = everything()
    with sqlite3.connect(db.path) as shell:
        for model in (Recharge, Adjustment, RechargeSlip):
            table, names = model._meta.table_name, columns(model)
            for key in ("recharge_id",) if model is RechargeSlip else ("id", "uid"):
                same = names if key == "id" else names.replace('"id"', "9001")
                with pytest.raises(sqlite3.DatabaseError, match="never replaced"):
                    shell.execute(
                        f"INSERT OR REPLACE INTO {table} ({names}) SELECT {same} FROM {table} WHERE state = 'waiting'"
                    )
    shell.close()
    assert everything() == before


def test_a_slip_is_made_anew_once_and_stays_with_its_recharge(tried, asked):
    ready, waiting = (f"WHERE recharge_id = {asked[word]}" for word in ("approved", "waiting"))
    for change in ("content = NULL", "state = 'waiting'", "state = 'refused'", "kind = 'pdf'", "recharge_id = 77"):
        tried(f"UPDATE recharge_slip SET {change} {ready}", why="never changed")
    for change in ("kind = 'pdf'", f"recharge_id = {asked['approved']}", "sent = (SELECT content FROM recharge_slip WHERE content IS NOT NULL)"):  # fmt: skip
        tried(f"UPDATE recharge_slip SET {change} {waiting}", why="never changed")


def test_the_key_of_a_person_becomes_empty_with_the_person_alone(wallet, gao, olga):  # noqa: F811
    left = Person.create(login="left", name="Left")
    made = Recharge.ask(wallet, 700, bank_reference="CMB-7", by=left)
    decided = Adjustment.propose(wallet, 7, reason="a mistake", by=olga)
    decided.reject(note="not needed", by=left)
    Person.delete().where(Person.id == left.id).execute()
    assert (made.reload().requested_by_id, made.state) == (None, "waiting")
    assert (decided.reload().decided_by_id, decided.state, decided.note) == (None, "rejected", "not needed")
    made.approve(by=gao)
    assert made.reload().state == "approved"
