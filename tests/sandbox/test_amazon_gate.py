"""What every request passes: user agent, route, quota, request id, and connections that stay open."""

import http.client
import threading
import time
from urllib.parse import urlsplit

import pytest
from sandbox_seller import ORDERS, Seller

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


def error(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_every_answer_carries_a_request_id_and_the_rate(seller):
    good = seller.call("GET", PARTICIPATIONS)
    bad = seller.call("GET", ORDERS)
    assert good.headers["x-amzn-requestid"] != bad.headers["x-amzn-requestid"]
    assert "x-amzn-ratelimit-limit" in good.headers and "x-amzn-ratelimit-limit" in bad.headers


def test_a_request_without_a_user_agent_is_refused(seller):
    for agent in ("", "x" * 501):
        answer = seller.http.get(PARTICIPATIONS, headers={"user-agent": agent})
        assert error(answer) == (400, "InvalidInput")


@pytest.mark.parametrize("path", ["/", "/orders/v0/orders", "/sellers/v1", "/orders/2026-01-01/orders/1/2"])
def test_an_unknown_path_is_not_found(seller, path):
    answer = seller.call("GET", path)
    assert error(answer) == (404, "ResourceNotFound")
    assert answer.headers["x-amzn-requestid"]


def test_the_documented_burst_is_served_and_then_throttled(start):
    with Seller(start(rate_scale=1).url) as seller:
        answers = [seller.call("GET", ORDERS, createdAfter="2026-01-01T00:00:00Z") for _ in range(21)]
        assert [answer.status_code for answer in answers] == [200] * 20 + [429]
        assert error(answers[-1]) == (429, "QuotaExceeded")
        assert answers[0].headers["x-amzn-ratelimit-limit"] == "0.0056"
        assert seller.call("GET", PARTICIPATIONS).status_code == 200  # Every operation has its own bucket.


def test_a_refused_request_uses_up_quota_as_well(start):
    with Seller(start(rate_scale=1).url) as seller:
        statuses = [seller.call("GET", ORDERS).status_code for _ in range(21)]
        assert statuses == [400] * 20 + [429]


def test_buckets_refill_by_real_time_and_the_rate_scale(start):
    with Seller(start(rate_scale=60).url) as seller:  # 0.96 calls per second.
        while seller.call("GET", PARTICIPATIONS).status_code == 200:
            pass
        seller.control.wait(3000)  # Sandbox time fills no bucket.
        answer = seller.call("GET", PARTICIPATIONS)
        assert (answer.status_code, answer.headers["x-amzn-ratelimit-limit"]) == (429, "0.96")
        time.sleep(1.1)
        assert seller.call("GET", PARTICIPATIONS).status_code == 200


def test_sellers_do_not_share_a_bucket_and_tests_can_fill_them(start):
    amazon = start(rate_scale=1)
    with Seller(amazon.url, "eu") as first, Seller(amazon.url, "fe") as second:
        assert [first.call("GET", PARTICIPATIONS).status_code for _ in range(16)][-1] == 429
        assert second.call("GET", PARTICIPATIONS).status_code == 200
        first.control.post("/throttle/refill")
        assert first.call("GET", PARTICIPATIONS).status_code == 200


def test_a_connection_serves_many_requests(seller):
    connection = http.client.HTTPConnection(urlsplit(seller.url).netloc)
    sockets = set()
    for body in (b"", b'{"speed": 1}', b""):
        connection.request("POST" if body else "GET", "/_sandbox/clock", body or None)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200 and answer.version == 11
        sockets.add(id(connection.sock))
    assert len(sockets) == 1
    connection.close()


def test_a_chunked_body_is_read(seller):
    connection = http.client.HTTPConnection(urlsplit(seller.url).netloc)
    for _ in range(2):
        connection.request("POST", "/_sandbox/clock", iter([b'{"spe', b'ed": 1}']), encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:4]) == (200, b'{"no')
    connection.close()


def test_an_answer_takes_no_ten_milliseconds(seller):
    times = []
    for _ in range(50):
        began = time.perf_counter()
        seller.control.get("/health")
        times.append(time.perf_counter() - began)
    assert min(times) < 0.01


def test_many_clients_at_once_are_all_answered(seller):
    statuses = []

    def ask():
        with Seller(seller.url) as one:
            statuses.extend(one.call("GET", PARTICIPATIONS).status_code for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 120


def test_the_request_list_tells_what_a_client_did_but_no_secret(alone):
    before = alone.control.get("/requests")["last"]
    alone.sign_in()
    alone.call("GET", ORDERS, createdAfter="2026-01-01T00:00:00Z", fulfilledBy=["MERCHANT", "AMAZON"])
    told = alone.control.get("/requests", since=before)
    assert [one["operation"] for one in told["requests"]] == ["token", "searchOrders"]
    search = told["requests"][1]
    assert search["query"] == {"createdAfter": "2026-01-01T00:00:00Z", "fulfilledBy": "MERCHANT,AMAZON"}
    assert (search["status"], search["seller_id"]) == (200, alone.id)
    assert search["user_agent"].startswith("SandboxTests/")
    assert "Atz" not in str(told) and "sandbox-secret" not in str(told)


def test_another_name_for_this_machine_is_not_served(seller):
    answer = seller.http.get("/_sandbox/health", headers={"host": "evil.example"})
    assert answer.status_code == 403


def test_a_web_page_cannot_use_the_control_api(seller):
    for origin, status in (("https://evil.example", 403), ("null", 403), (seller.url, 200)):
        answer = seller.http.post("/_sandbox/clock", json={}, headers={"origin": origin})
        assert answer.status_code == status


def test_a_control_path_that_is_none_says_so(seller):
    answer = seller.http.get("/_sandbox/nothing")
    assert (answer.status_code, "control API" in answer.json()["error"]) == (404, True)
