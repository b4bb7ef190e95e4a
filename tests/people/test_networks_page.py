"""The lists of networks on the screen: who may change which, and that nobody shuts themselves out."""

from __future__ import annotations

import ipaddress

import pytest

from models.audit.event import Event
from models.people.network import Network
from models.people.network_list import NetworkList
from models.support.errors import FieldRefused, Refused

HOME, OFFICE = "127.0.0.0/8", "203.0.113.0/24"
HERE = ipaddress.ip_address("127.0.0.1")
PAGE = "/t/{}/people/networks/"


def cidrs(**whose) -> list[str]:
    return [row.cidr for row in NetworkList(**whose).rows]


def add(browser, team: str, whose: str, cidr: str, **more):
    return browser.post(PAGE.format(team), data={"whose": whose, "cidr": cidr, **more})


def take_off(browser, team: str, cidr: str):
    return browser.post(f"{PAGE.format(team)}{Network.get(Network.cidr == cidr).uid}/removal")


@pytest.mark.both
def test_a_change_that_shuts_out_who_makes_it_is_refused(olga, harbor):
    portal = NetworkList()
    with pytest.raises(FieldRefused, match=r"you are at 127\.0\.0\.1"):
        portal.allow(OFFICE, "", by=olga, here=HERE, team=harbor)
    assert cidrs() == []
    home = portal.allow(HOME, "", by=olga, here=HERE, team=harbor)
    portal.allow(OFFICE, "", by=olga, here=HERE, team=harbor)
    with pytest.raises(Refused, match="shut you out"):
        portal.remove(home, by=olga, here=HERE, team=harbor)
    with pytest.raises(FieldRefused, match="already"):
        portal.allow("203.0.113.77/24", "", by=olga, here=HERE, team=harbor)
    assert cidrs() == [HOME, OFFICE]
    assert Event.select().where(Event.name.startswith("network_")).count() == 2, "what was refused left nothing"


@pytest.mark.both
def test_of_two_removals_at_once_that_would_shut_everybody_out_one_is_refused(olga, harbor, in_parallel):
    portal = NetworkList()
    rows = [portal.allow(cidr, "", by=olga, here=HERE, team=harbor) for cidr in (HOME, "127.0.0.1")]
    outcomes = in_parallel(2, lambda number: portal.remove(rows[number], by=olga, here=HERE, team=harbor))
    assert len(outcomes.results) == len(outcomes.errors_of(Refused)) == 1
    assert len(cidrs()) == 1


def test_the_operator_keeps_the_portals_list(as_, olga, harbor):
    browser = as_(olga)
    assert "in production nobody comes in" in browser.get(PAGE.format("harbor")).text
    assert add(browser, "harbor", "portal", HOME, note="this machine").status_code == 303
    assert add(browser, "harbor", "portal", "２０３.0.113.0／24").status_code == 303, "as a Chinese keyboard types it"
    assert cidrs() == [HOME, OFFICE]
    page = browser.get(PAGE.format("harbor")).text
    assert "You are at 127.0.0.1; this list lets you in." in page and "this machine" in page
    refused = take_off(browser, "harbor", HOME)
    assert refused.status_code == 409 and "shut you out" in refused.text
    assert take_off(browser, "harbor", OFFICE).status_code == 303
    last = take_off(browser, "harbor", HOME)
    assert last.status_code == 409 and "at least one network" in last.text


def test_a_boss_keeps_the_teams_and_nobody_elses(as_, alice, charlie, olga, lotus):
    browser = as_(alice)
    assert add(browser, "lotus", "team", HOME).status_code == 303
    assert add(browser, "lotus", "portal", HOME).status_code == 404
    assert (cidrs(team=lotus), cidrs()) == ([HOME], [])
    Network.allow(HOME)
    portals = Network.get(Network.team.is_null())
    assert browser.post(f"{PAGE.format('lotus')}{portals.uid}/removal").status_code == 404
    teams = Network.get(Network.team == lotus)
    assert as_(charlie).post(f"{PAGE.format('comet')}{teams.uid}/removal").status_code == 404
    assert as_(olga).post(f"{PAGE.format('harbor')}{teams.uid}/removal").status_code == 404
    assert cidrs(team=lotus) == [HOME]


def test_a_person_gets_networks_of_their_own(as_, alice, bob, charlie, lotus, last_event):
    Network.allow(HOME)
    Network.allow(OFFICE)
    page = f"/t/lotus/people/{bob.uid}/networks/"
    assert as_(bob).get("/t/lotus/").status_code == 200
    answer = as_(alice).post(page, data={"cidr": OFFICE, "note": "warehouse"})
    assert answer.status_code == 303, "the boss is not shut out by it"
    assert str(last_event().words("Alice")) == f"Alice allowed the network {OFFICE} for bob (warehouse)"
    assert last_event().team_id == lotus.id
    assert as_(bob).get("/t/lotus/").status_code == 403
    assert as_(alice).get(page).status_code == 200
    assert as_(charlie).get(f"/t/comet/people/{bob.uid}/networks/").status_code == 404
    assert take_off_of(as_(alice), bob).status_code == 303
    assert as_(bob).get("/t/lotus/").status_code == 200


def take_off_of(browser, person):
    return browser.post(f"{PAGE.format('lotus')}{Network.get(Network.person == person).uid}/removal")


def test_ones_own_list_is_guarded_too(as_, alice):
    Network.allow(HOME)
    page = f"/t/lotus/people/{alice.uid}/networks/"
    assert "shut you out" in as_(alice).post(page, data={"cidr": OFFICE}).text
    assert as_(alice).post(page, data={"cidr": HOME}).status_code == 303
    assert as_(alice).get("/t/lotus/").status_code == 200


@pytest.mark.parametrize(
    "typed", ["", "here", "203.0.113.0/33", "<script>", "fe80::1%eth0", "1" * 60, "203.0.113.9, ::1"]
)
def test_what_is_no_network_is_said_beside_the_field(as_, alice, typed):
    answer = add(as_(alice), "lotus", "team", typed)
    assert answer.status_code == 422 and "<script>alert" not in answer.text
    assert Network.select().count() == 0


def test_the_whole_internet_is_marked_as_such(as_, olga, harbor):
    add(as_(olga), "harbor", "portal", "0.0.0.0/0")
    assert "Everybody" in as_(olga).get(PAGE.format("harbor")).text


def test_an_ipv4_network_in_ipv6_clothes_is_taken_as_what_it_is(portal):
    assert Network.allow("::ffff:203.0.113.0/120").cidr == OFFICE
    assert Network.allow("::ffff:203.0.113.9").cidr == "203.0.113.9/32"


def test_who_may_not_change_networks_does_not_see_them(as_, bob):
    assert as_(bob).get(PAGE.format("lotus")).status_code == 403
    assert add(as_(bob), "lotus", "team", HOME).status_code == 403
