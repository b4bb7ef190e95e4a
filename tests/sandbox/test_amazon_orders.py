"""Orders: found by time, told in parts, page by page; and lives that follow from their age and from what is done."""

import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sandbox_seller import ORDERS, Seller

from sandbox.amazon.clock import DAY, iso
from sandbox.amazon.clock import parse as at

PARTS = [
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
]
NEXT_DAY, MINUTES = 86400, 60


@pytest.fixture(scope="module")
def shops(request):
    """Three sellers with live listings in all their marketplaces and 40 days of orders."""
    import sandbox

    with sandbox.start(seed=21, rate_scale=1e6) as amazon:
        sellers = {}
        for region in ("na", "eu", "fe"):
            seller = sellers[region] = Seller(amazon.url, region)
            for number, market in enumerate(seller.markets):
                seller.publish(f"SKU-{market}-1", "DRINKING_CUP", market, 10 * number)
                seller.publish(f"SKU-{market}-2", "PET_TOY", market, 10 * number + 1)
            for who, count in (("MERCHANT", 400), ("AMAZON", 150)):
                seller.control.post("/orders", seller_id=seller.id, count=count, days=40, fulfilled_by=who)
            seller.control.post("/orders", seller_id=seller.id, count=5, days=0, statuses=["PENDING"])
        for seller in sellers.values():
            seller.wait(130)
        yield sellers


def everything(seller, **query):
    """All pages of a search."""
    orders, token = [], None
    while True:
        page = seller.orders(paginationToken=token, **query)
        orders += page["orders"]
        token = page.get("pagination", {}).get("nextToken")
        if token is None:
            return orders


def status(order):
    return order["fulfillment"]["fulfillmentStatus"]


def test_orders_come_in_pages_without_gaps_or_repeats(shops):
    orders = everything(shops["eu"], maxResultsPerPage=37)
    assert len(orders) == len({order["orderId"] for order in orders}) >= 540
    assert orders == sorted(orders, key=lambda order: (order["createdTime"], order["orderId"]))


def test_parts_come_only_when_asked_for(shops):
    bare = shops["eu"].orders(maxResultsPerPage=50)["orders"]
    allowed = {
        "orderId",
        "orderAliases",
        "createdTime",
        "lastUpdatedTime",
        "programs",
        "salesChannel",
        "orderItems",
        "associatedOrders",
    }
    items = {"orderItemId", "quantityOrdered", "product"}
    assert all(set(order) <= allowed for order in bare)
    assert all(items <= set(item) <= items | {"programs"} for order in bare for item in order["orderItems"])
    full = everything(shops["eu"], includedData=PARTS)
    for part in ("buyer", "recipient", "proceeds", "fulfillment", "payment", "packages", "tax"):
        assert any(part in order for order in full)
    for part in ("proceeds", "promotion", "cancellation", "fulfillment"):
        assert any(part in item for order in full for item in order["orderItems"])


def test_the_window_is_inclusive_and_of_the_time_asked_for(shops):
    orders = everything(shops["eu"])
    middle = orders[200]
    by_creation = everything(shops["eu"], createdAfter=middle["createdTime"])
    assert by_creation[0]["orderId"] == middle["orderId"] and len(by_creation) == len(orders) - 200
    changed = everything(shops["eu"], lastUpdatedAfter=middle["lastUpdatedTime"])
    assert all(order["lastUpdatedTime"] >= middle["lastUpdatedTime"] for order in changed)
    assert middle["orderId"] in {order["orderId"] for order in changed}
    until = everything(shops["eu"], createdBefore=middle["createdTime"])
    assert until[-1]["orderId"] == middle["orderId"]


def test_the_answer_says_until_when_it_looked(shops):
    now = shops["eu"].control.get("/clock")["now"]
    page = shops["eu"].orders(lastUpdatedAfter="2026-01-01T00:00:00Z")
    assert 0 <= at(page["lastUpdatedBefore"]) - (now - 2 * MINUTES) <= 2
    assert "createdBefore" not in page and "createdBefore" in shops["eu"].orders()


def test_filters_hold(shops):
    seller = shops["eu"]
    for who in ("MERCHANT", "AMAZON"):
        found = everything(seller, fulfilledBy=who, includedData="FULFILLMENT")
        assert found and {order["fulfillment"]["fulfilledBy"] for order in found} == {who}
    some = everything(seller, fulfillmentStatuses=["UNSHIPPED", "CANCELLED"], includedData="FULFILLMENT")
    assert {status(order) for order in some} == {"UNSHIPPED", "CANCELLED"}
    wanted = [seller.markets["DE"], seller.markets["UK"]]
    found = everything(seller, marketplaceIds=wanted)
    assert {order["salesChannel"]["marketplaceId"] for order in found} == set(wanted)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": "2026-01-01T00:00:00Z", "lastUpdatedAfter": "2026-01-01T00:00:00Z"},
        {"createdAfter": "2026-01-01T00:00:00Z", "lastUpdatedBefore": "2026-01-02T00:00:00Z"},
        {"lastUpdatedAfter": "2026-01-01T00:00:00Z", "createdBefore": "2026-01-02T00:00:00Z"},
        {"createdAfter": "2026-01-02T00:00:00Z", "createdBefore": "2026-01-01T00:00:00Z"},
        {"createdAfter": "2026-01-02T00:00:00Z", "createdBefore": "NOW-60"},
        {"createdAfter": "last week"},
        {"createdAfter": "2026-01-01T00:00:00Z", "maxResultsPerPage": "0"},
        {"createdAfter": "2026-01-01T00:00:00Z", "maxResultsPerPage": "101"},
        {"createdAfter": "2026-01-01T00:00:00Z", "fulfillmentStatuses": "LOST"},
        {"createdAfter": "2026-01-01T00:00:00Z", "fulfilledBy": "ROBOT"},
        {"createdAfter": "2026-01-01T00:00:00Z", "includedData": "BUYER,SHOES"},
        {"createdAfter": "2026-01-01T00:00:00Z", "marketplaceIds": "NOWHERE"},
        {"createdAfter": "2026-01-01T00:00:00Z", "paginationToken": "invented.token"},
    ],
)
def test_a_search_that_amazon_would_refuse_is_refused(shops, query):
    now = shops["eu"].control.get("/clock")["now"]
    query = {name: iso(now - 60) if value == "NOW-60" else value for name, value in query.items()}
    answer = shops["eu"].call("GET", ORDERS, **query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


def test_a_page_token_needs_the_filters_it_was_made_for(shops):
    query = {"createdAfter": "2020-01-01T00:00:00Z", "fulfilledBy": "MERCHANT", "maxResultsPerPage": 10}
    token = shops["eu"].orders(**query)["pagination"]["nextToken"]
    again = {**query, "paginationToken": token}
    assert (
        shops["eu"].call("GET", ORDERS, **{**again, "includedData": "BUYER", "maxResultsPerPage": 20}).status_code
        == 200
    )
    for change in (
        {"fulfilledBy": "AMAZON"},
        {"createdAfter": "2020-01-02T00:00:00Z"},
        {"marketplaceIds": shops["eu"].markets["DE"]},
    ):
        assert shops["eu"].call("GET", ORDERS, **{**again, **change}).status_code == 400
    assert shops["fe"].call("GET", ORDERS, **again).status_code == 400


def test_a_page_token_dies_after_a_day(alone):
    alone.publish("T-1", seed=1)
    alone.control.post("/orders", seller_id=alone.id, count=10, days=5)
    token = alone.orders(maxResultsPerPage=4)["pagination"]["nextToken"]
    alone.wait(NEXT_DAY - 30)
    second = alone.orders(maxResultsPerPage=4, paginationToken=token)
    alone.wait(60)
    for old in (token, second["pagination"]["nextToken"]):
        query = {"createdAfter": "2020-01-01T00:00:00Z", "paginationToken": old}
        assert alone.call("GET", ORDERS, **query).status_code == 400


def test_an_order_that_changes_between_two_pages_is_not_lost(alone):
    alone.publish("T-1", seed=1)
    ids = alone.control.post("/orders", seller_id=alone.id, count=12, days=5, statuses=["UNSHIPPED"])["order_ids"]
    query = {"lastUpdatedAfter": "2020-01-01T00:00:00Z", "maxResultsPerPage": 5}
    first = alone.orders(**query)
    told = {order["orderId"] for order in first["orders"]}
    moving = next(one for one in ids if one not in told)
    alone.control.patch(f"/orders/{moving}", action="ship")
    rest, token = [], first["pagination"]["nextToken"]
    while token:
        page = alone.orders(**query, paginationToken=token)
        rest += [order["orderId"] for order in page["orders"]]
        token = page.get("pagination", {}).get("nextToken")
    assert told | set(rest) == set(ids) - {moving}
    alone.control.wait(2 * MINUTES + 1)
    changed = alone.orders(lastUpdatedAfter=first["lastUpdatedBefore"])["orders"]
    assert [order["orderId"] for order in changed] == [moving]


def test_what_happened_in_the_last_two_minutes_is_not_found_yet(alone):
    alone.publish("T-1", seed=1)
    order_id = alone.control.post("/orders", seller_id=alone.id, days=2, statuses=["UNSHIPPED"])["order_ids"][0]
    alone.control.wait(300)
    before = alone.orders(lastUpdatedAfter="2020-01-01T00:00:00Z")["lastUpdatedBefore"]
    alone.control.patch(f"/orders/{order_id}", action="request_cancel", reason="Too slow")
    assert alone.orders(lastUpdatedAfter=before)["orders"] == []
    alone.control.wait(121)
    assert [one["orderId"] for one in alone.orders(lastUpdatedAfter=before)["orders"]] == [order_id]


def test_money_adds_up_to_the_last_unit(shops):
    for seller in shops.values():
        for order in everything(seller, includedData="PROCEEDS,FULFILLMENT"):
            if status(order) == "PENDING":
                assert "proceeds" not in order
                continue
            total = Decimal(order["proceeds"]["grandTotal"]["amount"])
            assert total == sum(Decimal(one["subtotal"]["amount"]) for one in order["proceeds"]["breakdowns"])
            assert total == sum(Decimal(item["proceeds"]["proceedsTotal"]["amount"]) for item in order["orderItems"])
            for item in order["orderItems"]:
                parts = item["proceeds"]["breakdowns"]
                assert Decimal(item["proceeds"]["proceedsTotal"]["amount"]) == sum(
                    Decimal(p["subtotal"]["amount"]) for p in parts
                )
                for part in parts:
                    if "detailedBreakdowns" in part:
                        details = sum(Decimal(one["value"]["amount"]) for one in part["detailedBreakdowns"])
                        assert details == Decimal(part["subtotal"]["amount"])


def test_yen_have_no_decimals_and_other_money_has_two(shops):
    for seller, pattern in ((shops["fe"], r"-?\d+"), (shops["na"], r"-?\d+\.\d\d")):
        market = next(iter(seller.markets.values()))
        amounts = re.findall(
            r"'amount': '([^']+)'", str(everything(seller, includedData="PROCEEDS", marketplaceIds=market))
        )
        assert amounts and all(re.fullmatch(pattern, amount) for amount in amounts)


def test_every_marketplace_sells_in_its_currency(shops):
    found = {
        (order["salesChannel"]["marketplaceName"], order["proceeds"]["grandTotal"]["currencyCode"])
        for seller in shops.values()
        for order in everything(seller, includedData="PROCEEDS")
        if "proceeds" in order
    }
    assert {
        ("Amazon.com", "USD"),
        ("Amazon.ca", "CAD"),
        ("Amazon.co.uk", "GBP"),
        ("Amazon.de", "EUR"),
        ("Amazon.co.jp", "JPY"),
    } <= found
    assert len(found) == len({name for name, _ in found})


def test_buyers_write_in_their_own_script(shops):
    text = " ".join(str(everything(seller, includedData="BUYER,RECIPIENT,FULFILLMENT")) for seller in shops.values())
    for script in (r"[\u3040-\u30ff]", r"[\u4e00-\u9fff]", r"[\u0600-\u06ff]", r"[äöüß]", r"[éèç]"):
        assert re.search(script, text)


def test_orders_are_as_varied_as_life(shops):
    orders = [order for seller in shops.values() for order in everything(seller, includedData=PARTS)]
    assert {"PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED"} <= {status(order) for order in orders}
    assert {"PRIME", "AMAZON_BUSINESS", "PREMIUM"} <= {name for order in orders for name in order.get("programs", [])}
    assert max(len(order["orderItems"]) for order in orders) > 1
    assert any("buyerCompanyName" in order.get("buyer", {}) for order in orders)
    assert any("giftOption" in str(order) for order in orders)
    assert any("cancellationRequest" in str(order) for order in orders)
    assert any("pointsGranted" in str(order) for order in orders)
    abroad = [o for o in orders if o.get("recipient", {}).get("deliveryAddress", {}).get("countryCode") == "CN"]
    assert abroad


def test_personal_data_is_told_only_while_amazon_would(shops):
    for seller in shops.values():
        now = seller.control.get("/clock")["now"]
        for order in everything(seller, includedData=PARTS):
            who, address = order["fulfillment"]["fulfilledBy"], order.get("recipient", {}).get("deliveryAddress", {})
            if status(order) in ("PENDING", "CANCELLED"):
                assert "buyer" not in order and "recipient" not in order
            elif who == "AMAZON":
                assert "buyerEmail" not in order["buyer"]
                assert not {"name", "addressLine1", "phone"} & set(address)
                assert "packages" not in order
            else:
                assert "@" in order["buyer"]["buyerEmail"] and address["name"]
                late = status(order) == "SHIPPED" and now > at(
                    order["fulfillment"]["deliverByWindow"]["latestDateTime"]
                )
                assert ("phone" in address) is not late


def test_the_state_fits_the_age(shops):
    now = shops["eu"].control.get("/clock")["now"]
    for order in everything(shops["eu"], fulfilledBy="MERCHANT", includedData="FULFILLMENT,PACKAGES"):
        age = now - at(order["createdTime"])
        assert at(order["createdTime"]) <= at(order["lastUpdatedTime"]) <= now
        if age > 2 * DAY:
            assert status(order) in ("SHIPPED", "CANCELLED")
        if age < 2 * 3600:
            assert status(order) in ("PENDING", "UNSHIPPED", "CANCELLED")
        if status(order) == "SHIPPED" and age > 15 * DAY:
            assert {one["packageStatus"]["status"] for one in order["packages"]} == {"DELIVERED"}
        for item in order["orderItems"]:
            gone, left = item["fulfillment"]["quantityFulfilled"], item["fulfillment"]["quantityUnfulfilled"]
            assert gone + left == (0 if status(order) == "CANCELLED" else item["quantityOrdered"])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("PENDING", "PENDING"),
        ("UNSHIPPED", "UNSHIPPED"),
        ("CANCEL_REQUESTED", "UNSHIPPED"),
        ("PARTIALLY_SHIPPED", "PARTIALLY_SHIPPED"),
        ("SHIPPED", "SHIPPED"),
        ("DELIVERED", "SHIPPED"),
        ("CANCELLED", "CANCELLED"),
    ],
)
@pytest.mark.parametrize("days", [0, 1, 25])
def test_an_order_can_be_made_in_any_state_at_any_age(shops, state, expected, days):
    seller = shops["eu"]
    body = {"seller_id": seller.id, "count": 4, "days": days, "statuses": [state], "fulfilled_by": "MERCHANT"}
    for order_id in seller.control.post("/orders", **body)["order_ids"]:
        order = seller.order(order_id, *PARTS)
        assert status(order) == expected
        packages = Counter(one["packageStatus"]["status"] for one in order["packages"])
        assert set(packages) == {
            "DELIVERED": {"DELIVERED"},
            "SHIPPED": {"SHIPPED"},
            "PARTIALLY_SHIPPED": {"SHIPPED"},
        }.get(state, set())
        assert ("cancellationRequest" in str(order)) is (state == "CANCEL_REQUESTED")
        assert ("cancellationExecution" in str(order)) is (state == "CANCELLED")


def test_an_order_lives_on_as_it_is_told_to(alone):
    alone.publish("T-1", seed=1)
    order_id = alone.control.post("/orders", seller_id=alone.id, days=0.5, statuses=["UNSHIPPED"])["order_ids"][0]
    path = f"/orders/{order_id}"
    alone.control.patch(path, action="request_cancel", reason="Changed my mind")
    item = alone.order(order_id, "CANCELLATION")["orderItems"][0]
    assert item["cancellation"]["cancellationRequest"] == {"requester": "BUYER", "cancelReason": "Changed my mind"}
    alone.control.wait(60)
    alone.control.patch(path, action="ship", carrier="DHL", tracking="00340434161094042557")
    order = alone.order(order_id, "FULFILLMENT", "PACKAGES")
    assert status(order) == "SHIPPED"
    assert (order["packages"][0]["carrier"], order["packages"][0]["trackingNumber"]) == ("DHL", "00340434161094042557")
    assert at(order["lastUpdatedTime"]) == alone.control.get("/clock")["now"]
    assert alone.control.refused("PATCH", path, {"action": "cancel"})[0] == 409
    alone.control.patch(path, action="deliver")
    assert alone.order(order_id, "PACKAGES")["packages"][0]["packageStatus"]["status"] == "DELIVERED"


def test_part_of_an_order_can_leave_first(alone):
    alone.publish("T-1", seed=1)
    body = {"seller_id": alone.id, "days": 0.2, "statuses": ["PARTIALLY_SHIPPED"]}
    order_id = alone.control.post("/orders", **body)["order_ids"][0]
    order = alone.order(order_id, "FULFILLMENT", "PACKAGES")
    first, second = (item["fulfillment"] for item in order["orderItems"][:2])
    assert first["quantityUnfulfilled"] == 0 and second["quantityFulfilled"] == 0
    alone.control.patch(f"/orders/{order_id}", action="ship")
    order = alone.order(order_id, "FULFILLMENT", "PACKAGES")
    assert status(order) == "SHIPPED" and len(order["packages"]) == 2
    shipped = sorted(one["orderItemId"] for package in order["packages"] for one in package["packageItems"])
    assert shipped == sorted(item["orderItemId"] for item in order["orderItems"])


def test_amazons_own_orders_move_by_the_clock(alone):
    alone.publish("T-1", seed=1)
    body = {"seller_id": alone.id, "days": 0, "statuses": ["PENDING"], "fulfilled_by": "AMAZON"}
    order_id = alone.control.post("/orders", **body)["order_ids"][0]
    seen = []
    for _ in range(60):
        told = alone.control.get(f"/orders/{order_id}")
        if not seen or seen[-1] != told["status"]:
            seen.append(told["status"])
        alone.control.wait(1800)
    assert seen == ["PENDING", "UNSHIPPED", "SHIPPED"]


def test_a_merchants_order_waits_and_is_cancelled_when_nobody_ships(alone):
    alone.publish("T-1", seed=1)
    body = {"seller_id": alone.id, "days": 0, "statuses": ["UNSHIPPED"], "fulfilled_by": "MERCHANT"}
    order_id = alone.control.post("/orders", **body)["order_ids"][0]
    alone.wait(5 * DAY)
    assert status(alone.order(order_id, "FULFILLMENT")) == "UNSHIPPED"
    alone.wait(8 * DAY)
    order = alone.order(order_id, "FULFILLMENT", "CANCELLATION")
    assert status(order) == "CANCELLED"
    assert order["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"] == "AMAZON"


def test_buyers_keep_coming_at_the_accounts_rate_and_take_stock(alone):
    alone.publish("T-1", seed=1)
    alone.control.patch(f"/accounts/{alone.id}", orders_per_hour=1)
    before = alone.look("T-1", included="fulfillmentAvailability")["fulfillmentAvailability"][0]["quantity"]
    alone.wait(12 * 3600)
    count = alone.control.get("/state")["orders"]
    assert 3 <= count <= 30
    after = alone.look("T-1", included="fulfillmentAvailability")["fulfillmentAvailability"][0]["quantity"]
    assert after < before == 25
    times = [order["createdTime"] for order in everything(alone)]
    assert times == sorted(times) and len(set(times)) > 1
    alone.control.patch(f"/accounts/{alone.id}", orders_per_hour=0)
    alone.wait(DAY)
    assert alone.control.get("/state")["orders"] == count


def test_a_clock_pushed_by_years_brings_no_flood_of_buyers(alone):
    alone.publish("T-1", seed=1)
    alone.control.patch(f"/accounts/{alone.id}", orders_per_hour=1)
    alone.control.wait(1000 * DAY)
    assert alone.control.get("/state")["orders"] < 600


def test_nobody_buys_what_is_not_live(alone):
    alone.put("NOT-YET", "DRINKING_CUP", alone.sample())
    assert alone.control.refused("POST", "/orders", {"seller_id": alone.id, "count": 1})[0] == 409
    alone.control.patch(f"/accounts/{alone.id}", orders_per_hour=100)
    alone.control.post(f"/listings/{alone.id}/NOT-YET/issues", actions=["LISTING_SUPPRESSED"])
    assert alone.control.get("/state")["orders"] == 0


def test_another_sellers_order_is_not_found(shops):
    order = shops["eu"].orders(maxResultsPerPage=1)["orders"][0]
    answer = shops["fe"].call("GET", f"{ORDERS}/{order['orderId']}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "NOT_FOUND")


def test_order_numbers_look_like_amazons(shops):
    for seller in shops.values():
        assert all(re.fullmatch(r"\d{3}-\d{7}-\d{7}", order["orderId"]) for order in seller.orders()["orders"])


def test_times_are_utc_and_whole_seconds(shops):
    created = shops["eu"].orders(maxResultsPerPage=1)["orders"][0]["createdTime"]
    assert datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
