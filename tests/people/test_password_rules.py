"""The rules of a password, one by one: what it must have, whose name it must not hold, and what everybody guesses first."""

from __future__ import annotations

import time

import pytest

from models.people.password_rules import common_passwords, common_words, opinion_of, require_good, suggestion
from models.support.errors import FieldRefused

NAMES = ["wang.min", "Wang Min-Jun", "Lotus Trading"]


@pytest.mark.parametrize(
    "good",
    [
        "Copper-Kettle-27", "Amber-Lantern-58!", "correct Horse 9 battery", "Пароль-Dлинный-9a", "密码Kettle-27-山河湖海九", "A1!" + "bdgkmprt" * 31,
        "Password-of-a-quiet-Harbour-42", "Ｃｏｐｐｅｒ－Ｋｅｔｔｌｅ－２７", "Copper_Kettle_27", "Copper Kettle 27", "Kéttle-Cöpper-27",
        "kTmpx-7wRzq-Qv4nA", "\tCopper\x00Kettle9", "👩‍👩‍👧-Kettle-27-Abbey",
    ],
)  # fmt: skip
def test_a_good_password_is_taken(good):
    require_good(good, NAMES)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("", "at least 12"), ("Kettle-27xy", "at least 12"), ("Ke\u0301ttle-27xy", "at least 12"), ("A1!" + "bdgkmprt" * 32, "at most 256"),
        ("COPPER-KETTLE-27", "small letter"), ("copper-kettle-27", "capital letter"), ("Copper-Kettle-xx", "a digit"),
        ("CopperKettle27", "another character"), ("CopperKettle27山", "another character"), ("123456789012345", "small letter"),
        ("Copper-Wang-27", "part of your name"), ("wang.min-Copper-27", "part of your name"), ("Copper-ｗａｎｇ-27", "part of your name"),
        ("Copper-LOTUS-2027", "part of your name"), ("xTRADINGx-Copper-2", "part of your name"),
        ("xminx-Copper-2027", "part of your name"), ("Jun-Copper-Kettle-2", "part of your name"),
        ("My-Portolan-2027!", "team or Portolan"),
        ("Password-2027!", "too easy"), ("P@ssw0rd12345", "too easy"), ("Welcome-123456", "too easy"),
        ("Qwerty-12345!", "too easy"), ("1-2-3-4-5-6-aB", "too easy"), ("Iloveyou-1234", "too easy"), ("Superman-1990!", "too easy"),
        ("Ｐａｓｓｗｏｒｄ－２０２７", "too easy"), ("Woaini-5201314!", "too easy"), ("Shanghai-2026!", "too easy"), ("7202-Drowssap!", "too easy"),
        ("aB3$aB3$aB3$", "too easy"), ("Zx9 Zx9 Zx9 ", "too easy"), ("Aa1!Aa1!Aa1!Aa1!", "too easy"), ("A1!bbbbbbbbbbbb", "too easy"),
        ("Michael-1985!", "too easy"), ("$un5h1ne-2026A", "too easy"),
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


def test_the_list_of_common_passwords_is_a_real_one():
    assert len(common_passwords()) > 25_000 and len(common_passwords() | common_words()) > 75_000
    assert {"password", "iloveyou", "trustno1", "letmein", "qwertyuiop", "5201314", "dragon"} <= common_passwords()


def test_the_longest_password_is_looked_at_quickly():
    """Also one made to be slow."""
    for slow in ("4@8({[</369&#!1|/\\$5+7%2z" * 10, "aA1!" * 64, "password" * 32):
        began = time.process_time()
        opinion_of(slow, NAMES)
        assert time.process_time() - began < 1.0


def test_a_suggestion_is_good_strong_and_never_the_same():
    made = {suggestion(NAMES) for _ in range(200)}
    assert len(made) == 200
    for one in list(made)[:30]:
        require_good(one, NAMES)
        assert opinion_of(one, NAMES).strength == 3
    assert all(sign.isascii() and sign not in "lIO" for one in made for sign in one)


@pytest.mark.parametrize(
    ("typed", "strength", "broken"),
    [
        ("", 0, True),
        ("Password-2027!", 0, True),
        ("Copper-Kettle-27", 1, False),
        ("Copper-Kettle-Harbour-27", 3, False),
    ],
)
def test_the_strength_is_said_in_words(typed, strength, broken):
    opinion = opinion_of(typed, NAMES)
    assert (opinion.strength, bool(opinion.broken)) == (strength, broken)
    assert str(opinion.words) in ("Weak", "Fair", "Good", "Strong")
