"""Roles and grants: who may do what, where, and who may give it."""

from __future__ import annotations

import pytest

from models.people.employees import employee_of, employees_of, invite
from models.people.names import SHARED_LOGINS
from models.people.permissions import DEFAULT_ROLES, OPERATOR_ONLY, PERMISSIONS
from models.people.person import Person
from models.people.reach import OutOfReach, Reach, idle_minutes_of, teams_of
from models.people.role import Grant, GrantStore, Role, RolePermission
from models.people.team import Team
from models.support.errors import FieldRefused, Refused

pytestmark = pytest.mark.both


def grant_of(person: Person) -> Grant:
    return Grant.get(Grant.person == person)


def test_nobody_gives_or_takes_their_own_rights(alice, lotus):
    with pytest.raises(Refused, match="their own rights"):
        Grant.give(alice, lotus, Role.built_in("manager"), by=alice)
    with pytest.raises(Refused, match="their own rights"):
        grant_of(alice).take(by=alice)
    assert Grant.select().where(Grant.person == alice).count() == 1


def test_a_role_of_the_operator_stays_with_the_operator(bob, alice, lotus, harbor, olga):
    for key in ("operator", "clerk"):
        with pytest.raises(Refused, match="only in the operator's team"):
            Grant.give(bob, lotus, Role.built_in(key), by=alice)
        assert Grant.give(bob, harbor, Role.built_in(key), by=olga)


def test_a_role_of_one_team_is_not_given_in_another(bob, alice, lotus, comet):
    own = Role.create(team=comet, key="packer", name="Packer")
    with pytest.raises(Refused, match="another team"):
        Grant.give(bob, lotus, own, by=alice)
    assert own not in Role.offered_to(lotus)
    assert own in Role.offered_to(comet)


def test_a_role_is_given_once(bob, alice, lotus):
    with pytest.raises(Refused, match="already"):
        Grant.give(bob, lotus, Role.built_in("lister"), by=alice)


def test_a_grant_takes_effect_at_once_and_leaves_events(bob, alice, lotus, last_event):
    assert not Reach.of(bob, lotus).may("audit.view")
    grant = Grant.give(bob, lotus, Role.built_in("auditor"), by=alice)
    assert str(last_event().words("Alice")) == "Alice gave bob the role Auditor (all stores)"
    assert Reach.of(bob, lotus).may("audit.view")
    grant.take(by=alice)
    assert str(last_event().words("Alice")) == "Alice took the role Auditor from bob"
    assert not Reach.of(bob, lotus).may("audit.view")


def test_who_lost_the_last_grant_reaches_nothing(bob, alice, lotus):
    grant_of(bob).take(by=alice)
    assert Reach.of(bob, lotus) is None
    assert teams_of(bob) == []
    assert employees_of(lotus)[0].person == alice and len(employees_of(lotus)) == 1


def test_a_grant_for_some_stores_reaches_those(bob, alice, lotus):
    Grant.give(bob, lotus, Role.built_in("shipper"), stores=[7, 9, 7], by=alice)
    reach = Reach.of(bob, lotus)
    assert reach.may("orders.view")
    assert reach.may("orders.view", 7) and reach.may("orders.view", 9)
    assert not reach.may("orders.view", 8)
    assert reach.may("products.edit", 8), "the role of a lister is for all stores"
    assert reach.store_ids is None


def test_only_limited_grants_limit_what_is_seen(bob, alice, lotus):
    grant_of(bob).take(by=alice)
    Grant.give(bob, lotus, Role.built_in("shipper"), stores=[7], by=alice)
    Grant.give(bob, lotus, Role.built_in("lister"), stores=[9], by=alice)
    reach = Reach.of(bob, lotus)
    assert reach.store_ids == (7, 9)
    assert reach.may("orders.view", 7) and not reach.may("orders.view", 9)
    assert reach.may("products.edit", 9) and not reach.may("products.edit", 7)
    assert reach.may("stores.view", 7) and reach.may("stores.view", 9), "both roles may see stores"


def test_a_grant_for_no_store_reaches_no_store(bob, alice, lotus):
    grant_of(bob).take(by=alice)
    grant = Grant.give(bob, lotus, Role.built_in("shipper"), stores=[], by=alice)
    reach = Reach.of(bob, lotus)
    assert not grant.all_stores
    assert reach.store_ids == ()
    assert not reach.may("orders.view", 7)


def test_taking_a_grant_takes_its_stores(bob, alice, lotus):
    grant = Grant.give(bob, lotus, Role.built_in("shipper"), stores=[7], by=alice)
    grant.take(by=alice)
    assert GrantStore.select().count() == 0


def test_a_stranger_has_no_reach(charlie, olga, alice, lotus, harbor, comet):
    assert Reach.of(charlie, lotus) is None
    assert Reach.of(olga, lotus) is None, "the operator sees a seller's rooms only when the seller grants it"
    assert Reach.of(alice, harbor) is None
    assert [team.slug for team in teams_of(charlie)] == ["comet"]


def test_a_person_of_two_teams_has_in_each_what_that_team_gave(bob, charlie, lotus, comet):
    Grant.give(bob, comet, Role.built_in("auditor"), by=charlie)
    assert Reach.of(bob, lotus).may("products.edit") and not Reach.of(bob, lotus).may("audit.view")
    assert Reach.of(bob, comet).may("audit.view") and not Reach.of(bob, comet).may("products.edit")
    assert [team.slug for team in teams_of(bob)] == ["comet", "lotus"]


def test_the_strictest_role_sets_how_long_one_may_stand_still(bob, alice, lotus):
    assert idle_minutes_of(bob) == 60
    Grant.give(bob, lotus, Role.built_in("shipper"), by=alice)
    assert idle_minutes_of(bob) == 15


def test_every_permission_is_held_by_some_role_and_sellers_hold_none_of_the_operators():
    held = frozenset().union(*(role.permissions for role in DEFAULT_ROLES))
    assert held == PERMISSIONS.keys()
    for role in DEFAULT_ROLES:
        if not role.for_operator:
            assert not role.permissions & OPERATOR_ONLY, role.key
    assert PERMISSIONS.keys() >= OPERATOR_ONLY


def test_roles_follow_the_version_and_change_nothing_when_equal(portal):
    before = list(RolePermission.select().order_by(RolePermission.id).tuples())
    Role.install_defaults()
    assert list(RolePermission.select().order_by(RolePermission.id).tuples()) == before
    boss = Role.built_in("boss")
    boss.change(idle_minutes=999)
    RolePermission.delete().where(RolePermission.role == boss, RolePermission.permission == "audit.view").execute()
    RolePermission.create(role=boss, permission="teams.manage")
    Role.install_defaults()
    assert Role.built_in("boss").permissions == next(r for r in DEFAULT_ROLES if r.key == "boss").permissions
    assert Role.built_in("boss").idle_minutes == 15
    assert Role.select().where(Role.key == "boss").count() == 1


# Employees


def test_a_boss_manages_the_people_of_the_team_and_nobody_else(alice, bob, charlie, olga, lotus):
    reach = Reach.of(alice, lotus)
    assert employee_of(reach, bob.uid) == bob
    for stranger in (charlie, olga):
        with pytest.raises(OutOfReach):
            employee_of(reach, stranger.uid)
    with pytest.raises(Refused, match="their own account"):
        employee_of(reach, alice.uid)


def test_a_person_of_several_teams_is_managed_by_none_of_them(alice, bob, charlie, comet, lotus):
    Grant.give(bob, comet, Role.built_in("auditor"), by=charlie)
    for boss, team in ((alice, lotus), (charlie, comet)):
        with pytest.raises(Refused, match="other teams too"):
            employee_of(Reach.of(boss, team), bob.uid)


def test_a_newcomer_is_all_there_or_not_at_all(lotus, alice):
    for role in ("operator", "pirate"):
        with pytest.raises(FieldRefused, match="no such role"):
            invite(lotus, "dora", "Dora", role=role, by=alice)
    assert Person.by_login("dora") is None
    person, _token = invite(lotus, "dora", "Dora", role="lister", by=alice)
    assert (person.state, person.password_hash) == ("invited", None)
    assert Reach.of(person, lotus).may("products.edit")


def test_a_fresh_portal_has_no_account(portal):
    assert Person.select().count() == 0
    assert Team.operator() is None


def test_shared_and_default_names_are_refused(portal):
    for login in (*SHARED_LOGINS, "admin1", "Kefu-02", "test.3", "root_"):
        with pytest.raises(FieldRefused):
            Person.invite(login, "Somebody")
    assert Person.select().count() == 0


def test_a_name_is_never_given_twice(bob, alice, olga):
    bob.suspend("left", by=alice)
    for login in ("bob", " BOB ", "Bob"):
        with pytest.raises(FieldRefused, match="never given twice"):
            Person.invite(login, "Another Bob")


def test_names_are_small_and_plain(portal):
    for login in (
        "",
        "a",
        "ab",
        "1abc",
        "a b",
        "a@b.c",
        "äbc",
        "abc-",
        "-abc",
        "a" * 41,
        "ab\nc",
        "ａｂｃ",
        "a/b",
        "..a",
    ):
        with pytest.raises(FieldRefused):
            Person.invite(login, "Somebody")
    for login in ("wang.min", "o-neill", "eva", "a1ba", "j_doe"):
        Person.invite(login, "Somebody")
    with pytest.raises(FieldRefused, match="needs a name"):
        Person.invite("nameless", "  ")


def test_one_login_asked_for_twice_at_once_is_given_once(portal, in_parallel):
    outcomes = in_parallel(6, lambda: Person.invite("wang.min", "Wang Min"))
    assert len(outcomes.results) == 1
    assert Person.select().count() == 1


# Teams


def test_there_is_one_operator(portal, harbor, olga):
    with pytest.raises(FieldRefused, match="exactly one"):
        Team.create_team("second", "Second", is_operator=True, by=olga)


def test_there_is_one_operator_even_when_two_are_made_at_once(portal, in_parallel):
    outcomes = in_parallel(6, lambda number: Team.create_team(f"team-{number}", "T", is_operator=True))
    assert len(outcomes.results) == 1
    assert Team.select().where(Team.is_operator).count() == 1


def test_a_short_name_is_fit_for_an_address(portal):
    for slug in ("", "ab", "1ab", "a b", "a/b", "a" * 33, "new", "static", "..", "é-team", "ab_c", "abc-"):
        with pytest.raises(FieldRefused):
            Team.create_team(slug, "Team")
    assert Team.create_team(" Lotus-2 ", "Lotus").slug == "lotus-2"
    with pytest.raises(FieldRefused, match="taken"):
        Team.create_team("lotus-2", "Other")
