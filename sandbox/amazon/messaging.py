"""Writing to a buyer about an order (Messaging API v1) and asking for a review (Solicitations API v1). What is allowed depends on the
order and the moment; what is written is read before it is passed on: no markup, no addresses, no links that lead elsewhere, and files
only where they were uploaded for just this message."""

from __future__ import annotations

import re
from typing import Any

from sandbox.amazon import marketplaces, order_life, uploads
from sandbox.amazon.call import Call
from sandbox.amazon.clock import DAY, parse
from sandbox.amazon.errors import ApiError, InvalidInput, NotFound
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.order_life import CANCELLED, DELIVERED, PART_SHIPPED, REFUSED, RETURNED, SHIPPED
from sandbox.amazon.records import Message, Order

LONGEST = {
    "confirmCustomizationDetails": 800,
    "confirmDeliveryDetails": 2000,
    "confirmOrderDetails": 2000,
    "confirmServiceDetails": 2000,
    "digitalAccessKey": 400,
    "unexpectedProblem": 2000,
}
DOCUMENTS = {"invoice": 1, "legalDisclosure": 0, "warranty": 1}  # How many files there have to be at least.
WITH_FILES = ("confirmCustomizationDetails", "digitalAccessKey")
REVIEW = "productReviewAndSellerFeedback"
WRITES_UNTIL = 30 * DAY  # After delivery, or after the order where nothing was delivered.
REVIEW_FROM, REVIEW_UNTIL = 5 * DAY, 30 * DAY  # After delivery.
FORBIDDEN = (
    (re.compile(r"<[a-zA-Z/!]"), "HTML is not allowed in a message."),
    (re.compile(r"[\w.+-]+@[\w-]+\.\w"), "E-mail addresses are not allowed in a message."),
    (re.compile(r"https?://(?!([\w-]+\.)*amazon\.)", re.IGNORECASE), "Links that lead elsewhere are not allowed."),
)


@operation("getMessagingActionsForOrder", "GET", "/messaging/v1/orders/{amazonOrderId}", rate=1.0, burst=5)
def get_messaging_actions(call: Call) -> Answer:
    order = _order(call)
    base = f"/messaging/v1/orders/{order.order_id}"
    return 200, _offer(call, base, "messages", _actions(order, call.now))


@operation("GetAttributes", "GET", "/messaging/v1/orders/{amazonOrderId}/attributes", rate=1.0, burst=5)
def get_attributes(call: Call) -> Answer:
    order = _order(call)
    language = marketplaces.by_id()[order.marketplace_id].language
    return 200, {"buyer": {"locale": language.replace("_", "-")}}


def _write(action: str) -> Any:
    def answer(call: Call) -> Answer:
        order = _order(call)
        if action not in _actions(order, call.now):
            raise ApiError(403, "Unauthorized", f"The action {action} is not allowed for this order.")
        told = call.json()
        text = told.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= LONGEST[action]:
            raise InvalidInput(f"'text' has to have between 1 and {LONGEST[action]} characters.")
        for forbidden, why in FORBIDDEN:
            if forbidden.search(text):
                raise InvalidInput(why)
        files = _files(call, order, action, told, 0) if action in WITH_FILES else []
        _keep(call, order, action, text, files=files)
        return 201, {}

    return answer


def _hand_over(action: str, least: int) -> Any:
    def answer(call: Call) -> Answer:
        order = _order(call)
        if action not in _actions(order, call.now):
            raise ApiError(403, "Unauthorized", f"The action {action} is not allowed for this order.")
        told = call.json()
        covers = (
            [_moment(told, name) for name in ("coverageStartDate", "coverageEndDate")] if action == "warranty" else []
        )
        _keep(call, order, action, "", files=_files(call, order, action, told, least), covers=covers)
        return 201, {}

    return answer


def _files(call: Call, order: Order, action: str, told: dict[str, Any], least: int) -> list[dict[str, Any]]:
    resource = f"messaging/v1/orders/{order.order_id}/messages/{action}"
    return uploads.taken(call, resource, told.get("attachments"), least=least)


def _moment(told: dict[str, Any], name: str) -> str | None:
    try:
        return None if told.get(name) is None else str(parse(told[name]) and told[name])
    except (ValueError, TypeError, AttributeError):
        raise InvalidInput(f"'{name}' has to be a date and time in ISO 8601 format.") from None


for _name, _action in (
    ("sendInvoice", "invoice"),
    ("createLegalDisclosure", "legalDisclosure"),
    ("CreateWarranty", "warranty"),
):
    _path = f"/messaging/v1/orders/{{amazonOrderId}}/messages/{_action}"
    operation(_name, "POST", _path, rate=1.0, burst=5)(_hand_over(_action, DOCUMENTS[_action]))


for _name, _action in (
    ("confirmCustomizationDetails", "confirmCustomizationDetails"),
    ("createConfirmDeliveryDetails", "confirmDeliveryDetails"),
    ("createConfirmOrderDetails", "confirmOrderDetails"),
    ("createConfirmServiceDetails", "confirmServiceDetails"),
    ("createDigitalAccessKey", "digitalAccessKey"),
    ("createUnexpectedProblem", "unexpectedProblem"),
):
    _path = f"/messaging/v1/orders/{{amazonOrderId}}/messages/{_action}"
    operation(_name, "POST", _path, rate=1.0, burst=5)(_write(_action))


@operation("getSolicitationActionsForOrder", "GET", "/solicitations/v1/orders/{amazonOrderId}", rate=1.0, burst=5)
def get_solicitation_actions(call: Call) -> Answer:
    order = _order(call)
    actions = [REVIEW] if _may_ask(call, order) else []
    return 200, _offer(call, f"/solicitations/v1/orders/{order.order_id}", "solicitations", actions)


@operation(
    "createProductReviewAndSellerFeedbackSolicitation",
    "POST",
    f"/solicitations/v1/orders/{{amazonOrderId}}/solicitations/{REVIEW}",
    rate=1.0,
    burst=5,
)
def ask_for_review(call: Call) -> Answer:
    order = _order(call)
    if not _may_ask(call, order):
        raise ApiError(403, "Unauthorized", "You cannot send a solicitation for this order.")
    _keep(call, order, REVIEW, "")
    return 201, {}


def _order(call: Call) -> Order:
    """The order of the path, in the one marketplace the question names. Raises NotFound, InvalidInput."""
    asked = call.marketplaces(most=1)
    order = call.world.orders.get(call.path["amazonOrderId"])
    if order is None or order.seller_id != call.account.seller_id or order.created_at > call.now:
        raise NotFound(f"Order '{call.path['amazonOrderId']}' was not found.")
    if order.marketplace_id != asked[0].id:
        raise InvalidInput("The order was not placed in this marketplace.")
    return order


def _actions(order: Order, now: int) -> list[str]:
    names = {event[1] for event in order_life.happened(order, now)}
    if order_life.status(order, now) in ("PENDING", "PENDING_AVAILABILITY") or CANCELLED in names:
        return []
    if now > (_delivered_at(order, now) or order.created_at + WRITES_UNTIL) + WRITES_UNTIL:
        return []
    actions = ["confirmOrderDetails", "unexpectedProblem"]
    if order.fulfilled_by == "MERCHANT" and DELIVERED not in names and names & {SHIPPED, PART_SHIPPED}:
        actions.append("confirmDeliveryDetails")
    if any(line.get("customized") for line in order.lines):
        actions.append("confirmCustomizationDetails")
    if names & {SHIPPED, PART_SHIPPED, DELIVERED}:
        actions += ["invoice", "legalDisclosure", "warranty"]
    return actions


def _may_ask(call: Call, order: Order) -> bool:
    delivered = _delivered_at(order, call.now)
    names = {event[1] for event in order_life.happened(order, call.now)}
    if delivered is None or names & {CANCELLED, REFUSED, RETURNED} or _kept(call, order, REVIEW):
        return False
    return REVIEW_FROM <= call.now - delivered <= REVIEW_UNTIL


def _delivered_at(order: Order, now: int) -> int | None:
    return next((event[0] for event in order_life.happened(order, now) if event[1] == DELIVERED), None)


def _keep(call: Call, order: Order, action: str, text: str, **more: Any) -> None:
    number = call.world.count("message")
    call.world.messages.put(Message(str(number), order.order_id, order.seller_id, action, text, call.now, **more))


def _kept(call: Call, order: Order, action: str) -> bool:
    return any(one.order_id == order.order_id and one.action == action for one in call.world.messages)


def _offer(call: Call, base: str, branch: str, actions: list[str]) -> dict[str, Any]:
    """The actions as Amazon offers them: links, and for each what its body has to look like."""
    market = f"?marketplaceIds={call.text('marketplaceIds')}"
    links = [{"href": f"{base}/{branch}/{name}{market}", "name": name} for name in actions]
    offered = [
        {
            "_links": {
                "self": link,
                "schema": {"href": f"{base}/{branch}/{link['name']}/schema", "name": link["name"]},
            },
            "_embedded": {"schema": {"_links": {"self": {"href": f"{base}/schema"}}, "payload": _schema(link["name"])}},
            "payload": {"name": link["name"]},
        }
        for link in links
    ]
    return {
        "_links": {"self": {"href": base + market, "name": "self"}, "actions": links},
        "_embedded": {"actions": offered},
    }


def _schema(action: str) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if action in LONGEST:
        parts["text"] = {"type": "string", "minLength": 1, "maxLength": LONGEST[action]}
    if action in WITH_FILES or action in DOCUMENTS:
        file = {"type": "object", "required": ["fileName", "uploadDestinationId"]}
        parts["attachments"] = {"type": "array", "minItems": DOCUMENTS.get(action, 0), "maxItems": 5, "items": file}
    return {"type": "object", "properties": parts} | ({"required": ["text"]} if action in LONGEST else {})
