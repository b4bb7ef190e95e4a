"""A new customer: the operator's people make the team and its boss, and nothing else in it."""

from __future__ import annotations

from models.people.person import Person
from models.people.reach import Reach
from models.people.team import Team


def test_the_operator_makes_a_team_with_its_boss(as_, olga, harbor):
    data = {"name": "Maple Goods", "slug": "maple", "boss": "Noor Jansen", "login": "noor.jansen", "language": "en"}
    made = as_(olga).post("/t/harbor/people/teams/", data=data)
    assert made.status_code == 201 and "/welcome/" in made.text
    team = Team.by_slug("maple")
    assert Reach.of(Person.by_login("noor.jansen"), team).may("people.manage")
    assert Reach.of(olga, team) is None


def test_the_boss_of_a_new_team_has_a_name_of_their_own(as_, olga, harbor):
    data = {"name": "Maple Goods", "slug": "maple", "boss": "Noor Jansen", "login": "maple01", "language": "en"}
    refused = as_(olga).post("/t/harbor/people/teams/", data=data)
    assert (refused.status_code, "could be anybody" in refused.text) == (422, True)
    assert Team.by_slug("maple") is None
