"""What the door asks at once is what each of the questions alone would answer, and nothing of it is kept."""

from __future__ import annotations

import ipaddress

import pytest

from models.people.door import Door
from models.people.network import Network
from models.people.reach import Reach, teams_of
from models.people.role import Grant, Role, RolePermission
from models.people.session import Session, hash_of
from models.stores.store import Store

pytestmark = pytest.mark.both


@pytest.fixture
def token(bob):
    return Session.open(bob, address="127.0.0.1", device="here")[1]


def test_session_person_teams_and_reach_are_those_of_each_question(bob, lotus, comet, olga, token):
    Grant.give(bob, comet, Role.get(Role.key == "boss"), by=olga)
    token = Session.open(bob.reload(), address="127.0.0.1", device="there")[1]
    door, alone = Door.of(token, "lotus"), Session.of_token(token)
    assert door.session.__data__ == alone.__data__ and door.session.person.__data__ == alone.person.__data__
    assert door.teams == teams_of(bob) and [one.__data__ for one in door.teams] == [
        one.__data__ for one in teams_of(bob)
    ]
    for team in (lotus, comet):
        assert Door.of(token, team.slug).reach(team.slug) == Reach.of(bob, team)
    assert door.reach("harbor") is None and not Door.of(token, "harbor").grants
    assert not door.session.is_dirty()


def test_a_grant_for_some_stores_reaches_no_other(bob, lotus, alice, token):
    one, two = (Store.declare(lotus, name, "eu", by=alice) for name in ("One", "Two"))
    Grant.delete().where(Grant.person == bob).execute()
    role = Role.get(Role.key == "boss")
    Grant.give(bob, lotus, role, stores=[one.id, two.id], by=alice)
    token = Session.open(bob.reload(), address="127.0.0.1", device="there")[1]
    reach = Door.of(token, "lotus").reach("lotus")
    assert reach.store_ids == (one.id, two.id) and reach == Reach.of(bob, lotus)
    assert reach.may("orders.view", one.id) and not reach.may("orders.view", two.id + 1)


def test_a_role_that_allows_nothing_lets_in_and_allows_nothing(bob, lotus, token):
    RolePermission.delete().where(
        RolePermission.role.in_(Grant.select(Grant.role).where(Grant.person == bob))
    ).execute()
    reach = Door.of(token, "lotus").reach("lotus")
    assert reach is not None and reach.permissions == frozenset() and reach == Reach.of(bob, lotus)


def test_what_is_taken_away_is_gone_at_the_next_question(bob, lotus, alice, token):
    assert Door.of(token, "lotus").reach("lotus") and Door.of(token, "lotus").session.seen()
    Grant.delete().where(Grant.person == bob).execute()
    door = Door.of(token, "lotus")
    assert door.session is not None and door.teams == [] and door.reach("lotus") is None
    bob.suspend("left", by=alice)
    assert Door.of(token, "lotus").session.seen() is None


def test_networks_are_those_of_the_portal_the_person_and_the_team_of_the_address(bob, lotus, comet, alice, token):
    Network.allow("10.0.0.0/8", by=alice)
    Network.allow("192.0.2.0/24", by=alice)
    Network.allow("198.51.100.0/24", team=lotus, by=alice)
    Network.allow("203.0.113.7", team=comet, by=alice)
    Network.allow("2001:db8::/32", person=bob, by=alice)
    portal, mine, theirs = map(ipaddress.ip_network, ("10.0.0.0/8", "2001:db8::/32", "198.51.100.0/24"))
    found = Door.of(token, "lotus").networks
    assert portal in found.portal and found.person == [mine] and found.team == [theirs]
    for who in (token, "", "nobody", "x" * 200):
        networks = Door.of(who, "lotus").networks
        assert sorted(networks.portal) == sorted(found.portal) and networks.team == [theirs]
    assert Door.of("nobody", "lotus").session is None and hash_of(token) != token
    assert Door.of(token, "").networks.team == [] and Door.of(token, "").networks.person == [mine]
