"""Telling Amazon that a parcel has left: what goes out is what Amazon describes, and nothing is sent twice blindly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandbox_seller import Seller

from integrations.amazon.mapping import orders, shipments
from integrations.amazon.mapping.shipments import Confirmation, confirmed_as
from integrations.errors import IntegrationError
from tests.conformance import official
from tests.integrations.rogue import error, said

PATH = "/orders/v0/orders/{}/shipmentConfirmation"
LEFT = Confirmation(
    "026-1234567-1234567", "A1PA6795UKMFR9", 1, "DHL", "DHL Paket", "00340434161094042557", datetime(2026, 3, 1, 8, 30), {"11": 2},
)  # fmt: skip


def send(line: Any, confirmation: Confirmation) -> Any:
    return line.call("confirmShipment", path={"orderId": confirmation.order_id}, body=shipments.body(confirmation))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {"carrierCode": "DHL", "packageReferenceId": "1", "shipDate": "2026-03-01T08:30:00Z"}),
        ({"carrier_code": ""}, {"carrierCode": "Other", "carrierName": "DHL Paket"}),
        ({"carrier_code": "Other"}, {"carrierCode": "Other", "carrierName": "DHL Paket"}),
        ({"service": "Paket", "quantities": {"11": 1, "12": 3}}, {"shippingMethod": "Paket"}),
        ({"is_paid_on_delivery": True}, {}),
    ],
)
def test_a_parcel_goes_out_as_amazon_describes_it(changes: dict[str, Any], told: dict[str, str]) -> None:
    confirmation = replace(LEFT, **changes)
    body = shipments.body(confirmation)
    assert {name: body["packageDetail"].get(name) for name in told} == told
    assert {
        one["orderItemId"]: one["quantity"] for one in body["packageDetail"]["orderItems"]
    } == confirmation.quantities
    assert ("codCollectionMethod" in body) == confirmation.is_paid_on_delivery
    if official.models() is not None:
        assert official.check_request("POST", PATH.format(confirmation.order_id), body).name == "confirmShipment"


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": 0},
        {"tracking_number": ""},
        {"quantities": {}},
        {"quantities": {"1": 0}},
        {"carrier_code": "", "carrier_name": ""},
    ],
)
def test_what_no_parcel_can_be_is_not_sent(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="parcel"):
        shipments.body(replace(LEFT, **changes))


def test_a_lost_answer_is_not_sent_again_and_the_order_says_whether_it_arrived(line, rogue) -> None:
    for lost in (said(503, b"<html>"), said(500), said(204)[:20]):
        rogue.script = lambda _request, lost=lost: lost
        before = len(rogue.asked("/shipmentConfirmation"))
        with pytest.raises(IntegrationError) as failed:
            send(line, LEFT)
        assert not failed.value.permanent and len(rogue.asked("/shipmentConfirmation")) == before + 1
    package = {"packageReferenceId": "1", "trackingNumber": "0034 0434 1610 9404 2557"}
    theirs = orders.package(package)
    assert confirmed_as(1, LEFT.tracking_number, [theirs]) == theirs == confirmed_as(2, LEFT.tracking_number, [theirs])
    assert confirmed_as(1, "X", [theirs]) is None is confirmed_as(2, "X", [theirs])
    nameless = replace(theirs, tracking_number="")
    assert confirmed_as(1, "X", [nameless]) == nameless and confirmed_as(2, "X", [nameless]) is None


def test_a_refusal_is_final_and_carries_amazons_words(line, rogue) -> None:
    rogue.script = lambda _request: error(400, "InvalidInput", "'shipDate' lies in the future.")
    with pytest.raises(IntegrationError, match="shipDate") as refused:
        send(line, LEFT)
    assert refused.value.permanent and refused.value.code == "refused"
    assert json.loads(rogue.requests[-1].body)["packageDetail"]["trackingNumber"] == LEFT.tracking_number


def test_an_order_we_confirm_in_two_parcels_is_shipped(honest, amazon, account) -> None:
    with Seller(amazon.url, "eu") as seller:
        seller.publish("SHIP-1", seed=1)
        body = {"count": 9, "days": 0.2, "statuses": ["UNSHIPPED"], "fulfilled_by": "MERCHANT"}
        order_ids = amazon.tell("/orders", seller_id=account["seller_id"], **body)["order_ids"]

    def look(order_id: str) -> orders.OrderSnapshot:
        parts = {"includedData": ["FULFILLMENT", "PACKAGES"]}
        return orders.order(honest.call("getOrder", path={"orderId": order_id}, query=parts).json["order"])

    order = next(order for order in map(look, order_ids) if sum(line.quantity for line in order.lines) > 1)
    first = replace(
        LEFT, order_id=order.order_id, marketplace_id=order.marketplace_id, left_at=order.ordered_at,
        quantities={order.lines[0].order_item_id: 1},
    )  # fmt: skip
    assert send(honest, first).status == 204 and look(order.order_id).status == "PARTIALLY_SHIPPED"
    with pytest.raises(IntegrationError, match="left to ship"):
        send(honest, replace(first, reference=2, quantities={order.lines[0].order_item_id: 99}))
    rest = {line.order_item_id: line.quantity - line.quantity_shipped for line in look(order.order_id).lines}
    second = replace(first, reference=2, tracking_number="T2", quantities={item: n for item, n in rest.items() if n})
    late = replace(second, left_at=datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1))
    with pytest.raises(IntegrationError, match="future"):
        send(honest, late)
    assert send(honest, second).status == 204
    shipped = look(order.order_id)
    assert shipped.status == "SHIPPED" and [package.reference for package in shipped.packages] == ["1", "2"]
    assert (
        confirmed_as(2, second.tracking_number, shipped.packages) and shipped.packages[0].shipped_at == order.ordered_at
    )
