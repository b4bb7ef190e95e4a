"""What holds for any input: barcodes, patches, seals, broken answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_samples import ean

from sandbox.amazon import barcode, breakage, patches, seal
from sandbox.amazon.marketplaces import by_code

DE = by_code()["DE"]
TEXTS = st.text(max_size=8)
ENTRIES = st.lists(
    st.fixed_dictionaries({"value": TEXTS}, optional={"language_tag": st.sampled_from(["de_DE", "en_GB"])}), max_size=4
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["SHIPPED", "AMAZON"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(st.integers(0, 10**9), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_makes_a_barcode_wrong(seed, place, by):
    right = ean(seed)
    assert barcode.is_valid("ean", right)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert not barcode.is_valid("ean", wrong)


@given(st.text(max_size=15))
def test_no_text_at_all_upsets_the_barcode_check(text):
    assert barcode.is_valid("ean", text) in (True, False)


@given(ENTRIES, ENTRIES, st.sampled_from(["add", "replace", "merge", "delete"]))
def test_a_patch_done_twice_is_a_patch_done_once(before, value, operation):
    start = patches.of_marketplace({"item_name": before}, DE)
    patch = [{"op": operation, "path": "/attributes/item_name", "value": value}]
    once = patches.apply(start, patch, DE)
    if operation != "merge" or len({str(one.get("language_tag")) for one in value}) == len(value):
        assert patches.apply(once, patch, DE) == once


@given(ENTRIES, ENTRIES)
def test_what_was_replaced_is_there_and_the_rest_is_untouched(before, value):
    start = patches.of_marketplace({"item_name": before}, DE)
    after = patches.apply(start, [{"op": "replace", "path": "/attributes/item_name", "value": value}], DE)
    languages = {one.get("language_tag") for one in value}
    kept = [one["value"] for one in before if one.get("language_tag") not in languages]
    assert [one["value"] for one in after.get("item_name", [])] == kept + [one["value"] for one in value]


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4), st.integers(0, 7))
def test_any_answer_can_be_broken_and_is_still_json(body, number):
    before = json.dumps(body)
    assert isinstance(json.loads(json.dumps(breakage.broken(body, number))), dict)
    assert json.dumps(body) == before


@given(st.dictionaries(st.text(max_size=6), st.integers() | TEXTS, max_size=3))
def test_a_seal_opens_for_its_purpose_only(content):
    sealed = seal.seal(1, "page", content)
    assert seal.unseal(1, "page", sealed) == content
    assert seal.unseal(1, "link", sealed) is None and seal.unseal(2, "page", sealed) is None


@pytest.mark.parametrize("sealed", ["", ".", "a.b", "ä.ö", "e30.", "." + "0" * 40])
def test_what_we_did_not_seal_does_not_open(sealed):
    assert seal.unseal(1, "page", sealed) is None
