"""What somebody inside tries: more than was given, alone what takes two people, a team without a boss."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.compliance import campaign
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.exports.export import Export
from models.exports.handing_over import pass_exports
from models.people import granting, leaving
from models.people.employees import invite, suspend
from models.people.granting import LastBoss
from models.people.invitation import Invitation
from models.people.own_role import change, make
from models.people.proposal import Proposal
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.support.errors import FieldRefused, Refused
from tests.conftest import PASSWORD


@pytest.fixture
def joined(lotus):
    def join(login: str, role: str):
        person, token = invite(lotus, login, f"{login.title()} Maar", role=role)
        Invitation.of_token(token).use(PASSWORD)
        return person.reload()

    return join


@pytest.fixture
def hana(alice, lotus, joined):
    """She looks at who keeps what, and may give nothing to anybody."""
    return joined("hana", make(Reach.of(alice, lotus), "Reviewer", ["reviews.manage", "alarms.view"]).key)


@pytest.fixture
def review(alice, bob, hana, lotus) -> AccessReview:
    return campaign.begin(lotus, by=alice)


def reduced_to(review, person, role: str, *, by) -> ReviewLine:
    line = ReviewLine.get(ReviewLine.review == review, ReviewLine.person == person)
    line.decide("reduce", by=by, reason="as it should be", choice={"roles": {line.before["grants"][0]["uid"]: role}})
    return line


def test_a_reviewer_gives_nobody_more_by_calling_it_less(review, bob, hana):
    for role in ("boss", "manager", "shipper"):
        with pytest.raises(FieldRefused, match="smaller role"):
            reduced_to(review, bob, role, by=hana)


def test_a_role_that_grew_after_the_decision_replaces_nothing(review, alice, bob, hana, lotus):
    small = make(Reach.of(alice, lotus), "Reader", ["stores.view"])
    line = reduced_to(review, bob, small.key, by=hana)
    change(Reach.of(alice, lotus), small, "Reader", ["stores.view", "pii.reveal"], 60)
    campaign.apply_line(line)
    assert line.reload().outcome == "refused"
    assert [grant.role.key for grant in bob.grants] == ["lister"]


def test_the_last_boss_is_not_made_smaller(review, alice, hana):
    line = reduced_to(review, alice, "manager", by=hana)
    campaign.apply_line(line)
    assert line.reload().outcome == "refused"
    assert [grant.role.key for grant in alice.grants] == ["boss"]


def test_a_review_that_nobody_finished_suspends_no_last_boss(alice, lotus, joined, clock, hana):
    """Also where somebody who is no boss may change people."""
    joined("dora", make(Reach.of(alice, lotus), "People", ["people.view", "people.manage"]).key)
    review = campaign.begin(lotus)
    clock.move(days=15)
    campaign.close_overdue()
    campaign.carry_out(review.reload())
    assert alice.reload().state == "active"


@pytest.mark.both
def test_two_bosses_who_send_each_other_away_leave_one(alice, lotus, joined, clock, in_parallel):
    dora, at = joined("dora", "boss"), clock.now() + timedelta(days=1)
    pairs = ((alice, dora), (dora, alice))
    outcomes = in_parallel(2, lambda number: leaving.leave(pairs[number][0], at, by=pairs[number][1], team=lotus))
    assert len(outcomes.errors_of(LastBoss)) == 1 and len(outcomes.errors) == 1
    assert sum(one.reload().leaves_at is None for one in (alice, dora)) == 1


@pytest.mark.both
def test_a_right_that_takes_two_is_not_slipped_into_a_role_while_it_is_given(alice, bob, lotus, in_parallel):
    for number in range(4):
        role = make(Reach.of(alice, lotus), f"Reader {number}", ["stores.view"])

        def act(which: int, role: Role = role) -> None:
            if which:
                granting.give(lotus, bob, Role.get_by_id(role.id), stores=None, by=alice, reason="he needs it")
            else:
                change(Reach.of(alice, lotus), role, role.name, ["stores.view", "people.manage"], 60)

        in_parallel(2, act)
        held = Grant.select().where(Grant.person == bob, Grant.role == role).exists()
        assert not (held and "people.manage" in role.permissions)


def test_what_somebody_proposed_who_was_sent_away_since_is_not_agreed_to(alice, bob, lotus, joined):
    dora, emil = joined("dora", "boss"), joined("emil", "boss")
    proposal = granting.give(lotus, bob, Role.built_in("boss"), stores=None, by=dora, reason="he is a friend")
    suspend(dora, lotus, "misuse", by=alice)
    with pytest.raises(Refused, match="Propose it anew"):
        granting.decide(Proposal.get_by_id(proposal.id), by=emil)
    assert [grant.role.key for grant in bob.grants] == ["lister"]


def test_who_agreed_to_an_export_does_not_take_it_over(alice, bob, lotus):
    """It would be a file with buyers' data that one person alone decided on."""
    export = Export.create(team=lotus, person=bob, list_name="orders", file_format="csv", zone="UTC", language="en",
                           state="waiting", is_personal=True, approved_by=alice, row_count=60)  # fmt: skip
    assert pass_exports(lotus, bob, alice) == 1
    export = export.reload()
    assert (export.state, export.approved_by_id, export.person_id) == ("waiting_approval", None, alice.id)
