"""What becomes of a thread: the clock, whose it is, merged and split, told of, destroyed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from models.audit.event import Event
from models.lists.viewer import Viewer
from models.mailbox import escalation, handling, moving, purge
from models.mailbox.answer_clock import no_answer_needed, stop, tone_of
from models.mailbox.draft import MailDraft
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.note import MailNote
from models.mailbox.searching import found
from models.mailbox.thread import MailThread
from models.notices.address import NoticeAddress
from models.notices.notice import Notice
from models.orders import purge as buyers
from models.orders.order import Order
from models.people.reach import Reach
from models.support.db import db
from models.support.errors import FieldRefused, Refused
from models.vault import data_key
from models.vault.data_key import KeyDestroyed
from models.workload import threads as _queues  # noqa: F401 (adds its queues)
from models.workload.queues import waiting_for
from tests.mailbox.conftest import KATHARINA, thread_of
from tests.shipping.test_parcel import order_of

both = pytest.mark.both
CANARY = "Zuzanna-Kanarek-7f3a9c"


def reply_in(thread: MailThread, by, clock, key: str = "r") -> MailMessage:
    """An answer a server has accepted."""
    return MailMessage.create(team=thread.team_id, store=thread.store_id, thread=thread, direction="out", kind="reply", author=by,
                              mark=(key * 64)[:64], at=clock.now(), sent_at=clock.now(), state="sent")  # fmt: skip


# The clock


def test_the_clock_runs_on_the_oldest_unanswered_message_on_every_day_of_the_week(arrive, alice, clock):
    clock.move(to=clock.now().replace(hour=9) + timedelta(days=(5 - clock.now().weekday()) % 7))  # A Saturday.
    first = clock.now()
    thread = thread_of(arrive("Eins"))
    clock.move(hours=5)
    arrive("Zwei")
    assert (thread.reload().unanswered_at, thread.reload().due_at) == (first, first + timedelta(hours=24))
    assert [tone_of(first, first + timedelta(hours=hours)) for hours in (11.9, 12, 20, 24)] == [
        "ok",
        "amber",
        "red",
        "overdue",
    ]
    reply = reply_in(thread, alice, clock)
    clock.move(minutes=1)
    arrive("Drei, als die Antwort unterwegs war")
    assert stop(thread.reload(), reply, by=alice) == 2
    thread = thread.reload()
    assert (thread.state, thread.unanswered_at) == ("open", clock.now())
    clock.move(minutes=1)
    stop(thread, reply_in(thread, alice, clock, "s"), by=alice)
    assert (thread.state, thread.due_at) == ("waiting", None)
    told = [event.details for event in Event.select().where(Event.name == "thread_answered").order_by(Event.id)]
    assert told[0] == {"seconds": 5 * 3600 + 60, "messages": 2, "late": 0}
    arrive("Vier")
    assert thread.reload().due_at == clock.now() + timedelta(hours=24)


@both
def test_two_people_who_say_at_once_that_no_answer_is_needed_say_it_once(arrive, alice, dora, in_parallel):
    thread = thread_of(arrive())
    outcomes = in_parallel(4, lambda n: no_answer_needed(MailThread.get_by_id(thread.id), by=(alice, dora)[n % 2]))
    assert len(outcomes.errors_of(Refused)) == 3
    assert Event.select().where(Event.name == "thread_needs_no_answer").count() == 1
    assert MailMessage.get().answer == "not_needed"


def test_the_boss_is_told_once_of_what_nobody_answered_and_again_of_the_next_time(arrive, lotus, alice, dora, clock):
    thread = thread_of(arrive())
    handling.assign(thread, dora, by=alice)
    clock.move(hours=23)
    assert escalation.escalate_due() == 0
    clock.move(hours=2)
    for person in (alice, dora):
        address = NoticeAddress(person=person, confirmed_at=clock.now())
        address.seal(address=f"{person.login}@example.com").save(force_insert=True)
    assert (escalation.escalate_due(), escalation.escalate_due()) == (1, 0)
    [notice] = Notice.select()
    assert (notice.person, notice.kind) == (alice, "mail_overdue") and "1" in notice.subject
    waits = {
        person: [one.key for one, _count in found]
        for person, found in waiting_for(lotus.id, [alice.id, dora.id]).items()
    }
    assert "threads_overdue" in waits[alice.id] and "threads_overdue" not in waits[dora.id]
    assert "threads_overdue_mine" in waits[dora.id]
    no_answer_needed(thread, by=alice)
    arrive("Nochmal")
    clock.move(hours=25)
    assert escalation.escalate_due() == 1


def test_what_is_put_aside_comes_back_by_itself_or_with_the_buyers_next_mail(arrive, alice, clock):
    thread = thread_of(arrive())
    with pytest.raises(FieldRefused):
        handling.snooze(thread, clock.now() + timedelta(hours=25), by=alice)
    handling.snooze(thread, clock.now() + timedelta(hours=2), by=alice)
    assert (handling.wake_due(), thread.reload().is_snoozed) == (0, True)
    clock.move(hours=3)
    assert (handling.wake_due(), thread.reload().snoozed_until) == (1, None)
    handling.snooze(thread, clock.now() + timedelta(hours=2), by=alice)
    arrive("Ich nochmal")
    assert thread.reload().snoozed_until is None


def test_a_thread_goes_only_to_who_may_see_it_and_is_given_back_only_while_nobody_else_has_it(
    arrive, alice, bob, charlie, dora
):
    thread = thread_of(arrive())
    for stranger in (bob, charlie):
        with pytest.raises(FieldRefused):
            handling.assign(thread, stranger, by=alice)
    given = handling.assign(thread, dora, by=alice)
    handling.assign(thread, alice, by=dora)
    with pytest.raises(Refused):
        handling.give_back(thread, **given, by=alice)


def test_a_suspect_mail_that_is_genuine_is_owed_an_answer(arrive, alice):
    thread = thread_of(arrive("Ich bin es", Authentication_Results="mx; spf=fail"))
    assert thread.to_address is None
    handling.believe(thread, by=alice)
    assert thread.reload().unseal("to_address") == KATHARINA
    assert (thread.is_suspect, thread.due_at is not None) == (False, True)


# Merged and split


@both
def test_what_is_merged_opens_under_the_other_threads_key_and_no_more_under_its_own(arrive, alice):
    one, two = (
        thread_of(arrive("Eins", order="302-0000001-7654321")),
        thread_of(arrive("Zwei", order="302-0000002-7654321")),
    )
    MailNote.write(two, "Kulant sein", by=alice)
    moving.merge(two, one, by=alice)
    one = one.reload()
    assert [message.unseal("text") for message in one.messages_in_order()] == ["Eins", "Zwei"]
    assert MailRaw.of(one.messages_in_order()[1]).count(b"Zwei") == 1
    assert [note.unseal("text") for note in MailNote.of(one)] == ["Kulant sein"]
    assert (one.message_count, two.reload().merged_into_id, two.message_count) == (2, one.id, 0)
    with pytest.raises(KeyDestroyed):
        data_key.key_of(two.seal_subject())


def test_threads_of_other_buyers_stores_and_teams_are_never_merged(arrive, alice):
    one, other = thread_of(arrive("Eins")), thread_of(arrive("Zwei", sender="other0000001@marketplace.amazon.de"))
    with pytest.raises(Refused, match="different buyers"):
        moving.merge(one, other, by=alice)
    with pytest.raises(Refused, match="same thread"):
        moving.merge(one, one, by=alice)


@both
def test_two_merges_that_cross_leave_one_thread_with_all_messages(arrive, alice, in_parallel):
    one, two = (
        thread_of(arrive("Eins", order="302-0000001-7654321")),
        thread_of(arrive("Zwei", order="302-0000002-7654321")),
    )
    pairs = [(one, two), (two, one)]
    outcomes = in_parallel(
        2, lambda n: moving.merge(MailThread.get_by_id(pairs[n][0].id), MailThread.get_by_id(pairs[n][1].id), by=alice)
    )
    assert len(outcomes.errors_of(Refused)) == 1 == len(outcomes.errors)
    [left] = MailThread.select().where(MailThread.merged_into.is_null())
    assert sorted(message.unseal("text") for message in left.messages_in_order()) == ["Eins", "Zwei"]


def test_a_split_thread_has_its_own_key_and_clock_and_one_message_stays(arrive, alice, clock):
    clock.move(to=clock.now())
    thread = thread_of(arrive("Eins"))
    clock.move(hours=1)
    second = arrive("Zwei")
    other = moving.split(thread, [second], by=alice)
    assert other.messages_in_order()[0].unseal("text") == "Zwei"
    assert other.unseal("to_address") == thread.reload().unseal("to_address")
    assert (thread.message_count, other.message_count, other.unanswered_at) == (1, 1, clock.now())
    with pytest.raises(Refused, match="at least one"):
        moving.split(thread, thread.messages_in_order(), by=alice)


# Destroyed


@both
def test_a_thread_without_an_order_is_destroyed_23_days_after_its_last_message(arrive, alice, clock):
    thread = thread_of(arrive())
    MailNote.write(thread, "Notiz", by=alice)
    clock.move(days=22)
    assert purge.purge() == 0
    clock.move(days=2)
    assert purge.purge() == 1
    thread = thread.reload()
    assert (thread.destroyed_at is not None, thread.due_at, thread.state, thread.message_count) == (
        True,
        None,
        "done",
        1,
    )
    assert (MailRaw.select().count(), MailNote.select().count()) == (0, 0)
    with pytest.raises(Refused):
        handling.call_spam(thread, by=alice)
    assert purge.purge() == 0


def test_with_an_order_it_goes_with_the_buyer_but_a_week_after_the_last_message_at_the_earliest(arrive, store, clock):
    order = order_of(store)
    thread = thread_of(arrive("Wann?", order=order.order_id))
    clock.move(to=order.purge_at - timedelta(days=1))
    arrive("Noch eine Frage", order=order.order_id)
    clock.move(days=2)
    buyers.purge()
    assert purge.purge() == 0 and thread.reload().unseal("subject")
    clock.move(days=6)
    assert purge.purge() == 1


def test_a_delivery_earlier_than_promised_brings_the_day_forward(arrive, store, clock):
    order = order_of(store)
    thread = thread_of(arrive(order=order.order_id))
    Order.update(purge_at=clock.now() + timedelta(days=9)).where(Order.id == order.id).execute()
    clock.move(days=10)
    assert (purge.follow_orders(), purge.purge()) == (1, 1)
    assert thread.reload().is_destroyed


def test_a_purge_that_was_killed_between_key_and_row_goes_on_and_orphans_are_swept(arrive, clock):
    thread = thread_of(arrive())
    data_key.destroy([thread.seal_subject()])
    data_key.new_keys(["thread:00000000-0000-0000-0000-000000000000"])
    clock.move(days=2)
    assert purge.purge() == 1
    assert data_key.is_destroyed("thread:00000000-0000-0000-0000-000000000000")


def test_no_mail_of_a_destroyed_thread_comes_in_again(arrive, clock):
    message = arrive(message_id="<old@x>", raw=b"")
    assert message is not None
    clock.move(days=24)
    purge.purge()
    assert arrive(message_id="<old@x>") is None
    assert arrive("Eine neue Frage").thread_id != message.thread_id


@both
def test_after_the_purge_no_byte_of_a_mail_is_left_anywhere(arrive, portal, alice, lotus, clock, caplog, database):
    """Subject, text, name, file name and file: in no column, no file of the database, no log, no event, no search."""
    told = {
        "name": f"Name {CANARY}",
        "subject": f"Betreff {CANARY}",
        "files": ((f"{CANARY}.txt", "text/plain", CANARY.encode()),),
    }
    thread = thread_of(arrive(f"Text {CANARY}", order="302-0000001-7654321", html=f"<p>{CANARY}</p>", **told))
    MailNote.write(thread, f"Notiz {CANARY}", by=alice)
    draft = MailDraft(thread=thread, person=alice)
    draft.seal(text=f"Entwurf {CANARY}").save(force_insert=True)
    sealed = [bytes(row.raw)[14:64] for row in MailRaw.select()] + [
        message.text[14:64] for message in MailMessage.select()
    ]
    viewer = Viewer(Reach.of(alice, lotus))
    assert found(viewer, CANARY.lower()) == [thread.id]
    assert _left(database, portal.data, CANARY.encode()) == [], "not even before the purge in clear"
    clock.move(days=24)
    assert purge.purge() == 1
    assert found(Viewer(Reach.of(alice, lotus)), CANARY.lower()) == []
    for trace in (CANARY.encode(), *sealed):
        assert _left(database, portal.data, trace) == []
    assert CANARY not in caplog.text


def _left(database: str, folder: Path, trace: bytes) -> list[str]:
    """Where the bytes still are: files of the data folder on SQLite, columns of every table on PostgreSQL."""
    files = [str(path) for path in folder.rglob("*") if path.is_file() and trace in path.read_bytes()]
    if database == "sqlite":
        return files
    tables = [name for name in db.get_tables() if re.fullmatch(r"[a-z_]+", name)]
    for name in tables:
        for row in db.execute_sql(f'SELECT * FROM "{name}"').fetchall():  # noqa: S608
            if any(
                trace in (bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode())
                for value in row
            ):
                files.append(name)
    return files


def test_a_word_is_found_in_what_is_sealed_only_by_who_reads_that_store(arrive, alice, lotus, charlie, comet, store):
    thread = thread_of(arrive("Die Lampe ist zerbrochen", subject="Kaputt"))
    assert found(Viewer(Reach.of(alice, lotus)), "ZERBROCHEN lampe") == [thread.id]
    assert found(Viewer(Reach.of(alice, lotus)), "heil") == []
    assert found(Viewer(Reach.of(charlie, comet)), "lampe") == []
