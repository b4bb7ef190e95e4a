"""An access review from its opening to its closing: who is listed, who decides, what is done, and that it stays."""

from __future__ import annotations

import peewee
import pytest

from models.compliance import campaign
from models.compliance.alarm import Alarm
from models.compliance.line import OwnLine, ReviewLine
from models.compliance.review import AccessReview
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.people.two_people import use_mode
from models.support.db import db
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from tests.compliance.conftest import line_of
from tests.orders.conftest import make_store


def decided(review: AccessReview, alice: Person, manager: Person, decision: str = "keep", **facts) -> AccessReview:
    """Both lines decided, each by the other."""
    line_of(review, alice).decide("keep", by=manager)
    line_of(review, manager).decide(decision, by=alice, **facts)
    return review


def test_a_review_lists_every_person_with_roles_stores_and_what_is_unusual(lotus, alice, bob):
    store = make_store(lotus)
    Grant.give(bob, lotus, Role.built_in("auditor"), stores=[store.id])
    line = line_of(campaign.begin(lotus), bob)
    auditor = next(grant for grant in line.before["grants"] if grant["role"] == "auditor")
    assert (auditor["all_stores"], auditor["stores"]) == (False, ["Lotus EU"])
    assert any("should not meet" in words for words in line.before["unusual"])
    assert line.before["login"] == "bob"


def test_only_one_review_of_a_team_is_under_way(review, lotus, in_parallel):
    with pytest.raises(Refused, match="under way"):
        campaign.begin(lotus)
    assert AccessReview.select().count() == 1


def test_nobody_reviews_their_own_line(review, alice):
    with pytest.raises(OwnLine):
        line_of(review, alice).decide("keep", by=alice)


def test_who_works_alone_keeps_their_own_line_where_the_portal_runs_solo(comet, charlie):
    review = campaign.begin(comet)
    use_mode("solo")
    try:
        with pytest.raises(Refused, match="their own rights"):
            line_of(review, charlie).decide("remove", by=charlie, reason="tired of it")
        line_of(review, charlie).decide("keep", by=charlie)
        assert line_of(review, charlie).is_solo
    finally:
        use_mode("strict")


def test_anything_but_keep_needs_a_reason(review, alice, bob):
    with pytest.raises(FieldRefused) as refused:
        line_of(review, bob).decide("remove", by=alice, reason="no")
    assert refused.value.field == "reason"


def test_a_review_closes_only_when_every_line_is_decided(review, alice, manager):
    line_of(review, alice).decide("keep", by=manager)
    with pytest.raises(Refused, match="Not decided yet: 1"):
        campaign.close(review, by=alice)
    assert review.reload().is_open


@pytest.mark.both
def test_closing_does_what_was_decided_with_events_and_a_signed_document(review, alice, manager, go_on, last_event):
    line = line_of(review, manager)
    grant = next(g for g in line.before["grants"] if g["role"] == "lister")
    assert grant
    decided(review, alice, manager, "remove", reason="left the project")
    campaign.close(review, by=alice)
    go_on()
    assert review.reload().is_closed
    assert Grant.select().where(Grant.person == manager).count() == 0
    assert manager.reload().state == "suspended"
    assert line_of(review, manager).outcome == "removed"
    assert line_of(review, alice).outcome == "kept"
    assert last_event().name == "review_closed"


def test_reducing_takes_the_chosen_role_and_leaves_the_others(lotus, alice, manager, go_on):
    review = campaign.begin(lotus)
    line = line_of(review, manager)
    uid = next(g["uid"] for g in line.before["grants"] if g["role"] == "reviewer")
    decided(review, alice, manager, "reduce", reason="decides no more", choice={"taken": [uid]})
    campaign.close(review, by=alice)
    go_on()
    assert [g.role.key for g in Grant.select().where(Grant.person == manager)] == ["lister"]
    assert manager.reload().state == "active"


def test_reducing_leaves_the_chosen_stores_and_the_smaller_role(lotus, alice, manager, go_on):
    here, _there = make_store(lotus, "Here"), make_store(lotus, "There")
    small = Role.create(team=lotus, key="looker", name="Looker")
    small.set_permissions(frozenset({"alarms.view"}))
    review = campaign.begin(lotus)
    grants = {g["role"]: g["uid"] for g in line_of(review, manager).before["grants"]}
    choice = {"stores": {grants["lister"]: [here.id]}, "roles": {grants["reviewer"]: "looker"}}
    decided(review, alice, manager, "reduce", reason="works for one store", choice=choice)
    campaign.close(review, by=alice)
    go_on()
    held = {g.role.key: [p.store_id for p in g.stores] for g in Grant.select().where(Grant.person == manager)}
    assert held == {"lister": [here.id], "looker": []}


def test_reducing_nothing_or_everything_is_refused(review, alice, bob):
    line = line_of(review, bob)
    uids = [grant["uid"] for grant in line.before["grants"]]
    with pytest.raises(FieldRefused, match="Choose what is taken"):
        line.decide("reduce", by=alice, reason="less of it", choice={"taken": ["not-a-grant"]})
    with pytest.raises(FieldRefused, match="takes everything"):
        line.decide("reduce", by=alice, reason="less of it", choice={"taken": uids})


def test_the_last_boss_is_never_removed(review, alice, manager, go_on):
    line_of(review, alice).decide("remove", by=manager, reason="we do without")
    line_of(review, manager).decide("keep", by=alice)
    campaign.close(review, by=alice)
    go_on()
    line = line_of(review, alice)
    assert line.outcome == "refused"
    assert "last boss" in str(line.problem_words)
    assert alice.reload().state == "active"


def test_a_decision_can_be_changed_until_the_review_closes_and_never_after(review, alice, manager, go_on):
    decided(review, alice, manager, "remove", reason="left the project")
    line_of(review, manager).decide("keep", by=alice)
    campaign.close(review, by=alice)
    with pytest.raises(AlreadyDecided):
        line_of(review, manager).decide("remove", by=alice, reason="left the project")
    go_on()
    assert manager.reload().state == "active"


@pytest.mark.both
def test_a_closed_review_never_changes_in_the_database(review, alice, manager, go_on):
    campaign.close(decided(review, alice, manager), by=alice)
    go_on()
    for sql in (
        "UPDATE access_review SET is_overdue = is_overdue",
        "UPDATE review_line SET reason = 'forged'",
        "UPDATE review_document SET content = '{}'",
        "DELETE FROM review_line",
        "DELETE FROM review_document",
        "DELETE FROM access_review",
    ):
        with pytest.raises(peewee.DatabaseError), db.atomic():
            db.execute_sql(sql)


@pytest.mark.both
def test_two_reviewers_at_once_leave_one_decision(review, alice, manager, lotus, in_parallel):
    third = Person.invite("dora.lee", "Dora Lee")
    Grant.give(third, lotus, Role.built_in("boss"))
    uid = line_of(review, manager).uid

    def decide(number: int) -> None:
        line = ReviewLine.of_uid(review.reload(), uid)
        line.decide(("keep", "remove")[number % 2], by=(alice, third)[number % 2], reason="as I see it")

    assert not in_parallel(4, decide).errors
    line = line_of(review, manager)
    assert (line.decision, line.decided_by_id) in (("keep", alice.id), ("remove", third.id))


def test_a_kill_in_the_middle_of_closing_resumes_and_repeats_nothing(review, alice, manager, go_on):
    decided(review, alice, manager, "remove", reason="left the project")
    campaign.close(review, by=alice)
    campaign.apply_line(line_of(review, manager))
    before = line_of(review, manager).applied_at
    go_on()
    assert review.reload().is_closed
    assert line_of(review, manager).applied_at == before
    assert line_of(review, alice).outcome == "kept"


def test_the_quarter_opens_a_review_by_itself_and_what_is_overdue_is_suspended(lotus, alice, bob, clock, go_on):
    go_on()
    assert AccessReview.open_of(lotus.id) is None
    clock.move(days=91)
    go_on()
    review = AccessReview.open_of(lotus.id)
    assert review is not None
    clock.move(days=13)
    go_on()
    assert bob.reload().state == "active"
    clock.move(days=1, hours=1)
    go_on()
    assert review.reload().is_closed
    assert bob.reload().state == "suspended"


def test_the_last_boss_nobody_reviewed_stays_and_the_operator_sees_an_alarm(
    lotus, alice, bob, olga, harbor, clock, go_on
):
    clock.move(days=91)
    go_on()
    clock.move(days=15)
    go_on()
    assert alice.reload().state == "active"
    alarm = Alarm.get(Alarm.kind == "review_overdue", Alarm.person == alice)
    assert alarm in Alarm.listed(Reach.of(olga, harbor), is_open=True)


def test_a_sensitive_right_nobody_used_in_a_quarter_is_said_and_a_newcomers_is_not(lotus, alice, clock):
    def unusual() -> str:
        review = campaign.begin(lotus)
        words = " ".join(line_of(review, alice).before["unusual"])
        AccessReview.update(state="closed").where(AccessReview.id == review.id).execute()
        return words

    assert "not used in" not in unusual()
    clock.move(days=91)
    assert "not used in" in unusual()
