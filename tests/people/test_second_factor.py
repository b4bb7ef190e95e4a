"""The second factor: nothing opens without it, a code opens once, a half-open session reaches nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta

import pyotp
import pytest

from models.audit.event import Event
from models.people import factors, lockout, recovery
from models.people.authenticator import Authenticator, take_code
from models.people.factor_reset import DELAY, FactorReset
from models.people.person import Person
from models.people.recovery import make_codes, take_recovery_code
from models.people.session import Session, sign_in
from models.support.errors import FieldRefused, Refused

HOME = "/t/lotus/"


@pytest.fixture
def required(portal):
    """The portal wants a second factor of everybody, as in production."""
    factors.use_mode("required")
    yield
    factors.use_mode("offered")


@pytest.fixture
def strict(portal):
    factors.use_mode("strict")
    yield
    factors.use_mode("offered")


def enrol(person: Person) -> tuple[Authenticator, pyotp.TOTP]:
    """An app that works, set up a while ago."""
    offered = Authenticator.offered_to(person)
    maker = pyotp.TOTP(offered.clear_secret)
    offered.change(confirmed_at=offered.created_at, name="Telephone")
    return offered, maker


def code_of(maker: pyotp.TOTP, clock) -> str:
    return maker.at(clock.now().replace(tzinfo=UTC))


def give_password(visitor, login: str, password: str):
    return visitor.post("/sign-in", data={"login": login, "password": password})


def give_code(visitor, code: str, **more):
    return visitor.post("/second-factor", data={"code": code, **more})


# The code


@pytest.mark.both
def test_of_twenty_who_use_a_code_at_once_one_gets_in(alice, clock, in_parallel):
    _app, maker = enrol(alice)
    code = code_of(maker, clock)
    outcomes = in_parallel(20, lambda: take_code(alice, code))
    assert outcomes.errors == [] and sorted(outcomes.results) == [False] * 19 + [True]


def test_a_code_works_one_step_early_or_late_and_never_again(alice, clock):
    clock.move(to=clock.now().replace(second=10))
    _app, maker = enrol(alice)
    code = code_of(maker, clock)
    clock.move(seconds=30)
    assert take_code(alice, f"{code[:3]} {code[3:]}"), "a step late, typed as it is shown"
    assert not take_code(alice, code)
    clock.move(seconds=120)
    late = code_of(maker, clock)
    clock.move(seconds=180)
    assert not take_code(alice, late), "two steps late"


def test_an_older_code_is_worth_nothing_after_a_newer_one(alice, clock):
    _app, maker = enrol(alice)
    older = code_of(maker, clock)
    clock.move(seconds=30)
    assert take_code(alice, code_of(maker, clock)) and not take_code(alice, older)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-1", "\0", "0" * 500])
def test_nonsense_is_no_code(alice, typed):
    enrol(alice)
    assert not take_code(alice, typed)


def test_the_secret_is_sealed_under_the_persons_own_key(alice, bob):
    from models.vault import data_key

    app, maker = enrol(alice)
    row = Authenticator.select().where(Authenticator.id == app.id).dicts().get()
    assert maker.secret.encode() not in bytes(row["secret"])
    moved = Authenticator.offered_to(bob)
    moved.secret = row["secret"]
    with pytest.raises(RuntimeError):
        moved.unseal("secret")
    assert data_key.destroy([f"person:{alice.uid}"]) == 1


# The walk of a newcomer


def test_a_newcomer_sets_up_an_app_before_the_first_page(required, visitor, alice, password, clock):
    assert give_password(visitor, "alice", password).headers["Location"] == "/factors/first"
    for path in (HOME, "/preferences", "/sessions/", "/factors/"):
        assert visitor.get(path).headers["Location"].startswith("/factors/first"), path
    page = visitor.get(visitor.get("/factors/first").headers["Location"]).text
    maker = pyotp.TOTP(Authenticator.get().clear_secret)
    assert maker.secret in page and "data:image/svg+xml" in page
    assert visitor.post("/factors/app", data={"code": "000000"}).status_code == 422
    before = visitor.get_cookie("sid").value
    shown = visitor.post("/factors/app", data={"code": code_of(maker, clock)})
    codes = re.findall(r"<code>([A-Z2-7-]{29})</code>", shown.text)
    assert shown.status_code == 201 and len(set(codes)) == 10
    assert visitor.get_cookie("sid").value != before and Session.of_token(before) is None
    assert visitor.get(HOME).status_code == 200


def test_reloading_the_page_keeps_the_same_secret(required, visitor, alice, password):
    give_password(visitor, "alice", password)
    assert visitor.get("/factors/app").text == visitor.get("/factors/app").text


def test_who_has_an_app_is_asked_for_its_code(required, visitor, alice, password, clock, last_event):
    _app, maker = enrol(alice)
    assert give_password(visitor, "alice", password).headers["Location"] == "/second-factor"
    half = visitor.get_cookie("sid").value
    for path in (HOME, "/preferences", "/factors/", "/prove", "/sessions/", "/factors/app", "/factors/passkey"):
        assert visitor.get(path).headers["Location"].startswith("/second-factor"), path
    assert visitor.post("/factors/recovery-codes").status_code == 303
    answer = give_code(visitor, code_of(maker, clock))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert visitor.get_cookie("sid").value != half and Session.of_token(half) is None
    assert visitor.get(HOME).status_code == 200


def test_a_half_open_session_is_nobody(required, visitor, alice, password):
    """It may not even change preferences of the account, nor is it seen among the sign-ins."""
    enrol(alice)
    give_password(visitor, "alice", password)
    assert visitor.get("/sign-in").status_code == 200
    visitor.post("/preferences", data={"theme": "dark"})
    assert alice.reload().theme == "system"
    assert not Event.select().where(Event.name == "person_signed_in").exists()
    assert "dev" not in {cookie.key for cookie in visitor._cookies.values()}


def test_beginning_again_ends_the_half_open_session_before(required, visitor, alice, password):
    enrol(alice)
    give_password(visitor, "alice", password)
    first = visitor.get_cookie("sid").value
    lockout.forgive(alice)
    give_password(visitor, "alice", password)
    assert Session.of_token(first) is None
    assert not Event.select().where(Event.name == "person_signed_out").exists(), "nobody had signed in"


def test_signing_out_of_a_half_open_session_leaves_nothing(required, visitor, alice, password):
    enrol(alice)
    give_password(visitor, "alice", password)
    token = visitor.get_cookie("sid").value
    assert visitor.post("/sign-out").headers["Location"] == "/sign-in"
    assert Session.of_token(token) is None


def test_the_way_leads_where_the_person_wanted_to_go(required, visitor, alice, password, clock):
    _app, maker = enrol(alice)
    answer = visitor.post("/sign-in", data={"login": "alice", "password": password, "next": "/t/lotus/people/"})
    assert answer.headers["Location"] == "/second-factor?next=/t/lotus/people/"
    assert give_code(visitor, code_of(maker, clock), next="/t/lotus/people/").headers["Location"] == "/t/lotus/people/"


def test_five_wrong_codes_end_the_sign_in_and_ten_lock_the_account(required, visitor, alice, password, clock):
    enrol(alice)
    for turn in range(2):
        give_password(visitor, "alice", password)
        for _ in range(5):
            answer = give_code(visitor, "000000")
            clock.move(seconds=31)
        assert answer.headers["Location"] == "/sign-in", turn
        assert visitor.get("/second-factor").headers["Location"].startswith("/sign-in")
    assert lockout.state_of(alice).is_locked
    assert give_password(visitor, "alice", password).status_code == 422


def test_behind_a_closed_bucket_the_right_code_is_not_used_up(required, visitor, alice, password, clock):
    _app, maker = enrol(alice)
    give_password(visitor, "alice", password)
    lockout.Bucket.update(locked_until=clock.now().replace(year=2099)).where(lockout.Bucket.kind == "account").execute()
    code = code_of(maker, clock)
    assert give_code(visitor, code).status_code == 422
    assert take_code(alice, code)


def test_a_half_open_session_ends_by_itself(required, visitor, alice, password, clock):
    _app, maker = enrol(alice)
    give_password(visitor, "alice", password)
    clock.move(minutes=15)
    assert give_code(visitor, code_of(maker, clock)).headers["Location"].startswith("/sign-in")


def test_who_knows_only_the_password_ends_no_session_of_the_person(required, alice, password):
    _session, token = Session.open(alice, address="127.0.0.1", device="x", proved_by="code")
    enrol(alice)
    for _ in range(7):
        lockout.forgive(alice)
        sign_in("alice", password, address="127.0.0.1", network="127.0.0.1", device="x")
    assert Session.of_token(token) is not None


def test_a_reset_password_does_not_skip_the_second_step(required, visitor, alice):
    from models.people.invitation import Invitation

    enrol(alice)
    token = Invitation.make(alice, "reset")
    fresh = "Marble-Kite-Harvest-91"
    answer = visitor.post(f"/welcome/{token}", data={"password": fresh, "again": fresh})
    assert answer.headers["Location"] == "/second-factor"
    assert visitor.get(HOME).status_code == 303


def test_a_portal_that_begins_to_want_one_asks_in_sessions_that_are_open(as_, alice):
    browser = as_(alice)
    assert browser.get(HOME).status_code == 200
    factors.use_mode("required")
    try:
        assert browser.get(HOME).headers["Location"].startswith("/factors/first")
    finally:
        factors.use_mode("offered")


def test_where_it_is_only_offered_the_password_is_enough(visitor, alice, password):
    assert give_password(visitor, "alice", password).headers["Location"] == "/"
    enrol(alice)
    assert give_password(visitor, "alice", password).headers["Location"] == "/second-factor"


def test_production_does_not_start_where_it_is_only_offered(portal):
    from config.settings import contradictions

    assert any("second_factor" in one for one in contradictions(replace(portal, mode="production")))
    assert not any(
        "second_factor" in one for one in contradictions(replace(portal, mode="production", second_factor="strict"))
    )


def test_strict_takes_no_code_of_who_has_a_passkey_that_verifies(strict, visitor, alice, password, clock):
    from models.people.passkey import Passkey

    _app, maker = enrol(alice)
    Passkey.create(person=alice, name="Stick", credential_id="AAAA", public_key=b"x", is_verifying=True)
    code = make_codes(alice)[0]
    give_password(visitor, "alice", password)
    assert give_code(visitor, code_of(maker, clock)).status_code == 422
    assert give_code(visitor, code).headers["Location"] == "/", "but a code on paper, which is for losing everything"


def test_strict_wants_a_passkey_of_those_who_manage_and_an_app_of_others(strict, alice, bob, password):
    for person in (alice, bob):
        enrol(person)
    assert (factors.lacks(alice), factors.lacks(bob)) == ("passkey", "")
    assert factors.takes_codes(alice), "a code opens the way to setting one up"


# Recovery codes


@pytest.mark.both
def test_a_recovery_code_works_once_however_many_try(alice, in_parallel):
    code = make_codes(alice)[0]
    outcomes = in_parallel(8, lambda: take_recovery_code(alice, code.lower().replace("-", " ")))
    assert sorted(outcomes.results) == [False] * 7 + [True]
    assert recovery.codes_left(alice) == 9


def test_new_codes_replace_all_and_belong_to_one_person(alice, bob):
    old, others = make_codes(alice)[0], make_codes(bob)[0]
    make_codes(alice)
    assert not take_recovery_code(alice, old) and not take_recovery_code(alice, others)
    assert take_recovery_code(bob, others)


def test_a_recovery_code_opens_the_second_step(required, visitor, alice, password, last_event):
    enrol(alice)
    code = make_codes(alice)[3]
    give_password(visitor, "alice", password)
    assert give_code(visitor, code).headers["Location"] == "/"
    assert "9 recovery codes left" not in visitor.get(HOME).text
    for one in make_codes(alice)[:7]:
        take_recovery_code(alice, one)
    assert "You have 3 recovery codes left" in visitor.get(HOME).text


def test_no_code_is_stored_as_it_is(alice):
    code = make_codes(alice)[0].replace("-", "")
    assert code not in str(list(recovery.RecoveryCode.select().dicts()))


# Adding, removing


def test_adding_one_ends_every_other_session(as_, alice, clock):
    browser = as_(alice)
    _other, token = Session.open(alice, address="127.0.0.1", device="x")
    browser.get("/factors/app")
    maker = pyotp.TOTP(Authenticator.get().clear_secret)
    assert browser.post("/factors/app", data={"code": code_of(maker, clock), "name": "Mine"}).status_code == 201
    assert Session.of_token(token) is None and browser.get("/factors/").status_code == 200
    assert "Mine" in browser.get("/factors/").text


def test_the_last_one_stays_while_one_is_wanted(required, app, alice, as_, last_event):
    first, _maker = enrol(alice)
    session, token = Session.open(alice, address="127.0.0.1", device="x", proved_by="code")
    browser = app.test_client()
    browser.session = session
    browser.set_cookie("sid", token)
    assert browser.post(f"/factors/{first.uid}/removal").status_code == 409
    second, _maker = enrol(alice)
    assert browser.post(f"/factors/{second.uid}/removal").status_code == 303
    assert last_event().name == "factor_removed"
    assert browser.get("/factors/").status_code == 200


def test_nobody_removes_anothers(as_, alice, bob):
    theirs, _maker = enrol(bob)
    assert as_(alice).post(f"/factors/{theirs.uid}/removal").status_code == 404
    assert factors.has_factor(bob)


def test_hostile_names_are_shown_as_they_are(as_, alice):
    app, _maker = enrol(alice)
    app.change(name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in as_(alice).get("/factors/").text


# Lost


@pytest.fixture
def olivia(lotus, alice):
    """A second boss of lotus."""
    from models.people.invitation import Invitation
    from models.people.role import Grant, Role

    person = Person.invite("olivia.ray", "Olivia Ray")
    Grant.give(person, lotus, Role.built_in("boss"))
    Invitation.of_token(Invitation.make(person, "invite")).use("Copper-Kettle-27")
    return person.reload()


def test_two_people_and_a_day_reset_what_was_lost(required, alice, bob, olivia, lotus, clock, last_event):
    enrol(bob)
    _session, token = Session.open(bob, address="127.0.0.1", device="x", proved_by="code")
    asked = FactorReset.ask(bob, lotus, "Telephone fell into the harbour", by=alice)
    with pytest.raises(Refused):
        asked.approve(by=alice)
    with pytest.raises(Refused):
        asked.approve(by=bob)
    asked.approve(by=olivia)
    clock.move(hours=23, minutes=59)
    assert FactorReset.carry_out_due() == 0 and factors.has_factor(bob)
    clock.move(to=clock.now() + DELAY - timedelta(hours=23, minutes=58))
    assert FactorReset.carry_out_due() == 1 and FactorReset.carry_out_due() == 0
    assert not factors.has_factor(bob) and Session.of_token(token) is None
    assert last_event().name == "factors_reset"


def test_the_person_sees_it_on_every_page_and_stops_it(as_, alice, bob, olivia, lotus):
    enrol(bob)
    asked = FactorReset.ask(bob, lotus, "Somebody called and said so", by=alice)
    assert "Somebody asked to reset your second factor" in as_(bob).get(HOME).text
    assert as_(alice).post(f"/factors/resets/{asked.uid}/stop").status_code == 404
    assert as_(bob).post(f"/factors/resets/{asked.uid}/stop").status_code == 303
    with pytest.raises(Refused):
        asked.reload().approve(by=olivia)
    assert factors.has_factor(bob)


def test_the_pages_ask_and_approve_and_strangers_see_nothing(as_, alice, bob, olivia, charlie, lotus):
    enrol(bob)
    address = f"/t/lotus/people/{bob.uid}/factor-reset"
    assert as_(alice).get(address).status_code == 200
    assert as_(alice).post(address, data={"reason": "short"}).status_code == 422
    assert as_(alice).post(address, data={"reason": "Met face to face"}).status_code == 303
    reset = FactorReset.get()
    for person, code in ((charlie, 404), (bob, 403), (alice, 409)):
        assert as_(person).post(f"/t/lotus/people/factor-resets/{reset.uid}/approval").status_code == code
    assert "Met face to face" in as_(olivia).get("/t/lotus/people/factor-resets/").text
    assert as_(olivia).post(f"/t/lotus/people/factor-resets/{reset.uid}/approval").status_code == 303
    assert not factors.has_factor(bob), "where it is only offered there is no delay"


def test_two_approvals_at_once_count_once(required, alice, bob, olivia, lotus, in_parallel):
    enrol(bob)
    asked = FactorReset.ask(bob, lotus, "Telephone fell into the harbour", by=alice)
    outcomes = in_parallel(4, lambda: FactorReset.get_by_id(asked.id).approve(by=olivia))
    assert len(outcomes.results) == 1


def test_a_reason_of_two_letters_is_none(alice, bob, lotus):
    enrol(bob)
    with pytest.raises(FieldRefused):
        FactorReset.ask(bob, lotus, "  ok ", by=alice)


# What a second one who knows the password tries


def test_two_browsers_are_never_shown_the_same_secret(required, app, alice, password):
    """Whoever knows a newcomer's password would else read along, and have the codes for good."""
    secrets = []
    for browser in (app.test_client(), app.test_client()):
        give_password(browser, "alice", password)
        page = browser.get("/factors/app").text
        assert page == browser.get("/factors/app").text or "secret" not in page
        secrets.append(re.search(r"[A-Z2-7]{32}", page.replace(" ", ""))[0])
    assert secrets[0] != secrets[1]


def test_the_app_that_was_confirmed_is_the_only_one_left(alice, clock):
    mine, theirs = Authenticator.offered_to(alice, "mine"), Authenticator.offered_to(alice, "theirs")
    mine.confirm(code_of(pyotp.TOTP(mine.clear_secret), clock), "Telephone")
    assert [one.id for one in Authenticator.select()] == [mine.id] and theirs.id != mine.id


def test_after_a_lock_ran_out_the_way_through_both_steps_is_open(required, visitor, alice, password, clock):
    _app, maker = enrol(alice)
    for _ in range(10):
        clock.move(seconds=31)
        assert give_password(visitor, "alice", "Wrong-Kettle-27").status_code == 422
    clock.move(minutes=31)
    assert give_password(visitor, "alice", password).status_code == 303
    assert give_code(visitor, code_of(maker, clock)).headers["Location"] == "/"
