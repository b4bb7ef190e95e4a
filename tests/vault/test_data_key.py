"""Data keys: one per subject, written first, destroyed for good, opened by every root key that ever wrapped them."""

from __future__ import annotations

import base64
import os
import sqlite3
from dataclasses import replace

import pytest

from config.settings import Settings
from models.database import close_databases, open_databases
from models.people.team import Team
from models.support.db import db, write_txn
from models.vault import data_key
from models.vault.data_key import (
    DataKey,
    KeyDestroyed,
    destroy,
    is_destroyed,
    key_of,
    keys_db,
    keys_for,
    living,
    living_subjects,
)  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def vault(request, settings: Settings):
    """The open vault, with its keys in `keys.db` and in a PostgreSQL database."""
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    if server is not None:
        settings = replace(settings, keys_database=server.url(server.create()))
    open_databases(settings)
    yield settings
    close_databases()
    if server is not None:
        keys_db.obj.close_all()
        server.drop(settings.keys_database.rpartition("/")[2])


def test_a_subject_gets_one_key_and_keeps_it(vault):
    first = keys_for(["order:1", "order:2", "order:1"])
    assert list(first) == ["order:1", "order:2"]
    assert first["order:1"] != first["order:2"]
    assert all(len(key) == 32 for key in first.values())
    assert keys_for(["order:2", "order:3"])["order:2"] == first["order:2"] == key_of("order:2")


def test_more_subjects_than_one_statement_takes(vault):
    subjects = [f"order:{number}" for number in range(1234)]
    keys = keys_for(subjects)
    assert len(set(keys.values())) == 1234
    assert destroy(subjects[:1100]) == 1100
    assert set(keys_for(subjects)) == set(subjects[1100:])


def test_an_unknown_subject_has_no_key(vault):
    with pytest.raises(KeyDestroyed):
        key_of("order:never")
    assert not is_destroyed("order:never")


def test_a_destroyed_key_is_gone_and_its_tombstone_stays(vault, clock):
    keys_for(["order:1", "order:2"])
    assert destroy(["order:1", "order:1", "order:9"]) == 1
    for _ in range(2):
        with pytest.raises(KeyDestroyed):
            key_of("order:1")
        assert keys_for(["order:1", "order:2"]).keys() == {"order:2"}  # It does not come back.
        clock.move(days=1)
    row = DataKey.get_by_id("order:1")
    assert row.wrapped is None and row.destroyed_at is not None
    assert is_destroyed("order:1") and not is_destroyed("order:2")
    assert destroy(["order:1"]) == 0
    assert living(["order:1", "order:2", "order:3"]) == {"order:2"}


def test_many_who_ask_at_once_get_the_same_key(vault, in_parallel):
    outcomes = in_parallel(8, lambda: keys_for([f"order:{number}" for number in range(20)]))
    assert outcomes.errors == []
    assert all(keys == outcomes.results[0] for keys in outcomes.results)


def test_asking_and_destroying_at_once_never_gives_a_key_that_is_not_stored(vault, in_parallel):
    subjects = [f"order:{number}" for number in range(20)]
    first = keys_for(subjects)

    def verb(number: int):
        return destroy(subjects) if number % 2 else keys_for(subjects)

    outcomes = in_parallel(6, verb)
    assert outcomes.errors == []
    assert sum(result for result in outcomes.results if isinstance(result, int)) == 20
    for result in outcomes.results:
        if isinstance(result, dict):
            assert all(first[subject] == key for subject, key in result.items())
    assert keys_for(subjects) == {}


def test_the_sweep_sees_living_subjects_of_a_kind_in_order(vault, clock):
    keys_for(["order:b", "order:a", "store:1", "order:c", "orderly:x"])
    destroy(["order:b"])
    clock.move(hours=2)
    keys_for(["order:new"])
    old = clock.ago(hours=1)
    assert living_subjects("order:", before=old) == ["order:a", "order:c"]
    assert living_subjects("order:", before=old, after="order:a") == ["order:c"]
    assert living_subjects("order:", before=old, limit=1) == ["order:a"]


def add_root_key(settings: Settings, version: int) -> None:
    with settings.key_path.open("a") as file:
        file.write(f"{version}:{base64.b64encode(os.urandom(32)).decode()}\n")


def test_a_new_root_key_wraps_what_is_new_and_the_old_one_still_opens(vault):
    old = keys_for(["order:1"])["order:1"]
    add_root_key(vault, 2)
    open_databases(vault)
    new = keys_for(["order:2"])["order:2"]
    assert key_of("order:1") == old
    assert keys_for(["order:1", "order:2"]) == {"order:1": old, "order:2": new}
    assert {row.subject: row.root_version for row in DataKey.select() if row.subject.startswith("order")} == {
        "order:1": 1, "order:2": 2,
    }  # fmt: skip


def test_the_key_is_there_before_anything_sealed_with_it_can_be(vault):
    """The key is committed even while the transaction that will hold the ciphertext is still open, and if it fails."""
    with pytest.raises(ValueError), write_txn():
        Team.create(slug="one", name="One")
        key = keys_for(["order:1"])["order:1"]
        assert not keys_db.in_transaction() and db.in_transaction()
        if not vault.keys_database:
            elsewhere = sqlite3.connect(f"file:{vault.data / 'keys.db'}?mode=ro", uri=True)
            assert elsewhere.execute("SELECT count(*) FROM data_key WHERE subject = 'order:1'").fetchone() == (1,)
            elsewhere.close()
        raise ValueError("the ciphertext never comes")
    assert Team.select().count() == 0
    assert key_of("order:1") == key


def test_keys_without_their_root_key_do_not_open(vault):
    keys_for(["order:1"])
    DataKey.update(wrapped=os.urandom(40)).where(DataKey.subject == "order:1").execute()
    with pytest.raises(RuntimeError, match="does not belong to this key file"):
        key_of("order:1")
    DataKey.update(root_version=7).where(DataKey.subject == "order:1").execute()
    with pytest.raises(RuntimeError, match="root key 7"):
        keys_for(["order:1"])


def test_the_proof_is_no_subject_of_anything(vault):
    assert key_of(data_key.PROOF)
    assert living_subjects("", before=data_key.clock.ahead(days=1)) == [data_key.PROOF]
