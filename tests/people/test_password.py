"""The rules of a password, one by one, and how it is kept."""

from __future__ import annotations

import pytest

from models.people import password as passwords
from models.people.password import check_password, hash_password, needs_rehash, require_good
from models.support.errors import FieldRefused

NAMES = ["wang.min", "Wang Min-Jun", "Lotus Trading"]


@pytest.mark.parametrize(
    "good",
    [
        "Copper-Kettle-27", "aB3$aB3$aB3$", "correct Horse 9 battery", "Пароль-Dлинный-9a", "密码Kettle-27-山", "A1!" + "b" * 253,
        "Zx9 Zx9 Zx9 ", "Password-of-a-quiet-Harbour-42",
    ],
)  # fmt: skip
def test_a_good_password_is_taken(good):
    require_good(good, NAMES)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("", "at least 12"), ("Kettle-27xy", "at least 12"), ("A1!" + "b" * 254, "at most 256"),
        ("COPPER-KETTLE-27", "small letter"), ("copper-kettle-27", "capital letter"), ("Copper-Kettle-xx", "a digit"),
        ("CopperKettle27", "another character"), ("123456789012345", "small letter"),
        ("Copper-Wang-27", "part of your name"), ("wang.min-Copper-27", "part of your name"),
        ("Copper-LOTUS-2027", "part of your name"), ("xTRADINGx-Copper-2", "part of your name"),
        ("xminx-Copper-2027", "part of your name"), ("Jun-Copper-Kettle-2", "part of your name"),
        ("Password-2027!", "too easy"), ("P@ssw0rd12345", "too easy"), ("Welcome-123456", "too easy"),
        ("Qwerty-12345!", "too easy"), ("Portolan-2027!", "too easy"), ("1-2-3-4-5-6-aB", "too easy"),
    ],
)  # fmt: skip
def test_a_bad_password_is_refused_with_the_rule_it_breaks(bad, said):
    with pytest.raises(FieldRefused) as refused:
        require_good(bad, NAMES)
    assert said in str(refused.value)
    assert refused.value.field == "password"


@pytest.mark.parametrize("names", [["al"], ["a b c"], [""], ["--"]])
def test_short_parts_of_a_name_do_not_count(names):
    require_good("Copper-alabc-27", names)


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
