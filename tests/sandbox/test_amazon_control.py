"""The control API: accounts, and refusals that say what would have been right."""

import pytest
from sandbox_seller import CLIENT_ID, CLIENT_SECRET


def test_an_account_can_be_opened_with_the_marketplaces_wanted(alone):
    account = alone.control.post("/accounts", name="Lotus", region="fe", marketplaces=["JP", "SG"])
    assert [one["code"] for one in account["marketplaces"]] == ["JP", "SG"]
    assert account["marketplaces"][0] == {"code": "JP", "id": "A1VC38T7YXB528", "currency": "JPY", "language": "ja_JP"}
    form = {"grant_type": "refresh_token", "refresh_token": account["refresh_token"]}
    tokens = alone.token(**form, client_id=CLIENT_ID, client_secret=CLIENT_SECRET).json()
    answer = alone.http.get(
        "/sellers/v1/marketplaceParticipations", headers={"x-amz-access-token": tokens["access_token"]}
    )
    rows = answer.json()["payload"]
    assert [row["marketplace"]["countryCode"] for row in rows if row["participation"]["isParticipating"]] == [
        "JP",
        "SG",
    ]
    assert len(rows) == 3  # And one store that is not Amazon's.
    assert {row["storeName"] for row in rows} == {"Lotus"}


def test_an_account_may_belong_to_another_application(alone):
    own = alone.control.post("/applications", name="Private", client_id="mine", client_secret="s3cret")
    account = alone.control.post("/accounts", name="Comet", region="na", client_id=own["client_id"])
    form = {"grant_type": "refresh_token", "refresh_token": account["refresh_token"]}
    assert alone.token(**form).status_code == 400
    assert alone.token(**form, client_id="mine", client_secret="s3cret").status_code == 200
    assert {one["code"] for one in account["marketplaces"]} == {"US", "CA", "MX", "BR"}


def test_the_state_counts_what_there_is(alone):
    before = alone.control.get("/state")
    assert (before["accounts"], before["listings"], before["orders"]) == (3, 0, 0)
    alone.publish("C-1", seed=1)
    alone.put("C-2", "DRINKING_CUP", alone.sample(seed=2))
    alone.control.post("/orders", seller_id=alone.id, count=3, statuses=["UNSHIPPED"])
    after = alone.control.get("/state")
    assert after["listings_by_status"] == {"BUYABLE+DISCOVERABLE": 1, "NONE": 1}
    assert (after["live_listings"], after["orders_by_status"]) == (1, {"UNSHIPPED": 3})


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "hint"),
    [
        ("POST", "/accounts", {"region": "mars"}, 400, "na, eu, fe"),
        ("POST", "/accounts", {"region": "na", "marketplaces": ["DE"]}, 400, "BR, CA, MX, US"),
        ("POST", "/accounts", {"region": "na", "client_id": "nobody"}, 400, "nobody"),
        ("POST", "/accounts", [1], 400, "JSON object"),
        ("POST", "/accounts/A0/revoke", {}, 404, "A0"),
        ("POST", "/applications", {"redirect_uris": "http://x"}, 400, "list"),
        ("POST", "/orders", {}, 404, "none given"),
        ("POST", "/orders", {"seller_id": "ME", "count": 0}, 400, "at least 1"),
        ("POST", "/orders", {"seller_id": "ME", "statuses": ["LOST"]}, 400, "DELIVERED"),
        ("POST", "/orders", {"seller_id": "ME", "marketplaces": ["JP"]}, 400, "UK, DE"),
        ("POST", "/orders", {"seller_id": "ME", "fulfilled_by": "ROBOT"}, 400, "MERCHANT"),
        ("PATCH", "/orders/1-2-3", {"action": "ship"}, 404, "1-2-3"),
        ("POST", "/listings/ME/none/issues", {}, 404, "none"),
        ("POST", "/faults", {"kind": "slow", "times": "often"}, 400, "times"),
        ("POST", "/clock", {"advance_seconds": 1e300}, 400, "at most"),
        ("POST", "/orders", {"seller_id": "ME", "marketplaces": "DE"}, 400, "list"),
        ("POST", "/faults", {"kind": "slow", "probability": 2}, 400, "at most 1"),
        ("PATCH", "/accounts/ME", {"orders_per_hour": "many"}, 400, "orders_per_hour"),
    ],
)
def test_a_wrong_request_says_what_would_be_right(alone, method, path, body, status, hint):
    if isinstance(body, dict):
        body = {name: alone.id if value == "ME" else value for name, value in body.items()}
    told, sentence = alone.control.refused(method, path.replace("ME", alone.id), body)
    assert told == status and hint in sentence


def test_a_wrong_issue_or_shipment_is_refused(alone):
    alone.publish("C-3", seed=3)
    order_id = alone.control.post("/orders", seller_id=alone.id, count=1, statuses=["UNSHIPPED"])["order_ids"][0]
    for path, body, hint in (
        (f"/listings/{alone.id}/C-3/issues", {"severity": "FATAL"}, "WARNING"),
        (f"/listings/{alone.id}/C-3/issues", {"actions": ["SHUT_DOWN"]}, "SEARCH_SUPPRESSED"),
        (f"/listings/{alone.id}/C-3/issues", {"attributes": "brand"}, "list"),
    ):
        status, sentence = alone.control.refused("POST", path, body)
        assert status == 400 and hint in sentence
    for body in ({"action": "explode"}, {"action": "ship", "lines": [9]}, {"action": "ship", "lines": "all"}):
        assert alone.control.refused("PATCH", f"/orders/{order_id}", body)[0] == 400
    assert alone.control.get(f"/orders/{order_id}")["status"] == "UNSHIPPED"


def test_lines_can_be_shipped_one_by_one(alone):
    alone.publish("C-4", seed=4)
    body = {"seller_id": alone.id, "statuses": ["PARTIALLY_SHIPPED"], "count": 1}
    order_id = alone.control.post("/orders", **body)["order_ids"][0]
    assert alone.control.patch(f"/orders/{order_id}", action="ship", lines=[0])["status"] == "PARTIALLY_SHIPPED"
    count = len(alone.order(order_id)["orderItems"])
    told = alone.control.patch(f"/orders/{order_id}", action="ship", lines=list(range(1, count)))
    assert told["status"] == "SHIPPED"
