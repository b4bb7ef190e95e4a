"""What waits for whom: for those who may act on it, and never for those whom it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.compliance import queues as _queues  # noqa: F401 (what reviews and alarms put into them)
from models.compliance.alarm import Alarm
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.compliance.rules import RULES
from models.people.employees import invite
from models.people.proposal import Proposal
from models.people.role import Role
from models.support import clock
from models.workload.queues import waiting_for

T = "/t/lotus/workload"


@pytest.fixture
def second_boss(lotus: Any, alice: Any) -> Any:
    person, _token = invite(lotus, "zoe.boss", "Zoe Boss", role="boss", by=None)
    return person.change(state="active")


def queues_of(team: Any, *people: Any) -> dict[str, dict[str, int]]:
    found = waiting_for(team.id, [person.id for person in people])
    return {person.login: {queue.key: count for queue, count in found.get(person.id, [])} for person in people}


@pytest.mark.both
def test_a_proposal_waits_for_those_who_may_decide_and_are_no_part_of_it(lotus, alice, bob, second_boss):
    Proposal.make(lotus, bob, Role.built_in("boss"), stores=None, reason="takes over", by=alice)
    assert queues_of(lotus, alice, bob, second_boss) == {
        alice.login: {},
        bob.login: {},
        second_boss.login: {"proposals": 1},
    }
    Proposal.make(lotus, second_boss, Role.built_in("manager"), stores=None, reason="for holidays", by=bob)
    assert queues_of(lotus, alice, second_boss) == {alice.login: {"proposals": 1}, second_boss.login: {"proposals": 1}}


@pytest.mark.both
def test_lines_of_a_review_and_alarms_wait_for_others_than_whom_they_are_about(lotus, alice, bob, second_boss):
    review = AccessReview.create(team=lotus, due_at=clock.now() + timedelta(days=9))
    for position, person in enumerate((alice, bob)):
        ReviewLine.create(
            review=review, position=position, kind="person", person=person, subject_id=person.id, title=person.name
        )
    Alarm.create(team=lotus, person=alice, kind=next(iter(RULES)), severity="serious", key="one")
    found = queues_of(lotus, alice, bob, second_boss)
    assert found == {
        alice.login: {"reviews": 1}, bob.login: {}, second_boss.login: {"reviews": 2, "alarms": 1},
    }  # fmt: skip
    ReviewLine.update(decision="keep").execute()
    assert queues_of(lotus, second_boss)[second_boss.login] == {"alarms": 1}


def test_every_queue_leads_to_a_page_that_opens(as_, lotus, alice, second_boss, bob):
    Proposal.make(lotus, bob, Role.built_in("boss"), stores=None, reason="takes over", by=alice)
    Alarm.create(team=lotus, person=alice, kind=next(iter(RULES)), severity="serious", key="one", details={"count": 9})
    page = as_(second_boss).get(f"{T}/me").text
    for words, path in (
        ("Roles proposed", "/t/lotus/people/decisions"),
        ("Alarms to settle", "/t/lotus/compliance/alarms/"),
    ):
        assert words in page
        assert f'href="{path}"' in page, path
        assert as_(second_boss).get(path).status_code == 200
