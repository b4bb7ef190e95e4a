"""Leaving: everything ends at the very instant, whether or not a job runs, and work that is open passes to colleagues."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from models.exports import handing_over as _exports  # noqa: F401 (each says what of its room passes on)
from models.imports import handing_over as _imports  # noqa: F401
from models.lists import handing_over as _lists  # noqa: F401
from models.lists.saved_view import SavedView
from models.orders.listing import ORDERS
from models.people.employees import invite
from models.people.handover import hand_over, shares_of
from models.people.invitation import Invitation, LinkSpent
from models.people.leaving import leave, moment_of, see_off
from models.people.reach import Reach
from models.people.session import Session, SignInRefused, sign_in
from models.support import clock as the_clock
from models.support.errors import FieldRefused, Refused
from tests.conftest import PASSWORD

NOON = datetime(2026, 12, 1, 12, 0)


@pytest.fixture
def leaver(alice, bob, lotus, clock):
    """Bob, who leaves in an hour."""
    clock.move(to=NOON)
    leave(bob, NOON + timedelta(hours=1), by=alice, team=lotus)
    return bob


def open_for(person) -> str:
    return Session.open(person, address="127.0.0.1", device="x")[1]


def test_everything_ends_at_the_instant_without_any_job(leaver, as_, clock):
    browser, token, link = as_(leaver), open_for(leaver), Invitation.make(leaver, "reset")
    clock.move(to=NOON + timedelta(minutes=59, seconds=59, microseconds=999_999))
    assert Session.of_token(token) and browser.get("/t/lotus/catalog/products/").status_code == 200
    clock.move(to=NOON + timedelta(hours=1))
    assert Session.of_token(token) is None
    assert browser.get("/t/lotus/catalog/products/").status_code == 303
    with pytest.raises(LinkSpent):
        Invitation.of_token(link)
    with pytest.raises(SignInRefused):
        sign_in("bob", PASSWORD, address="127.0.0.1", network="127.0.0.1/32", device="x")


def test_the_job_closes_the_account_once_and_says_so(leaver, clock, last_event):
    assert see_off() == 0
    clock.move(hours=2)
    assert see_off() == 1
    assert (leaver.reload().state, last_event().name) == ("suspended", "person_left")
    assert see_off() == 0


def test_it_is_changed_and_withdrawn_before_and_not_after(leaver, alice, lotus, clock, last_event):
    leave(leaver, NOON + timedelta(days=1), by=alice, team=lotus)
    clock.move(hours=2)
    assert leaver.reload().is_active
    leave(leaver, None, by=alice, team=lotus)
    assert last_event().name == "leaving_withdrawn"
    leave(leaver, clock.now() + timedelta(minutes=1), by=alice, team=lotus)
    clock.move(minutes=2)
    with pytest.raises(Refused, match="no access any more"):
        leave(leaver, None, by=alice, team=lotus)


def test_a_moment_that_is_past_is_refused(bob, alice, lotus, clock):
    with pytest.raises(FieldRefused, match="past"):
        leave(bob, clock.now() - timedelta(seconds=1), by=alice, team=lotus)


def test_whoever_left_comes_back_only_when_restored(leaver, alice, lotus, clock):
    clock.move(hours=2)
    see_off()
    leaver.reload().restore(by=alice, team=lotus)
    back = leaver.reload()
    assert back.is_active and back.leaves_at is None
    assert sign_in("bob", PASSWORD, address="127.0.0.1", network="127.0.0.1/32", device="x")


def test_a_moment_stands_on_the_teams_clock():
    assert moment_of(date(2026, 7, 1), time(18), "Europe/Berlin") == datetime(2026, 7, 1, 16)
    assert moment_of(date(2026, 12, 1), time(18), "Asia/Shanghai") == datetime(2026, 12, 1, 10)
    assert moment_of(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == datetime(2026, 3, 29, 1, 30), "skipped hour"


def test_the_page_takes_day_and_time_of_the_team(as_, alice, bob, lotus, clock):
    clock.move(to=NOON)
    lotus.change(timezone="Europe/Berlin")
    page = f"/t/lotus/people/{bob.uid}/leaving"
    assert as_(alice).post(page, data={"day": "2026-12-05", "time": "18:00"}).status_code == 303
    assert bob.reload().leaves_at == datetime(2026, 12, 5, 17)
    assert "Leaving" in as_(alice).get("/t/lotus/people/?state=leaving").text
    for bad in ({"day": "2020-01-01", "time": "10:00"}, {"day": "soon"}, {"day": "2026-12-05", "time": "late"}):
        assert as_(alice).post(page, data=bad).status_code == 422
    assert as_(alice).post(page, data={"day": ""}).status_code == 303
    assert bob.reload().leaves_at is None


# Handing over


@pytest.fixture
def shared(bob, lotus):
    """A view that Bob shares with the team, and one of his own."""
    from models.people.role import Grant, Role

    Grant.give(bob, lotus, Role.built_in("support"))
    reach = Reach.of(bob, lotus)
    view = SavedView.save_as(reach, ORDERS, "Late ones", "waiting=late")
    view.share(reach, True)
    SavedView.save_as(reach, ORDERS, "My own", "waiting=today")
    return view


def test_open_work_passes_to_whoever_may_go_on_with_it(shared, alice, bob, lotus, last_event):
    person, token = invite(lotus, "wu.tong", "Wu Tong", role="advertiser")
    Invitation.of_token(token).use(PASSWORD)
    (share,) = shares_of(lotus, bob)
    assert (share.kind.key, share.first, [one.login for one in share.takers]) == ("views", ["Late ones"], ["alice"])
    with pytest.raises(FieldRefused, match="cannot go on"):
        hand_over(lotus, bob, {"views": str(person.uid)}, by=alice)
    assert hand_over(lotus, bob, {"views": str(alice.uid)}, by=alice) == 1
    assert shared.reload().person == alice
    assert (last_event().name, last_event().details["to"]) == ("work_handed_over", "alice")
    assert SavedView.select().where(SavedView.person == bob).count() == 1, "one's own views stay"


def test_the_page_shows_what_would_pass_and_passes_it(shared, as_, alice, bob, lotus):
    page = f"/t/lotus/people/{bob.uid}/handover"
    assert "Late ones" in as_(alice).get(page).text
    assert "Hand it over" in as_(alice).get(f"/t/lotus/people/{bob.uid}").text
    assert as_(alice).post(page, data={"to-views": "nobody"}).status_code == 422
    assert as_(alice).post(page, data={}).status_code == 303
    assert shared.reload().person == bob
    as_(alice).post(page, data={"to-views": str(alice.uid)})
    assert shared.reload().person == alice
    assert "No open work" in as_(alice).get(page).text


def test_a_leaver_takes_nothing_over(shared, alice, bob, lotus):
    the_clock.move(to=NOON)
    leave(alice, NOON + timedelta(days=2), by=None, team=lotus)
    assert shares_of(lotus, bob)[0].takers == []
