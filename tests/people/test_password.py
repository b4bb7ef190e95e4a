"""How a password is kept."""

from __future__ import annotations

import pytest

from models.people import password as passwords
from models.people.password import check_password, hash_password, needs_rehash


def test_a_hash_is_salted_peppered_and_tells_nothing(portal, tmp_path):
    from dataclasses import replace

    from models.database import open_databases
    from models.vault import key_file

    one, two = hash_password("Copper-Kettle-27"), hash_password("Copper-Kettle-27")
    assert one != two and one.startswith("$argon2id$v=19$m=8192,t=1,p=1$")
    assert check_password(one, "Copper-Kettle-27") and check_password(two, "Copper-Kettle-27")
    assert not check_password(one, "Copper-Kettle-28")
    (tmp_path / "other").mkdir()
    key_file.create(tmp_path / "other.key")
    open_databases(replace(portal, data=tmp_path / "other", key_file=tmp_path / "other.key"))
    assert not check_password(one, "Copper-Kettle-27"), "a stolen table of hashes is worth nothing without the key file"


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", "plain"])
def test_what_is_no_hash_fits_no_password(portal, stored):
    assert not check_password(stored, "")
    assert not check_password(stored, stored)


def test_nobody_has_the_password_of_the_dummy(portal):
    assert not check_password(None, "not a password of anyone")


def test_a_changed_cost_asks_for_a_new_hash(portal):
    stored = hash_password("Copper-Kettle-27")
    assert not needs_rehash(stored)
    passwords.use_memory(9)
    try:
        assert needs_rehash(stored)
    finally:
        passwords.use_memory(8)


def test_a_password_counts_exactly_as_it_was_typed(portal):
    """No folding: composed and decomposed, full-width and plain are different passwords."""
    stored = hash_password("K\u00e9ttle-Copper-27")
    assert check_password(stored, "K\u00e9ttle-Copper-27")
    assert not check_password(stored, "Ke\u0301ttle-Copper-27")
    assert not check_password(hash_password("Copper-Kettle-27"), "Ｃopper-Kettle-27")
    assert check_password(hash_password("half \ud83d of a sign"), "half \ud83d of a sign"), (
        "also what is no text at all"
    )


def test_several_hashes_are_looked_at_in_one_turn(portal):
    hashes = [hash_password(f"Copper-Kettle-{number}") for number in range(3)]
    assert passwords.fits_any(hashes, "Copper-Kettle-2")
    assert not passwords.fits_any(hashes, "Copper-Kettle-3")
    assert not passwords.fits_any([], "Copper-Kettle-3")
