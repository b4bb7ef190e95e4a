"""Every kind of event reads as a sentence, with its details and without them."""

from __future__ import annotations

import re

import pytest

from models import tables  # noqa: F401 (every room declares its events when it is loaded)
from models.audit.event import KINDS, Event
from models.audit.feed import feed, lines_of
from models.audit.origin import Origin, acting
from models.people.session import Session
from models.people.team import Team
from models.support import words

ALL = sorted(KINDS)


@pytest.mark.parametrize("name", ALL)
def test_a_sentence_uses_only_what_its_kind_declares(name):
    kind = KINDS[name]
    assert set(re.findall(r"%\((\w+)\)s", kind.sentence)) <= {"actor", "object", *kind.details}
    assert "%" not in re.sub(r"%\(\w+\)s", "", kind.sentence)


@pytest.mark.parametrize("name", ALL)
def test_every_event_reads_with_all_its_details_and_with_none(name):
    details = {detail: f"<{detail}>" for detail in KINDS[name].details}
    full = str(Event(name=name, object_label="The thing", details=details).words("Alice"))
    bare = str(Event(name=name, object_label="", details={}).words("Alice"))
    for text in (full, bare):
        assert "%(" not in text and "None" not in text and "  %" not in text
    assert full[0].isupper() or full[0] in "<“"
    for detail in re.findall(r"%\((\w+)\)s", KINDS[name].sentence):
        wanted = {"actor": "Alice", "object": "The thing"}.get(detail, f"<{detail}>")
        assert wanted in full


@pytest.mark.parametrize("name", ALL)
def test_a_kind_is_named_by_what_happened(name):
    """noun_participle: `team_created`, `person_signed_in`."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
    assert len(name) <= 64


def test_a_list_is_read_as_a_list():
    text = str(Event(name="store_connected", object_label="EU", details={"marketplaces": ["DE", "FR"]}).words("x"))
    assert text == "The store EU is connected: DE, FR"


def test_an_event_of_a_version_that_is_gone_still_reads():
    assert str(Event(name="crate_sunk", details={"a": 1}).words("Alice")) == "Alice did crate_sunk"


def test_hostile_names_stay_text():
    event = Event(name="team_created", object_label="%(actor)s 100% %s", details={})
    assert str(event.words("%(object)s")) == "%(object)s created the team %(actor)s 100% %s"


def test_the_feed_names_people_as_they_are_called_now(lotus, alice, comet):
    with acting(Origin("person", person_id=alice.id, address="203.0.113.9")):
        Team.create_team("other", "Other")
    alice.change(name="Alice Zhou")
    line = lines_of(Event.select().order_by(Event.id.desc()).limit(1))[0]
    assert (str(line.words), line.address) == ("Alice Zhou created the team Other", "203.0.113.9")


def test_jobs_and_commands_have_a_voice_in_every_language(portal):
    for kind, label in (("job", "orders.poll"), ("command", "root"), ("system", "")):
        with acting(Origin(kind, label)):
            Team.create_team(f"team-{kind}", "T")
    lines = list(lines_of(Event.select().order_by(Event.id)))
    assert [str(line.actor) for line in lines] == ["Portolan", "root at the server", "Somebody"]
    words.use_translator(lambda message: {"Somebody": "Jemand"}.get(message, message))
    assert str(lines[2].words) == "Jemand created the team T"


def test_a_team_reads_its_own_events_and_no_others(portal, harbor, lotus, comet, alice):
    Session.open(alice, address="127.0.0.1", device="x")
    mine = [event.team_id for event in feed(lotus.id)[0]]
    assert set(mine) == {lotus.id}
    assert {event.team_id for event in feed(harbor.id, with_portal=True)[0]} == {harbor.id, None}
    assert {event.name for event in feed(lotus.id, name="grant_given")[0]} == {"grant_given"}


def test_the_feed_is_paged_newest_first(portal, lotus, clock):
    for number in range(5):
        lotus_event(lotus, number)
    page, lines = feed(lotus.id, size=2)
    older, _ = feed(lotus.id, size=2, after=page.next_key or "")
    ids = [event.id for event in [*page, *older]]
    assert ids == sorted(ids, reverse=True) and len(lines) == 2


def lotus_event(lotus: Team, number: int) -> None:
    from models.people.network import Network

    Network.allow(f"203.0.113.{number}", team=lotus)
