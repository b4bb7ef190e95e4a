"""Applying: what a person saw and nothing else, once however often it is killed, and nobody's work overwritten."""

from __future__ import annotations

import time

import pytest

from models.audit.event import Event
from models.catalog import saving
from models.catalog.draft import draft_of
from models.catalog.product import Product
from models.imports.entry import ImportEntry, ImportRowError
from models.imports.record import JOB, Import
from models.support import clock
from models.support.db import db
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import JobRun
from tests.catalog import killed
from tests.imports.conftest import ROW, csv_file, many, workbook
from tests.stores.selling import draft


def words(batch):
    return [str(error.sentence) for error in ImportRowError.of(batch)]


@pytest.mark.both
def test_what_was_looked_at_is_done_and_told(look, apply, alice):
    batch = apply(look(csv_file(ROW, {**ROW, "code": "P-2", "sku": "B", "quantity": "x"})), by=alice)
    assert (batch.state, batch.outcome, batch.error_count) == ("applied", {"created": 1}, 1)
    event = Event.select().where(Event.name == "products_imported").get()
    assert event.details == {"file": "x.csv", "created": 1, "changed": 0, "bad": 1} and event.actor_id == alice.id
    assert event.team_id == batch.team_id


def test_the_same_from_a_workbook_with_the_sheet_of_a_wrong_cell(look, apply):
    batch = look(
        workbook([["Code", "标题", "SKU", "售价 EUR"], ["P-1", "Ball", "A", 19.99], ["P-2", "", "B", "x"]]), "b.xlsx"
    )
    error = next(ImportRowError.of(batch))
    assert (batch.sheet, error.row, error.column, error.value) == ("Products", 3, "售价 EUR", "x")
    assert apply(batch).outcome == {"created": 1} and draft_of(Product.get()).variants[0].prices == {"EUR": 1999}


def test_a_change_of_somebody_else_in_another_field_stays(product, look, apply, alice):
    batch = look(csv_file({"code": "P-1", "title": "From the file", "sku": "TOY-1"}))
    saving.change(product, draft(brand="By hand"), version=1, by=alice)
    done = apply(batch)
    assert done.outcome == {"changed": 1} and (product.reload().brand, product.reload().title) == (
        "By hand",
        "From the file",
    )


def test_a_change_of_somebody_else_in_the_same_field_is_held_back_for_another_look(product, look, apply, alice, portal):
    from models.imports import looking

    batch = look(csv_file({"code": "P-1", "title": "From the file", "sku": "TOY-1"}))
    changed = draft()
    changed.texts["en"].title = "By hand"
    saving.change(product, changed, version=1, by=alice)
    done = apply(batch)
    assert product.reload().title == "By hand" and done.outcome == {"held": 1}
    assert "Somebody else changed this" in words(done)[0]
    assert ImportEntry.get().differences == [["title (en)", "By hand", "From the file"]]
    looking.look(done, portal.data / "imports")
    assert apply(done.reload()).outcome == {"changed": 1} and product.reload().title == "From the file"


def test_what_was_applied_is_applied_no_second_time(look, apply, take, product):
    batch = apply(look(csv_file({"code": "P-1", "title": "New", "sku": "TOY-1"})))
    version = product.reload().version
    with pytest.raises(Refused, match="nothing to import"):
        batch.begin("applying")
    with pytest.raises(Refused, match=r"imported on .* by somebody at the server"):
        take(csv_file({"code": "P-1", "title": "New", "sku": "TOY-1"}))
    assert product.reload().version == version
    assert look(csv_file({"code": "P-1", "title": "New", "sku": "TOY-1"}, {})).planned == {"unchanged": 1}


def test_the_same_bytes_of_another_team_are_another_import(look, apply, comet):
    apply(look(csv_file(ROW)))
    assert look(csv_file(ROW), team=comet).planned == {"new": 1}


@pytest.mark.both
def test_two_who_apply_at_once_apply_once(look, in_parallel, run_job):
    batch = look(csv_file(*({**ROW, "code": f"P-{n}", "sku": f"S-{n}"} for n in range(20))))
    outcomes = in_parallel(4, lambda: Import.get_by_id(batch.id).begin("applying"))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(Refused)) == 3
    assert all(isinstance(error, (AlreadyDecided, Refused)) for error in outcomes.errors)
    in_parallel(4, lambda: run_job(JOB, batch.uid))
    assert Product.select().count() == 20 and batch.reload().outcome == {"created": 20}
    assert Event.select().where(Event.name == "products_imported").count() == 1


@pytest.mark.both
def test_the_same_file_uploaded_twice_at_once_is_one_import(lotus, portal, tmp_path, in_parallel):
    path = tmp_path / "file"
    path.write_bytes(csv_file(ROW))
    outcomes = in_parallel(4, lambda: Import.take(lotus, "products", "x.csv", path, portal.data / "imports").id)
    assert outcomes.errors == [] and len(set(outcomes.results)) == 1


def test_an_application_that_was_cancelled_goes_on_where_it_stopped(look, run_job):
    batch = look(many(200))
    batch.begin("applying")
    batch.cancel()
    assert batch.reload().state == "stopped" and batch.reload().may_be_applied
    batch.reload().begin("applying")
    run_job(JOB, batch.uid)
    assert batch.reload().outcome == {"created": 200}


def test_what_breaks_again_and_again_is_given_up_with_a_sentence(look, run_job, portal):
    batch = look(csv_file(ROW))
    batch.original(portal.data / "imports").unlink()
    batch.begin("applying")
    run_job(JOB, batch.uid)
    assert batch.reload().state == "stopped" and "original is not here" in str(batch.reload().problem_words)


@pytest.mark.slow
def test_killed_again_and_again_every_product_is_there_once(look, portal):
    """kill -9 in the middle of an application: what is saved stays, the rest follows, nothing is done twice."""
    environment = {
        "PORTOLAN_DATA": str(portal.data), "PORTOLAN_MODE": "test", "PORTOLAN_KEY_FILE": str(portal.key_path),
        "PORTOLAN_LOG_LEVEL": "error",
    }  # fmt: skip
    count = 1500
    batch = look(many(count))
    batch.begin("applying")
    kills = 0
    for _ in range(40):
        if kills == 4:
            break
        before, process = (
            Product.select().count(),
            killed.start(environment, "job", "run", JOB, "--store", str(batch.uid)),
        )
        until = time.monotonic() + 30
        while process.is_alive() and Product.select().count() < before + 100 and time.monotonic() < until:
            time.sleep(0.005)
        was_alive = process.is_alive()
        process.kill()
        process.join(20)
        kills += was_alive
        JobRun.update(lease_until=clock.ago(seconds=1)).where(JobRun.state == "running").execute()
        if batch.reload().state == "applied":
            break
    assert kills >= 3 and 0 < Product.select().count() < count
    Import.update(tries=0).execute()
    process = killed.start(environment, "job", "run", JOB, "--store", str(batch.uid))
    process.join(60)
    done = batch.reload()
    assert (done.state, done.outcome) == ("applied", {"created": count})
    assert Product.select().count() == count == Event.select().where(Event.name == "product_created").count()
    assert {p.version for p in Product.select(Product.version)} == {1}
    assert Event.select().where(Event.name == "products_imported").count() == 1
    assert db.obj.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
