"""Login with Amazon: codes, refresh tokens, access tokens, and what is refused."""

import pytest
from sandbox_seller import CLIENT_ID, CLIENT_SECRET

ACCOUNT = "/sellers/v1/account"


def refused(answer):
    return answer.status_code, answer.json()["error"]


def test_a_refresh_token_gives_an_access_token_for_an_hour(seller):
    answer = seller.token(grant_type="refresh_token", refresh_token=seller.refresh_token)
    tokens = answer.json()
    assert tokens["access_token"].startswith("Atza|")
    assert tokens["refresh_token"] == seller.refresh_token
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert answer.headers["cache-control"] == "no-store"


def test_every_access_token_is_a_new_one_and_tells_nothing_of_the_refresh_token(seller):
    form = {"grant_type": "refresh_token", "refresh_token": seller.refresh_token}
    first, second = (seller.token(**form).json()["access_token"] for _ in range(2))
    assert first != second
    assert seller.refresh_token[5:40] not in first


def test_client_credentials_may_come_as_basic_authentication(seller):
    form = {"grant_type": "refresh_token", "refresh_token": seller.refresh_token}
    assert seller.http.post("/auth/o2/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET)).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "Atzr|unknown"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "nobody"}, 401, "invalid_client"),
        (
            {"grant_type": "authorization_code", "code": "RHnone", "redirect_uri": "http://127.0.0.1/"},
            400,
            "invalid_grant",
        ),
        ({"grant_type": "authorization_code", "code": "RHnone"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_wrong_token_requests_are_refused_in_amazons_words(seller, form, status, error):
    assert refused(seller.token(**form)) == (status, error)


def test_a_token_request_that_is_not_a_form_is_refused(seller):
    assert refused(seller.http.post("/auth/o2/token", json={"grant_type": "refresh_token"})) == (400, "invalid_request")


def test_a_revoked_seller_gets_no_more_tokens_and_no_more_answers(alone):
    assert alone.call("GET", ACCOUNT).status_code == 200
    assert alone.control.post(f"/accounts/{alone.id}/revoke") == {"revoked": 1}
    answer = alone.token(grant_type="refresh_token", refresh_token=alone.refresh_token)
    assert refused(answer) == (400, "invalid_grant")
    assert answer.json()["error_description"] == (
        "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
    )
    refusal = alone.call("GET", ACCOUNT)
    assert (refusal.status_code, refusal.json()["errors"][0]["code"]) == (403, "Unauthorized")


def test_an_access_token_expires_by_the_sandboxs_clock(alone):
    alone.control.wait(3590)
    assert alone.call("GET", ACCOUNT).status_code == 200
    alone.control.wait(20)
    error = alone.call("GET", ACCOUNT).json()["errors"][0]
    assert (error["code"], error["details"]) == ("Unauthorized", "The access token you provided has expired.")


def test_a_token_without_a_seller_opens_no_sellers_door(seller):
    scope = "sellingpartnerapi::notifications"
    tokens = seller.token(grant_type="client_credentials", scope=scope).json()
    assert "refresh_token" not in tokens
    answer = seller.http.get(ACCOUNT, headers={"x-amz-access-token": tokens["access_token"]})
    assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "Atza|forged", "Atza|e30.0000", "Bearer x", "Atza|é"])
def test_a_missing_or_forged_access_token_is_refused(seller, token):
    answer = seller.http.get(ACCOUNT, headers={"x-amz-access-token": token.encode()})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "Unauthorized")
