"""Old events leave the log for a signed file; the chain holds before, meanwhile and afterwards; nothing young ever leaves."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest

from config.settings import BadSettings, read_settings
from models.audit import archive as archiving
from models.audit.anchor import LogAnchor
from models.audit.archive import FOLDER, archive, faults_of_anchors, verify_segments
from models.audit.chain import EventSeal, seal_events, verify
from models.audit.checkpoint import make_checkpoint, stored_checkpoints
from models.audit.event import Event
from models.support import clock
from models.support.db import db, is_sqlite, write_txn

pytestmark = pytest.mark.both


def happened(days_ago: float, times: int = 1) -> None:
    with write_txn():
        for number in range(times):
            Event.create(
                name="person_signed_in", actor_kind="person", actor_id=1, at=clock.ago(days=days_ago, seconds=-number)
            )


@pytest.fixture
def folder(portal: Any) -> Path:
    """A log of 30 old events, 5 of them in a checkpoint, and 10 young ones."""
    happened(420, 5)
    seal_events()
    make_checkpoint()
    happened(410, 25)
    happened(20, 10)
    while seal_events():
        pass
    return portal.data / FOLDER


def holds() -> bool:
    while seal_events():
        pass
    kept = {line["seq"]: line["hash"] for line in stored_checkpoints()}
    verdict = verify(kept)
    assert verdict.faults + faults_of_anchors() == []
    return verdict.holds


def test_what_is_old_leaves_for_a_signed_file_and_the_chain_holds(folder):
    anchor = archive(folder, 400)
    assert anchor is not None and (anchor.first_seq, anchor.seq, anchor.count) == (1, 30, 30)
    assert Event.select().where(Event.at < clock.ago(days=400)).count() == 0 and EventSeal.select().count() == 10
    assert holds() and verify().left == 30 and verify_segments(folder) == (30, [])
    lines = gzip.decompress((folder / anchor.file).read_bytes()).decode().splitlines()
    assert len(lines) == 30 and (folder / anchor.file).stat().st_mode & 0o077 == 0
    assert Event.select().order_by(Event.id.desc()).get().name == "log_archived"
    assert archive(folder, 400) is None


def test_segments_follow_each_other(folder, monkeypatch):
    monkeypatch.setattr(archiving, "MOST_LINKS", 12)
    done = []
    while anchor := archive(folder, 400):
        done.append((anchor.first_seq, anchor.seq))
        assert holds()
    assert done == [(1, 12), (13, 24), (25, 30)] and verify_segments(folder) == (30, [])


def test_a_run_that_is_killed_goes_on_and_the_chain_holds_all_the_while(folder, monkeypatch):
    monkeypatch.setattr(archiving, "AT_ONCE", 7)

    class Killed(Exception):
        pass

    def die(_gone: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        archive(folder, 400, die)
    assert LogAnchor.select().count() == 1 and 10 < EventSeal.select().count() < 41
    assert holds()
    assert archive(folder, 400) is None and EventSeal.select().where(EventSeal.seq <= 30).count() == 0
    assert holds()


def test_the_last_event_stays_however_old_it_is(portal):
    happened(500, 3)
    seal_events()
    anchor = archive(portal.data / FOLDER, 400)
    assert anchor is not None and anchor.seq == 2 and holds()


def test_nothing_young_is_let_go_by_the_database_itself(folder):
    """Not even with an anchor planted by hand: the database looks at the events' own time."""
    link = EventSeal.get(EventSeal.seq == 35)
    planted = {
        "first_seq": 1,
        "first_at": clock.now(),
        "last_at": clock.now(),
        "file": "x",
        "sha256": "",
        "root_version": 1,
        "signature": "",
    }
    for values in ({"seq": 35, "hash": link.hash}, {"seq": 30, "hash": "0" * 64}, {"seq": 99, "hash": link.hash}):
        with pytest.raises(peewee.DatabaseError), write_txn():
            LogAnchor.create(**values, **planted)
    for attempt in (lambda: Event.delete(), lambda: EventSeal.delete(), lambda: Event.update(name="x")):
        with pytest.raises(peewee.DatabaseError), write_txn():
            attempt().execute()
    archive(folder, 400)
    for attempt in (
        lambda: Event.delete(),
        lambda: EventSeal.delete(),
        lambda: LogAnchor.delete(),
        lambda: LogAnchor.update(seq=40),
    ):
        with pytest.raises(peewee.DatabaseError), write_txn():
            attempt().execute()
    assert holds()


def test_a_floor_of_a_year_whatever_is_asked(folder):
    happened(380)
    assert archive(folder, 1) is not None
    assert Event.select().where(Event.at < clock.ago(days=365)).count() == 1, (
        "it came after younger ones, so it waits for them"
    )
    assert holds()


def test_a_file_that_was_changed_and_an_anchor_nobody_signed_show(folder):
    anchor = archive(folder, 400)
    assert anchor is not None
    path = folder / anchor.file
    path.write_bytes(
        gzip.compress(gzip.decompress(path.read_bytes()).replace(b"person_signed_in", b"person_signed_on"), mtime=0)
    )
    assert verify_segments(folder)[1] == [f"{anchor.file} is not the file that was anchored."]
    path.unlink()
    assert verify_segments(folder) == (0, []), "kept elsewhere, it is checked there"
    if is_sqlite():
        db.execute_sql('DROP TRIGGER "log_anchor_no_update"')
    else:
        db.execute_sql("ALTER TABLE log_anchor DISABLE TRIGGER USER")
    with write_txn():
        LogAnchor.update(last_at=datetime(2020, 1, 1)).execute()
    assert faults_of_anchors() == ["The anchor of link 30 was not signed by this portal."]


@pytest.mark.sqlite
@pytest.mark.parametrize("days", ["80", "364", "0", "4000", "x"])
def test_fewer_days_than_a_year_are_refused_by_name(tmp_path, days):
    with pytest.raises(BadSettings, match="log_days"):
        read_settings({"PORTOLAN_DATA": str(tmp_path), "PORTOLAN_LOG_DAYS": days})
    assert read_settings({"PORTOLAN_DATA": str(tmp_path)}).log_days == 400


@pytest.mark.sqlite
def test_the_command_verifies_archives_and_says_what_left(folder, portal, monkeypatch, capsys):
    from commands.__main__ import main

    monkeypatch.setenv("PORTOLAN_DATA", str(portal.data))
    monkeypatch.setenv("PORTOLAN_MODE", "test")
    assert main(["audit", "archive"]) == 0 and '"seq": 30' in capsys.readouterr().out
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert "30 events left for 1 signed files; 30 of them were checked" in said
    assert main(["workload", "rebuild"]) == 0
    file = next((portal.data / FOLDER).iterdir())
    file.write_bytes(b"x")
    assert main(["audit", "verify"]) == 1 and "is not the file that was anchored" in capsys.readouterr().err


def test_moments_to_the_microsecond_are_compared_right(portal):
    edge = clock.ago(days=400)
    with write_txn():
        for at in (edge - timedelta(seconds=2), edge + timedelta(seconds=60), clock.now()):
            Event.create(name="person_signed_in", actor_kind="person", actor_id=1, at=at)
    seal_events()
    anchor = archive(portal.data / FOLDER, 400)
    assert anchor is not None and anchor.seq == 1
