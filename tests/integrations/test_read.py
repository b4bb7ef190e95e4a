"""Reading Amazon's payloads: what is right is read exactly, what is broken reads as missing, nothing raises."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.amazon.mapping import definitions, listings, reading, sellers

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
LISTING = {
    "sku": "A/1",
    "summaries": [
        {"marketplaceId": "OTHER", "asin": "B000000001", "status": ["BUYABLE"]},
        {"marketplaceId": "DE", "asin": "B012345678", "status": ["DISCOVERABLE"], "itemName": "Ball",
         "lastUpdatedDate": "2026-02-03T04:05:06+01:00"},
    ],
    "offers": [{"marketplaceId": "DE", "offerType": "B2C", "price": {"currencyCode": "EUR", "amount": "19.90"}}],
    "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": 7}, {"quantity": 2}],
    "issues": [
        {"code": "1", "message": "here", "severity": "WARNING", "attributeNames": ["brand"], "marketplaceIds": ["DE"]},
        {"code": "2", "message": "elsewhere", "severity": "ERROR", "marketplaceIds": ["OTHER"]},
        {"code": "3", "message": "everywhere"},
    ],
}  # fmt: skip


def test_a_listing_is_read_for_one_marketplace():
    seen = listings.listing(LISTING, "DE")
    assert (seen.sku, seen.asin, seen.statuses, seen.title) == ("A/1", "B012345678", ["DISCOVERABLE"], "Ball")
    assert seen.price == (Decimal("19.90"), "EUR") and seen.quantity == 9
    assert seen.updated_at == datetime(2026, 2, 3, 3, 5, 6)
    assert [issue.code for issue in seen.issues] == ["1", "3"]
    assert seen.issues[1].severity == "ERROR"  # An issue of unknown weight counts as the worst.


def test_a_marketplace_without_a_summary_has_no_listing_yet():
    seen = listings.listing(LISTING, "FR")
    assert (seen.asin, seen.statuses, seen.price) == ("", [], None)


def test_only_accepted_and_valid_without_errors_are_no_refusals():
    def refused(status, *severities):
        payload = {"status": status, "issues": [{"code": "1", "severity": s} for s in severities]}
        return listings.submission(payload).is_refused

    assert not refused("ACCEPTED") and not refused("VALID", "WARNING", "INFO")
    assert not listings.submission({"status": "SOMETHING_NEW"}).is_readable and not listings.submission({}).is_readable
    assert refused("INVALID") and refused("ACCEPTED", "ERROR") and refused("") and refused("SOMETHING_NEW")


def test_participations_are_read_unknown_ones_included():
    payload = {"payload": [
        {"marketplace": {"id": "A1PA6795UKMFR9", "countryCode": "DE", "defaultCurrencyCode": "EUR",
                         "defaultLanguageCode": "de_DE", "name": "Amazon.de"},
         "participation": {"isParticipating": True, "hasSuspendedListings": False}},
        {"marketplace": {"id": "A2ZV50J4W1RKNI"}, "participation": {"isParticipating": False}},
        {"marketplace": {"id": "NEW"}},
        {"marketplace": {}},
        "nonsense",
    ]}  # fmt: skip
    found = sellers.participations(payload)
    assert [(one.marketplace_id, one.is_participating) for one in found] == [
        ("A1PA6795UKMFR9", True), ("A2ZV50J4W1RKNI", False), ("NEW", True)
    ]  # fmt: skip


def test_definitions_are_read_with_their_groups_in_order():
    payload = {
        "productType": "PET_TOY", "displayName": "Toy", "productTypeVersion": {"version": "v1"}, "locale": "en_US",
        "schema": {"link": {"resource": "https://x", "verb": "GET"}, "checksum": "abc"},
        "propertyGroups": {"b": {"title": "B", "propertyNames": ["y", 5]}, "a": {"propertyNames": None}},
    }  # fmt: skip
    snapshot = definitions.definition(payload)
    assert (snapshot.product_type, snapshot.schema_url, snapshot.checksum) == ("PET_TOY", "https://x", "abc")
    assert snapshot.groups == [("B", ["y"]), ("a", [])]
    assert [n.name for n in definitions.names({"productTypes": [{"name": "A"}, {}, {"name": 5}]})] == ["A"]


@given(ANYTHING)
def test_nothing_that_is_json_makes_reading_raise(payload):
    for read in (sellers.participations, listings.submission, definitions.definition, definitions.names):
        read(payload)
    listings.listing(payload, "DE")


@given(st.data())
def test_an_answer_with_any_part_replaced_by_anything_is_still_read(data):
    payload = json.loads(json.dumps(LISTING))
    place, key = data.draw(st.sampled_from(list(places(payload))))
    place[key] = data.draw(ANYTHING)
    seen = listings.listing(payload, "DE")
    assert isinstance(seen.asin, str) and all(isinstance(status, str) for status in seen.statuses)
    assert seen.quantity is None or abs(seen.quantity) < 2**31
    for text in (seen.sku, seen.asin, seen.title, *seen.statuses, *(issue.code for issue in seen.issues)):
        assert "\0" not in text
        text.encode()


def places(value):
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in items:
        yield value, key
        yield from places(inner)


@pytest.mark.parametrize(
    ("money", "read"),
    [
        ({"amount": "19.90", "currencyCode": "EUR"}, (Decimal("19.90"), "EUR")),
        ({"amount": 19.9, "currencyCode": "EUR"}, (Decimal("19.9"), "EUR")),
        ({"amount": "0", "currencyCode": "JPY"}, (Decimal("0"), "JPY")),
        ({"amount": "NaN", "currencyCode": "EUR"}, None),
        ({"amount": "Infinity", "currencyCode": "EUR"}, None),
        ({"amount": "1e13", "currencyCode": "EUR"}, None),
        ({"amount": "1e-99999999999999999999", "currencyCode": "EUR"}, None),
        ({"amount": True, "currencyCode": "EUR"}, None),
        ({"amount": "19.90"}, None),
        ({"amount": "19,90", "currencyCode": "EUR"}, None),
        ({"amount": "19.90", "currencyCode": "EURO"}, None),
        ("19.90", None),
    ],
)
def test_money_is_read_exactly_or_not_at_all(money, read):
    assert reading.amount({"price": money}, "price") == read


@given(st.text() | st.integers() | st.floats())
def test_any_amount_that_is_read_fits_into_money(raw):
    from models.support.money import Money

    found = reading.amount({"amount": raw, "currencyCode": "EUR"})
    if found:
        assert abs(Money.of(*found).amount_minor) < 10**15


@pytest.mark.parametrize(
    "text", ["", "soon", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "1980-01-01", "2026-13-01"]
)
def test_a_moment_that_makes_no_sense_is_none(text):
    assert reading.moment({"at": text}, "at") is None


def test_text_no_database_takes_is_cleaned():
    assert reading.text({"a": " a\0b\ud800 "}, "a") == "ab"
    assert reading.texts({"a": ["x\0", 5, "\udfff"]}, "a") == ["x", ""]
