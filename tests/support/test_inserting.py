"""Rows put in often: as peewee would put them in, alone or with the row that tells of them, on both databases."""

from __future__ import annotations

from contextlib import suppress

import peewee
import pytest

from models.audit.event import EVENTS, Event, drafted
from models.people.team import Team
from models.support.db import db, is_sqlite, write_txn
from models.support.inserting import Inserting, Telling

pytestmark = pytest.mark.both

TEAMS = Inserting(Team)
TOLD = Telling(
    TEAMS,
    EVENTS,
    object_id=("{id}", lambda team: team.id),
    object_label=("'Team ' || {id}", lambda team: f"Team {team.id}"),
)


def test_a_draft_is_kept_with_its_defaults_and_nothing_left_to_save(lotus):
    team = TEAMS.draft(slug="draft", name="荷花 'quoted'")
    assert team.id is None and not team.dirty_fields
    with write_txn():
        TEAMS.keep(team)
    kept = Team.get_by_id(team.id)
    assert kept.__data__ == team.__data__ and not team.dirty_fields


def test_what_is_no_field_is_refused():
    with pytest.raises(TypeError, match="colour"):
        TEAMS(slug="draft", name="Draft", colour="blue")


def test_a_row_and_what_tells_of_it_are_kept_together(lotus):
    team = TEAMS.draft(slug="told", name="Told")
    with write_txn():
        event = drafted("team_created", team, team=lotus)
        TOLD.keep(team, event)
    kept = Event.get_by_id(event.id)
    assert Team.get_by_id(team.id).slug == "told"
    assert (kept.object_id, kept.object_label) == (team.id, f"Team {team.id}") == (event.object_id, event.object_label)
    assert kept.details == event.details and kept.team_id == lotus.id


def test_neither_stays_when_the_second_fails(lotus):
    team = TEAMS.draft(slug="told", name="Told")
    event = drafted_in_txn(team, lotus)
    event.__data__["name"] = None
    with pytest.raises(peewee.IntegrityError), write_txn():
        TOLD.keep(team, event)
    assert Team.get_or_none(Team.slug == "told") is None


def test_a_commit_that_was_none_is_told(lotus):
    if is_sqlite():
        return
    with pytest.raises(peewee.InternalError, match="rolled back"), write_txn(), suppress(peewee.ProgrammingError):
        db.execute_sql("SELECT nothing")


def drafted_in_txn(team: Team, lotus: Team) -> Event:
    with write_txn():
        return drafted("team_created", team, team=lotus)
