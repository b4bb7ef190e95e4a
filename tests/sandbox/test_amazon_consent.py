"""The way of a seller's consent: from the page to a code, and from the code to tokens."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sandbox_seller import CLIENT_ID, CLIENT_SECRET

CONSENT = "/apps/authorize/consent"
BACK = "http://127.0.0.1:8765/stores/authorized"
ASKED = {"application_id": "amzn1.sp.solution.sandbox", "state": "s-1&2", "redirect_uri": BACK}


def confirmed(seller, **changes):
    form = {**ASKED, "seller_id": seller.id, "decision": "confirm", **changes}
    return seller.http.post(CONSENT, data=form)


def code_of(answer):
    return parse_qs(urlsplit(answer.headers["location"]).query)["spapi_oauth_code"][0]


def exchange(seller, code, redirect_uri=BACK, **client):
    return seller.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri, **client)


def test_the_page_shows_the_accounts_and_says_it_is_a_sandbox(seller):
    page = seller.http.get(CONSENT, params=ASKED)
    assert page.status_code == 200
    assert "sandbox" in page.text and seller.id in page.text
    assert page.headers["referrer-policy"] == "no-referrer"


def test_confirming_sends_the_browser_back_with_a_code(seller):
    answer = confirmed(seller)
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BACK
    query = parse_qs(target.query)
    assert query["state"] == ["s-1&2"]
    assert query["selling_partner_id"] == [seller.id]
    assert re.fullmatch(r"RH\S+", query["spapi_oauth_code"][0])


def test_a_redirect_address_keeps_its_own_query(seller):
    form = {"redirect_uri": BACK + "?team=lotus"}
    assert confirmed(seller, **form).headers["location"].startswith(BACK + "?team=lotus&state=")


def test_the_code_gives_tokens_that_work(seller):
    tokens = exchange(seller, code_of(confirmed(seller))).json()
    assert tokens["refresh_token"].startswith("Atzr|")
    answer = seller.http.get("/sellers/v1/account", headers={"x-amz-access-token": tokens["access_token"]})
    assert answer.status_code == 200


def test_a_code_works_once(seller):
    code = code_of(confirmed(seller))
    assert exchange(seller, code).status_code == 200
    assert exchange(seller, code).json()["error"] == "invalid_grant"


def test_a_code_lives_five_minutes(alone):
    young, old = code_of(confirmed(alone)), code_of(confirmed(alone))
    alone.control.wait(290)
    assert exchange(alone, young).status_code == 200
    alone.control.wait(15)
    assert exchange(alone, old).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_its_redirect_address_and_its_application(seller):
    assert exchange(seller, code_of(confirmed(seller)), BACK + "/other").json()["error"] == "invalid_grant"
    other = seller.control.post("/applications", name="Another", redirect_uris=["https://other.example/back"])
    client = {"client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert exchange(seller, code_of(confirmed(seller)), **client).json()["error"] == "invalid_grant"


def test_cancelling_sends_nothing_back(seller):
    answer = confirmed(seller, decision="cancel")
    assert answer.status_code == 200
    assert "location" not in answer.headers and "Nothing was sent" in answer.text


def test_an_unregistered_redirect_address_is_refused(seller):
    answer = seller.http.get(CONSENT, params={**ASKED, "redirect_uri": "https://portal.example/back"})
    assert answer.status_code == 400 and "MD5101" in answer.text


def test_a_registered_redirect_address_is_taken_to_the_letter(seller):
    own = seller.control.post("/applications", name="Own", redirect_uris=["https://portal.example/back"])
    asked = {**ASKED, "application_id": own["application_id"], "redirect_uri": "https://portal.example/back"}
    assert seller.http.get(CONSENT, params=asked).status_code == 200
    assert "MD5101" in seller.http.get(CONSENT, params={**asked, "redirect_uri": BACK}).text


@pytest.mark.parametrize(
    ("draft", "version", "passes"), [(True, "beta", True), (True, None, False), (False, "beta", False)]
)
def test_version_beta_is_for_applications_in_draft(seller, draft, version, passes):
    own = seller.control.post("/applications", name="Own", redirect_uris=[BACK], draft=draft)
    asked = {**ASKED, "application_id": own["application_id"], **({"version": version} if version else {})}
    page = seller.http.get(CONSENT, params=asked)
    assert (page.status_code == 200) is passes
    assert ("MD1000" in page.text) is not passes


def test_a_name_with_markup_is_shown_as_text(seller):
    own = seller.control.post("/applications", name="<script>alert(1)</script>", redirect_uris=[BACK])
    page = seller.http.get(CONSENT, params={**ASKED, "application_id": own["application_id"], "state": '"><b>'})
    assert "<script>" not in page.text and '"><b>' not in page.text


def test_an_application_registered_again_keeps_its_secret(seller):
    known = seller.control.post("/applications", client_id="mine", client_secret="s3cret", redirect_uris=[BACK])
    again = seller.control.post("/applications", client_id="mine", redirect_uris=[BACK, BACK + "2"])
    assert again == {**known, "redirect_uris": [BACK, BACK + "2"]}
    assert CLIENT_ID != "mine" and CLIENT_SECRET != "s3cret"
