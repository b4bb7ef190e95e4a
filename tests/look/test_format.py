"""Figures in words, in several languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from models.support import clock
from views.support import cells, format


@pytest.fixture(autouse=True)
def _asked(look_app: Flask) -> Iterator[None]:
    clock.move(to=datetime(2026, 11, 21, 12, 0))
    with look_app.test_request_context(), force_locale("en"):
        yield
    clock.reset()


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456, "USD", "$1,234.56"),
        (-123456, "USD", "−$1,234.56"),
        (2933, "JPY", "¥2,933"),
        (15000, "KRW", "₩15,000"),
        (1234567, "KWD", "KWD\u00a01,234.567"),
        (9467, "AED", "AED\u00a094.67"),
        (9467, "CNY", "CN¥94.67"),
        (0, "EUR", "€0.00"),
        (None, "EUR", "—"),
        (10**15, "EUR", "€10,000,000,000,000.00"),
    ],
)
def test_money_shows_its_currency_and_no_more_decimals_than_it_has(minor: int | None, currency: str, text: str) -> None:
    assert format.money(minor, currency) == text


def test_a_plus_marks_what_came_in() -> None:
    assert format.money(500, "EUR", plus=True) == "+€5.00"
    assert format.money(0, "EUR", plus=True) == "€0.00"


def test_money_follows_the_language() -> None:
    with force_locale("zh_Hans"):
        assert (format.money(9467, "CNY"), format.money(9467, "USD")) == ("¥94.67", "US$94.67")
    with force_locale("de"):
        assert format.money(-123456, "EUR") == "−1.234,56\u00a0€"
    with force_locale("ar"):
        assert "\u200e−" in format.money(-123456, "USD")
        assert "\u200e+5.00\u200f" in format.money(500, "USD", plus=True), "before the number, as a minus is"


def test_numbers_are_grouped_and_shares_are_per_cent() -> None:
    assert format.number(1284) == "1,284"
    assert format.decimal(Decimal("0.071")) == "0.071"
    assert format.decimal(Decimal("2.5"), 2) == "2.50"
    assert format.decimal(Decimal("2.5"), 0) == "3"
    assert format.percent(Decimal("-0.042")) == "−4.2%"
    assert format.percent(Decimal("0.25"), 0) == "25%"


def test_moments_stand_on_the_persons_clock() -> None:
    at = datetime(2026, 11, 21, 23, 30)  # In Berlin it is already the next day.
    assert format.moment(at) == "Nov 22 00:30"
    assert format.moment(at, "day") == "Nov 22"
    assert format.moment(at, "time") == "00:30"
    assert format.moment(at, "full") == "Nov 22, 2026 00:30:00 · Berlin"
    assert format.moment(datetime(2025, 3, 4, 8, 0)) == "Mar 4, 2025 09:00"
    assert format.moment(None) == "—"
    assert format.iso(at) == "2026-11-21T23:30:00Z"


def test_a_day_is_a_day_in_every_zone() -> None:
    assert format.day(date(2026, 11, 30)) == "Nov 30"
    assert format.day(date(2025, 1, 1)) == "Jan 1, 2025"


def test_how_long_ago_and_how_long_still() -> None:
    now = clock.now()
    assert format.ago(now - timedelta(seconds=20)) == "just now"
    assert format.ago(now - timedelta(minutes=2)) == "2 minutes ago"
    assert format.until(now + timedelta(hours=11)) == "11 hr"
    assert format.until(now - timedelta(days=2)) == "2 days late"
    assert [format.duration(timedelta(days=days)) for days in (1, 3, 9, 45, 61)] == [
        "24 hr",
        "3 days",
        "9 days",
        "45 days",
        "2 mths",
    ]
    assert format.ago(now - timedelta(days=20)) == "20 days ago"


def test_a_pill_begins_with_a_capital_however_it_is_written_elsewhere() -> None:
    told = [str(cells.pill("ok", words)) for words in ("withdrawn", "Applied", "été <b>", "已生效", 404)]
    assert [one.split(">", 1)[1][:-7] for one in told] == ["Withdrawn", "Applied", "Été &lt;b&gt;", "已生效", "404"]


def test_weights_lengths_and_files_have_units() -> None:
    assert format.grams(850) == "850\u00a0g"
    assert format.grams(1250) == "1.25\u00a0kg"
    assert format.millimetres(245) == "24.5\u00a0cm"
    assert [format.filesize(size) for size in (640, 12_400, 3_400_000)] == ["640\u00a0B", "12\u00a0kB", "3.4\u00a0MB"]


def test_attributes_are_escaped_and_take_markup_of_other_components() -> None:
    assert (
        format.attributes({"hx-get": '/a?b="c"', "disabled": False, "hidden": True})
        == ' hx-get="/a?b=&#34;c&#34;" hidden'
    )
    assert format.attributes(Markup(' data-drawer="1"')) == ' data-drawer="1"'
    assert format.attributes('"><script>') == " &#34;&gt;&lt;script&gt;"
    assert format.attributes({}) == ""


def test_a_word_to_be_typed_is_matched_exactly() -> None:
    assert format.pattern("LOTUS-EU (a.b)") == r"LOTUS-EU \(a\.b\)"
