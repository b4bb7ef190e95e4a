"""Every answer of the sandbox, errors included, is one that Amazon's models describe."""

import base64
import hashlib

import httpx2
import sandbox_samples
import sandbox_seller
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_seller import ITEMS, ORDERS, TYPES

from sandbox.amazon import operations, setup
from tests.conformance import official

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PRODUCT_TYPES = (
    "DRINKING_CUP", "LUGGAGE", "HEADPHONES", "SHIRT", "LAMP", "PET_TOY", "SCALE", "EXERCISE_MAT", "CHARGING_ADAPTER",
)  # fmt: skip
ALL_PARTS = [
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT",
    "FULFILLMENT_ORDERS",
]  # fmt: skip
ALL_STATES = ["PENDING", "UNSHIPPED", "CANCEL_REQUESTED", "PARTIALLY_SHIPPED", "SHIPPED", "DELIVERED", "CANCELLED"]


def test_the_sandbox_serves_official_operations_at_their_documented_rates(models):
    official_ones = {one.name: one for one in models}
    assert setup.SERVED
    for served in operations.OPERATIONS:
        model = official_ones[served.name]
        assert (served.method, served.template) == (model.method, model.template)
        assert (served.rate, served.burst) == (model.rate, model.burst)
    assert {one.name for one in operations.OPERATIONS} == set(official_ones)


def test_sellers_answers_conform(seller):
    for path in ("/sellers/v1/account", "/sellers/v1/marketplaceParticipations"):
        assert seller.call("GET", path).status_code == 200
        assert seller.http.get(path, headers={"x-amz-access-token": "Atza|no"}).status_code == 403


def test_product_type_answers_conform_for_every_type_and_option(seller):
    for market in ("DE", "UK"):
        identifier = seller.markets[market]
        assert seller.call("GET", TYPES, marketplaceIds=identifier).status_code == 200
        assert seller.call("GET", TYPES, marketplaceIds=identifier, keywords="lamp,shirt").status_code == 200
        for name in PRODUCT_TYPES:
            for requirements in ("LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"):
                for parentage in (None, "NONE", "CHILD", "PARENT"):
                    answer = seller.call(
                        "GET", f"{TYPES}/{name}", marketplaceIds=identifier, requirements=requirements,
                        parentageLevel=parentage, locale="ja_JP", requirementsEnforced="NOT_ENFORCED",
                    )  # fmt: skip
                    assert answer.status_code == 200


def test_product_type_refusals_conform(seller):
    de = seller.markets["DE"]
    for path, query, status in (
        (TYPES, {}, 400),
        (TYPES, {"marketplaceIds": "NOWHERE"}, 400),
        (TYPES, {"marketplaceIds": de, "keywords": "lamp", "itemName": "a lamp"}, 400),
        (f"{TYPES}/UNICORN", {"marketplaceIds": de}, 404),
        (f"{TYPES}/LAMP", {"marketplaceIds": f"{de},{seller.markets['UK']}"}, 400),
        (f"{TYPES}/LAMP", {"marketplaceIds": de, "locale": "tlh"}, 400),
        (f"{TYPES}/LAMP", {"marketplaceIds": de, "requirements": "NONE"}, 400),
    ):
        assert seller.call("GET", path, **query).status_code == status


def test_a_listings_whole_life_conforms(seller):
    for number, name in enumerate(PRODUCT_TYPES):
        payload = seller.sample(name, "DE", 100 + number)
        sku = f"{name} / ü #{number}"
        assert (
            seller.put(sku, name, payload, mode="VALIDATION_PREVIEW", includedData="issues,identifiers")["status"]
            == "VALID"
        )
        assert seller.put(sku, name, payload)["status"] == "ACCEPTED"
        everything = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
        for _ in range(3):
            assert seller.look(sku, included=everything)["sku"] == sku
            seller.wait(150)
        price = {"op": "replace", "path": "/attributes/purchasable_offer", "value": payload["purchasable_offer"]}
        assert seller.patch(sku, price)["status"] == "ACCEPTED"
    assert seller.call("DELETE", seller.item(sku), marketplaceIds=seller.markets["DE"]).json()["status"] == "ACCEPTED"
    assert seller.call("DELETE", seller.item(sku), marketplaceIds=seller.markets["DE"]).json()["status"] == "INVALID"


def test_listings_with_every_kind_of_issue_conform(seller):
    payload = seller.sample("LAMP", "DE", 200)
    picture = [{"media_location": "https://images.example.com/lamp-watermark.jpg"}]
    broken = [
        sandbox_samples.changed(payload, item_name=None, brand=[], bullet_point="text"),
        sandbox_samples.changed(payload, main_product_image_locator=picture, other_product_image_locator_1=picture),
        sandbox_samples.changed(payload, brand=[{"value": "Aquila Nova", "language_tag": "de_DE"}]),
        sandbox_samples.changed(payload, voltage=[{"value": "twelve", "unit": "volts"}], nonsense=[{}]),
        sandbox_samples.changed(payload, main_product_image_locator=None, purchasable_offer=None),
    ]
    for number, attributes in enumerate(broken):
        for locale in ("en_US", "de_DE", "ja_JP", "zh_CN", "fr_FR"):
            seller.put(f"ISSUE-{number}", "LAMP", attributes, issueLocale=locale)
    seller.wait(600)
    for number in (1, 2, 4):
        assert seller.look(f"ISSUE-{number}")["issues"]


def test_searching_listings_conforms(seller):
    de = seller.markets["DE"]
    for query in (
        {},
        {"withStatus": "BUYABLE", "pageSize": 3, "includedData": "summaries,issues"},
        {"withoutStatus": "BUYABLE,DISCOVERABLE", "sortBy": "sku", "sortOrder": "ASC"},
        {"withIssueSeverity": "ERROR,WARNING"},
        {"identifiers": "LAMP / ü #4,none", "identifiersType": "SKU"},
        {"createdAfter": "2020-01-01T00:00:00Z", "lastUpdatedBefore": "2090-01-01T00:00:00+02:00"},
    ):
        assert seller.call("GET", f"{ITEMS}/{seller.id}", marketplaceIds=de, **query).status_code == 200
    for query in ({"identifiers": "a"}, {"pageSize": 21}, {"pageToken": "x"}, {"sortBy": "price"}):
        assert seller.call("GET", f"{ITEMS}/{seller.id}", marketplaceIds=de, **query).status_code == 400


def test_listing_refusals_conform(seller):
    de = seller.markets["DE"]
    payload = {"productType": "LAMP", "attributes": {}}
    for method, path, body, query, status in (
        ("GET", seller.item("none"), None, {"marketplaceIds": de}, 404),
        ("GET", seller.item("none"), None, {}, 400),
        ("GET", f"{ITEMS}/A0000000000000/x", None, {"marketplaceIds": de}, 403),
        ("PUT", seller.item("x"), {}, {"marketplaceIds": de}, 400),
        ("PUT", seller.item("x"), payload, {"marketplaceIds": f"{de},{seller.markets['UK']}"}, 400),
        ("PUT", seller.item("x"), payload, {"marketplaceIds": de, "mode": "TRY"}, 400),
        ("PATCH", seller.item("x"), {"productType": "LAMP", "patches": []}, {"marketplaceIds": de}, 400),
        ("PATCH", seller.item("x"), {"productType": "LAMP", "patches": [{"op": "x"}]}, {"marketplaceIds": de}, 400),
        ("DELETE", seller.item("x"), None, {}, 400),
    ):
        assert seller.call(method, path, body, **query).status_code == status
    answer = seller.http.put(seller.item("x"), params={"marketplaceIds": de}, content=b"<xml/>")
    official.check_response("PUT", seller.item("x"), answer.status_code, answer.json())
    assert answer.status_code == 415


def test_orders_in_every_state_and_with_every_part_conform(amazon):
    for region in ("na", "eu", "fe"):
        with sandbox_seller.Seller(amazon.url, region, watch=official.check_response) as seller:
            for number, market in enumerate(seller.markets):
                seller.publish(f"ORDERED-{market}", PRODUCT_TYPES[number], market, 300 + number)
            for who in ("MERCHANT", "AMAZON"):
                seller.control.post(
                    "/orders", seller_id=seller.id, count=70, days=20, statuses=ALL_STATES, fulfilled_by=who
                )
            seller.control.post("/orders", seller_id=seller.id, count=60, days=40)
            token, seen = None, 0
            while True:
                page = seller.orders(includedData=ALL_PARTS, maxResultsPerPage=40, paginationToken=token)
                seen += len(page["orders"])
                token = page.get("pagination", {}).get("nextToken")
                if token is None:
                    break
            assert seen > 150
            seller.order(page["orders"][0]["orderId"], *ALL_PARTS)
            assert seller.call("GET", f"{ORDERS}/no-such-order").status_code == 404


def test_order_refusals_conform(seller):
    for query in (
        {},
        {"createdAfter": "2026-01-01T00:00:00Z", "lastUpdatedAfter": "2026-01-01T00:00:00Z"},
        {"createdAfter": "soon"},
        {"createdAfter": "2026-01-01T00:00:00Z", "createdBefore": "2090-01-01T00:00:00Z"},
        {"createdAfter": "2026-01-01T00:00:00Z", "maxResultsPerPage": 101},
        {"createdAfter": "2026-01-01T00:00:00Z", "includedData": "SHOES"},
        {"createdAfter": "2026-01-01T00:00:00Z", "paginationToken": "x"},
    ):
        assert seller.call("GET", ORDERS, **query).status_code == 400


def test_confirming_shipments_conforms(seller):
    seller.publish("CONFIRMED", seed=500)
    body = {"seller_id": seller.id, "count": 12, "days": 0.5, "statuses": ["UNSHIPPED"], "fulfilled_by": "MERCHANT"}
    for order_id in seller.control.post("/orders", **body)["order_ids"][:3]:
        order = seller.order(order_id)
        item = order["orderItems"][0]
        package = {
            "packageReferenceId": "1", "carrierCode": "Other", "carrierName": "Sandbox Post", "trackingNumber": "A1",
            "shipDate": order["createdTime"], "orderItems": [{"orderItemId": item["orderItemId"], "quantity": 1}],
        }  # fmt: skip
        path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
        whole = {"marketplaceId": order["salesChannel"]["marketplaceId"], "packageDetail": package}
        official.check_request("POST", path, whole)
        assert seller.call("POST", path, whole).status_code == 204
        seller.order(order_id, *ALL_PARTS)
        for wrong in (
            {},
            {**whole, "packageDetail": {**package, "packageReferenceId": "x"}},
            {**whole, "marketplaceId": "M"},
        ):
            assert seller.call("POST", path, wrong).status_code == 400
    assert seller.call("POST", path.replace(order_id, "no-such-order"), whole).status_code == 404


def test_throttling_conforms():
    import sandbox

    with sandbox.start(seed=7) as amazon, sandbox_seller.Seller(amazon.url, watch=official.check_response) as seller:
        statuses = [seller.call("GET", "/sellers/v1/account").status_code for _ in range(16)]
        assert statuses == [200] * 15 + [429]


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(
            ["item_name", "voltage", "brand", "purchasable_offer", "batteries_required", "light_source", "other"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["value", "unit", "language_tag", "our_price", "type"]), inner, max_size=3
                )
            ),
            max_leaves=8,
        ),
        max_size=5,
    )
)
def test_any_attributes_at_all_are_answered_as_amazon_would(seller, attributes):
    answer = seller.put("ANYTHING", "LAMP", attributes)
    assert answer["status"] == "INVALID"
    assert {issue["severity"] for issue in answer["issues"]} >= {"ERROR"}


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "createdAfter",
                "createdBefore",
                "lastUpdatedAfter",
                "maxResultsPerPage",
                "fulfilledBy",
                "includedData",
                "fulfillmentStatuses",
                "marketplaceIds",
                "paginationToken",
            ]
        ),
        st.sampled_from(
            ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+09:00", "10", "AMAZON", "BUYER,TAX", "SHIPPED", "ä", ""]
        ),
    )
)
def test_any_search_for_orders_is_answered_as_amazon_would(seller, query):
    assert seller.call("GET", ORDERS, **query).status_code in (200, 400)


@QUICK
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20))
def test_any_sku_is_read_back_as_it_was_written(seller, sku):
    payload = seller.sample("PET_TOY", "DE", 400)
    assert seller.put(sku, "PET_TOY", payload)["sku"] == sku
    if sku not in (".", ".."):  # A client library removes these segments from a path before it sends it.
        assert seller.look(sku)["sku"] == sku


FILES = ("invoice", "warranty", "legalDisclosure")


def message_with_files(seller, path: str, market: str) -> dict:
    """The body of a message with one file, which was uploaded for it."""
    content = f"%PDF-1.7 {path}".encode()
    md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
    asked = seller.call(
        "POST", f"/uploads/2020-11-01/uploadDestinations{path}", marketplaceIds=market, contentMD5=md5, contentType="application/pdf"
    )  # fmt: skip
    place = asked.json()["payload"]
    assert asked.status_code == 201
    assert httpx2.put(place["url"], content=content, headers=place["headers"]).status_code == 200
    covers = {"coverageStartDate": "2026-01-01T00:00:00Z"} if path.endswith("warranty") else {}
    return {"attachments": [{"uploadDestinationId": place["uploadDestinationId"], "fileName": "paper.pdf"}], **covers}


def test_messages_and_review_requests_conform(seller):
    seller.publish("TALKED-ABOUT", seed=600)
    made = {
        state: seller.control.post(
            "/orders", seller_id=seller.id, count=4, days=days, statuses=[state], fulfilled_by="MERCHANT"
        )["order_ids"]
        for state, days in (("UNSHIPPED", 0.5), ("SHIPPED", 4), ("DELIVERED", 20), ("CANCELLED", 3))
    }
    written = []
    for state, order_ids in made.items():
        for order_id in order_ids:
            market = seller.order(order_id)["salesChannel"]["marketplaceId"]
            base = f"/messaging/v1/orders/{order_id}"
            offered = seller.call("GET", base, marketplaceIds=market).json()["_links"]["actions"]
            assert bool(offered) == (state != "CANCELLED")
            assert seller.call("GET", f"{base}/attributes", marketplaceIds=market).json()["buyer"]["locale"]
            for action in offered:
                path = f"{base}/messages/{action['name']}"
                body = (
                    message_with_files(seller, path, market) if action["name"] in FILES else {"text": "Which colour?"}
                )
                official.check_request("POST", f"{path}?marketplaceIds={market}", body)
                assert seller.call("POST", path, body, marketplaceIds=market).status_code == 201
                written.append(action["name"])
            for wrong in ({}, {"text": ""}, {"text": "x" * 2001}, {"text": "<b>x</b>"}, {"text": "write to a@b.co"}):
                refused = seller.call("POST", f"{base}/messages/unexpectedProblem", wrong, marketplaceIds=market)
                assert refused.status_code == (400 if offered else 403)
    assert {"confirmOrderDetails", "unexpectedProblem", "confirmDeliveryDetails", *FILES} <= set(written)
    uploads = "/uploads/2020-11-01/uploadDestinations/messaging/v1/orders"
    for wrong, status in (
        (f"{base}/messages/unexpectedProblem", 404),
        ("/no-such-order/messages/invoice", 404),
        (f"{base}/messages/invoice", 400),
    ):
        path = f"{uploads}{wrong.removeprefix('/messaging/v1/orders')}"
        assert (
            seller.call(
                "POST", path, marketplaceIds=market, **({} if status == 400 else {"contentMD5": "x"})
            ).status_code
            == status
        )
    assert seller.call("GET", "/messaging/v1/orders/no-such-order", marketplaceIds=market).status_code == 404
    assert seller.call("GET", base).status_code == 400


def test_a_review_is_asked_for_once_and_not_too_early(seller):
    seller.publish("REVIEWED", seed=700)
    asked = {"seller_id": seller.id, "count": 1, "days": 0.1, "statuses": ["DELIVERED"], "fulfilled_by": "MERCHANT"}
    order_id = seller.control.post("/orders", **asked)["order_ids"][0]
    market = seller.order(order_id)["salesChannel"]["marketplaceId"]
    base = f"/solicitations/v1/orders/{order_id}"
    review = f"{base}/solicitations/productReviewAndSellerFeedback"
    assert seller.call("GET", base, marketplaceIds=market).json()["_links"]["actions"] == []
    assert seller.call("POST", review, marketplaceIds=market).status_code == 403
    seller.wait(6 * 86400)
    assert len(seller.call("GET", base, marketplaceIds=market).json()["_links"]["actions"]) == 1
    assert seller.call("POST", review, marketplaceIds=market).status_code == 201
    assert seller.call("POST", review, marketplaceIds=market).status_code == 403
