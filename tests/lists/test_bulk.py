"""Doing something with many rows: each once, each with its outcome, taken back as one."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import islice

import pytest

from jobs import lists as jobs_lists
from models.audit.event import Event
from models.catalog.product import Product
from models.lists import bulk_run
from models.lists.bulk_run import BulkRow, BulkRun
from models.people.role import Grant
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import JobRun, JobWake

START = "/t/lotus/lists/products/bulk"
LIST = "/t/lotus/catalog/products/"


def states() -> list[str]:
    return [product.state for product in Product.select().where(Product.code != "RIVAL").order_by(Product.id)]


def archive(browser, products, **more):
    return browser.post(START, data={"bulk": "archive", "selected": [str(one.uid) for one in products], **more})


def test_a_few_rows_are_done_at_once_and_taken_back_from_the_toast(as_, alice, lotus, library):
    made = library(3)
    answer = archive(as_(alice), made[:2])
    assert answer.status_code == 303 and states() == ["archived", "archived", "active"]
    page = as_(alice).get(answer.location).text
    assert "Archive: 2 done." in page
    undo = re.search(r'action="([^"]+/undo)"', page).group(1)
    assert as_(alice).post(undo).status_code == 303 and states() == ["active"] * 3
    assert as_(alice).post(undo).status_code == 409, "once"
    assert [event.name for event in Event.select().order_by(Event.id)][-1] == "bulk_done"


def test_all_that_match_means_the_filters_of_the_list(as_, alice, lotus, library):
    library(4)
    as_(alice).post(START, data={"bulk": "archive", "all_matching": "1", "query": "find=P-2"})
    assert states() == ["active", "active", "archived", "active"]
    as_(alice).post(START, data={"bulk": "archive", "all_matching": "1", "query": ""})
    assert states() == ["archived"] * 4 and Product.get(Product.code == "RIVAL").state == "active"


def test_a_refused_row_keeps_its_sentence_and_the_others_are_done(as_, alice, lotus, library):
    made = library(3)
    made[1].archive(by=alice)
    answer = archive(as_(alice), made)
    run = BulkRun.get()
    assert (run.state, run.done, run.failed) == ("done", 2, 1) and str(run.uid) in answer.location
    page = as_(alice).get(answer.location).text
    assert "P-1" in page and "2 of 3 records were done, 1 were refused." in page
    file = as_(alice).get(f"/t/lotus/lists/bulk/{run.uid}/failures.csv")
    assert (
        file.data.startswith(b"\xef\xbb\xbf") and '"P-1"' in file.text and file.headers["Cache-Control"] == "no-store"
    )
    as_(alice).post(f"/t/lotus/lists/bulk/{run.uid}/undo")
    assert states() == ["active", "archived", "active"], "only what this run did is taken back"


def test_many_rows_become_a_job_with_progress(as_, alice, lotus, library, monkeypatch):
    monkeypatch.setattr(bulk_run, "AT_ONCE", 5)
    answer = archive(as_(alice), library(12))
    run = BulkRun.get()
    assert states() == ["active"] * 12 and JobWake.get().job == "lists.bulk"
    fragment = as_(alice).get(answer.location, headers={"HX-Request": "true"}).text
    assert "every 1s" in fragment and "<html" not in fragment
    job = JobRun.claim("lists.bulk", str(run.uid), run.created_at)
    jobs_lists.bulk(job)
    assert states() == ["archived"] * 12 and (job.reload().done, run.reload().state) == (12, "done")
    assert "every 1s" not in as_(alice).get(answer.location, headers={"HX-Request": "true"}).text


@pytest.mark.both
def test_a_run_that_was_interrupted_goes_on_where_it_was(viewer_of, alice, lotus, library, products, monkeypatch):
    monkeypatch.setattr(bulk_run, "AT_ONCE", 3)
    made = library(10)
    run = BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in made])
    for _row in islice(run.perform(), 4):
        pass
    assert run.reload().done == 4 == states().count("archived")
    for _row in run.reload().perform():
        pass
    run = run.reload()
    assert (run.state, run.done, run.failed) == ("done", 10, 0) and states() == ["archived"] * 10
    archived = Event.select().where(Event.name == "product_archived").count()
    assert archived == 10, "nothing twice"


@pytest.mark.both
def test_two_processes_on_one_run_do_every_row_once(
    viewer_of, alice, lotus, library, products, monkeypatch, in_parallel
):
    monkeypatch.setattr(bulk_run, "AT_ONCE", 3)
    made = library(12)
    run = BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in made])
    in_parallel(3, lambda: [row.id for row in BulkRun.get_by_id(run.id).perform()])
    for _row in run.reload().perform():
        pass
    run = run.reload()
    assert (run.state, run.done + run.failed) == ("done", 12) and states() == ["archived"] * 12
    assert Event.select().where(Event.name == "product_archived").count() == 12
    assert BulkRow.select().where(BulkRow.state == "waiting").count() == 0


def test_a_cancelled_run_stops_and_says_how_far_it_came(as_, viewer_of, alice, lotus, library, products, monkeypatch):
    monkeypatch.setattr(bulk_run, "AT_ONCE", 2)
    run = BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in library(6)])
    rows = run.perform()
    next(rows)
    as_(alice).post(f"/t/lotus/lists/bulk/{run.uid}/cancel")
    assert list(rows) == [] and states().count("archived") == 1
    assert "1 of 6 records were done" in as_(alice).get(f"/t/lotus/lists/bulk/{run.uid}").text
    with pytest.raises(Refused):
        run.reload().undo(viewer_of(alice))


def test_rights_that_ended_meanwhile_count_no_more(viewer_of, alice, lotus, library, products, monkeypatch):
    monkeypatch.setattr(bulk_run, "AT_ONCE", 1)
    run = BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in library(3)])
    Grant.delete().where(Grant.person == alice).execute()
    assert [row.state for row in run.perform()] == ["failed"] * 3 and states() == ["active"] * 3
    assert "not yours" in str(BulkRow.get().problem)


def test_nobody_reaches_what_is_not_theirs(as_, alice, bob, charlie, lotus, library):
    made = library(2)
    rival = Product.get(Product.code == "RIVAL")
    assert archive(as_(alice), [rival]).status_code == 409 and rival.reload().state == "active"
    assert archive(as_(charlie), made).status_code == 404
    run_page = archive(as_(alice), made[:1]) and f"/t/lotus/lists/bulk/{BulkRun.get().uid}"
    for person in (bob, charlie):
        assert as_(person).get(run_page).status_code == 404
        assert as_(person).post(run_page + "/undo").status_code == 404
    assert as_(alice).post(START, data={"bulk": "burn", "selected": [str(made[0].uid)]}).status_code == 404
    assert as_(alice).post("/t/lotus/lists/nothing/bulk", data={"bulk": "archive"}).status_code == 404
    assert as_(alice).post(START, data={"bulk": "archive", "selected": ["x", "'; --", "0" * 500]}).status_code == 409
    assert states().count("archived") == 1


@pytest.mark.both
def test_two_undo_at_once_take_back_once(viewer_of, alice, lotus, library, products, in_parallel):
    run = BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in library(3)])
    outcomes = in_parallel(4, lambda: BulkRun.get_by_id(run.id).undo(viewer_of(alice)).id)
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(AlreadyDecided)) == 3
    assert states() == ["active"] * 3


def test_publishing_asks_where_first(as_, alice, lotus, library):
    made = library(2)
    answer = as_(alice).post(START, data={"bulk": "publish", "selected": [str(one.uid) for one in made]})
    assert answer.status_code == 303 and "/catalog/publish?product=" in answer.location
    assert all(str(one.uid) in answer.location for one in made)


def test_a_record_that_breaks_is_told_and_the_others_are_done(viewer_of, alice, lotus, library, products, monkeypatch):
    made = library(3)
    true = Product.move

    def broken(self, *rest, **more):
        if self.code == "P-1":
            raise ZeroDivisionError
        return true(self, *rest, **more)

    monkeypatch.setattr(Product, "move", broken)
    run = BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in made])
    assert (run.state, run.done, run.failed) == ("done", 2, 1) and states() == ["archived", "active", "archived"]
    assert "Something went wrong" in str(run.failures().get().problem)


def test_runs_are_forgotten_after_ninety_days(viewer_of, alice, lotus, library, products, clock):
    BulkRun.start(viewer_of(alice), products, products.bulk[1], [one.id for one in library(2)])
    clock.move(to=clock.now() + timedelta(days=89))
    assert BulkRun.forget_old() == 0
    clock.move(to=clock.now() + timedelta(days=2))
    assert BulkRun.forget_old() == 1 and not BulkRow.select().exists()
