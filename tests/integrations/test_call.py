"""Calling Amazon: what is tried again, how often, and what each failure is called."""

from __future__ import annotations

import time

import pytest

from integrations.amazon import http
from integrations.amazon.client import ATTEMPTS, AuthorizationDenied
from integrations.errors import AuthorizationLost, IntegrationError
from tests.integrations.rogue import ACCESS, drip, error, said

FINE = {"payload": []}


def test_an_answer_carries_its_json_and_request_id(honest):
    answer = honest.call()
    assert answer.status == 200 and answer.json["payload"] and len(answer.request_id) == 36


def test_lists_go_out_comma_separated_and_missing_values_not_at_all(line, rogue):
    line.call("searchOrders", query={"marketplaceIds": ["A", "B"], "fulfilledBy": None, "maxResultsPerPage": 100})
    assert rogue.requests[-1].target == "/orders/2026-01-01/orders?marketplaceIds=A%2CB&maxResultsPerPage=100"


@pytest.mark.parametrize("sku", ["a/b", "a b", "ä/ö ü", "茶 杯", "50% #1?x=y&z", "..", "a+b", "…/…", "%2F"])
def test_a_sku_of_any_signs_arrives_as_it_was(honest, amazon, account, sku):
    marketplace = next(m["id"] for m in account["marketplaces"] if m["code"] == "DE")
    path = {"sellerId": account["seller_id"], "sku": sku}
    with pytest.raises(IntegrationError) as refused:
        honest.call("getListingsItem", path=path, query={"marketplaceIds": marketplace})
    if sku != "..":
        assert refused.value.code == "not_found" and f"'{sku}'" in refused.value.message


@pytest.mark.parametrize("kind", ["throttle", "html_503", "empty_500", "reset", "truncated"])
def test_a_passing_failure_is_tried_again(honest, amazon, kind):
    amazon.fault(kind, "getMarketplaceParticipations", times=3)
    assert honest.call().status == 200
    assert [call.attempt for call in honest.asked] == [1, 2, 3, 4]
    assert [call.error for call in honest.asked][-1] == "" and all(call.error for call in honest.asked[:-1])


@pytest.mark.parametrize(
    ("kind", "code"),
    [("throttle", "throttled"), ("html_503", "amazon_down"), ("empty_500", "amazon_down"), ("reset", "unreachable"),
     ("truncated", "unreachable")],
)  # fmt: skip
def test_a_lasting_failure_ends_after_six_tries_with_its_own_word(honest, amazon, kind, code):
    amazon.fault(kind, "getMarketplaceParticipations", times=50)
    with pytest.raises(IntegrationError) as failed:
        honest.call()
    assert failed.value.code == code and not failed.value.permanent
    assert len(amazon.requests("getMarketplaceParticipations")) == ATTEMPTS == len(honest.asked)


def test_after_a_storm_of_refusals_calls_succeed_again(honest, amazon):
    amazon.fault("throttle", times=ATTEMPTS)
    with pytest.raises(IntegrationError, match="slower"):
        honest.call()
    assert honest.call().status == 200
    assert honest.taps.emptied == ["getMarketplaceParticipations"] * ATTEMPTS


def test_a_write_that_may_have_arrived_is_not_sent_again_unless_repeating_it_does_no_harm(line, rogue, monkeypatch):
    from integrations.amazon import operations

    once = operations.Operation("createFeed", "POST", "/feeds/2021-06-30/feeds", 0.0083, 15, repeatable=False)
    monkeypatch.setitem(operations.OPERATIONS, "createFeed", once)
    for broken in (said(503, b"<html>"), said(500), said(200)[:40]):
        rogue.script = lambda _request, broken=broken: broken
        before = len(rogue.asked("/feeds"))
        with pytest.raises(IntegrationError):
            line.call("createFeed", body={"feedType": "x"})
        assert len(rogue.asked("/feeds")) == before + 1
    rogue.script = lambda _request: error(429, "QuotaExceeded")
    with pytest.raises(IntegrationError):
        line.call("createFeed", body={"feedType": "x"})
    assert len(rogue.asked("/feeds")) == 3 + ATTEMPTS  # A refused call did not happen; it may be sent again.


def test_a_client_error_is_final_and_says_what_amazon_said(line, rogue):
    rogue.script = lambda _request: error(400, "InvalidInput", "The SKU is wrong.")
    with pytest.raises(IntegrationError) as refused:
        line.call()
    assert (refused.value.code, refused.value.message, refused.value.permanent) == (
        "refused",
        "The SKU is wrong.",
        True,
    )
    assert refused.value.details[0]["code"] == "InvalidInput" and len(line.asked) == 1


def test_an_empty_success_is_no_success(line, rogue):
    rogue.script = lambda _request: said(200)
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "unreadable" and not failed.value.permanent
    assert len(rogue.asked("/sellers")) == ATTEMPTS


def test_a_page_in_place_of_json_is_no_success(line, rogue):
    rogue.script = lambda _request: said(200, b"<html>Please sign in to the hotel network</html>")
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "unreadable"


def test_an_endless_answer_is_cut_off(line, rogue, monkeypatch):
    monkeypatch.setattr(http, "MOST_BYTES", 3_000_000)
    rogue.script = lambda _request: iter([said(200, b"", Content_Length="99999999999")] + [b"[" * 100_000] * 60)
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "too_large" and failed.value.permanent and len(line.asked) == 1


def test_the_cap_is_fifty_megabytes_of_what_was_packed_too(line, rogue):
    import gzip

    assert http.MOST_BYTES == 50 * 1024 * 1024
    bomb = gzip.compress(b" " * (http.MOST_BYTES + 1_000_000), 9)
    rogue.script = lambda _request: said(200, bomb, Content_Encoding="gzip")
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "too_large"


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 200_000, b"9" * 100_000, b'{"a":"\\ud800"', b"\xff\xfe{}"])
def test_deep_or_broken_json_is_unreadable_and_nothing_worse(line, rogue, body):
    rogue.script = lambda _request: said(200, body)
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "unreadable"


@pytest.mark.parametrize("slow", ["body", "headers"])
def test_an_answer_that_drips_has_a_deadline(line, rogue, monkeypatch, slow):
    monkeypatch.setattr(http, "DEADLINE_SECONDS", 0.6)
    whole = said(200, b'{"payload": "' + b"x" * 200 + b'"}')
    head, _, body = whole.partition(b"\r\n\r\n")
    drop = drip(whole, 0.05) if slow == "headers" else iter([head + b"\r\n\r\n", *drip(body, 0.05)])
    rogue.script = lambda _request: drop if not rogue.asked("/sellers")[1:] else said(200, FINE)
    began = time.monotonic()
    assert line.call().json == FINE  # The first try was given up in time, the second succeeded.
    assert line.asked[0].error == "timeout" and time.monotonic() - began < 3


def test_silence_has_a_deadline(line, rogue, monkeypatch):
    monkeypatch.setattr(http, "DEADLINE_SECONDS", 0.3)
    rogue.script = lambda _request: iter([30])
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code == "timeout" and not failed.value.permanent


def test_nobody_listening_is_unreachable(line, rogue):
    rogue.close()
    with pytest.raises(IntegrationError) as failed:
        line.call()
    assert failed.value.code in ("unreachable", "token_unavailable") and not failed.value.permanent


def test_a_redirect_is_not_followed(line, rogue):
    rogue.script = lambda _request: said(302, b"", Location=f"{rogue.url}/elsewhere")
    with pytest.raises(IntegrationError):
        line.call()
    assert not rogue.asked("/elsewhere")


def test_an_expired_token_is_renewed_once_without_a_failure(honest, amazon):
    honest.call()
    amazon.tell("/clock", advance_seconds=3700)
    assert honest.call().status == 200
    assert [call.status for call in honest.asked] == [200, 403, 200]
    assert len(amazon.requests("token")) == 2


def test_a_second_refusal_with_a_fresh_token_is_final(honest, amazon):
    amazon.fault("expired_token", "getMarketplaceParticipations", times=10)
    with pytest.raises(AuthorizationDenied) as denied:
        honest.call()
    assert denied.value.permanent
    assert len(amazon.requests("getMarketplaceParticipations")) == 2 and len(amazon.requests("token")) == 2


def test_a_refusal_that_has_nothing_to_do_with_the_token_does_not_renew_it(line, rogue):
    rogue.script = lambda _request: error(403, "RoleMissing", "The application lacks the role.")
    with pytest.raises(AuthorizationDenied, match="lacks the role"):
        line.call()
    assert len(rogue.asked("/auth")) == 1 and len(rogue.asked("/sellers")) == 1


def test_the_second_try_with_a_fresh_token_takes_its_turn_at_the_throttle(honest, amazon):
    amazon.fault("expired_token", "getMarketplaceParticipations", times=1)
    honest.call()
    assert len(honest.taps.taken) == 2


def test_a_revoked_grant_is_a_lost_authorization(honest, amazon, account):
    honest.call()
    amazon.tell(f"/accounts/{account['seller_id']}/revoke")
    with pytest.raises(AuthorizationLost) as lost:
        honest.call()
    assert lost.value.permanent and lost.value.concerns_everything


def test_the_rate_of_the_header_is_learned_also_when_it_is_the_documented_one(line, rogue):
    for header in ("0.5", "0.016", "nonsense", "-1", "nan", "inf", ""):
        rogue.script = lambda _request, header=header: said(200, FINE, x_amzn_RateLimit_Limit=header)
        line.call()
    assert line.taps.learned == [("getMarketplaceParticipations", 0.5), ("getMarketplaceParticipations", 0.016)]


def test_a_short_wait_for_our_own_throttle_is_waited_and_a_long_one_is_handed_back(line, rogue):
    line.taps.waits = [2.5, 3.0]
    line.call()
    assert line.slept == [2.5, 3.0]
    line.taps.waits = [178.0]
    with pytest.raises(IntegrationError) as busy:
        line.call()
    assert (busy.value.code, busy.value.retry_after, busy.value.permanent) == ("own_throttle", 178.0, False)
    assert len(rogue.asked("/sellers")) == 1


def test_every_request_leaves_a_line_without_secrets(line, rogue):
    rogue.script = lambda _request: said(200, FINE, x_amzn_RequestId="r-1", x_amzn_RateLimit_Limit="0.5")
    line.call()
    token, call = line.calls
    assert (token.operation, token.method, token.status) == ("token", "POST", 200)
    assert (call.operation, call.method, call.status, call.request_id, call.rate, call.error) == (
        "getMarketplaceParticipations", "GET", 200, "r-1", 0.5, ""
    )  # fmt: skip
    assert ACCESS not in repr(line.calls) and "canary" not in repr(line.calls)


def test_the_headers_amazon_asks_for_are_sent(line, rogue):
    import platform

    line.call()
    headers = rogue.asked("/sellers")[0].headers
    assert headers["x-amz-access-token"] == ACCESS and "authorization" not in headers and "cookie" not in headers
    agent = headers["user-agent"]
    version = ".".join(platform.python_version_tuple()[:2])
    assert agent.startswith("Portolan/") and f"(Language=Python/{version})" in agent and len(agent) <= 500
    assert rogue.asked("/auth")[0].headers["user-agent"] == agent


def test_cookies_are_not_kept(line, rogue):
    rogue.script = lambda _request: said(200, FINE, Set_Cookie="a=b; Path=/")
    line.call()
    line.call()
    assert "cookie" not in rogue.requests[-1].headers


def test_what_amazon_says_is_not_repeated_with_a_token_in_it(line, rogue):
    rogue.script = lambda _request: error(
        400, "InvalidInput", f"Wrong token {ACCESS} or Atzr|canary-refresh-0123456789."
    )
    with pytest.raises(IntegrationError) as refused:
        line.call()
    assert "canary" not in repr(refused.value) + refused.value.message + repr(refused.value.details)
