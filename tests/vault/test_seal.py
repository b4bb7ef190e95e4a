"""Sealing: a value opens only where it was sealed, under the key of its subject, unchanged."""

from __future__ import annotations

import uuid

import peewee
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.support.db import db
from models.support.fields import SealedField, UidField
from models.support.record import Record
from models.vault.data_key import KeyDestroyed, destroy, keys_for
from models.vault.seal import Sealed, place_of, seal, unseal

KEY = b"k" * 32


class Letter(Sealed, Record):
    """Two columns under the key of its order; several letters may belong to one."""

    uid = UidField()
    order = peewee.CharField(default="one")
    address = SealedField(null=True)
    note = SealedField(null=True)

    def seal_subject(self) -> str:
        return f"order:{self.order}"

    def seal_row(self) -> str:
        return str(self.uid)


@pytest.fixture
def letters(portal):
    db.create_tables([Letter])
    return Letter


def write(address: str, order: str = "one") -> Letter:
    letter = Letter(uid=uuid.uuid4(), order=order)
    letter.seal(address=address)
    letter.save(force_insert=True)
    return letter


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_again(clear):
    assert unseal(KEY, "here", seal(KEY, "here", clear)) == clear


def test_the_same_text_is_never_sealed_the_same():
    assert len({seal(KEY, "here", "Jane") for _ in range(100)}) == 100


@given(st.integers(0, 60), st.integers(1, 255))
def test_one_changed_byte_anywhere_and_it_does_not_open(at, change):
    sealed = bytearray(seal(KEY, "here", "Jane Doe, 1 Main Street"))
    at %= len(sealed)
    sealed[at] ^= change
    with pytest.raises(RuntimeError, match="here"):
        unseal(KEY, "here", bytes(sealed))


@pytest.mark.parametrize("stump", [b"", b"\x01", b"\x01p", b"\x01p" + b"0" * 12, b"\x01p" + b"0" * 27, b"clear text"])
def test_a_stump_does_not_open(stump):
    with pytest.raises(RuntimeError, match="here"):
        unseal(KEY, "here", stump)


def test_another_place_or_another_key_does_not_open_it():
    sealed = seal(KEY, "order.address:1|order:1", "Jane")
    for place in ("order.address:2|order:1", "order.note:1|order:1", "order.address:1|order:2", ""):
        with pytest.raises(RuntimeError, match="changed or moved"):
            unseal(KEY, place, sealed)
    with pytest.raises(RuntimeError):
        unseal(b"j" * 32, "order.address:1|order:1", sealed)


def test_no_two_places_are_written_the_same():
    places = [
        place_of("letter", "address", "order:1", "2"), place_of("letter", "address", "order:12"),
        place_of("letter", "address", "order:1"), place_of("letter", "note", "order:1"),
    ]  # fmt: skip
    assert len(set(places)) == len(places)


def test_a_record_seals_and_opens_its_fields(letters):
    letter = write("1 Main Street – 中文")
    assert letter.reload().unseal("address") == "1 Main Street – 中文"
    assert letter.unseal("note") is None
    letter.seal(address=None).change(address=None)
    assert letter.reload().unseal("address") is None


def test_bytes_are_sealed_as_they_are(letters):
    letter = write("x")
    raw = bytes(range(256))
    letter.seal(note=raw)
    letter.change(note=letter.note)
    assert letter.reload().unseal_bytes("note") == raw


def test_a_ciphertext_copied_elsewhere_does_not_open(letters):
    """Whoever can write to the database cannot make one buyer's address show up as another's."""
    mine, twin, other = write("1 Main Street"), write("2 Side Street"), write("3 Far Street", order="two")
    Letter.update(address=mine.address).where(Letter.id == twin.id).execute()
    Letter.update(note=mine.address).where(Letter.id == mine.id).execute()
    Letter.update(address=mine.address).where(Letter.id == other.id).execute()
    for letter, column in ((twin, "address"), (mine, "note"), (other, "address")):
        with pytest.raises(RuntimeError, match="changed or moved"):
            letter.reload().unseal(column)
    assert mine.reload().unseal("address") == "1 Main Street"


def test_a_destroyed_subject_opens_no_more_and_seals_no_more(letters):
    letter, other = write("1 Main Street"), write("2 Side Street", order="two")
    assert destroy(["order:one"]) == 1
    with pytest.raises(KeyDestroyed):
        letter.unseal("address")
    with pytest.raises(KeyDestroyed):
        letter.seal(note="more")
    assert other.unseal("address") == "2 Side Street"


def test_many_records_are_sealed_under_keys_fetched_once(letters):
    keys = keys_for(["order:a", "order:b"])
    letter = Letter(uid=uuid.uuid4(), order="a").seal(key=keys["order:a"], address="1 Main Street")
    letter.save(force_insert=True)
    assert letter.reload().unseal("address") == "1 Main Street"
