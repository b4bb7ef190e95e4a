"""Every route, walked: by a visitor, by a stranger, by somebody with less, and by those who may."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from models.audit.event import Event
from models.people.permissions import OPERATOR_ONLY, PERMISSIONS
from models.people.reach import Reach
from tests.pages import SAFE

# Whoever is on an allowed network may open these, and nothing else.
PUBLIC = {
    "static", "home.favicon", "home.health", "people.sign_in", "people.open_door", "people.welcome", "people.choose_password", "people.prefer",
    "people.opinion",  # Of a password somebody types; it keeps and counts nothing.
    "shipping.hear",  # Tracking services send here; what is not signed with the account's key is a 403.
    "catalog.image",  # Amazon fetches it; the name is a hash and says nothing.
    "wallet.verify_statement",  # Says whether a paper is genuine, and nothing else.
}  # fmt: skip
ONLY_OUTSIDE_PRODUCTION = {"patterns"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
VALUES = {"uuid": str(uuid.UUID(int=7)), "int": "7", "path": "css/portolan.css", "default": "nothing-of-this-name"}


@dataclass(frozen=True)
class Route:
    endpoint: str
    rule: str
    methods: frozenset[str]
    access: str | None

    @property
    def has_team(self) -> bool:
        return "<team>" in self.rule

    @property
    def is_simple(self) -> bool:
        """Names nothing but the team."""
        return "<" not in self.rule.replace("<team>", "")

    def address(self, team: str = "lotus", **values: str) -> str:
        def value(match: re.Match) -> str:
            converter, _, name = match[1].rpartition(":")
            if name == "team":
                return team
            return quote(values.get(name) or VALUES[converter.partition("(")[0] or "default"])

        return re.sub(r"<([^>]+)>", value, self.rule)


def routes_of(app) -> list[Route]:
    return [
        Route(
            rule.endpoint,
            rule.rule,
            frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"},
            "public" if rule.endpoint == "static" else getattr(app.view_functions[rule.endpoint], "access", None),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in ONLY_OUTSIDE_PRODUCTION
    ]


@pytest.fixture
def routes(app) -> list[Route]:
    found = routes_of(app)
    assert len(found) > 25
    return found


def asked(routes: list[Route]) -> Iterator[tuple[Route, str]]:
    for route in routes:
        for method in sorted(route.methods):
            yield route, method


def test_every_route_says_who_may_open_it(routes):
    """Write @requires("area.verb"), @signed_in or @public above the view."""
    assert [route.endpoint for route in routes if route.access is None] == []


def test_a_mark_names_a_permission_that_exists(routes):
    known = {"public", "signed_in", "entering", *PERMISSIONS}
    assert {route.endpoint: route.access for route in routes if route.access not in known} == {}


def test_a_permission_is_asked_for_inside_a_team(routes):
    assert [route.endpoint for route in routes if route.access in PERMISSIONS and not route.has_team] == []


def test_what_belongs_to_a_team_is_never_public(routes):
    assert [route.endpoint for route in routes if route.has_team and route.access == "public"] == []


def test_these_routes_are_public_and_no_others(routes):
    assert {route.endpoint for route in routes if route.access == "public"} == PUBLIC


def test_a_route_is_named_by_its_room(routes):
    """Blueprint, package and first segment of the address are one word; the doors stand at the root."""
    wrong = [
        route.rule
        for route in routes
        if route.has_team and not re.match(rf"/t/<team>/({route.endpoint.partition('.')[0]}/|$)", route.rule)
    ]
    assert wrong == []


def test_a_change_is_never_asked_for_by_get(routes):
    both = [r.endpoint for r in routes if "GET" in r.methods and r.methods & UNSAFE]
    assert both == []


def test_a_visitor_gets_no_further_than_the_door(routes, visitor):
    for route, method in asked(routes):
        if route.access != "public":
            answer = visitor.open(route.address(), method=method)
            assert answer.status_code == 303, f"{method} {route.rule}"
            assert answer.headers["Location"].startswith("/sign-in")


def test_a_visitor_with_a_fragment_gets_no_further_either(routes, visitor):
    for route, method in asked(routes):
        if route.access != "public":
            answer = visitor.open(route.address(), method=method, fragment=True)
            assert (answer.status_code, answer.text) == (401, ""), f"{method} {route.rule}"


def test_a_stranger_finds_nothing_anywhere(routes, as_, charlie, lotus):
    """Charlie belongs to another team: every address of lotus is a 404, whatever the method, also for a fragment."""
    for route, method in asked(routes):
        if route.has_team:
            for fragment in (False, True):
                answer = as_(charlie).open(route.address("lotus"), method=method, fragment=fragment)
                assert answer.status_code == 404, f"{method} {route.rule}"
                assert "lotus" not in answer.text.lower()


def test_the_operator_finds_nothing_of_a_seller(routes, as_, olga, lotus):
    for route, method in asked(routes):
        if route.has_team:
            assert as_(olga).open(route.address("lotus"), method=method).status_code == 404, f"{method} {route.rule}"


def test_a_team_that_is_not_there_answers_like_one_that_is_not_yours(routes, as_, charlie, lotus):
    for route, method in asked(routes):
        if route.has_team:
            there = as_(charlie).open(route.address("lotus"), method=method)
            not_there = as_(charlie).open(route.address("nobody"), method=method)
            numbers = r"[0-9a-f]{32}"
            assert re.sub(numbers, "", there.text) == re.sub(numbers, "", not_there.text), route.rule


def test_somebody_with_less_is_told_no(routes, as_, bob, lotus):
    """Bob lists products: what his role does not hold is a 403, before anything is looked up."""
    may = Reach.of(bob, lotus).permissions
    refused = 0
    for route, method in asked(routes):
        if route.has_team and route.access in PERMISSIONS and route.access not in may:
            refused += 1
            assert as_(bob).open(route.address(), method=method).status_code == 403, f"{method} {route.rule}"
    assert refused > 10


def test_a_boss_is_refused_only_what_is_the_operators(routes, as_, alice, lotus):
    for route, method in asked(routes):
        if route.has_team and method == "GET":
            code = as_(alice).get(route.address()).status_code
            assert (code == 403) == (route.access in OPERATOR_ONLY), f"{route.rule}: {code}"


AMAZONS_ANSWER = "/stores/consent"  # Where Amazon sends a seller back to: without what Amazon adds it refuses in words.


def test_every_page_opens_for_those_who_may(routes, as_, alice, olga, lotus, harbor):
    """And is a valid page (tests/pages.py looks at it on the way), empty as the portal still is."""
    opened = 0
    for route in routes:
        if route.is_simple and "GET" in route.methods and route.endpoint != "static":
            for person, team in ((alice, "lotus"), (olga, "harbor")):
                if route.access in OPERATOR_ONLY and team != "harbor":
                    continue
                answer = as_(person).get(route.address(team))
                good = (409,) if route.rule == AMAZONS_ANSWER else (200, 303)
                assert answer.status_code in good, f"{route.rule} for {person.login}: {answer.status_code}"
                opened += answer.status_code == 200
    assert opened > 15


def test_every_page_opens_in_every_language(routes, as_, alice, lotus):
    for language in ("zh_Hans", "ar"):
        alice.change(language=language)
        for route in routes:
            if route.is_simple and "GET" in route.methods and route.has_team and route.access not in OPERATOR_ONLY:
                assert as_(alice).get(route.address()).status_code in (200, 303), f"{route.rule} in {language}"


def test_a_record_that_is_not_there_is_a_404(routes, as_, olga, harbor):
    """A uid or a number that nobody has, for somebody with every permission: never a 500, never another's record."""
    for route, method in asked(routes):
        if route.has_team and not route.is_simple:
            code = as_(olga).open(route.address("harbor"), method=method).status_code
            assert code in (404, 422) or (method == "POST" and code in (400, 409)), f"{method} {route.rule}: {code}"


HOSTILE = [
    "../../etc/passwd",
    "%00",
    "a\x00b",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "é" * 200,
    "0",
    "-1",
    "9" * 40,
    "​",
]


def test_no_name_in_an_address_breaks_a_page(routes, as_, olga, harbor):
    for route in routes:
        if "GET" in route.methods and not route.is_simple and route.endpoint != "static":
            names = [name.rpartition(":")[2] for name in re.findall(r"<([^>]+)>", route.rule)]
            for hostile in HOSTILE:
                values = {name: hostile for name in names if name != "team"}
                answer = as_(olga).get(route.address("harbor", **values))
                assert answer.status_code in (301, 303, 308, 404, 410), (
                    f"{route.rule} with {hostile!r}: {answer.status_code}"
                )
                assert "<script>alert(1)" not in answer.text


QUERIES = ["after=x", "before=%F0", "after=W10", "q=%27%22%3Cscript%3E", "state=nope", "page=-1", "size=999999999", "sort=id;drop", "store=x",
           "x=" + "y" * 4000, "q=" + "%E4%B8%AD" * 300, "q=%25%25%5C_", "name=%F0%9F%A6%86", "from=2026-99-99", "&&&==="]  # fmt: skip


def test_no_query_in_an_address_breaks_a_page(routes, as_, olga, harbor):
    for route in routes:
        if route.is_simple and "GET" in route.methods and route.endpoint != "static":
            for query in QUERIES:
                code = as_(olga).get(f"{route.address('harbor')}?{query}").status_code
                assert code in (200, 303, 400, 404, 409 if route.rule == AMAZONS_ANSWER else 422), (
                    f"{route.rule}?{query[:40]}: {code}"
                )


def test_looking_changes_nothing(routes, as_, alice, olga, lotus, harbor):
    """No GET leaves an event."""
    for person in (alice, olga):
        as_(person)
    before = Event.select().count()
    for route in routes:
        if "GET" in route.methods and route.endpoint != "static":
            as_(alice).get(route.address("lotus"))
            as_(olga).get(route.address("harbor"))
    assert Event.select().count() == before


def test_no_unsafe_request_is_taken_from_elsewhere(routes, as_, olga, harbor):
    for route, method in asked(routes):
        if method not in SAFE:
            for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
                answer = as_(olga).open(route.address("harbor"), method=method, headers=headers, ours=False)
                assert answer.status_code == 403, f"{method} {route.rule}"


def test_no_form_breaks_over_nonsense(routes, as_, olga, harbor):
    """Nothing sent, everything unknown, wrong types, other encodings: an answer in words, never a 500."""
    bodies = [
        {}, {"data": {"id": "1", "is_operator": "1", "team": "2", "state": "done", "role": "operator"}},
        {"data": b"\xff\xfe\x00", "content_type": "application/x-www-form-urlencoded"},
        {"data": b'{"a": [1,', "content_type": "application/json"}, {"data": b"--x\r\n", "content_type": "multipart/form-data"},
        {"data": b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", "content_type": "multipart/form-data; boundary=x"},
    ]  # fmt: skip
    for route, method in asked(routes):
        if method not in SAFE and route.endpoint != "people.sign_out":
            for body in bodies:
                code = as_(olga).open(route.address("harbor"), method=method, **body).status_code
                assert code < 500, f"{method} {route.rule} with {body}: {code}"


def test_options_tells_the_methods_and_nothing_more(routes, as_, olga, harbor):
    for route in routes:
        answer = as_(olga).open(route.address("harbor"), method="OPTIONS")
        assert answer.status_code in (200, 404, 405), route.rule
        assert answer.text == "" or answer.status_code != 200


def test_production_has_no_pattern_page(portal, compiled):
    from dataclasses import replace

    from app import create_app

    app = create_app(replace(portal, mode="production"))
    assert not any(rule.endpoint.startswith("patterns") for rule in app.url_map.iter_rules())
