"""A tracking number is read as carriers write it, and its check digit is what the carrier's rule says (docs/tracking.md)."""

from __future__ import annotations

import io
import json
import sys
from argparse import Namespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import tracking
from models.shipping.number import FORMS, TrackingNumber, classify, normalized, numbers_in

GOOD = [
    ("RR123456785CN", "upu_s10"),
    ("RB123456785SG", "upu_s10"),
    ("EE123456785US", "upu_s10"),
    ("1Z999AA10123456784", "ups_1z"),
    ("1Z5R89390357567127", "ups_1z"),
    ("1ZXX3150YW44070023", "ups_1z"),
    ("986578788855", "fedex_12"),
    ("9611020987654312345672", "fedex_96"),
    ("9622001560001234567100794808390594", "fedex_34"),
    ("70160910000108310009", "usps_20"),
    ("9405511899223197428490", "usps_22"),
    ("420221539405511899223197428490", "usps_22"),
    ("4202215312349405511899223197428490", "usps_22"),
    ("0073938000549297", "canada_post_16"),
    ("3318810025", "dhl_express"),
]


@pytest.mark.parametrize(("number", "form"), GOOD)
def test_numbers_that_carriers_gave_are_right(number: str, form: str) -> None:
    assert (form, "ok") in {(match.form, match.check) for match in classify(number)}
    assert TrackingNumber.read(number).is_valid


@pytest.mark.parametrize(("number", "form"), GOOD)
def test_one_wrong_digit_is_seen(number: str, form: str) -> None:
    place = len(number) - (3 if form == "upu_s10" else 1)
    wrong = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
    assert (form, "bad") in {(match.form, match.check) for match in classify(wrong)}


@pytest.mark.parametrize("number", ["TBA123456789012", "TBC123456789012", "TBM123456789012", "YT2212345678901234"])
def test_some_forms_have_no_check_digit(number: str) -> None:
    assert [match.check for match in classify(number)] == ["none"] and TrackingNumber.read(number).is_valid


@pytest.mark.parametrize(
    "number", ["RR123456785QQ", "TBX123456789012", "HELLO", "1Z999AA1012345678", "RR12345678CN", ""]
)
def test_what_has_no_known_form_is_neither_right_nor_wrong(number: str) -> None:
    found = TrackingNumber.read(number)
    assert (found.matches, found.is_valid, found.is_doubtful) == ((), False, False)


def test_a_number_may_be_written_in_many_ways() -> None:
    for text in (
        "rr 1234-5678 5cn",
        "ＲＲ１２３４５６７８５ＣＮ",
        "RR\u200b123.456_785\u2013CN ",
        "\ufeffRR123456785CN\u00a0",
    ):
        assert normalized(text) == "RR123456785CN"
    assert normalized("O0I1") == "O0I1", "nothing is guessed"


def test_amazon_and_carriers_are_told_the_number_without_the_zip_code() -> None:
    assert TrackingNumber.read("420 22153 9405 5118 9922 3197 4284 90").core == "9405511899223197428490"
    assert TrackingNumber.read("RR123456785CN").core == "RR123456785CN"


@pytest.mark.parametrize(
    "text",
    ["123-1234567-1234567", " 123-1234567-1234567 ", "１２３－１２３４５６７－１２３４５６７", "123–1234567–1234567"],
)
def test_an_order_id_is_no_tracking_number(text: str) -> None:
    assert TrackingNumber.read(text).is_order_id
    assert not TrackingNumber.read("RR123456785CN").is_order_id


def test_a_pasted_text_is_taken_apart() -> None:
    text = "RR 1234 5678 5CN, 1z999aa10123456784；YT2212345678901234、RR123456785CN\n\n|a\tb，c"
    assert numbers_in(text) == ["RR123456785CN", "1Z999AA10123456784", "YT2212345678901234", "A", "B", "C"]


@given(st.text(max_size=120))
def test_any_text_gets_an_answer(text: str) -> None:
    found = TrackingNumber.read(text)
    assert found.core in (found.normalized, *(match.core for match in found.matches))
    numbers_in(text)


@given(st.from_regex(r"[0-9]{9,33}", fullmatch=True))
def test_of_ten_last_digits_one_at_most_is_right_in_each_form(digits: str) -> None:
    for form in FORMS:
        ends = [match for match in (form.match(f"{digits}{last}") for last in range(10)) if match]
        assert not ends or sum(match.check == "ok" for match in ends) == 1


def test_the_command_answers_line_by_line(monkeypatch, capsys) -> None:
    given = b"1Z 999 AA1 01 2345 6784\n\n123-1234567-1234567\nhello\r\n"
    monkeypatch.setattr(sys, "stdin", Namespace(buffer=io.BytesIO(given)))
    tracking.run(Namespace(verb="check", split=False))
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers == [
        {"input": "1Z 999 AA1 01 2345 6784", "normalized": "1Z999AA10123456784", "matches": [["ups", "ups_1z", "ok"]],
         "valid": True, "core": "1Z999AA10123456784"},
        {"input": "123-1234567-1234567", "normalized": "12312345671234567", "matches": [], "valid": False,
         "core": "12312345671234567", "refused": "ORDER_ID"},
        {"input": "hello", "normalized": "HELLO", "matches": [], "valid": False, "core": "HELLO"},
    ]  # fmt: skip
