"""A team's own roles: made, copied, changed and removed, and never a way to more than one holds."""

from __future__ import annotations

import pytest

from models.people import own_role
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.permissions import OPERATOR_ONLY, PERMISSIONS
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.people.session import Session
from models.support.errors import FieldRefused, Refused
from tests.conftest import PASSWORD


@pytest.fixture
def reach(alice, lotus):
    return Reach.of(alice, lotus)


@pytest.fixture
def desk(reach):
    """A role of lotus that nobody has."""
    return own_role.make(reach, "Order desk", ["orders.view", "stores.view"])


def test_a_team_makes_a_role_of_its_own(desk, lotus, comet, charlie, last_event):
    assert desk.permissions == {"orders.view", "stores.view"}
    assert desk in Role.offered_to(lotus) and desk not in Role.offered_to(comet)
    assert last_event().name == "role_made"
    with pytest.raises(Refused, match="another team"):
        Grant.give(charlie, comet, desk)


@pytest.mark.parametrize("name", ["", "  ", "Boss", "boss", "ORDER DESK", "x" * 61])
def test_a_name_is_there_once(desk, reach, name):
    with pytest.raises(FieldRefused):
        own_role.make(reach, name, ["orders.view"])


def test_rights_of_the_operator_are_in_no_sellers_role(reach, olga, harbor):
    for permission in OPERATOR_ONLY:
        with pytest.raises(FieldRefused):
            own_role.make(reach, "Other", ["orders.view", permission])
    for wrong in ([], ["orders.fly"]):
        with pytest.raises(FieldRefused):
            own_role.make(reach, "Other", wrong)
    assert own_role.make(Reach.of(olga, harbor), "Night shift", ["jobs.view"])


def test_nobody_makes_or_changes_a_role_into_more_than_they_hold(reach, desk, lotus):
    few = own_role.make(reach, "Few", ["people.view", "people.manage", "orders.view", "stores.view"])
    person, token = invite(lotus, "hana", "Hana Maar", role=few.key)
    Invitation.of_token(token).use(PASSWORD)
    hers = Reach.of(person, lotus)
    with pytest.raises(FieldRefused, match="You lack"):
        own_role.make(hers, "More", ["pii.reveal"])
    with pytest.raises(FieldRefused, match="You lack"):
        own_role.change(hers, desk, "Order desk", ["orders.view", "pii.reveal"], 60)
    with pytest.raises(Refused, match="yourself"):
        own_role.change(hers, few, "Few", ["people.view"], 60)


def test_a_built_in_role_is_copied_and_never_changed(reach):
    boss = Role.built_in("boss")
    with pytest.raises(Refused, match="built-in"):
        own_role.change(reach, boss, "Boss", ["people.view"], 60)
    with pytest.raises(Refused, match="built-in"):
        own_role.remove(reach, boss)


def test_a_change_ends_the_sessions_of_those_who_have_it(desk, reach, bob, lotus):
    Grant.give(bob, lotus, desk)
    _session, token = Session.open(bob.reload(), address="127.0.0.1", device="x")
    own_role.change(reach, desk, "Desk", ["orders.view"], 30)
    assert Session.of_token(token) is None
    assert (desk.reload().name, desk.permissions, desk.idle_minutes) == ("Desk", {"orders.view"}, 30)


def test_what_weighs_is_not_slipped_into_a_role_in_use(desk, reach, bob, lotus):
    Grant.give(bob, lotus, desk)
    with pytest.raises(FieldRefused, match="takes two people"):
        own_role.change(reach, desk, "Desk", ["orders.view", "people.manage"], 60)
    assert not Reach.of(bob, lotus).may("people.manage")


def test_a_role_with_rights_that_weigh_stands_still_for_15_minutes_at_most(reach):
    assert own_role.make(reach, "Reveals", ["orders.view", "pii.reveal"], 60).idle_minutes == 15


def test_a_role_in_use_is_not_removed(desk, reach, bob, lotus, last_event):
    grant = Grant.give(bob, lotus, desk)
    with pytest.raises(Refused, match="Take it from them"):
        own_role.remove(reach, desk)
    grant.take(by=None)
    own_role.remove(reach, desk)
    assert last_event().name == "role_removed"
    assert desk not in Role.offered_to(lotus)


def test_the_pages_make_copy_change_and_remove(as_, alice, bob, lotus):
    browser, roles = as_(alice), "/t/lotus/people/roles"
    lister = Role.built_in("lister")
    assert "Copy of Lister" in browser.get(f"{roles}/new?copy={lister.uid}").text
    hostile = "<script>alert(1)</script> %(x)s"
    assert browser.post(roles, data={"name": hostile, "permissions": ["orders.view"]}).status_code == 303
    mine = Role.get(Role.team == lotus)
    assert "&lt;script&gt;" in browser.get(roles).text
    assert browser.get(f"{roles}/{mine.uid}").status_code == 200
    wrong = browser.post(f"{roles}/{mine.uid}", data={"name": "Desk", "permissions": ["teams.manage"]})
    assert wrong.status_code == 422
    assert browser.post(f"{roles}/{mine.uid}", data={"name": "Desk", "permissions": ["stores.view"]}).status_code == 303
    assert (mine.reload().name, mine.permissions) == ("Desk", {"stores.view"})
    assert browser.post(f"{roles}/{lister.uid}", data={"name": "x", "permissions": ["stores.view"]}).status_code == 409
    assert browser.post(f"{roles}/{mine.uid}/removal").status_code == 303
    assert Role.get_or_none(Role.team == lotus) is None


def test_a_stranger_finds_no_role_of_another_team(as_, charlie, desk, comet):
    for method, path in (("GET", ""), ("POST", ""), ("POST", "/removal")):
        assert as_(charlie).open(f"/t/comet/people/roles/{desk.uid}{path}", method=method).status_code == 404
    assert as_(charlie).get(f"/t/comet/people/roles/new?copy={desk.uid}").status_code == 200
    assert "Order desk" not in as_(charlie).get(f"/t/comet/people/roles/new?copy={desk.uid}").text


def test_every_permission_has_an_area_that_is_named():
    from models.people.permissions import AREAS

    assert {name.partition(".")[0] for name in PERMISSIONS} <= AREAS.keys()
