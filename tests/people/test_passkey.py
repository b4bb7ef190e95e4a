"""Passkeys with Chromium's own virtual authenticator, and the walk of a newcomer to the first page."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from models.database import close_databases, connected
from models.people import factors
from models.people.authenticator import Authenticator
from models.people.employees import invite
from models.people.passkey import Passkey, Site, register, take_passkey
from models.people.session import Session
from models.support.errors import FieldRefused
from tests.browser.conftest import ended
from tests.browser.test_screen import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def door(app: Any, lotus: Any) -> Iterator[str]:
    """The portal served for real, wanting a second factor of everybody."""
    factors.use_mode("required")
    server = make_server("127.0.0.1", 0, ended(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    close_databases()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    factors.use_mode("offered")


@pytest.fixture
def page(chromium: Browser, door: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=door, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def plug_in(page: Page, *, verifies: bool = True) -> tuple[Any, str]:
    """A virtual authenticator that says yes by itself. Returns the connection and its id."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": verifies,
        "isUserVerified": verifies, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return tools, tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("button.button-primary")


def told(verb: Any) -> Any:
    with connected():
        found = verb()
    close_databases()
    return found


def test_a_newcomer_is_on_the_first_page_in_well_under_two_minutes(page, door, lotus, alice):
    """Invitation, password, app, recovery codes, first page: three forms and one click."""
    token = told(lambda: invite(lotus, "dora.ox", "Dora Ox", role="lister", by=alice)[1])
    began = time.monotonic()
    page.goto(f"/welcome/{token}")
    for name in ("password", "again"):
        page.fill(f"[name={name}]", "Marble-Kite-Harvest-91")
    page.click("main form button.button-primary")
    expect(page.locator("img.qr")).to_be_visible()
    secret = page.locator("details .mono, details code, details bdi").first.text_content()
    page.fill("[name=code]", pyotp.TOTP(secret.strip()).now())
    page.click("main form button.button-primary")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/t/lotus/"), page.url
    assert time.monotonic() - began < 60


def test_every_page_of_the_second_factor_is_whole_and_axe_finds_nothing(page, password, alice):
    found: list[str] = []
    sign_in(page, "alice", password)
    found += looked_at(page, "the app")
    maker = pyotp.TOTP(told(lambda: Authenticator.get().clear_secret))
    page.goto("/factors/passkey")
    found += looked_at(page, "the passkey")
    page.goto("/factors/app")
    page.fill("[name=code]", maker.now())
    page.click("main form button.button-primary")
    expect(page.locator(".codes li")).to_have_count(10)
    found += looked_at(page, "the codes")
    for path in ("/factors/", "/sessions/", "/t/lotus/people/factor-resets/"):
        page.goto(path)
        found += looked_at(page, path)
    page.context.clear_cookies()
    sign_in(page, "alice", password)
    page.wait_for_url("**/second-factor")
    found += looked_at(page, "the second step")
    assert found == []


def test_a_passkey_is_set_up_and_opens_the_second_step_and_the_question(page, password, alice, clock):
    plug_in(page)
    sign_in(page, "alice", password)
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Set up a passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/t/lotus/")
    made = told(lambda: list(Passkey.select()))
    assert len(made) == 1 and made[0].is_verifying
    page.context.clear_cookies()
    sign_in(page, "alice", password)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/t/lotus/")
    assert told(lambda: Passkey.get().sign_count) > made[0].sign_count
    assert told(lambda: Session.select().order_by(Session.id.desc()).get().proved_by) == "passkey"
    clock.move(minutes=6)
    page.goto("/factors/app")
    expect(page.locator("h1")).to_have_text("Prove that it is you")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/factors/app")


def test_a_copied_passkey_that_counts_backwards_is_refused(page, password, alice):
    plug_in(page)
    sign_in(page, "alice", password)
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    told(lambda: Passkey.update(sign_count=1000).execute())
    page.context.clear_cookies()
    sign_in(page, "alice", password)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_text("That is not right, or the account is locked")).to_be_visible()
    assert told(lambda: Passkey.get().sign_count) == 1000


def test_a_browser_without_passkeys_says_so(chromium, door, password, alice):
    context = chromium.new_context(base_url=door, reduced_motion="reduce")
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    sign_in(page, "alice", password)
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.get_by_text("This browser has no passkeys")).to_be_visible()
    context.close()


def test_the_dialog_over_a_form_keeps_what_was_typed_and_goes_on_by_itself(page, password, alice, clock):
    """A form that htmx sends is refused without a proof; the question opens over it, then it goes on."""
    told(lambda: Authenticator.offered_to(alice).change(confirmed_at=clock.now(), name="x"))
    maker = pyotp.TOTP(told(lambda: Authenticator.get().clear_secret))
    sign_in(page, "alice", password)
    page.fill("[name=code]", maker.now())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/t/lotus/")
    clock.move(minutes=6)
    page.goto("/factors/")
    page.evaluate("""() => {
      const form = document.querySelector('form[action="/factors/recovery-codes"]');
      form.setAttribute('hx-post', form.action); form.setAttribute('hx-target', 'body'); htmx.process(form);
    }""")
    page.locator("button[popovertarget=new-codes]").first.click()
    page.locator("#new-codes button[type=submit], #new-codes .actions button").first.click()
    expect(page.locator("#prove h2")).to_have_text("Prove that it is you")
    page.fill("#prove [name=code]", maker.at(clock.now().replace(tzinfo=UTC)))
    page.locator("#prove").get_by_role("button", name="Go on").click()
    expect(page.locator(".codes li")).to_have_count(10)


# Without a browser


HERE = Site("localhost", "http://localhost", "Portolan")


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x", '{"id": 7}', json.dumps({"id": "a", "rawId": "a", "type": "public-key"}), "x" * 30_000])  # fmt: skip
def test_nonsense_is_no_passkey(alice, answer):
    session, _token = Session.open(alice, address="127.0.0.1", device="x")
    session.change(challenge="AAAA", challenge_until=session.created_at.replace(year=2099))
    assert not take_passkey(session, HERE, answer, must_verify=False)
    session.change(challenge="AAAA")
    with pytest.raises(FieldRefused):
        register(session, HERE, answer, "x", must_verify=False)


def test_at_a_bare_address_no_passkey_is_offered(as_, alice):
    browser = as_(alice)
    browser.set_cookie("sid", browser.get_cookie("sid").value, domain="127.0.0.1")
    page = browser.get("/factors/passkey", base_url="http://127.0.0.1:8765")
    assert "Browsers keep passkeys only for a portal that has a name" in page.text
