"""Sentences: kept as a message and its parameters, worded when they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.support import words
from models.support.errors import AlreadyDecided, FieldRefused, Refused, Stale
from models.support.words import Words, say

GERMAN = {"Only %(left)s are left.": "Nur %(left)s sind übrig.", "three": "drei", "Stopped: %(why)s": "Halt: %(why)s"}


@pytest.fixture
def german():
    words.use_translator(lambda message: GERMAN.get(message, message))


def test_a_sentence_reads_in_the_readers_language(german):
    sentence = say("Only %(left)s are left.", left=3)
    assert str(sentence) == "Nur 3 sind übrig."
    words.use_translator(str)
    assert str(sentence) == "Only 3 are left."


def test_a_sentence_inside_a_sentence_is_worded_too(german):
    assert str(say("Stopped: %(why)s", why=say("Only %(left)s are left.", left=say("three")))) == (
        "Halt: Nur drei sind übrig."
    )


TEXT = st.text(max_size=20)
SENTENCES = st.recursive(
    st.builds(Words, TEXT), lambda inner: st.builds(lambda p: Words("%(a)s %(b)s", **p), st.fixed_dictionaries({"a": inner | TEXT, "b": inner | TEXT})), max_leaves=6
)  # fmt: skip


@given(SENTENCES)
def test_a_stored_sentence_comes_back_the_same(sentence):
    again = Words.from_json(sentence.to_json())
    assert again == sentence
    assert str(again) == str(sentence)


def test_a_stored_sentence_reads_in_the_language_of_whoever_reads_it(german):
    stored = say("Stopped: %(why)s", why=say("three")).to_json()
    assert str(Words.from_json(stored)) == "Halt: drei"
    words.use_translator(str)
    assert str(Words.from_json(stored)) == "Stopped: three"


def test_numbers_are_stored_as_they_would_be_shown():
    assert str(Words.from_json(say("%(n)s of %(m)s", n=3, m=None).to_json())) == "3 of None"


@pytest.mark.parametrize("hostile", ["100 %", "%(left)s", "%s%n", "{left}", "<script>"])
def test_what_a_person_typed_is_only_text(hostile):
    assert str(say("Only %(left)s are left.", left=hostile)) == f"Only {hostile} are left."
    assert str(Words.from_json(say("Only %(left)s are left.", left=hostile).to_json())) == f"Only {hostile} are left."


def test_a_sentence_without_parameters_may_hold_a_percent_sign():
    assert str(say("100 % of it")) == "100 % of it"


def test_a_refusal_carries_its_sentence(german):
    assert str(Refused("Only %(left)s are left.", left=2)) == "Nur 2 sind übrig."
    assert FieldRefused("login", say("three")).field == "login"
    assert str(FieldRefused("login", say("three"))) == "drei"
    assert Stale("three", {"name": ("theirs", "yours")}).theirs["name"] == ("theirs", "yours")
    assert "faster" in str(AlreadyDecided())
    assert str(AlreadyDecided("three")) == "drei"
