"""Reading a form: a clean value or a word beside the field; nothing a person can send raises."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from models.support.errors import FieldRefused, Refused
from models.support.words import say
from views.support.forms import Form, clean, read_number


def form(**sent) -> Form:
    return Form(MultiDict(sent))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12.5", "12.5"), ("12,5", "12.5"), ("1234.50", "1234.50"), ("1,234.50", "1234.50"), ("1.234,50", "1234.50"),
        ("1,234,567", "1234567"), ("1.234.567,8", "1234567.8"), ("１２.５", "12.5"), ("１２，５", "12.5"), ("−3", "-3"),
        ("-0.5", "-0.5"), ("+7", "7"), ("1 234,5", "1234.5"), ("0,125", "0.125"), ("12,3456", "12.3456"), ("007", "7"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "NaN", "Infinity", "-Infinity", "1e30", "1E5", "0x10", "1_000", "1.2.3", "1,2,3", "1,23,456", "12,34.5", ".5",
        "5.", "--5", "1-2", "", " ", "abc", "½", "1,234", "999,999", "1" * 41, "1." + "1" * 11, "1/2", "%", "１e５",
    ],
)  # fmt: skip
def test_what_is_unclear_or_no_number_is_refused(typed):
    assert read_number(typed) is None


def test_a_comma_before_three_digits_is_a_thousand_where_it_cannot_be_a_fraction():
    assert form(price="1,234").money("price", "EUR") == 123400
    assert form(price="1,200").money("price", "JPY") == 1200
    assert form(count="1,200").integer("count") == 1200
    weight = form(weight="1,234")
    assert weight.decimal("weight") is None
    assert weight.error("weight") == "Write a number like 12.5."


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader_of_numbers(text):
    for read in (lambda f: f.decimal("x"), lambda f: f.integer("x"), lambda f: f.money("x", "EUR")):
        sent = form(x=text)
        value = read(sent)
        assert value is None or (sent.ok and 0 <= value <= 10**11)


@given(st.decimals(0, 10**8, places=2, allow_nan=False))
def test_an_amount_is_read_exactly(amount):
    assert form(x=f"{amount}").money("x", "EUR") == int(amount * 100)
    assert form(x=f"{amount:,.2f}").money("x", "EUR") == int(amount * 100)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-1", "Between 0 and"), ("1000000000.01", "Between 0 and 1,000,000,000."), ("1.234", "At most 2 decimals"),
        ("1" * 20, "Between 0 and 1,000,000,000."), ("12,345,678,901,234,567,890.00", "Between 0 and 1,000,000,000."),
        ("free", "Write a number"), ("", "This is needed"),
    ],
)  # fmt: skip
def test_an_amount_that_does_not_fit_is_refused_beside_its_field(typed, said):
    sent = form(price=typed)
    assert sent.money("price", "EUR", required=True) is None
    assert said in sent.error("price")
    assert not sent.ok


def test_an_amount_has_the_decimals_of_its_currency():
    assert form(x="1200").money("x", "JPY") == 1200
    assert form(x="1.234").money("x", "KWD") == 1234
    yen = form(x="12.5")
    assert yen.money("x", "JPY") is None
    assert yen.error("x") == "Write a whole number."


def test_the_first_word_about_a_field_stays():
    sent = form(x="")
    sent.expect(False, "x", say("first"))
    sent.fail("x", say("second"))
    assert sent.error("x") == "first"
    assert sent.error("y") == ""


HOSTILE = "a\0b\x1b[31m\u202egnp.exe\u2066\ufeff\x7f\ud800é"


def test_text_loses_what_cannot_be_seen():
    assert form(x=HOSTILE).text("x") == "ab[31mgnp.exeé"
    assert form(x="  two\nlines\t ").text("x") == "twolines"
    assert form(x="one\r\ntwo\0\tthree\r\n").long_text("x") == "one\ntwo\tthree"


def test_text_is_composed():
    assert form(x=unicodedata.normalize("NFD", "Müller")).text("x") == unicodedata.normalize("NFC", "Müller")


def test_arabic_and_emoji_survive():
    for text in ("مرحبا\u200fبالعالم", "👩\u200d👩\u200d👧", "नमस्ते", "Ζ̌"):
        assert form(x=text).text("x") == unicodedata.normalize("NFC", text)


@given(st.text())
def test_clean_text_can_be_stored(text):
    cleaned = clean(text, keep="")
    cleaned.encode()
    assert "\0" not in cleaned and "\n" not in cleaned


def test_long_text_is_refused_and_not_cut():
    sent = form(x="x" * 501)
    assert sent.text("x") == "x" * 501
    assert sent.error("x") == "At most 500 characters; this has 501."
    assert form(x="x" * 500).text("x") and form(x="x" * 500).ok


def test_a_huge_description_is_refused_in_words():
    sent = form(x="字" * 5_000_000)
    sent.long_text("x")
    assert "At most 20,000 characters; this has 5,000,000." in sent.error("x")


def test_lines_are_counted_and_trimmed():
    assert form(x=" one \r\n\r\ntwo\0\r").lines("x") == ["one", "two"]
    many = form(x="\n".join("x" * 60))
    many.lines("x")
    assert many.error("x") == "At most 50 lines."


def test_a_secret_is_exactly_what_was_typed():
    assert form(x="  pass\tword\u202e ").secret("x") == "  pass\tword\u202e "
    long = form(x="x" * 2001)
    long.secret("x")
    assert not long.ok


def test_a_choice_is_one_of_the_list():
    assert form(x="de").choice("x", ["de", "fr"]) == "de"
    for typed in ("", "DE", "it", "de "):
        sent = form(x=typed)
        sent.choice("x", ["de", "fr"])
        assert sent.error("x") == "Choose from the list."
    assert form().choice("x", ["de"], required=False) == ""


def test_choices_keep_only_what_the_list_has():
    sent = form(x=["de", "it", "de"])
    assert sent.choices("x", ["de", "fr"]) == ["de"]
    assert sent.error("x") == "Choose from the list."
    none = form()
    none.choices("x", ["de"], required=True)
    assert none.error("x") == "Choose at least one."


@pytest.mark.parametrize("typed", ["2026-02-30", "30.11.2026", "tomorrow", "２０２６-01-01", "0000-01-01", "-1"])
def test_what_is_no_day_is_refused(typed):
    sent = form(x=typed)
    assert sent.day("x") is None
    assert sent.error("x") == "Write a date like 2026-11-30."


@pytest.mark.parametrize("typed", ["1900-01-01", "1999-12-31", "2100-01-02", "9999-12-31"])
def test_a_day_that_nobody_means_is_told_the_days_that_are_meant(typed):
    sent = form(x=typed)
    assert sent.day("x") is None
    assert sent.error("x") == "Write a date between 2000 and 2100."


def test_a_day_is_read():
    assert form(x=" 2026-11-30 ").day("x") == date(2026, 11, 30)
    assert form(x="").day("x") is None


@pytest.mark.parametrize("typed", ["", "1", "'; DROP TABLE team; --", "../../etc/passwd", "x" * 10_000])
def test_what_names_no_record_is_refused(typed):
    sent = form(x=typed)
    assert sent.uid("x") is None
    assert not sent.ok


def test_fields_that_nobody_asked_for_are_ignored():
    sent = form(name="Alice", is_operator="1", id="7")
    assert sent.text("name") == "Alice"
    assert sent.ok
    assert vars(sent).keys() == {"_sent", "_files", "errors"}


def test_a_refusal_of_one_field_is_noted_there_and_other_refusals_pass():
    sent = form(login="alice")
    with sent.refusals():
        raise FieldRefused("login", "This name is taken.")
    assert sent.error("login") == "This name is taken."
    with pytest.raises(Refused), sent.refusals():
        raise Refused("not now")


@pytest.mark.parametrize(("typed", "is_set"), [("1", True), ("on", True), ("0", False), ("", False), ("false", False)])
def test_a_flag_is_set_or_not(typed, is_set):
    assert form(x=typed).flag("x") is is_set
