"""`./portolan retention`: what is held and due, the dry run, the approval. And the job."""

from __future__ import annotations

import json
from datetime import time
from types import SimpleNamespace
from typing import Any

import pytest

from commands import retention
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.orders.ingest import keep
from models.orders.order import Order
from models.orders.purge import FarMoreThanUsual
from tests.orders.test_purge import delivered, held


@pytest.fixture
def command(portal, monkeypatch):
    """Runs `portolan retention …` over the test's data."""
    from contextlib import contextmanager

    from models.audit.origin import Origin, acting

    @contextmanager
    def opened(**_options: Any):
        with acting(Origin("command", "wang")):
            yield portal

    monkeypatch.setattr(retention, "portal", opened)

    def run(verb: str, **options: Any) -> int:
        return retention.run(
            SimpleNamespace(**{"verb": verb, "json": False, "dry_run": False, "approve": False} | options)
        )

    return run


def test_status_says_what_is_held_and_fails_beyond_the_limit(store, command, capsys, clock):
    keep(store, [delivered(n) for n in range(3)])
    assert command("status", json=True) == 0
    assert json.loads(capsys.readouterr().out) == {
        "held": 3, "due": 0, "threads_held": 0, "threads_due": 0, "photos_held": 0, "days_beyond_limit": None, "unread_answers": 0, "usual_per_day": 0,
    }  # fmt: skip
    clock.move(days=32)
    assert command("status") == 1
    assert "days beyond limit" in capsys.readouterr().out


def test_a_rehearsal_names_stores_and_changes_nothing(store, command, capsys, clock):
    keep(store, [delivered(n) for n in range(3)])
    clock.move(days=24)
    assert command("purge", dry_run=True) == 0
    out = capsys.readouterr().out
    assert "Lotus EU" in out and "3 would be destroyed; nothing was." in out
    assert held() == 3


def test_a_person_at_the_server_approves_and_the_event_names_them(store, command, capsys, clock):
    keep(store, [delivered(n) for n in range(120)])
    clock.move(days=24)
    with pytest.raises(FarMoreThanUsual):
        command("purge")
    assert command("purge", approve=True) == 0
    assert "120" in capsys.readouterr().out and held() == 0
    event = Event.get(Event.name == "purge_approved")
    assert (event.actor_kind, event.actor_label) == ("command", "wang")


def test_the_job_purges_and_is_due_at_ten_past_three_and_at_the_start(store, portal, clock):
    keep(store, [delivered(n) for n in range(3)])
    clock.move(days=24)
    run = Runner(SCHEDULE, portal).run("retention.purge")
    assert (run.state, run.done) == ("done", 3)
    job = next(job for job in SCHEDULE if job.name == "retention.purge")
    assert job.at == time(3, 10) and job.at_start


def test_a_job_that_refuses_fails_with_the_sentence(store, portal, clock):
    keep(store, [delivered(n) for n in range(120)])
    clock.move(days=24)
    run = Runner(SCHEDULE, portal).run("retention.purge")
    assert run.state == "failed" and "far more than usual" in str(run.error_words)
    assert Order.select().where(Order.buyer_state == "held").count() == 120


def test_help_reads_the_options(capsys):
    from commands.__main__ import main

    with pytest.raises(SystemExit):
        main(["retention", "purge", "--help"])
    assert "--approve" in capsys.readouterr().out
