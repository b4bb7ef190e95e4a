"""Old imports: what nobody applied goes after two weeks, the details of others after 90 days, the rest after 18 months."""

from __future__ import annotations

from models.imports.entry import ImportEntry, ImportRowError
from models.imports.forgetting import forget_old
from models.imports.mapping import ImportMapping
from models.imports.record import Import
from tests.imports.conftest import ROW, csv_file


def test_what_is_old_goes_with_its_original(look, apply, portal, clock):
    folder = portal.data / "imports"
    applied = apply(look(csv_file(ROW, {**ROW, "code": "P-2", "quantity": "x", "sku": "B"})))
    idle = look(csv_file({**ROW, "quantity": "x"}))
    clock.move(days=15)
    assert forget_old(folder) == 1 and [batch.id for batch in Import.select()] == [applied.id]
    assert not idle.original(folder).exists() and applied.original(folder).exists()
    clock.move(days=80)
    assert forget_old(folder) == 0 and applied.reload().outcome == {"created": 1}
    assert not ImportEntry.select().exists() and not ImportRowError.select().exists()
    clock.move(days=500)
    assert forget_old(folder) == 1 and not applied.original(folder).exists() and not ImportMapping.select().exists()


def test_the_job_does_it(look, run_job, clock):
    look(csv_file(ROW))
    clock.move(days=15)
    assert run_job("imports.forget").done == 1


def test_an_original_that_another_team_has_too_stays(look, apply, comet, portal, clock):
    mine = look(csv_file(ROW))
    theirs = apply(look(csv_file(ROW), team=comet))
    clock.move(days=15)
    assert forget_old(portal.data / "imports") == 1 and mine.original(portal.data / "imports").exists()
    assert Import.get().id == theirs.id
