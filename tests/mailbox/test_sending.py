"""Answers go out over a real SMTP conversation: once, in the bytes that were kept, and what became of each is known."""

from __future__ import annotations

import socket
import struct
from typing import Any

import pytest

from jobs.mailbox_clients import smtp_for
from models.audit.event import Event
from models.mailbox import purge, sending
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.moving import merge
from models.mailbox.replying import send_again, write
from models.mailbox.thread import MailThread
from models.mailbox.visit import MailVisit
from models.notices.address import NoticeAddress
from models.notices.notice import Notice
from models.support import clock as the_clock
from models.support.errors import AlreadyDecided, Refused
from tests.mailbox.conftest import ORDER, thread_of
from tests.mailbox.sending import deliver, fresh, leave
from tests.servers import free_port

TEXT = "Ihr Paket kommt morgen an."
COPY = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"


@pytest.fixture
def reply(thread, dora) -> MailMessage:
    return write(thread, TEXT, by=dora)


def events(name: str) -> int:
    return Event.select().where(Event.name == name).count()


def hang_up(wire: Any) -> bool:
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.close()
    return False


def test_it_leaves_after_twenty_seconds_and_stops_the_clock(reply, server, sender, thread, clock):
    raw = MailRaw.of(reply)
    assert not sending.has_work()
    deliver(sender)
    assert server.received == []
    leave(sender, clock)
    deliver(sender)
    assert server.received == [raw]
    assert [line for line in server.said if line.startswith(("MAIL", "RCPT"))] == [
        f"MAIL FROM:<{sender.from_address}> SIZE={len(raw)}", "RCPT TO:<a1b2c3d4e5f6g7h@marketplace.amazon.de>"]  # fmt: skip
    now = MailThread.get_by_id(thread.id)
    assert (fresh(reply).state, now.state, now.unanswered_at) == ("sent", "waiting", None)
    assert events("thread_answered") == events("reply_sent") == 1
    assert [(one.operation, one.mails, one.error) for one in MailVisit.select()] == [("send", 1, "")]


def test_what_the_buyer_wrote_after_it_waits_for_the_next(reply, arrive, sender, thread, clock):
    clock.move(seconds=5)
    arrive("Noch etwas", order=ORDER)
    leave(sender, clock)
    assert fresh(reply).state == "sent"
    assert MailThread.get_by_id(thread.id).state == "open"


def test_passing_trouble_is_tried_after_1_5_and_30_minutes_then_it_is_a_persons(reply, server, sender, clock, dora):
    server.answers["MAIL"] = "451 4.3.0 try later"
    leave(sender, clock)
    for minutes in (1, 5, 30):
        waiting = fresh(reply)
        assert waiting.state == "waiting" and "takes no mail just now" in str(waiting.problem_words)
        leave(sender, clock, minutes * 60 - 2)
        assert fresh(reply).tries == waiting.tries
        leave(sender, clock, 3)
    assert (fresh(reply).state, fresh(reply).tries, events("reply_failed")) == ("failed", 4, 1)
    server.answers["MAIL"] = "250 ok"
    send_again(fresh(reply), by=dora)
    leave(sender, clock)
    assert fresh(reply).state == "sent" and len(server.received) == 1


def test_a_server_that_is_away_puts_nothing_into_doubt(reply, sender, clock):
    sender.change(smtp_port=free_port())
    leave(sender, clock)
    assert (fresh(reply).state, fresh(reply).tries) == ("waiting", 1)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_what_is_refused_for_good_is_not_tried_again(reply, server, sender, thread, clock, command):
    server.answers[command] = "550 5.1.1 <a1b2c3d4e5f6g7h@marketplace.amazon.de> no " + "long words " * 60
    leave(sender, clock)
    clock.move(hours=2)
    assert not sending.has_work()
    failed = fresh(reply)
    assert failed.state == "failed" and "550" in str(failed.problem_words) and len(failed.problem) <= 300
    assert "a1b2c3" not in failed.problem and MailThread.get_by_id(thread.id).unanswered_at, "the clock runs on"


def test_a_mail_that_may_have_gone_is_not_sent_again_and_its_copy_settles_it(
    reply, server, sender, thread, arrive, clock
):
    server.answers["."] = hang_up
    leave(sender, clock)
    for _ in range(3):
        leave(sender, clock, 3600)
    assert len(server.received) == 1 and fresh(reply).is_unsure and events("reply_in_doubt") == 1
    with pytest.raises(Refused):
        merge(thread, thread_of(arrive("x", sender="other0000001@marketplace.amazon.de")), by=None)
    arrive(f"------------- Begin message -------------\n{TEXT}\n------------- End message -------------", notification=COPY,
           answers=reply.message_id)  # fmt: skip
    now = MailThread.get_by_id(thread.id)
    assert (fresh(reply).state, now.state, now.unanswered_at) == ("sent", "waiting", None)


def test_a_copy_that_does_not_name_our_id_is_known_by_its_words(reply, server, sender, arrive, clock):
    server.answers["."] = hang_up
    leave(sender, clock)
    framed = "------------- Begin message -------------\n{}\n------------- End message -------------"
    arrive(framed.format("Etwas anderes."), notification=COPY)
    assert fresh(reply).is_unsure
    arrive(framed.format(TEXT), notification=COPY)
    assert fresh(reply).state == "sent"


def test_a_person_who_looked_says_what_is_there(reply, server, sender, dora, as_, clock):
    server.answers["."] = hang_up
    leave(sender, clock)
    page = as_(dora).get(f"/t/lotus/mailbox/threads/{reply.thread.uid}").text
    assert "Perhaps sent" in page and "It was sent" in page and "Send it again" in page
    server.answers["."] = "250 taken"
    send_again(fresh(reply), by=dora)
    leave(sender, clock)
    assert fresh(reply).state == "sent" and server.received[0] == server.received[1], (
        "the same mail, so that it is known as one"
    )
    with pytest.raises(AlreadyDecided):
        sending.settle(fresh(reply), by=dora)


def test_killed_between_the_servers_250_and_the_record_it_is_in_doubt(reply, server, sender, dora, clock, monkeypatch):
    def killed(message: MailMessage) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sending, "accept", killed)
        with pytest.raises(SystemExit):
            leave(sender, clock)
    assert len(server.received) == 1 and fresh(reply).state == "sending"
    leave(sender, clock, 60)
    assert fresh(reply).state == "sending" and not fresh(reply).is_unsure, "somebody may still have it in hand"
    leave(sender, clock, 15 * 60)
    assert fresh(reply).is_unsure and len(server.received) == 1
    sending.settle(fresh(reply), by=dora)
    assert fresh(reply).state == "sent"


@pytest.mark.both
def test_two_jobs_at_once_send_it_once(reply, server, sender, clock, in_parallel):
    clock.move(seconds=21)

    def work() -> None:
        with smtp_for(sender) as client:
            if (raw := sending.claim(MailMessage.get_by_id(reply.id))) is not None:
                client.send(sender.from_address, "a1b2c3d4e5f6g7h@marketplace.amazon.de", raw)
                sending.accept(MailMessage.get_by_id(reply.id))

    assert not in_parallel(4, work).errors
    assert len(server.received) == 1 and fresh(reply).state == "sent"


def test_an_answer_that_comes_back_waits_for_an_answer_again(reply, sender, thread, arrive, clock, dora):
    NoticeAddress(person=dora, confirmed_at=clock.now()).seal(address="dora@example.com").save(force_insert=True)
    asked_at = thread.unanswered_at
    leave(sender, clock)
    clock.move(minutes=5)
    arrive("We were unable to deliver the message you sent.", sender="no-reply@amazon.de", notification="", name="Amazon",
           subject="Not delivered", answers=reply.message_id)  # fmt: skip
    now = MailThread.get_by_id(thread.id)
    assert (fresh(reply).state, now.state, now.unanswered_at) == ("bounced", "open", asked_at)
    assert events("reply_bounced") == 1
    [notice] = Notice.select()
    assert (notice.person, notice.kind, notice.path) == (
        dora,
        "reply_trouble",
        f"/t/lotus/mailbox/threads/{thread.uid}",
    )


def test_a_return_of_a_mail_that_is_not_ours_changes_nothing(reply, sender, arrive, clock):
    leave(sender, clock)
    arrive("We were unable to deliver the message you sent.", sender="no-reply@amazon.de", notification="", name="Amazon",
           subject="Not delivered", answers="<somebody-elses@example.com>")  # fmt: skip
    assert fresh(reply).state == "sent"


def test_a_paused_mailbox_keeps_it_and_a_removed_one_says_so(reply, server, sender, clock):
    sender.change(state="paused")
    for _ in range(8):
        leave(sender, clock, 600)
    assert (fresh(reply).state, fresh(reply).tries) == ("waiting", 0)
    sender.change(state="active")
    sender.remove()
    leave(sender, clock, 600)
    assert fresh(reply).state == "failed" and "removed" in str(fresh(reply).problem_words) and not server.received


def test_what_was_destroyed_is_not_sent(reply, server, sender, thread, clock):
    MailThread.update(purge_at=the_clock.now()).where(MailThread.id == thread.id).execute()
    purge.purge(approve=True)
    leave(sender, clock)
    assert fresh(reply).state == "failed" and not server.received


def test_the_page_follows_it_until_it_left(reply, sender, dora, as_, clock):
    where = f"/t/lotus/mailbox/messages/{reply.uid}/sending"
    htmx = {"HX-Request": "true"}
    assert "every 4s" in as_(dora).get(where, headers=htmx).text
    clock.move(minutes=3)
    assert "every 4s" not in as_(dora).get(where, headers=htmx).text, "asking keeps a session alive"
    leave(sender, clock)
    page = as_(dora).get(where, headers=htmx).text
    assert "every 4s" not in page and "thread-state" in page and "mail-desk" in page and "Waiting for the buyer" in page
