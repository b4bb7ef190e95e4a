"""Barcodes are checked and never invented; a SKU may be of any script, with slashes and spaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalog.identifiers import checked_gtin, checked_sku, gtin_kind
from models.support.errors import FieldRefused


@pytest.mark.parametrize(
    ("typed", "digits", "kind"),
    [
        ("4006381333931", "4006381333931", "ean"),
        ("036000291452", "036000291452", "upc"),
        ("96385074", "96385074", "ean"),
        ("10614141543219", "10614141543219", "gtin"),
        ("4 006381 333931", "4006381333931", "ean"),
        ("4-006381-333931", "4006381333931", "ean"),
        ("978-3-16-148410-0", "9783161484100", "ean"),
        ("4901234567894", "4901234567894", "ean"),
        ("6901234567892", "6901234567892", "ean"),
    ],
)
def test_a_good_number_is_kept_as_its_digits(typed, digits, kind):
    assert checked_gtin(typed) == digits and gtin_kind(digits) == kind


def test_no_number_is_no_number():
    assert checked_gtin("") == checked_gtin("  - ") == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("4006381333932", "wrong check digit"),
        ("036000291453", "wrong check digit"),
        ("0000000000001", "wrong check digit"),
        ("123", "8, 12, 13 or 14 digits"),
        ("12345678901", "8, 12, 13 or 14 digits"),
        ("123456789012345", "8, 12, 13 or 14 digits"),
        ("400638133393X", "8, 12, 13 or 14 digits"),
        ("４００６３８１３３３９３１", "8, 12, 13 or 14 digits"),
        ("4.006381333931E12", "8, 12, 13 or 14 digits"),
        ("+4006381333931", "8, 12, 13 or 14 digits"),
        ("2000000000008", "inside a shop"),
        ("2900000000001", "inside a shop"),
        ("0200000000004", "inside a shop"),
        ("200000000004", "inside a shop"),
        ("0000000000000", "inside a shop"),
        ("00000000", "inside a shop"),
        ("12000000000005", "inside a shop"),
    ],
)
def test_a_bad_number_is_refused_with_what_is_wrong(typed, words):
    with pytest.raises(FieldRefused, match=words) as refused:
        checked_gtin(typed, "variants-0-gtin")
    assert refused.value.field == "variants-0-gtin"


@given(st.sampled_from([8, 12, 13, 14]), st.data())
def test_of_ten_check_digits_one_is_right(length, data):
    body = data.draw(st.text("13456789", min_size=length - 1, max_size=length - 1))
    good = []
    for digit in "0123456789":
        try:
            good.append(checked_gtin(body + digit))
        except FieldRefused as refused:
            assert "check digit" in str(refused) or "inside a shop" in str(refused)
    assert len(good) <= 1


@pytest.mark.parametrize(
    "sku", ["A", "a/b c", "茶杯-大", "Ünïcödé", "x" * 40, "50%#?&=+", "' OR 1=1 --", "😀", "..", "٣"]
)
def test_a_sku_of_any_signs_is_kept_as_it_is(sku):
    assert checked_sku(sku) == sku and checked_sku(f"  {sku} ") == sku


@pytest.mark.parametrize(
    "sku", ["", "   ", "x" * 41, "a\nb", "a\tb", "a\0b", "a\x7fb", "a\u2028b", "a\u200bb", "a\u202eb", "\ufeffa"]
)
def test_a_sku_that_cannot_be_read_aloud_is_refused(sku):
    with pytest.raises(FieldRefused):
        checked_sku(sku)
