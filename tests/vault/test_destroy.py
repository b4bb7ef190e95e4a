"""Destruction and disclosure, looked for in the bytes of every file of the data folder, not in what the code says."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path

import peewee
import pytest

from config.settings import Settings
from models.database import back_up, close_databases, open_databases
from models.people.invitation import Invitation
from models.people.session import Session, sign_in
from models.stores.application import Application
from models.stores.store import Store
from models.support.db import db
from models.support.fields import SealedField, UidField
from models.support.record import Record
from models.vault.data_key import DataKey, KeyDestroyed, destroy, key_of, keys_db, keys_for
from models.vault.seal import Sealed

CANARY = "Jane-Canary-4711 Kanarienvogelweg 9"


class Parcelled(Sealed, Record):
    uid = UidField()
    address = SealedField()

    def seal_subject(self) -> str:
        return f"order:{self.uid}"


def spellings(text: str | bytes) -> list[bytes]:
    """The bytes of a secret, and how it would look encoded by mistake."""
    raw = text.encode() if isinstance(text, str) else text
    found = [raw, base64.b64encode(raw)[:-4], raw.hex().encode(), raw.hex().upper().encode()]
    if isinstance(text, str):
        found += [text.encode("utf-16-le"), text.encode("utf-16-be"), text.lower().encode(), text[::-1].encode()]
    return found


def where(folder: Path, *secrets: str | bytes) -> list[str]:
    """Files of the folder that hold one of the secrets in any spelling."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if any(s in path.read_bytes() for x in secrets for s in spellings(x))]


@pytest.fixture
def parcel(portal: Settings) -> Parcelled:
    db.create_tables([Parcelled])
    parcel = Parcelled(uid=uuid.uuid4())
    parcel.seal(address=CANARY)
    parcel.save(force_insert=True)
    return parcel


def test_the_search_would_find_a_canary(portal: Settings):
    """A search that finds nothing proves nothing unless it can find something."""
    (portal.data / "x.txt").write_bytes(b"..." + base64.b64encode(CANARY.encode()))
    assert where(portal.data, CANARY) == ["x.txt"]


def test_clear_text_is_in_no_file(parcel, portal: Settings):
    assert parcel.reload().unseal("address") == CANARY
    assert where(portal.data, CANARY) == []
    back_up(portal)
    db.obj.checkpoint()
    close_databases()
    assert where(portal.data, CANARY) == []
    open_databases(portal)


def test_a_data_key_is_in_no_file_unwrapped(parcel, portal: Settings):
    assert where(portal.data, key_of(parcel.seal_subject())) == []
    assert where(portal.data, portal.key_path.read_text().splitlines()[1].partition(":")[2]) == []


def test_a_destroyed_key_leaves_no_bytes_in_any_file(parcel, portal: Settings):
    """Not in the database, not in its log, and not after a restart: else a copy of the disk could open the address."""
    subject = parcel.seal_subject()
    keys_for([f"order:{number}" for number in range(200)])  # Neighbours, so that pages are shared and split.
    wrapped = bytes(DataKey.get_by_id(subject).wrapped)
    assert set(where(portal.data, wrapped)) & {"keys.db", "keys.db-wal"}
    assert destroy([subject]) == 1
    assert where(portal.data, wrapped) == []
    close_databases()
    assert where(portal.data, wrapped) == []
    open_databases(portal)
    with pytest.raises(KeyDestroyed):
        parcel.reload().unseal("address")


def test_many_destroyed_keys_leave_no_bytes(portal: Settings):
    subjects = [f"order:{number:05}" for number in range(1500)]
    keys_for(subjects)
    keys_db.obj.checkpoint()
    gone = subjects[::3]
    wrapped = {row.subject: bytes(row.wrapped) for row in DataKey.select()}
    assert destroy(gone) == 500
    text = b"".join(path.read_bytes() for path in portal.data.iterdir() if path.name.startswith("keys.db"))
    assert [subject for subject in gone if wrapped[subject] in text] == []
    assert wrapped[subjects[1]] in text


def test_a_destroyed_key_is_gone_while_somebody_reads(parcel, portal: Settings, in_parallel):
    """Readers of the vault in other threads do not keep the old bytes in the log."""
    subject = parcel.seal_subject()
    others = [f"order:{number}" for number in range(50)]
    keys_for(others)
    wrapped = bytes(DataKey.get_by_id(subject).wrapped)

    def verb(number: int) -> None:
        if number == 0:
            destroy([subject])
        for _ in range(30):
            keys_for(others)

    assert in_parallel(4, verb).errors == []
    assert where(portal.data, wrapped) == []


def test_deleted_ciphertext_is_erased_too(parcel, portal: Settings):
    sealed = bytes(parcel.reload().address)
    db.obj.checkpoint()
    assert where(portal.data, sealed) == ["portolan.db"]
    Parcelled.delete().execute()
    db.obj.checkpoint()
    assert where(portal.data, sealed) == []


def test_the_tokens_of_a_store_are_in_no_file_in_clear(portal: Settings, lotus, alice):
    secret, token = "amzn1.oa2-cs.v1.canary0123456789", "Atzr|IwEBcanaryRefreshToken0123456789"
    application = Application.save_for(
        lotus, name="Ours", kind="private", client_id="amzn1.application-oa2-client.1", client_secret=secret, by=alice
    )
    store = Store.declare(lotus, "Lotus EU", "eu", by=alice)
    store.authorize(application=application, refresh_token=token, by=alice)
    assert store.authorization.secrets()[1:3] == (secret, token)
    assert where(portal.data, secret, token) == []
    wrapped = bytes(DataKey.get_by_id(store.vault_subject).wrapped)
    store.reload().disconnect(by=alice)
    assert where(portal.data, wrapped) == []


def test_passwords_links_and_session_tokens_are_in_no_file(portal: Settings, alice, password):
    session, token = sign_in("alice", password, address="127.0.0.1", network="127.0.0.1", device="x")
    link = Invitation.make(alice, "reset")
    assert Session.of_token(token).id == session.id
    db.obj.checkpoint()
    assert where(portal.data, password, token, link) == []


@pytest.mark.postgres
def test_clear_text_is_in_no_file_of_postgresql(portal: Settings, postgres, alice):
    """With PostgreSQL the ciphertext is there and the keys are not."""
    db.create_tables([Parcelled])
    parcel = Parcelled(uid=uuid.uuid4())
    parcel.seal(address=CANARY)
    parcel.save(force_insert=True)
    wrapped = bytes(DataKey.get_by_id(parcel.seal_subject()).wrapped)
    postgres.sql("CHECKPOINT")
    oid = db.execute_sql("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()[0]
    folder = postgres.folder / "cluster" / "base" / str(oid)
    assert where(folder, CANARY, wrapped) == []
    assert where(portal.data, CANARY) == []
    assert where(folder, bytes(parcel.address)) != [], "the ciphertext itself is found, so the search works"


def test_keys_have_their_own_file(portal: Settings):
    assert isinstance(keys_db.obj, peewee.SqliteDatabase)
    assert Path(keys_db.obj.database) == portal.data / "keys.db" != Path(db.obj.database)
    assert not (set(db.get_tables()) & {"data_key"})
