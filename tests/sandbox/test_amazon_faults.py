"""Things going wrong on purpose: each fault does what it says, as often as it was told, and then it is over."""

import socket
import time
from urllib.parse import urlsplit

import httpx2
import pytest
from sandbox_seller import ORDERS

ACCOUNT = "/sellers/v1/account"
RECENT = {"createdAfter": "2020-01-01T00:00:00Z"}


def fault(seller, kind, **options):
    return seller.control.post("/faults", kind=kind, **options)


@pytest.fixture
def shop(alone):
    """A seller with a live listing and nine orders."""
    alone.publish("F-1", seed=1)
    alone.control.post(
        "/orders", seller_id=alone.id, count=9, days=9, statuses=["UNSHIPPED", "SHIPPED"], fulfilled_by="MERCHANT"
    )
    alone.control.wait(130)
    return alone


def test_a_storm_of_429_ends(alone):
    fault(alone, "throttle", operation="getAccount", times=3)
    answers = [alone.call("GET", ACCOUNT) for _ in range(4)]
    assert [one.status_code for one in answers] == [429, 429, 429, 200]
    assert answers[0].json()["errors"][0]["code"] == "QuotaExceeded"


def test_a_fault_of_one_operation_spares_the_others(alone):
    fault(alone, "throttle", operation="searchOrders", times=5)
    assert alone.call("GET", ACCOUNT).status_code == 200
    assert alone.call("GET", ORDERS, **RECENT).status_code == 429


def test_a_fault_without_a_number_strikes_once(alone):
    assert fault(alone, "html_503")["times"] == 1
    first = alone.http.get(ACCOUNT)
    assert (first.status_code, first.headers["content-type"]) == (503, "text/html")
    assert first.text.startswith("<html>") and first.headers["x-amzn-requestid"]
    assert alone.call("GET", ACCOUNT).status_code == 200


def test_a_fault_can_last_for_seconds_and_be_taken_away(alone):
    number = fault(alone, "empty_500", seconds=30)["id"]
    for _ in range(3):
        answer = alone.http.get(ACCOUNT)
        assert (answer.status_code, answer.content) == (500, b"")
    assert alone.control.get("/faults")["faults"][0]["hits"] == 3
    assert alone.control.delete(f"/faults/{number}") == {"faults": []}
    assert alone.call("GET", ACCOUNT).status_code == 200
    fault(alone, "empty_500", seconds=0.05)
    time.sleep(0.06)
    assert alone.call("GET", ACCOUNT).status_code == 200


def test_a_fault_can_be_likely_instead_of_certain(alone):
    fault(alone, "empty_500", seconds=60, probability=0.5)
    statuses = [alone.http.get(ACCOUNT).status_code for _ in range(60)]
    assert 10 < statuses.count(500) < 50


def test_a_connection_is_reset_in_the_middle(alone):
    fault(alone, "reset", operation="getAccount")
    host, port = urlsplit(alone.url).netloc.split(":")
    with socket.create_connection((host, int(port))) as connection:
        token = alone.http.headers["x-amz-access-token"]
        connection.sendall(
            f"GET {ACCOUNT} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: x\r\nx-amz-access-token: {token}\r\n\r\n".encode()
        )
        with pytest.raises(ConnectionResetError):
            while connection.recv(4096):
                pass
    fault(alone, "reset", operation="getAccount")
    with pytest.raises(httpx2.TransportError):
        alone.http.get(ACCOUNT)
    assert alone.call("GET", ACCOUNT).status_code == 200


def test_a_reset_comes_after_the_work_was_done(alone):
    fault(alone, "reset", operation="putListingsItem")
    with pytest.raises(httpx2.TransportError):
        alone.put("LOST-ANSWER", "DRINKING_CUP", alone.sample())
    assert alone.look("LOST-ANSWER")["sku"] == "LOST-ANSWER"


def test_a_body_is_cut_short(alone):
    fault(alone, "truncated", operation="getAccount")
    with pytest.raises(httpx2.RemoteProtocolError):
        alone.http.get(ACCOUNT)


def test_an_answer_can_be_slow_without_slowing_others(alone):
    fault(alone, "slow", operation="getAccount", delay=20)
    began = time.perf_counter()
    with pytest.raises(httpx2.ReadTimeout):
        alone.http.get(ACCOUNT, timeout=0.1)
    assert alone.call("GET", ORDERS, **RECENT).status_code == 200
    assert time.perf_counter() - began < 15


def test_an_access_token_can_die_early(alone):
    fault(alone, "expired_token")
    assert alone.call("GET", ACCOUNT).status_code == 403
    assert alone.call("GET", ACCOUNT).status_code == 403  # The token is dead; only a new one works.
    alone.sign_in()
    assert alone.call("GET", ACCOUNT).status_code == 200


def test_login_with_amazon_can_be_down(alone):
    fault(alone, "lwa_down", times=2)
    form = {"grant_type": "refresh_token", "refresh_token": alone.refresh_token}
    assert [alone.token(**form).status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_for_every_operation_does_not_touch_login_with_amazon(alone):
    fault(alone, "throttle", operation="*", times=1)
    form = {"grant_type": "refresh_token", "refresh_token": alone.refresh_token}
    assert alone.token(**form).status_code == 200
    assert alone.call("GET", ACCOUNT).status_code == 429
    fault(alone, "throttle", operation="token", times=1)
    assert [alone.token(**form).status_code for _ in range(2)] == [429, 200]


def test_answers_can_stop_fitting_the_schema(shop):
    healthy = shop.orders(includedData="FULFILLMENT")
    fault(shop, "schema_break", operation="searchOrders", times=4)
    broken = [shop.orders(includedData="FULFILLMENT") for _ in range(4)]
    assert all(one != healthy for one in broken)
    text = " ".join(map(str, broken))
    assert "newField" in text and "SOMETHING_NEW" in text and "'quantityOrdered': '1'" in text
    assert any(len(str(one)) < len(str(healthy)) * 0.9 for one in broken)
    assert shop.orders(includedData="FULFILLMENT") == healthy


def test_a_page_can_come_twice(shop):
    first = shop.orders(maxResultsPerPage=4)
    second = shop.orders(maxResultsPerPage=4, paginationToken=first["pagination"]["nextToken"])
    fault(shop, "duplicate_page", operation="searchOrders", times=1)
    repeated = shop.orders(maxResultsPerPage=4, paginationToken=first["pagination"]["nextToken"])
    assert repeated["orders"] == first["orders"] != second["orders"]
    third = shop.orders(maxResultsPerPage=4, paginationToken=repeated["pagination"]["nextToken"])
    assert (
        third["orders"] == shop.orders(maxResultsPerPage=4, paginationToken=second["pagination"]["nextToken"])["orders"]
    )


def test_an_order_can_be_told_as_it_was_before(shop):
    order = next(
        o
        for o in shop.orders(includedData="FULFILLMENT")["orders"]
        if o["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    )
    fault(shop, "stale_order", operation="getOrder")
    stale = shop.order(order["orderId"], "FULFILLMENT")
    assert stale["lastUpdatedTime"] < order["lastUpdatedTime"]
    assert shop.order(order["orderId"], "FULFILLMENT") == order


def test_a_part_can_be_forbidden(shop):
    fault(shop, "forbidden_part", times=1)
    answer = shop.call("GET", ORDERS, **RECENT, includedData=["BUYER", "RECIPIENT"])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "Unauthorized")
    assert shop.call("GET", ORDERS, **RECENT, includedData=["BUYER", "RECIPIENT"]).status_code == 200


def test_the_request_list_names_the_fault(alone):
    before = alone.control.get("/requests")["last"]
    fault(alone, "throttle", times=1)
    alone.call("GET", ACCOUNT)
    assert alone.control.get("/requests", since=before)["requests"][0]["fault"] == "throttle"


def test_a_fault_nobody_knows_is_refused(alone):
    status, sentence = alone.control.refused("POST", "/faults", {"kind": "earthquake"})
    assert status == 400 and "html_503" in sentence
