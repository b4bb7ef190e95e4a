"""What a boss does to accounts stands in the team's own event log, and in no other."""

from models.audit.feed import feed
from models.people.employees import invite
from models.people.invitation import Invitation


def test_a_boss_sees_who_was_invited_suspended_and_restored(lotus, harbor, alice):
    person, _token = invite(lotus, "zhao.lei", "Zhao Lei", role="lister", by=alice)
    person.suspend("left", by=alice, team=lotus)
    person.reload().restore(by=alice, team=lotus)
    Invitation.make(person.reload(), "invite", by=alice, team=lotus)
    _page, lines = feed(lotus.id)
    assert [line.name for line in lines][:6] == [
        "link_made", "person_restored", "person_suspended", "link_made", "grant_given", "person_invited",
    ]  # fmt: skip
    assert not {"person_restored", "person_suspended"} & {line.name for line in feed(harbor.id)[1]}


def test_kinds_are_chosen_by_their_sentences(as_, alice, lotus):
    page = as_(alice).get("/t/lotus/audit/?name=person_suspended").text
    assert "… suspended …" in page and ">person_suspended<" not in page
