"""Telling Amazon that a parcel has left: what is accepted shows in the order, what cannot be is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from sandbox_seller import Seller


@pytest.fixture
def shop(alone: Seller) -> Seller:
    alone.publish("C-1", seed=1)
    alone.publish("C-2", seed=2)
    return alone


def order_of(shop: Seller, state: str = "UNSHIPPED", who: str = "MERCHANT") -> dict[str, Any]:
    """An order of two units or more."""
    while True:
        body = {"seller_id": shop.id, "count": 8, "days": 0.2, "statuses": [state], "fulfilled_by": who}
        for order_id in shop.control.post("/orders", **body)["order_ids"]:
            order = shop.order(order_id, "FULFILLMENT", "PACKAGES")
            if sum(item["quantityOrdered"] for item in order["orderItems"]) > 1:
                return order


def confirmed(
    shop: Seller, order: dict[str, Any], quantities: list[int] | None = None, **changes: Any
) -> tuple[int, str]:
    """Confirms some of each line, all of them unless said; the status and the message."""
    lines = order["orderItems"]
    wanted = quantities or [item["quantityOrdered"] for item in lines]
    items = [{"orderItemId": item["orderItemId"], "quantity": n} for item, n in zip(lines, wanted, strict=False) if n]
    package = {
        "packageReferenceId": "1", "carrierCode": "DHL", "trackingNumber": "00340434161094042557",
        "shipDate": order["createdTime"], "orderItems": items,
    } | {name: value for name, value in changes.items() if name not in ("marketplaceId", "codCollectionMethod")}  # fmt: skip
    whole = {"marketplaceId": order["salesChannel"]["marketplaceId"], "packageDetail": package}
    whole |= {name: changes[name] for name in ("marketplaceId", "codCollectionMethod") if name in changes}
    answer = shop.call("POST", f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation", whole)
    assert answer.headers["x-amzn-RateLimit-Limit"]
    return answer.status_code, answer.json()["errors"][0]["message"] if answer.content else ""


def looked_at(shop: Seller, order: dict[str, Any]) -> tuple[str, list[int], list[dict[str, Any]]]:
    now = shop.order(order["orderId"], "FULFILLMENT", "PACKAGES")
    gone = [item["fulfillment"]["quantityFulfilled"] for item in now["orderItems"]]
    return now["fulfillment"]["fulfillmentStatus"], gone, now["packages"]


def test_a_whole_order_is_shipped(shop: Seller) -> None:
    order = order_of(shop)
    assert confirmed(shop, order, shippingMethod="Paket") == (204, "")
    status, gone, packages = looked_at(shop, order)
    assert status == "SHIPPED" and gone == [item["quantityOrdered"] for item in order["orderItems"]]
    assert (packages[0]["carrier"], packages[0]["shippingService"], packages[0]["packageReferenceId"]) == (
        "DHL",
        "Paket",
        "1",
    )
    assert packages[0]["shipTime"] == order["createdTime"]


def test_an_order_leaves_unit_by_unit_in_parcels_of_their_own(shop: Seller) -> None:
    order = order_of(shop)
    ordered = [item["quantityOrdered"] for item in order["orderItems"]]
    number = 0
    for place, quantity in enumerate(ordered):
        for _ in range(quantity):
            number += 1
            one = [int(place == n) for n in range(len(ordered))]
            assert confirmed(shop, order, one, packageReferenceId=str(number), trackingNumber=f"T{number}") == (204, "")
            status, gone, packages = looked_at(shop, order)
            assert sum(gone) == number == len(packages)
            assert status == ("SHIPPED" if gone == ordered else "PARTIALLY_SHIPPED")
            assert [item["quantity"] for item in packages[-1]["packageItems"]] == [1]
    assert confirmed(shop, order, packageReferenceId="99")[0] == 400


def test_the_same_parcel_told_again_changes_nothing_and_another_under_its_reference_is_refused(shop: Seller) -> None:
    order = order_of(shop)
    first = [1] + [0] * (len(order["orderItems"]) - 1)
    assert confirmed(shop, order, first)[0] == confirmed(shop, order, first)[0] == 204
    assert len(looked_at(shop, order)[2]) == 1
    status, message = confirmed(shop, order, first, trackingNumber="ANOTHER")
    assert status == 400 and "packageReferenceId" in message


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"packageReferenceId": "0"}, "positive"),
        ({"packageReferenceId": "P-1"}, "positive"),
        ({"packageReferenceId": "１"}, "positive"),
        ({"packageReferenceId": 1}, "text"),
        ({"carrierCode": "dhl"}, "carrierCode"),
        ({"carrierCode": "Other"}, "carrierName"),
        ({"carrierCode": ""}, "carrierCode"),
        ({"trackingNumber": "  "}, "trackingNumber"),
        ({"shipDate": "today"}, "ISO 8601"),
        ({"shipDate": "2019-01-01T00:00:00Z"}, "before"),
        ({"shipDate": "2099-01-01T00:00:00Z"}, "future"),
        ({"orderItems": []}, "orderItems"),
        ({"orderItems": ["1"]}, "list of items"),
        ({"orderItems": [{"orderItemId": "1", "quantity": 1}]}, "no item"),
        ({"marketplaceId": "ATVPDKIKX0DER"}, "marketplace"),
        ({"codCollectionMethod": "DirectPayment"}, "Japan"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(shop: Seller, changes: dict[str, Any], hint: str) -> None:
    order = order_of(shop)
    status, message = confirmed(shop, order, **changes)
    assert status == 400 and hint in message
    assert looked_at(shop, order)[0] == "UNSHIPPED"


def test_no_more_leaves_than_is_left_and_no_line_twice(shop: Seller) -> None:
    order = order_of(shop)
    item = order["orderItems"][0]
    for quantity in (item["quantityOrdered"] + 1, 0, -1, True, "1", 1.5):
        wrong = [{"orderItemId": item["orderItemId"], "quantity": quantity}]
        assert confirmed(shop, order, orderItems=wrong)[0] == 400
    twice = [{"orderItemId": item["orderItemId"], "quantity": 1}] * 2
    assert "twice" in confirmed(shop, order, orderItems=twice)[1]
    assert looked_at(shop, order)[0] == "UNSHIPPED"


@pytest.mark.parametrize("state", ["PENDING", "CANCELLED", "SHIPPED"])
def test_only_what_waits_to_be_shipped_can_be(shop: Seller, state: str) -> None:
    status, message = confirmed(shop, order_of(shop, state))
    assert status == 400 and state in message


def test_what_amazon_ships_is_not_the_sellers_to_confirm(shop: Seller) -> None:
    assert "Amazon" in confirmed(shop, order_of(shop, "UNSHIPPED", "AMAZON"))[1]


def test_a_reset_comes_after_the_parcel_was_noted(shop: Seller) -> None:
    order = order_of(shop)
    shop.control.post("/faults", kind="reset", operation="confirmShipment")
    with pytest.raises(httpx2.TransportError):
        confirmed(shop, order)
    assert looked_at(shop, order)[0] == "SHIPPED"
