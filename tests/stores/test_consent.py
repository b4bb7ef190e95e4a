"""Amazon's consent page: a state that works once, for the session that asked, ten minutes; the code is exchanged once."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from models.audit.event import Event
from models.stores.application import Application
from models.stores.consent import Consent
from models.stores.store import Store
from tests.stores.selling import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET


@pytest.fixture
def public(lotus):
    """A public application, known to the stand-in Amazon."""
    return Application.save_for(
        lotus,
        name="Shop",
        kind="public",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        application_id=APPLICATION_ID,
    )


@pytest.fixture
def declared(amazon, lotus, public, alice):
    return Store.declare(lotus, "Europe", "eu", by=alice)


@pytest.fixture
def web(as_, alice):
    return as_(alice)


def ask(web, store, application, team="lotus"):
    """Follows the link to Amazon; returns the address the browser is led to."""
    answer = web.get(f"/t/{team}/stores/{store.uid}/consent?application={application.uid}")
    assert answer.status_code == 303 and answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.location


def confirm(address, seller_id):
    """What a seller does on Amazon's page: chooses the account and confirms. Returns the path the browser comes back to."""
    page = httpx2.get(address, trust_env=False)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    form = {name: hidden[name] for name in ("application_id", "state", "redirect_uri") if name in hidden}
    url = address.partition("?")[0]
    answer = httpx2.post(url, data=form | {"seller_id": seller_id, "decision": "confirm"}, trust_env=False)
    assert answer.status_code == 302
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def test_the_whole_way_over_amazons_page(web, amazon, application, alice, run_job, last_event, public):
    account = amazon.account("eu")
    form = {"name": "Europe", "region": "eu", "application": str(public.uid), "way": "consent", "declared": "1"}
    answer = web.post("/t/lotus/stores/", data=form)
    store = Store.get()
    assert answer.status_code == 303 and f"/stores/{store.uid}/consent" in answer.location and store.state == "new"
    address = web.get(answer.location).location
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{amazon.url}/apps/authorize/consent?") and query["application_id"] == [APPLICATION_ID]
    assert query["redirect_uri"] == ["http://127.0.0.1:8765/stores/consent"] and len(query["state"][0]) >= 40
    back = confirm(address, account["seller_id"])
    landed = web.get(back)
    assert landed.status_code == 303 and landed.location == f"/t/lotus/stores/{store.uid}"
    assert (last_event().name, last_event().details) == ("store_authorized", {"how": "consent"})
    assert last_event().actor_id == alice.id
    run_job("stores.check", store.uid)
    store = store.reload()
    assert store.is_active and store.seller_id == account["seller_id"]
    assert [row.code for row in store.marketplaces] == ["DE", "ES", "FR", "IT", "UK"]
    authorization = store.authorization
    assert authorization.code is None and authorization.last4 == authorization.secrets()[2][-4:]
    assert {row["operation"] for row in amazon.requests()} >= {"getMarketplaceParticipations"}


def test_a_draft_application_asks_with_version_beta(web, declared, public):
    assert "version=" not in ask(web, declared, public)
    public.change(is_draft=True)
    assert "version=beta" in ask(web, declared, public)


def test_the_state_is_stored_as_its_hash_only(web, declared, public, portal):
    state = parse_qs(urlsplit(ask(web, declared, public)).query)["state"][0]
    assert Consent.get().state_hash != state
    assert not any(state.encode() in file.read_bytes() for file in portal.data.rglob("*") if file.is_file())


@pytest.fixture
def back(web, declared, public, amazon):
    """Where Amazon sends Alice's browser back to after she confirmed."""
    return confirm(ask(web, declared, public), amazon.account("eu")["seller_id"])


def refused(answer, store):
    assert answer.status_code == 409 and "Connect again" in answer.text
    store = store.reload()
    return store.state == "new" and store.authorization is None


def test_an_answer_works_once(web, back, declared):
    assert web.get(back).status_code == 303
    code = declared.authorization.code
    again = web.get(back)
    assert again.status_code == 409 and declared.authorization.code == code
    assert Event.select().where(Event.name == "store_authorized").count() == 1


def test_an_answer_comes_too_late_after_ten_minutes(web, back, declared, clock):
    clock.move(minutes=10, seconds=1)
    assert refused(web.get(back), declared)


def test_another_person_cannot_bring_the_answer(as_, bob, charlie, olga, back, declared, visitor):
    for person in (bob, charlie, olga):
        assert refused(as_(person).get(back), declared)
    stranger = visitor.get(back)
    assert stranger.status_code == 303 and "/sign-in" in stranger.location
    assert declared.reload().authorization is None


def test_another_session_of_the_same_person_cannot_bring_the_answer(app, alice, back, declared):
    from models.people.session import Session

    other = app.test_client()
    other.set_cookie("sid", Session.open(alice, address="127.0.0.1", device="another")[1])
    assert refused(other.get(back), declared)


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "A" * 5000, "%00", "' OR 1=1 --"])
def test_an_invented_state_is_refused(web, declared, public, amazon, state):
    query = urlencode({"state": state, "selling_partner_id": "A1B2C3D4E5F6G7", "spapi_oauth_code": "RHx"})
    assert refused(web.get(f"/stores/consent?{query}"), declared)


def test_without_a_code_nothing_is_stored(web, back, declared):
    path, _, query = back.partition("?")
    kept = {name: values[0] for name, values in parse_qs(query).items() if name != "spapi_oauth_code"}
    assert web.get(f"{path}?{urlencode(kept)}").status_code == 409
    assert declared.reload().authorization is None


def test_a_state_is_good_for_its_own_store_only(web, declared, public, amazon, lotus):
    """The store is taken from the state, never from the address: there is nothing in the answer to swap."""
    other = Store.declare(lotus, "Other", "eu")
    account = amazon.account("eu")
    web.get(confirm(ask(web, declared, public), account["seller_id"]))
    assert declared.reload().state == "checking" and other.reload().state == "new"


def test_another_seller_than_the_stores_is_refused(web, amazon, connect, application):
    store, public = connect("eu"), application.change(kind="public", application_id=APPLICATION_ID)
    before = store.authorization.refresh_token
    stranger = amazon.tell("/accounts", region="eu", name="Stranger", client_id=CLIENT_ID)
    answer = web.get(confirm(ask(web, store, public), stranger["seller_id"]))
    assert answer.status_code == 409 and "another seller account" in answer.text
    assert store.reload().is_active and store.authorization.refresh_token == before


def test_an_odd_seller_id_in_the_answer_is_refused(web, back, declared):
    path, _, query = back.partition("?")
    given = {name: values[0] for name, values in parse_qs(query).items()} | {"selling_partner_id": "<script>alert(1)"}
    answer = web.get(f"{path}?{urlencode(given)}")
    assert answer.status_code == 409 and "<script>alert" not in answer.text
    assert declared.reload().authorization is None


def test_who_lost_the_right_meanwhile_is_refused(web, back, declared, alice, lotus):
    from models.people.role import Grant

    Grant.get(Grant.person == alice, Grant.team == lotus).take(by=None)
    answer = web.get(back)  # The change of rights ended the session, too.
    assert answer.status_code == 303 and "/sign-in" in answer.location
    assert declared.reload().authorization is None


def test_a_private_application_has_no_consent_page(web, declared, lotus):
    private = Application.save_for(
        lotus, name="Own", kind="private", client_id="amzn1.application-oa2-client.own", client_secret="x"
    )
    answer = web.get(f"/t/lotus/stores/{declared.uid}/consent?application={private.uid}")
    assert answer.status_code == 409 and "needs a public application" in answer.text


def test_an_application_out_of_reach_is_not_found(web, declared, comet):
    theirs = Application.save_for(
        comet, name="Theirs", kind="public", client_id="amzn1.application-oa2-client.x", client_secret="x",
        application_id="amzn1.sp.solution.x",
    )  # fmt: skip
    for uid in (theirs.uid, "nonsense", ""):
        assert web.get(f"/t/lotus/stores/{declared.uid}/consent?application={uid}").status_code == 404


def test_the_code_is_exchanged_once_and_its_token_outlives_a_killed_job(web, back, declared, amazon, run_job):
    """The token is kept before anything else is tried: a check that dies after the exchange goes on with it."""
    web.get(back)
    amazon.fault("html_503", "getMarketplaceParticipations", seconds=600)
    run_job("stores.check", declared.uid)
    authorization = declared.reload().authorization
    assert authorization.code is None and authorization.refresh_token is not None and declared.state == "new"
    amazon.heal()
    run_job("stores.check", declared.uid)
    assert declared.reload().is_active


def test_a_job_killed_before_the_exchange_exchanges_it_later(web, back, declared, amazon, run_job):
    web.get(back)
    amazon.fault("lwa_down", "token", seconds=600)
    run_job("stores.check", declared.uid)
    assert declared.reload().state == "checking" and declared.authorization.code is not None
    amazon.heal()
    run_job("stores.check", declared.uid)
    assert declared.reload().is_active


def test_a_code_that_was_spent_or_is_too_old_asks_for_a_new_consent(web, back, declared, amazon, run_job):
    web.get(back)
    amazon.tell("/clock", advance_seconds=301)
    run_job("stores.check", declared.uid)
    declared = declared.reload()
    assert declared.state == "refused" and "Authorize the store again" in str(declared.problem_words)


def test_the_form_may_lead_to_amazon_and_no_other_page_may(web, declared, public, amazon):
    def policy(path):
        return web.get(path).headers["Content-Security-Policy"]

    assert f"form-action 'self' {amazon.url};" in policy("/t/lotus/stores/new")
    assert "form-action 'self';" in policy("/t/lotus/stores/")
    refusal = web.post("/t/lotus/stores/", data={"name": ""})
    assert f"form-action 'self' {amazon.url};" in refusal.headers["Content-Security-Policy"]


def test_old_states_are_forgotten(web, declared, public, clock):
    ask(web, declared, public)
    clock.move(days=1, seconds=5)
    Consent.ask(declared, public, session=Consent.get().session, seller_central="https://x", redirect_uri="https://y")
    assert Consent.select().count() == 1
