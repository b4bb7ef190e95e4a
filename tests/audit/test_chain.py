"""The hash chain: every tampering with the event log shows, whoever did it and with whatever rights."""

# ruff: noqa: S608 (the statements are the attack)

from __future__ import annotations

import pytest

from models.audit import chain
from models.audit.chain import GENESIS, EventSeal, SealHead, has_unsealed, seal_events, verify
from models.audit.checkpoint import check_signature, make_checkpoint, stored_checkpoints
from models.audit.event import Event
from models.people.team import Team
from models.support.db import db, is_sqlite, write_txn

pytestmark = pytest.mark.both


def happen(times: int, word: str = "team") -> None:
    for number in range(times):
        Team.create_team(f"{word}-{number}", word)


@pytest.fixture
def history(portal):
    happen(10)
    assert seal_events() == 10
    return portal


@pytest.fixture
def tamper(history):
    """`tamper(sql)`: somebody with every right to the database takes the guards away first."""
    if is_sqlite():
        for (name,) in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute_sql(f'DROP TRIGGER "{name}"')
    else:
        for table in ("event", "event_seal", "checkpoint"):
            db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def _tamper(sql: str) -> None:
        with write_txn():
            db.execute_sql(sql)

    return _tamper


def test_a_chain_that_nobody_touched_holds(history):
    verdict = verify()
    assert (verdict.holds, verdict.links, verdict.waiting) == (True, 10, 0)
    assert verdict.head == SealHead.get().hash
    happen(1, "later")
    assert (verify().links, verify().waiting) == (10, 1)


def test_an_empty_chain_holds(portal):
    assert verify().holds
    assert verify().head == GENESIS
    assert seal_events() == 0
    assert not has_unsealed()


def test_sealing_goes_on_where_it_ended(history):
    happen(3, "later")
    assert has_unsealed()
    assert seal_events(limit=2) == 2
    assert seal_events() == 1
    assert seal_events() == 0
    assert not has_unsealed()
    assert [seal.seq for seal in EventSeal.select().order_by(EventSeal.seq)] == list(range(1, 14))
    assert verify().holds


@pytest.mark.parametrize(
    "column",
    [
        "at = '2020-01-01 00:00:00'", "name = 'forged'", "actor_kind = 'job'", "actor_id = 99", "actor_label = 'x'",
        "team_id = 99", "team_id = NULL", "store_id = 1", "object_kind = 'x'", "object_id = 99", "object_label = ''",
        "details = '{\"is_operator\":true}'", "address = '1.2.3.4'", "request_id = 'x'", "details = '{'",
    ],
)  # fmt: skip
@pytest.mark.sqlite
def test_a_changed_event_shows_whatever_was_changed(tamper, column):
    tamper(f"UPDATE event SET {column} WHERE id = 4")
    verdict = verify()
    assert verdict.faults == ["Event 4 of link 4 was changed."]


def test_a_changed_event_shows(tamper):
    tamper("UPDATE event SET actor_id = 99 WHERE id = 4")
    assert verify().faults == ["Event 4 of link 4 was changed."]


def test_a_deleted_event_shows(tamper):
    tamper("DELETE FROM event WHERE id = 4")
    assert verify().faults == ["Event 4 of link 4 is gone."]


def test_an_event_deleted_with_its_link_shows(tamper):
    tamper("DELETE FROM event WHERE id = 4")
    tamper("DELETE FROM event_seal WHERE seq = 4")
    assert "Links 4 to 4 are missing." in verify().faults


def test_links_closed_up_after_a_deletion_show(tamper):
    tamper("DELETE FROM event WHERE id = 4")
    tamper("DELETE FROM event_seal WHERE seq = 4")
    for seq in range(5, 11):
        tamper(f"UPDATE event_seal SET seq = {seq - 1} WHERE seq = {seq}")
    assert not verify().holds
    assert "Link 4 does not follow the one before it." in verify().faults


def test_a_cut_tail_shows(tamper):
    tamper("DELETE FROM event WHERE id > 7")
    tamper("DELETE FROM event_seal WHERE seq > 7")
    assert verify().faults == ["The chain ends at link 7, but 10 links were made."]


def test_two_events_changed_for_each_other_show(tamper):
    tamper("UPDATE event SET id = 99 WHERE id = 4")
    tamper("UPDATE event SET id = 4 WHERE id = 5")
    tamper("UPDATE event SET id = 5 WHERE id = 99")
    assert len(verify().faults) == 2


def test_a_replaced_event_shows(tamper):
    tamper("DELETE FROM event WHERE id = 4")
    tamper(
        "INSERT INTO event (id, at, name, actor_kind, actor_label, object_kind, object_label, details, address, request_id)"
        " SELECT 4, at, name, actor_kind, actor_label, object_kind, 'forged', details, address, request_id FROM event WHERE id = 5"
    )
    assert verify().faults == ["Event 4 of link 4 was changed."]


def rewrite_everything() -> None:
    """The whole chain made anew over forged events, without a fault in itself."""
    with write_txn():
        db.execute_sql("DELETE FROM event_seal")
        db.execute_sql(f"UPDATE seal_head SET seq = 0, hash = '{GENESIS}', event_id = 0")
    while seal_events():
        pass


def test_a_full_rewrite_holds_in_itself_and_shows_against_a_checkpoint(tamper):
    kept = checkpoint_elsewhere()
    tamper("UPDATE event SET actor_id = 99 WHERE id = 4")
    rewrite_everything()
    assert verify().holds, "a chain alone cannot show this: that is why checkpoints are kept elsewhere"
    faults = verify(kept).faults
    assert faults == ["Link 10 is not the one that was written down in the checkpoint."]


def test_a_tail_cut_with_its_end_shows_against_a_checkpoint(tamper):
    kept = checkpoint_elsewhere()
    tamper("DELETE FROM event WHERE id > 7")
    rewrite_everything()
    assert verify().holds
    assert verify(kept).faults == ["Link 10, written down in a checkpoint, is gone."]


def checkpoint_elsewhere() -> dict[int, str]:
    made = make_checkpoint()
    assert made is not None
    return {made.seq: made.hash}


def test_checkpoints_of_many_moments_all_fit(history):
    for word in ("a", "b", "c"):
        happen(2, f"more-{word}")
        seal_events()
        make_checkpoint()
    kept = {line["seq"]: line["hash"] for line in stored_checkpoints()}
    assert list(kept) == [12, 14, 16]
    assert verify(kept).holds


def test_a_checkpoint_is_made_once_for_each_end(history):
    assert make_checkpoint() is not None
    assert make_checkpoint() is None


def test_a_checkpoint_without_events_is_none(portal):
    assert make_checkpoint() is None


def test_only_our_own_key_signs_a_checkpoint(history):
    make_checkpoint()
    (line,) = stored_checkpoints()
    assert check_signature(line)
    for name, value in (
        ("seq", 9), ("hash", "0" * 64), ("at", "2020-01-01T00:00:00Z"), ("key", 7), ("key", "x"), ("signature", "AAAA"),
        ("signature", "é"), ("signature", None), ("hash", None),
    ):  # fmt: skip
        assert not check_signature(line | {name: value}), name
    assert not check_signature({})
    assert not check_signature([])  # type: ignore[arg-type]


def test_sealers_at_once_make_one_chain(history, in_parallel):
    happen(60, "more")
    outcomes = in_parallel(6, lambda: [seal_events(limit=5) for _ in range(4)])
    while seal_events():
        pass
    assert outcomes.errors == []
    assert verify().holds
    assert verify().links == 70


def test_events_and_sealers_at_once_leave_nothing_out(portal, in_parallel):
    def verb(number: int) -> None:
        for turn in range(10):
            if number < 2:
                seal_events()
            else:
                Team.create_team(f"t-{number}-{turn}", "x")

    assert in_parallel(6, verb).errors == []
    while seal_events():
        pass
    assert (verify().holds, verify().links, verify().waiting) == (True, 40, 0)


@pytest.mark.postgres
def test_an_event_that_becomes_visible_late_is_sealed_late(portal, in_parallel):
    """On PostgreSQL a long transaction commits an event whose id is older than the end of the chain."""
    import threading

    written, sealed = threading.Event(), threading.Event()

    def verb(number: int) -> None:
        if number == 0:
            with write_txn():
                Team.create_team("slow", "Slow")
                written.set()
                sealed.wait(20)
        else:
            written.wait(20)
            happen(5, "fast")
            assert seal_events() == 5
            sealed.set()

    assert in_parallel(2, verb).errors == []
    assert has_unsealed()
    assert seal_events() == 1
    last = EventSeal.select().order_by(EventSeal.seq.desc()).get()
    assert last.event_id == Event.select(Event.id).order_by(Event.id).get().id
    assert verify().holds


def test_an_event_that_becomes_visible_very_late_is_sealed_before_the_next_checkpoint(history, monkeypatch):
    """Sealing looks only a little behind the end; before the end is signed, everything is looked at."""
    monkeypatch.setattr(chain, "BEHIND", 3)
    with write_txn():
        db.execute_sql("DELETE FROM seal_head")
        SealHead.insert(id=1, seq=10, hash=EventSeal.get_by_id(10).hash, event_id=10_000).execute()
    happen(1, "late")
    assert not has_unsealed()
    made = make_checkpoint()
    assert made is not None and made.seq == 11
    assert (verify().holds, verify().waiting) == (True, 0)


def test_a_verdict_names_only_the_first_faults(tamper):
    tamper("UPDATE event SET actor_id = 99")
    assert len(verify(most_faults=3).faults) <= 4


def test_a_walk_takes_breaths_and_stops_when_told(history, monkeypatch):
    monkeypatch.setattr(chain, "WALK", 2)
    breaths: list[int] = []
    assert verify(step=breaths.append).links == verify().links and sum(breaths) in (verify().links, verify().links - 1)

    def stop(_links: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        verify(step=stop)
