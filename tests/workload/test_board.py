"""The board: who did how much as the reader may see it, told 304 while nothing changed, at the same price for thirty as for one."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from models.people.employees import invite
from models.people.role import Grant, Role
from models.support import clock
from models.workload.board import Board
from models.workload.target import WorkTarget
from tests.orders.conftest import make_store
from tests.stores.selling import Counted

T = "/t/lotus/workload"
POLL = {"HX-Request": "true", "HX-Target": "work-board"}


@pytest.fixture
def board(lotus: Any, alice: Any) -> Any:
    def _board(stores: Any = None, period: str = "today", sort: str = "") -> Board:
        reach = SimpleNamespace(team_id=lotus.id, team=lotus, by_permission={"work.view": stores}, person=alice)
        return Board.of(reach, "Asia/Kathmandu", period, sort)

    return _board


def row_of(board: Board, person: Any) -> Any:
    return next(row for row in board.rows if row.person.id == person.id)


@pytest.mark.both
def test_each_period_counts_what_belongs_into_it(act, settle, board, lotus, alice, bob):
    now = clock.now()
    for ago in (timedelta(minutes=5), timedelta(days=3), timedelta(days=20), timedelta(days=40)):
        act(bob, lotus, "listing_overridden", now - ago, fields=[])
    assert row_of(board(period="now"), bob).figures.of("listings_edited") == 1, "before anything was sealed or counted"
    settle()
    counts = [row_of(board(period=period), bob).figures.of("listings_edited") for period in ("now", "7", "30")]
    assert counts == [1, 2, 3]
    assert row_of(board(), bob).is_busy and not row_of(board(), alice).figures.of("listings_edited")


def test_a_reader_of_some_stores_sees_work_on_those_and_on_none(act, settle, board, lotus, bob):
    for store in (None, 10, 11):
        act(bob, lotus, "listing_overridden", clock.now(), store=store, fields=[])
    settle()
    for period in ("now", "today"):
        assert row_of(board(period=period), bob).figures.of("listings_edited") == 3
        assert row_of(board(frozenset({10}), period), bob).figures.of("listings_edited") == 2
        assert row_of(board(frozenset(), period), bob).figures.of("listings_edited") == 1


def test_every_column_sorts_both_ways(act, settle, board, lotus, alice, bob):
    act(bob, lotus, "listing_overridden", clock.now(), fields=[])
    settle()
    for sort in ("listings_edited", "last"):
        assert board(sort=f"-{sort}").rows[0].person == bob and board(sort=sort).rows[-1].person == bob
    assert [row.person.name for row in board(sort="-name").rows] == ["Bob Stein", "Alice Wang"]
    assert len(board(sort="nonsense").rows) == 2


def test_a_page_that_asks_again_is_told_304_in_one_question(as_, act, settle, alice, bob, lotus):
    browser = as_(alice)
    act(bob, lotus, "listing_overridden", clock.now(), fields=[])
    settle()
    clock.move(to=clock.now().replace(second=1))
    first = browser.get(f"{T}/", headers=POLL)
    tag = first.headers["ETag"]
    assert first.status_code == 200 and "data-live" in first.text
    for _ in range(2):
        with Counted() as counted:
            again = browser.get(f"{T}/", headers=POLL | {"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len([sql for sql in counted.statements if "work_" in sql]) == 1 and len(counted) <= 7, counted.statements
    act(bob, lotus, "listing_overridden", clock.now(), fields=[])
    settle()
    assert browser.get(f"{T}/", headers=POLL | {"If-None-Match": tag}).status_code == 200
    tag = browser.get(f"{T}/", headers=POLL).headers["ETag"]
    clock.move(minutes=1)
    assert browser.get(f"{T}/", headers=POLL | {"If-None-Match": tag}).status_code == 200, (
        "“2 minutes ago” has to go on"
    )
    tag = browser.get(f"{T}/", headers=POLL).headers["ETag"]
    assert browser.get(f"{T}/?period=7", headers=POLL | {"If-None-Match": tag}).status_code == 200
    assert browser.get(f"{T}/", headers={"If-None-Match": tag}).status_code == 200, "a whole page is always whole"


def test_the_board_costs_the_same_for_twenty_people_as_for_two(as_, act, settle, alice, bob, lotus):
    costs = []
    for count in (0, 18):
        for number in range(count):
            person, _token = invite(lotus, f"li.wei{chr(97 + number)}", f"Li Wei {number}", role="lister", by=alice)
            person.change(state="active")
            act(person, lotus, "listing_overridden", clock.now(), fields=[])
        WorkTarget.set(bob, lotus, "listings_edited", "week", 5, since=clock.now().date(), by=alice)
        settle()
        as_(alice).get(f"{T}/")
        with Counted() as counted:
            assert as_(alice).get(f"{T}/").status_code == 200
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 37, (costs, counted.statements)


def test_a_team_is_not_seen_by_strangers_nor_by_those_with_less(as_, alice, bob, charlie, lotus):
    for path in ("/", f"/{bob.uid}", "/me"):
        assert as_(charlie).get(T + path).status_code == 404
    assert as_(bob).get(f"{T}/").status_code == as_(bob).get(f"{T}/{alice.uid}").status_code == 403
    assert as_(bob).get(f"{T}/me").status_code == 200
    assert as_(alice).get(f"{T}/{charlie.uid}").status_code == 404


def test_the_board_leaves_as_a_file_that_is_safe_and_leaves_an_event(as_, act, settle, alice, bob, lotus, last_event):
    bob.change(name="=HYPERLINK(1)")
    act(bob, lotus, "publications_asked", clock.now(), count=7, stores=[])
    settle()
    answer = as_(alice).post(f"{T}/exports", data={"format": "csv", "period": "7", "sort": "-name"})
    assert (
        "'=HYPERLINK(1)" in answer.text
        and '"7"' in answer.text
        and "attachment" in answer.headers["Content-Disposition"]
    )
    assert (last_event().name, last_event().details["period"]) == ("work_exported", "7")
    assert as_(alice).post(f"{T}/exports", data={"format": "xlsx"}).data[:2] == b"PK"


def test_hostile_names_stay_text(as_, act, settle, alice, bob, lotus):
    bob.change(name='<script>alert(1)</script>"x')
    act(bob, lotus, "listing_overridden", clock.now(), fields=["<b>"])
    settle()
    for path in ("/", f"/{bob.uid}"):
        assert "<script>alert(1)" not in as_(alice).get(T + path).text


# A place of one's own, and targets


def test_my_work_shows_what_waits_what_i_did_and_my_numbers(as_, act, settle, alice, bob, lotus):
    from models.imports.record import Import

    Import.create(
        team=lotus, kind="products", sha256="0" * 64, name="a.csv", state="looked", format="csv", uploaded_by=bob
    )
    act(bob, lotus, "listing_overridden", clock.now(), fields=["title"])
    settle()
    page = as_(bob).get(f"{T}/me").text
    assert "Imports to finish" in page and "Bob Stein set Title" in page and "Listings edited" in page
    assert "Nothing waits for you" in as_(alice).get(f"{T}/me").text
    assert "Imports to finish" in as_(alice).get(f"{T}/{bob.uid}").text
    for query in ("measure=listings_edited&day=2026-01-01", "measure=x&day=x", "after=x", "day=9999-99-99"):
        assert as_(bob).get(f"{T}/me?{query}").status_code == 200


def test_a_target_is_set_by_a_row_of_its_day_and_leaves_an_event(as_, act, settle, alice, bob, lotus, last_event):
    today = clock.local(clock.now(), "Asia/Shanghai").date()
    form = {"measure": "listings_edited", "amount": "4", "every": "day", "since": today.isoformat()}
    assert as_(alice).post(f"{T}/{bob.uid}/targets", data=form).status_code == 303
    assert last_event().name == "target_set"
    act(bob, lotus, "listing_overridden", clock.now(), fields=[])
    settle()
    assert "1 of 4 a day" in as_(bob).get(f"{T}/me").text
    as_(alice).post(f"{T}/{bob.uid}/targets", data=form | {"amount": "0"})
    assert "1 of 4 a day" not in as_(bob).get(f"{T}/me").text
    assert [target.amount for target in WorkTarget.history(lotus.id, bob.id)] == [0, 4], "nothing is forgotten"


@pytest.mark.parametrize(
    "wrong", [{"amount": "-1"}, {"amount": "many"}, {"measure": "x"}, {"every": "year"}, {"since": "soon"}]
)
def test_a_target_that_makes_no_sense_changes_nothing(as_, alice, bob, lotus, wrong):
    form = {"measure": "listings_edited", "amount": "4", "every": "day", "since": "2026-01-01"} | wrong
    assert as_(alice).post(f"{T}/{bob.uid}/targets", data=form).status_code == 422
    assert WorkTarget.select().count() == 0


def test_nobody_sets_their_own_target_nor_that_of_a_stranger(as_, alice, bob, charlie, lotus):
    form = {"measure": "listings_edited", "amount": "4", "every": "day", "since": "2026-01-01"}
    assert as_(alice).post(f"{T}/{alice.uid}/targets", data=form).status_code == 409
    assert as_(alice).post(f"{T}/{charlie.uid}/targets", data=form).status_code == 404
    assert as_(bob).post(f"{T}/{alice.uid}/targets", data=form).status_code == 403
    assert WorkTarget.select().count() == 0


def test_a_manager_of_one_store_opens_a_person_as_far_as_that_store(as_, act, settle, alice, bob, lotus):
    store = make_store(lotus)
    person, _token = invite(lotus, "mia.manager", "Mia Manager", role="lister", by=alice)
    person.change(state="active")
    Grant.give(person, lotus, Role.built_in("manager"), stores=[store.id])
    act(bob, lotus, "listing_overridden", clock.now(), store=store.id + 1, fields=["elsewhere"])
    act(bob, lotus, "listing_overridden", clock.now(), store=store.id, fields=["here"])
    settle()
    page = as_(person).get(f"{T}/{bob.uid}").text
    assert "Bob Stein set here" in page and "elsewhere" not in page


# Those who left


def test_who_worked_and_has_no_role_any_more_stands_on_the_board_as_gone(
    as_, act, settle, board, alice, bob, charlie, lotus
):
    act(bob, lotus, "listing_overridden", clock.now() - timedelta(days=2), fields=["title"])
    settle()
    Grant.delete().where(Grant.person == bob, Grant.team == lotus).execute()
    row = row_of(board(period="7"), bob)
    assert row.is_gone and row.figures.of("listings_edited") == 1
    assert bob.id not in {one.person.id for one in board(period="now").rows}, "only where they did something"
    page = as_(alice).get(f"{T}/?period=7").text
    assert "No role here any more" in page
    page = as_(alice).get(f"{T}/{bob.uid}").text
    assert "No role here any more" in page and "Set a target" not in page
    assert as_(alice).post(f"{T}/{bob.uid}/targets", data={}).status_code == 404
    assert as_(charlie).get(f"{T}/{bob.uid}").status_code == 404
    assert as_(alice).get(f"{T}/{charlie.uid}").status_code == 404, "who never worked here is nobody's to look at"
