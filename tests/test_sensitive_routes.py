"""Which acts ask for a fresh proof, and what a session that is not open yet may reach. A new route decides for itself: the mark
`@fresh`, or a line here that says why it needs none."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.people.session import Session
from tests.test_routes import PUBLIC, UNSAFE, Route, asked, routes_of

SENSITIVE = ("people", "stores", "exports", "compliance", "audit", "wallet")
NEEDS_NO_FRESH_PROOF = {
    "people.sign_out", "people.end_session", "people.end_other_sessions",  # Ending one's own sessions must never be hard.
    "people.stop_reset", "people.tries_seen",  # Keeps things as they are.
    "people.take_second_step", "people.take_proof", "people.passkey_question",  # They are the proof.
    "people.look_as",  # Looks, and leaves an event of it.
    "stores.check",  # Asks Amazon whether the store still answers.
    "exports.ask", "exports.link",  # Ask for it themselves where buyers' data is in it.
    "exports.refuse", "exports.delete",  # Nothing leaves.
    "wallet.ask_for_recharge",  # Moves nothing: the operator's cashier decides.
    "wallet.export_report",  # Sums that the person sees anyway; it leaves an event.
    # Move and approve nothing: they say where the money was seen.
    "wallet.take_bank_file", "wallet.read_bank_file", "wallet.look_into_bank_file", "wallet.apply_bank_file", "wallet.look_for_matches",
    "wallet.match_line", "wallet.undo_match", "wallet.set_line_aside", "wallet.take_line_back",
    "wallet.withdraw_recharge",  # Moves nothing, and only before somebody decided.
    "wallet.ask_for_statement",  # Moves nothing, and shows what the person sees anyway.
}  # fmt: skip
# What a session that only gave the password answers to: the steps that are missing, and the way out.
FOR_HALF_OPEN = {
    "people.second_step", "people.take_second_step", "people.passkey_question", "people.first_factor", "people.new_app",
    "people.add_app", "people.new_passkey", "people.new_passkey_question", "people.add_passkey", "people.sign_out",
}  # fmt: skip


@pytest.fixture
def routes(app) -> list[Route]:
    return routes_of(app)


def is_fresh(app, route: Route) -> bool:
    return bool(getattr(app.view_functions.get(route.endpoint), "is_fresh", False))


def test_every_sensitive_act_asks_for_a_fresh_proof_or_says_why_not(app, routes):
    """Write @fresh beside the access mark, or name the route above."""
    acts = {one.endpoint: is_fresh(app, one) for one in routes if one.methods & UNSAFE and one.access != "public"}
    mine = {name: marked for name, marked in acts.items() if name.partition(".")[0] in SENSITIVE}
    assert {name for name, marked in mine.items() if not marked} == NEEDS_NO_FRESH_PROOF
    assert len(mine) > 45


def test_an_old_proof_does_nothing_at_any_of_them(app, routes, as_, olga, harbor):
    """However the request comes: as a form, from a script of the page, with the old answer repeated."""
    browser = as_(olga)
    Session.update(proved_at=None).execute()
    before, seen = Event.select().count(), 0
    for route, method in asked(routes):
        if is_fresh(app, route):
            for fragment in (False, True):
                answer = browser.open(route.address("harbor"), method=method, fragment=fragment)
                asks = answer.status_code == 401 or "/prove" in answer.headers.get("Location", "")
                assert asks, f"{method} {route.rule}: {answer.status_code}"
                seen += 1
    assert seen > 90 and Event.select().count() == before


@pytest.mark.parametrize("stage", ["half", "enrolling"])
def test_a_session_that_is_not_open_yet_reaches_the_missing_step_and_nothing_else(app, routes, alice, lotus, stage):
    """Every route, by every method and by HEAD: all others send it back to the step that is missing, and tell nothing."""
    _session, token = Session.open(alice, address="127.0.0.1", device="a test", stage=stage)
    browser = app.test_client()
    browser.set_cookie("sid", token)
    back = "/second-factor" if stage == "half" else "/factors/first"
    for route, method in asked(routes):
        if route.endpoint not in PUBLIC | FOR_HALF_OPEN:
            for way in (method, "HEAD") if method == "GET" else (method,):
                answer = browser.open(route.address("lotus"), method=way)
                told = (answer.status_code, answer.headers.get("Location", "").partition("?")[0])
                assert told == (303, back), f"{way} {route.rule}"
