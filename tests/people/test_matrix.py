"""Every default role × every route: allowed, 403 or 404, exactly as the role's permissions say."""

from __future__ import annotations

import pytest

from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.permissions import DEFAULT_ROLES, PERMISSIONS
from models.people.session import Session
from tests.conftest import PASSWORD
from tests.test_routes import UNSAFE, asked, routes_of


@pytest.fixture
def routes(app):
    return [route for route in routes_of(app) if route.has_team]


@pytest.mark.parametrize("role", [role for role in DEFAULT_ROLES], ids=lambda role: role.key)
def test_a_role_opens_what_it_allows_and_nothing_else(role, routes, app, cast):
    """The door decides before a view looks anything up: 403 for every route whose permission the role lacks, never elsewhere.

    A request that changes something is asked only where it must be refused; what is allowed has its own tests.
    """
    team = cast["harbor" if role.for_operator else "lotus"]
    person, token = invite(team, "wang.min", "Wang Min", role=role.key)
    Invitation.of_token(token).use(PASSWORD)
    browser = app.test_client()
    browser.set_cookie("sid", Session.open(person.reload(), address="127.0.0.1", device="x")[1])
    answers = 0
    for route, method in asked(routes):
        is_allowed = route.access not in PERMISSIONS or route.access in role.permissions
        if is_allowed and (method in UNSAFE or not route.is_simple):
            continue
        code = browser.open(route.address(team.slug), method=method).status_code
        assert (code == 403) != is_allowed, f"{role.key}: {method} {route.rule} is {code}, {route.access}"
        answers += 1
    assert answers > 20
    strange = cast["comet"]
    assert {
        browser.open(route.address(strange.slug), method=method).status_code
        for route, method in list(asked(routes))[::7]
    } == {404}
