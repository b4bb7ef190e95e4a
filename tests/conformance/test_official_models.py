"""The judge itself: it passes what Amazon describes and says what is wrong with the rest."""

import pytest

from tests.conformance import official

ITEM = "/listings/2021-08-01/items/A1SELLER/SKU%2F1"
GOOD_PUT = {"productType": "LAMP", "requirements": "LISTING", "attributes": {"item_name": [{"value": "A lamp"}]}}


def violations(excinfo):
    return " | ".join(excinfo.value.violations)


def test_a_right_request_passes():
    found = official.check_request("PUT", f"https://amazon.example{ITEM}?marketplaceIds=ATVPDKIKX0DER", GOOD_PUT)
    assert found.name == "putListingsItem"


@pytest.mark.parametrize(
    ("url", "body", "problem"),
    [
        (f"{ITEM}?marketplaceIds=A,B", GOOD_PUT, "at most 1"),
        (ITEM, GOOD_PUT, "'marketplaceIds' is required"),
        (f"{ITEM}?marketplaceIds=A&colour=red", GOOD_PUT, "'colour' is no parameter"),
        (f"{ITEM}?marketplaceIds=A&mode=TRY", GOOD_PUT, "is not one of"),
        (f"{ITEM}?marketplaceIds=A", None, "body: it is required"),
        (f"{ITEM}?marketplaceIds=A", {"productType": "LAMP"}, "'attributes' is a required property"),
        (f"{ITEM}?marketplaceIds=A", {**GOOD_PUT, "requirements": "ALL"}, "is not one of"),
    ],
)
def test_a_wrong_request_is_named(url, body, problem):
    with pytest.raises(official.NotAmazon) as excinfo:
        official.check_request("PUT", url, body)
    assert problem in violations(excinfo)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("createdAfter=yesterday", "no date-time"),
        ("createdAfter=2026-01-01", "no date-time"),
        ("createdAfter=2026-01-01T00:00:00Z&maxResultsPerPage=ten", "no whole number"),
        ("createdAfter=2026-01-01T00:00:00Z&includedData=BUYER,SHOES", "'SHOES'"),
        ("createdAfter=2026-01-01T00:00:00Z&fulfilledBy=AMAZON&fulfilledBy=MERCHANT", "comma-separated"),
    ],
)
def test_wrong_values_in_a_search_for_orders_are_named(query, problem):
    with pytest.raises(official.NotAmazon) as excinfo:
        official.check_request("GET", f"/orders/2026-01-01/orders?{query}")
    assert problem in violations(excinfo)


def test_headers_are_checked_when_they_are_given():
    with pytest.raises(official.NotAmazon) as excinfo:
        official.check_request("GET", "/sellers/v1/account", headers={"User-Agent": "Us/1"})
    assert violations(excinfo) == "header: 'x-amz-access-token' is missing"


def test_a_path_that_amazon_does_not_have_is_refused():
    with pytest.raises(official.NotAmazon):
        official.check_request("GET", "/orders/v9/orders")


def test_a_response_is_held_against_its_schema():
    order = {
        "orderId": "1",
        "createdTime": "2026-01-01T00:00:00Z",
        "lastUpdatedTime": "2026-01-01T00:00:00Z",
        "salesChannel": {"channelName": "AMAZON"},
        "orderItems": [{"orderItemId": "2", "quantityOrdered": 1, "product": {}}],
    }
    path = "/orders/2026-01-01/orders/1"
    official.check_response("GET", path, 200, {"order": order})
    for broken, problem in (
        ({**order, "orderItems": None}, "None is not of type 'array'"),
        ({**order, "createdTime": "today"}, "is not a 'date-time'"),
        ({**order, "colour": "red"}, "'colour' was unexpected"),
        ({**order, "programs": ["FAST"]}, "'FAST' is not one of"),
        ({name: value for name, value in order.items() if name != "orderId"}, "'orderId' is a required property"),
    ):
        with pytest.raises(official.NotAmazon) as excinfo:
            official.check_response("GET", path, 200, {"order": broken})
        assert problem in violations(excinfo)


def test_what_amazon_may_add_passes_when_not_strict():
    body = {"errors": [{"code": "X", "message": "y", "hint": "new"}]}
    official.check_response("GET", "/orders/2026-01-01/orders/1", 404, body, strict=False)


def test_a_status_the_model_does_not_declare_is_refused():
    with pytest.raises(official.NotAmazon, match="no such status"):
        official.check_response("GET", "/orders/2026-01-01/orders/1", 418, {})


def test_values_listed_in_prose_are_found():
    text = "The kind.\n\n**Possible values**: `NEW`, `VERY_GOOD`. **Note:** `OLD` is history."
    assert official.possible_values(text) == ["NEW", "VERY_GOOD"]


def test_a_folder_without_the_models_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv(official.VARIABLE, str(tmp_path))
    with pytest.raises(official.ModelsMissing, match=r"sellers\.json"):
        official.models.__wrapped__()
