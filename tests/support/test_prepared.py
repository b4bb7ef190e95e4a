"""Prepared queries: the same answer as the query itself, with new values each time, on both databases."""

from __future__ import annotations

import peewee
import pytest

from models.people.person import Person
from models.people.role import Grant
from models.people.team import Team
from models.support.prepared import Prepared, together

pytestmark = pytest.mark.both

BY_LOGIN = Prepared(lambda login: Person.select().where(Person.login == login))
IN_TEAM = Prepared(
    lambda team, state: (
        Person.select(Person, Grant)
        .join(Grant)
        .where(Grant.team == team, Person.state == state, Person.epoch > 0)
        .order_by(Person.login)
    )
)
NAMES = Prepared(lambda: Team.select(Team.slug, Team.name).order_by(Team.slug).tuples())


def test_the_same_query_is_asked_with_other_values(alice, bob):
    assert BY_LOGIN.first("alice") == alice and BY_LOGIN.first("bob") == bob
    assert BY_LOGIN.first("nobody") is None and BY_LOGIN.all("nobody") == []


def test_values_and_constants_keep_their_places(lotus, alice, bob):
    assert IN_TEAM.all(lotus.id, "active") == [alice, bob]
    assert IN_TEAM.all(lotus.id, "suspended") == []
    bob.suspend("left", by=alice)
    assert IN_TEAM.all(lotus.id, "active") == [alice] and IN_TEAM.all(lotus.id, "suspended") == [bob]


def test_records_come_with_what_was_joined(lotus, alice):
    found = IN_TEAM.first(lotus.id, "active")
    assert (found.uid, found.created_at) == (alice.uid, alice.created_at)
    assert found.grant.team_id == lotus.id and not found.is_dirty()


def test_tuples_stay_tuples(cast):
    assert NAMES.all() == [("comet", "Comet Goods"), ("harbor", "Harbor Lines"), ("lotus", "Lotus Trading")]


def test_values_in_tuples_are_those_of_their_columns(lotus, alice):
    """As peewee gives them: a Boolean, a uid, a moment, a key, a count."""
    columns = (Team.is_operator, Team.uid, Team.created_at, Grant.team, Grant.all_stores, peewee.fn.COUNT(Grant.id))
    query = Team.select(*columns).join(Grant).where(Grant.person == alice).group_by(*columns[:-1]).tuples()
    found = Prepared(lambda: query.clone()).all()
    assert found == [(False, lotus.uid, lotus.created_at, lotus.id, True, 1)] == list(query)
    assert [type(one) for one in found[0]] == [type(one) for one in next(iter(query))]


def test_none_and_tuples_make_queries_of_their_own(lotus, comet, harbor):
    slugs = Prepared(lambda ids: Team.select(Team.slug).where(True if ids is None else Team.id.in_(ids)).tuples())
    assert len(slugs.all(None)) == 3 and slugs.all(()) == []
    assert {slug for (slug,) in slugs.all((lotus.id, comet.id))} == {"lotus", "comet"}
    assert slugs.all((harbor.id,)) == [("harbor",)] and slugs.all((lotus.id,)) == [("lotus",)]


def test_what_is_the_same_every_time_stands_in_the_sql(lotus):
    open_ones = Prepared(lambda name: Team.select(Team.id).where(Team.slug == "lotus", Team.name == name).limit(1))
    sql, values = open_ones.asking(lotus.name).sql()
    assert "'lotus'" in sql and values == [lotus.name]
    assert open_ones.first(lotus.name) == lotus and open_ones.first("lotus") is None


def test_a_constant_that_could_be_more_than_a_word_stays_a_value(cast):
    named = Prepared(lambda slug: Team.select(Team.id).where(Team.slug == slug, Team.name != "100% 'x' ?"))
    assert named.asking("lotus").sql()[1] == ["lotus", "100% 'x' ?"] and named.first("lotus")


def test_a_value_is_never_read_as_sql(cast):
    assert BY_LOGIN.all("' OR 1=1 --") == []


def test_several_questions_are_asked_together(lotus, alice):
    login = Prepared(lambda person: Person.select(Person.login).where(Person.id == person))
    grants = Grant.select(Grant.id).where(Grant.team == lotus, Grant.person == -1)
    assert together(login.asking(alice.id), grants, Team.select(Team.name).where(Team.slug == "comet")) == (
        "alice",
        None,
        "Comet Goods",
    )
    assert together() == ()
