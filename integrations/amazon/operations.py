"""The operations we call: path, documented rate and burst, and whether sending one twice does no harm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """`rate` is requests per second, `burst` how many may come at once (Amazon's usage plan)."""

    name: str
    method: str
    path: str
    rate: float
    burst: int
    repeatable: bool = True
    takes_slashes: bool = False  # The last part of its path is a path of its own.


def _table(*operations: Operation) -> dict[str, Operation]:
    return {operation.name: operation for operation in operations}


# What a seller may write to a buyer, by the name Amazon offers it under, and the operation that sends it.
MESSAGES = {
    "confirmCustomizationDetails": "confirmCustomizationDetails",
    "confirmDeliveryDetails": "createConfirmDeliveryDetails",
    "confirmOrderDetails": "createConfirmOrderDetails",
    "confirmServiceDetails": "createConfirmServiceDetails",
    "digitalAccessKey": "createDigitalAccessKey",
    "unexpectedProblem": "createUnexpectedProblem",
    "invoice": "sendInvoice",
    "warranty": "CreateWarranty",
    "legalDisclosure": "createLegalDisclosure",
}

OPERATIONS = _table(
    Operation("getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", 0.016, 15),
    Operation("searchOrders", "GET", "/orders/2026-01-01/orders", 0.0056, 20),
    Operation("getOrder", "GET", "/orders/2026-01-01/orders/{orderId}", 0.5, 30),
    Operation("confirmShipment", "POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", 2, 10, repeatable=False),
    Operation("getMessagingActionsForOrder", "GET", "/messaging/v1/orders/{amazonOrderId}", 1, 5),
    Operation("GetAttributes", "GET", "/messaging/v1/orders/{amazonOrderId}/attributes", 1, 5),
    *(
        Operation(name, "POST", f"/messaging/v1/orders/{{amazonOrderId}}/messages/{action}", 1, 5, repeatable=False)
        for action, name in MESSAGES.items()
    ),
    Operation(
        "createUploadDestinationForResource",
        "POST",
        "/uploads/2020-11-01/uploadDestinations/{resource}",
        10,
        10,
        takes_slashes=True,
    ),
    Operation("getSolicitationActionsForOrder", "GET", "/solicitations/v1/orders/{amazonOrderId}", 1, 5),
    Operation(
        "createProductReviewAndSellerFeedbackSolicitation",
        "POST",
        "/solicitations/v1/orders/{amazonOrderId}/solicitations/productReviewAndSellerFeedback",
        1,
        5,
        repeatable=False,
    ),
    Operation("searchDefinitionsProductTypes", "GET", "/definitions/2020-09-01/productTypes", 5, 10),
    Operation("getDefinitionsProductType", "GET", "/definitions/2020-09-01/productTypes/{productType}", 5, 10),
    Operation("searchListingsItems", "GET", "/listings/2021-08-01/items/{sellerId}", 5, 5),
    Operation("getListingsItem", "GET", "/listings/2021-08-01/items/{sellerId}/{sku}", 5, 10),
    Operation("putListingsItem", "PUT", "/listings/2021-08-01/items/{sellerId}/{sku}", 5, 10),
    Operation("patchListingsItem", "PATCH", "/listings/2021-08-01/items/{sellerId}/{sku}", 5, 5),
    Operation("deleteListingsItem", "DELETE", "/listings/2021-08-01/items/{sellerId}/{sku}", 5, 5),
)
