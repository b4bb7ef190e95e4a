"""Money: integer minor units and a currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.support.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "text"),
    [
        ("19.90", "EUR", 1990, "19.90"),
        ("1200", "JPY", 1200, "1200"),
        ("1.2345", "KWD", 1235, "1.235"),
        ("0.005", "USD", 1, "0.01"),
        ("-0.005", "USD", -1, "-0.01"),
        ("0.004", "USD", 0, "0.00"),
        (7, "CNY", 700, "7.00"),
        ("1e-999999999", "EUR", 0, "0.00"),
        ("999999999999999", "EUR", 99999999999999900, "999999999999999.00"),
    ],
)
def test_an_amount_is_rounded_half_up_to_its_currency(amount, currency, minor, text):
    money = Money.of(amount, currency)
    assert money.amount_minor == minor
    assert money.text() == text


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "1e30", "abc", "", "1,5", "१e400", "1e999999999", "-1e16"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        Money.of(text, "EUR")


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_survives_its_text(minor, currency):
    money = Money(minor, currency)
    assert Money.of(Decimal(money.text()), currency) == money or abs(money.amount) > 10**15
