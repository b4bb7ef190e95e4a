"""Giving and taking rights: never one's own, never more than one holds, the last boss stays, what weighs takes two."""

from __future__ import annotations

import pytest

from models.people import granting, two_people
from models.people.employees import employee_of, invite, suspend
from models.people.granting import LastBoss, MoreThanOwn
from models.people.invitation import Invitation
from models.people.own_role import make
from models.people.proposal import Proposal
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.people.session import Session
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from tests.conftest import PASSWORD
from tests.orders.conftest import make_store


@pytest.fixture
def joined(lotus):
    """`joined("dora", "manager")`: an active person of lotus with that role."""

    def join(login: str, role: str, team=None, stores=None):
        person, token = invite(team or lotus, login, f"{login.title()} Maar", role=role, stores=stores)
        Invitation.of_token(token).use(PASSWORD)
        return person.reload()

    return join


@pytest.fixture
def dora(joined):
    """A second boss."""
    return joined("dora", "boss")


def give(team, person, role, **values):
    return granting.give(team, person, Role.built_in(role), **{"stores": None, "by": None} | values)


# Nobody changes their own rights, nobody gives more than they hold


def test_nobody_gives_or_takes_their_own(alice, lotus, dora):
    with pytest.raises(Refused, match="their own rights"):
        give(lotus, alice, "manager", by=alice)
    for act in (granting.take, lambda grant, by: granting.change_stores(grant, [], by=by)):
        with pytest.raises(Refused, match="their own rights"):
            act(alice.grants.get(), by=alice)


def test_nobody_gives_more_than_they_hold(alice, bob, lotus, joined):
    role = make(Reach.of(alice, lotus), "People only", ["people.view", "people.manage"])
    hana = joined("hana", role.key)
    with pytest.raises(MoreThanOwn, match="You lack"):
        give(lotus, bob, "shipper", by=hana)
    with pytest.raises(FieldRefused, match="You lack"):
        invite(lotus, "ivan", "Ivan Petrov", role="shipper", by=hana)
    with pytest.raises(MoreThanOwn):
        granting.take(bob.grants.get(), by=hana)
    assert [grant.role.key for grant in bob.grants] == ["lister"]


def test_somebody_with_some_stores_gives_those_and_no_others(alice, bob, lotus, joined):
    first, second = make_store(lotus), make_store(lotus, name="Second", seller_id="A2SECONDSELLER")
    few = make(Reach.of(alice, lotus), "Store head", ["people.view", "people.manage", "stores.view", "products.view"])
    hana = joined("hana", few.key, stores=[first.id])
    reader = make(Reach.of(alice, lotus), "Reader", ["stores.view", "products.view"])
    granting.give(lotus, bob, reader, stores=[first.id], by=hana)
    granting.take(Grant.get(Grant.role == reader), by=hana)
    for stores in (None, [second.id], [first.id, second.id]):
        with pytest.raises(MoreThanOwn):
            granting.give(lotus, bob, reader, stores=stores, by=hana)


def test_the_account_of_somebody_who_may_do_more_is_out_of_reach(alice, lotus, joined):
    """A new link for a boss would make one a boss."""
    role = make(Reach.of(alice, lotus), "People only", ["people.view", "people.manage"])
    hana = joined("hana", role.key)
    with pytest.raises(Refused, match="may do more here"):
        employee_of(Reach.of(hana, lotus), alice.uid)


def test_the_pages_refuse_it_too(as_, alice, bob, lotus, joined):
    role = make(Reach.of(alice, lotus), "People only", ["people.view", "people.manage"])
    hana = joined("hana", role.key)
    for act in ("link", "suspension", "sign-outs", "leaving", "profile", "grants"):
        answer = as_(hana).post(f"/t/lotus/people/{alice.uid}/{act}", data={"reason": "mine now", "role": "boss"})
        assert (answer.status_code, "may do more" in answer.text) == (409, True), act
    for own in ("link", "suspension", "grants", "checks"):
        assert as_(alice).post(f"/t/lotus/people/{alice.uid}/{own}", data={"role": "manager"}).status_code == 409
    mass = {
        "name": "Bob Stein",
        "language": "en",
        "state": "active",
        "epoch": "99",
        "role": "boss",
        "is_operator": "1",
        "id": "1",
    }
    assert as_(alice).post(f"/t/lotus/people/{bob.uid}/profile", data=mass).status_code == 303
    assert (bob.reload().epoch, [g.role.key for g in bob.grants]) == (bob.epoch, ["lister"])


def test_the_operators_role_stays_with_the_operator(alice, bob, lotus, olga):
    for role in ("operator", "clerk", "cashier", "security"):
        with pytest.raises(Refused, match="only in the operator's team"):
            give(lotus, bob, role, by=None)
    with pytest.raises(Refused, match="You lack"):
        give(lotus, bob, "lister", by=olga)
    give(lotus, bob, "boss", by=olga, reason="the owner asked in writing")
    assert Proposal.get().is_waiting, "also by the operator's rule two decide"


# The last boss


def test_the_last_boss_stays(alice, lotus, joined):
    for act in (
        lambda: granting.take(alice.grants.get(), by=None),
        lambda: granting.change_stores(alice.grants.get(), [7], by=None),
        lambda: suspend(alice, lotus, "gone", by=None),
    ):
        with pytest.raises(LastBoss):
            act()
    invite(lotus, "erna", "Erna Flink", role="boss")
    with pytest.raises(LastBoss):  # Who is only invited cannot act yet.
        suspend(alice, lotus, "gone", by=None)
    joined("dora", "boss")
    suspend(alice, lotus, "gone", by=None)
    assert alice.reload().state == "suspended"


@pytest.mark.both
def test_two_bosses_who_remove_each_other_at_once_leave_one(alice, dora, lotus, in_parallel):
    pairs = [(alice, dora), (dora, alice)]

    def remove(number: int) -> None:
        by, person = pairs[number]
        suspend(person.reload(), lotus, "a quarrel", by=by)

    outcomes = in_parallel(2, remove)
    assert len(outcomes.errors_of(LastBoss)) == 1
    assert sorted([alice.reload().state, dora.reload().state]) == ["active", "suspended"]


def test_the_only_role_is_not_taken_but_the_person_suspended(alice, bob):
    with pytest.raises(Refused, match="only role"):
        granting.take(bob.grants.get(), by=alice)


# Change ends sessions


def test_a_change_of_rights_ends_every_session_at_once(alice, bob, lotus, last_event):
    def signed_in() -> str:
        return Session.open(bob.reload(), address="127.0.0.1", device="x")[1]

    token = signed_in()
    give(lotus, bob, "support", by=alice)
    assert Session.of_token(token) is None
    token = signed_in()
    grant = Grant.get(Grant.person == bob, Grant.role == Role.built_in("support"))
    granting.change_stores(grant, [], by=alice)
    assert Session.of_token(token) is None
    assert last_event().name == "grant_changed"
    token = signed_in()
    granting.take(grant, by=alice)
    assert Session.of_token(token) is None


def test_somebody_invited_keeps_the_link_when_rights_change(alice, lotus):
    person, token = invite(lotus, "erna", "Erna Flink", role="lister", by=alice)
    give(lotus, person, "support", by=alice)
    assert Invitation.of_token(token)


# Two people


def test_rights_that_weigh_take_a_second_person(alice, bob, lotus, dora, last_event):
    proposal = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    assert not Reach.of(bob, lotus).may("people.manage")
    for somebody in (alice, bob):
        with pytest.raises(Refused, match="Somebody else"):
            granting.decide(proposal, by=somebody)
    granting.decide(proposal, by=dora)
    assert Reach.of(bob, lotus).may("people.manage")
    assert {event.name for event in _events(bob)} >= {"grant_proposed", "proposal_approved", "grant_given"}


def _events(person):
    from models.audit.event import events_about

    return events_about(person)


def test_a_proposal_needs_a_reason_and_is_made_once(alice, bob, lotus):
    with pytest.raises(FieldRefused, match="Say why"):
        give(lotus, bob, "boss", by=alice, reason=" ")
    give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    with pytest.raises(Refused, match="proposed already"):
        give(lotus, bob, "boss", by=alice, reason="she leads the shop")


def test_a_proposal_is_refused_withdrawn_and_decided_once(alice, bob, lotus, dora, charlie):
    proposal = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    with pytest.raises(Refused, match="Only somebody who may change people"):
        granting.decide(proposal, by=charlie)
    granting.refuse(proposal, by=dora)
    with pytest.raises(AlreadyDecided):
        granting.decide(proposal, by=dora)
    assert [grant.role.key for grant in bob.grants] == ["lister"]
    other = give(lotus, bob, "boss", by=alice, reason="once more")
    granting.refuse(other, by=alice)
    assert other.reload().state == "withdrawn"


@pytest.mark.both
def test_two_who_agree_at_once_give_once(alice, bob, lotus, dora, joined, in_parallel):
    erna = joined("erna", "boss")
    proposal = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    outcomes = in_parallel(2, lambda number: granting.decide(Proposal.get_by_id(proposal.id), by=(dora, erna)[number]))
    assert len(outcomes.errors_of(AlreadyDecided)) == 1
    assert Grant.select().where(Grant.person == bob).count() == 2


def test_a_role_that_grew_meanwhile_is_proposed_anew(alice, bob, lotus, dora):
    role = make(Reach.of(alice, lotus), "Desk", ["people.view", "people.manage"])
    proposal = granting.give(lotus, bob, role, stores=None, by=alice, reason="she leads the desk")
    role.set_permissions(role.permissions | {"pii.export"})
    with pytest.raises(Refused, match="allows more now"):
        granting.decide(proposal, by=dora)
    assert proposal.reload().is_waiting


def test_wider_stores_of_such_a_role_take_two_and_narrower_do_not(alice, lotus, dora):
    store = make_store(lotus)
    grant = dora.grants.get()
    assert granting.change_stores(grant, [store.id], by=alice) is None
    assert Reach.of(dora, lotus).store_ids == (store.id,)
    proposal = granting.change_stores(grant, None, by=alice, reason="she leads everything again")
    assert proposal.is_waiting and Reach.of(dora, lotus).store_ids == (store.id,)


def test_the_operator_may_be_the_second_person(alice, bob, lotus, olga, as_):
    """A team with one boss could never have a second one."""
    proposal = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    page = as_(olga).get("/t/harbor/people/decisions").text
    assert "Bob Stein" in page and "she leads the shop" in page
    assert as_(olga).post(f"/t/harbor/people/decisions/{proposal.uid}/approval").status_code == 303
    assert Reach.of(bob, lotus).may("people.manage")


def test_who_manages_alone_decides_alone_where_the_portal_runs_solo(alice, bob, lotus, monkeypatch, dora):
    monkeypatch.setattr(two_people, "_mode", "solo")
    waiting = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    assert waiting.is_waiting, "there is a second boss"
    granting.refuse(waiting, by=alice)
    suspend(dora, lotus, "gone", by=alice)
    alone = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    assert (alone.state, alone.is_solo) == ("approved", True)
    assert "proposal_approved_alone" in {event.name for event in _events(bob)}


def test_a_stranger_sees_and_decides_nothing(as_, alice, bob, charlie, lotus):
    proposal = give(lotus, bob, "boss", by=alice, reason="she leads the shop")
    assert "Bob Stein" not in as_(charlie).get("/t/comet/people/decisions").text
    assert as_(charlie).post(f"/t/comet/people/decisions/{proposal.uid}/approval").status_code == 404
    for act in ("", "/edit", "/grants/new", "/handover"):
        assert as_(charlie).get(f"/t/comet/people/{bob.uid}{act}").status_code == 404
    for act in ("link", "suspension", "looks", "leaving", "grants", "withdrawal"):
        assert as_(charlie).post(f"/t/comet/people/{bob.uid}/{act}", data={"reason": "x"}).status_code == 404


def test_the_walk_on_the_pages(as_, alice, bob, dora, lotus):
    page = f"/t/lotus/people/{bob.uid}"
    missing = as_(alice).post(f"{page}/grants", data={"role": "boss", "scope": "all"})
    assert (missing.status_code, "Say why" in missing.text) == (422, True)
    asked = as_(alice).post(f"{page}/grants", data={"role": "boss", "scope": "all", "reason": "she leads the shop"})
    assert asked.status_code == 303
    assert "waits for a second person" in as_(alice).get(page).text
    (proposal,) = Proposal.select()
    assert as_(alice).post(f"/t/lotus/people/decisions/{proposal.uid}/approval").status_code == 409
    assert as_(dora).post(f"/t/lotus/people/decisions/{proposal.uid}/approval").status_code == 303
    assert as_(bob.reload()).get("/t/lotus/people/new").status_code == 200
    none = as_(alice).post(f"{page}/grants", data={"role": "support", "scope": "some"})
    assert (none.status_code, "at least one store" in none.text) == (422, True)
