"""Answers go out over a real SMTP conversation: once, in the bytes that were kept, and what became of each is known."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from jobs.mailbox_clients import smtp_for
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.mailbox import drafting, purge, sending
from models.mailbox.answer_clock import answered_elsewhere, no_answer_needed
from models.mailbox.hearing import bounce
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.moving import merge
from models.mailbox.outreach import Outreach
from models.mailbox.replying import send_again, write
from models.mailbox.thread import MailThread
from models.mailbox.unsent import again, let_go, unsent, was_sent, write_anew
from models.mailbox.visit import MailVisit
from models.notices.address import NoticeAddress
from models.notices.notice import Notice
from models.support import clock as the_clock
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import JobRun
from models.workload.queues import waiting_for
from tests.mailbox.conftest import ORDER, thread_of
from tests.mailbox.sending import deliver, fresh, leave
from tests.servers import free_port
from tests.shipping.test_parcel import order_of

TEXT = "Ihr Paket kommt morgen an."
COPY = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"
FRAMED = "------------- Begin message -------------\n{}\n------------- End message -------------"
PROJECT = Path(__file__).resolve().parents[2]


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
    arrive(FRAMED.format("Etwas anderes."), notification=COPY)
    assert fresh(reply).is_unsure
    arrive(FRAMED.format(TEXT), notification=COPY)
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


def test_killed_between_the_servers_250_and_the_record_it_is_settled_by_the_copy_and_sent_once(
    reply, server, sender, thread, arrive, clock, portal
):
    """A real process, ended by SIGKILL when the server's 250 has just come."""
    MailMessage.update(send_after=datetime(2020, 1, 1)).execute()  # The process has a clock of its own.
    script = (
        "import os, signal, sys\n"
        "from integrations.mailboxes.smtp_client import SmtpClient\n"
        "hand_over = SmtpClient.send\n"
        "SmtpClient.send = lambda *told: (hand_over(*told), os.kill(os.getpid(), signal.SIGKILL))\n"
        "from commands.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "PORTOLAN_DATA": str(portal.data),
        "PORTOLAN_MODE": "test",
    }
    command = [sys.executable, "-c", script, "job", "run", sending.JOB]
    died = subprocess.run(command, env=environment, capture_output=True, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert len(server.received) == 1 and (fresh(reply).state, fresh(reply).tries) == ("sending", 1)
    MailMessage.update(send_after=the_clock.now() + sending.HELD).execute()
    JobRun.update(lease_until=datetime(2020, 1, 1)).where(JobRun.state == "running").execute()
    taken_over = Runner(SCHEDULE, None).run(sending.JOB, str(sender.uid), the_clock.now())
    assert taken_over is not None and taken_over.reload().state == "done"
    assert not fresh(reply).is_unsure, "somebody may still have it in hand"
    leave(sender, clock, sending.HELD.total_seconds())
    assert fresh(reply).is_unsure and MailThread.get_by_id(thread.id).unanswered_at, (
        "nobody knows, so the clock runs on"
    )
    arrive(FRAMED.format(TEXT), notification=COPY)
    leave(sender, clock, 3600)
    now = MailThread.get_by_id(thread.id)
    assert (fresh(reply).state, now.state, now.unanswered_at, len(server.received)) == ("sent", "waiting", None, 1)


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


# Answers given elsewhere


def test_the_copy_of_an_answer_from_seller_central_is_an_answer_and_stops_the_clock(thread, arrive, dora, as_, clock):
    clock.move(minutes=20)
    arrive(FRAMED.format("Es kommt am Freitag."), notification=COPY, message_id="<copy-1@amazonses.com>")
    now = MailThread.get_by_id(thread.id)
    assert (now.state, now.unanswered_at, now.due_at) == ("waiting", None, None)
    copy = MailMessage.get(MailMessage.kind == "confirmation_receipt")
    assert copy.is_elsewhere and not copy.is_incoming and copy.state == "sent"
    assert events("copy_answered") == 1 and events("thread_answered") == 0
    with pytest.raises(Refused, match="within the last ten minutes"):
        write(now, "Es kommt  am Freitag.", by=dora)
    page = as_(dora).get(f"/t/lotus/mailbox/threads/{thread.uid}").text
    assert "Answered in Seller Central" in page and "Amazon sent a copy" not in page
    arrive("Danke, aber wann?")
    assert MailThread.get_by_id(thread.id).unanswered_at
    assert arrive(FRAMED.format("Es kommt am Freitag."), notification=COPY, message_id="<copy-1@amazonses.com>") is None


def test_a_copy_answers_nothing_that_came_after_it_was_written(thread, arrive, clock):
    late = format_datetime(the_clock.ago(minutes=40).replace(tzinfo=UTC))
    arrive(FRAMED.format("Wie bestellt."), notification=COPY, Date=late)
    assert MailThread.get_by_id(thread.id).unanswered_at == thread.unanswered_at
    arrive(FRAMED.format("Für wen anders"), notification=COPY, sender="somebodyelse@marketplace.amazon.de")
    assert MailThread.get_by_id(thread.id).unanswered_at == thread.unanswered_at


def test_the_copy_of_our_own_answer_without_our_id_is_no_second_one(reply, sender, arrive, clock):
    leave(sender, clock)
    arrive("Und der zweite Karton?", order=ORDER)
    arrive(FRAMED.format(TEXT), notification=COPY)
    assert MailThread.get_by_id(reply.thread_id).unanswered_at and events("copy_answered") == 0


def test_a_message_through_amazon_is_no_answer(thread, arrive, store, clock):
    order = order_of(store, 1)
    thread.change(order=order, order_no=order.order_id)
    text = f"About your order {order.order_id}: sold out."
    one = Outreach(
        team=order.team_id,
        store=order.store_id,
        order=order,
        action="unexpectedProblem",
        state="sent",
        sent_at=clock.now(),
    )
    one.seal(text=text).save(force_insert=True)
    arrive(FRAMED.format(text), notification=COPY)
    assert MailThread.get_by_id(thread.id).unanswered_at
    arrive(FRAMED.format("Etwas anderes."), notification=COPY)
    assert not MailThread.get_by_id(thread.id).unanswered_at


def test_a_person_says_for_one_or_for_many_that_they_answered_elsewhere(thread, arrive, dora, as_):
    page = as_(dora)
    assert page.post(f"/t/lotus/mailbox/threads/{thread.uid}/answer-elsewhere").status_code == 303
    now = MailThread.get_by_id(thread.id)
    assert (now.state, now.unanswered_at) == ("waiting", None) and events("thread_answered_outside") == 1
    with pytest.raises(Refused, match="waits for an answer"):
        answered_elsewhere(now, by=dora)
    other = thread_of(arrive("Hallo?", sender="other0000001@marketplace.amazon.de"))
    page.post("/t/lotus/lists/threads/bulk", data={"bulk": "elsewhere", "selected": [str(other.uid)]})
    assert MailThread.get_by_id(other.id).unanswered_at is None


# Answers that did not go out


UNSENT_PAGE = "/t/lotus/mailbox/unsent/"


def test_what_did_not_go_out_stands_in_a_queue_until_somebody_saw_to_it(
    reply, server, sender, thread, dora, as_, clock, cast
):
    page = as_(dora)
    assert "Every answer went out" in page.get(UNSENT_PAGE).text
    server.answers["."] = "550 5.7.1 no"
    leave(sender, clock)
    assert "Answers that did not go out" in page.get("/t/lotus/").text
    assert ("answers_unsent", 1) in [(one.key, count) for one, count in waiting_for(thread.team_id, [dora.id])[dora.id]]
    shown = page.get(UNSENT_PAGE).text
    assert ORDER in shown and "Not sent" in shown and "Send it again, change it, or give it up" in shown
    assert TEXT not in shown and "a1b2c3d4" not in shown
    assert (
        page.get(f"{UNSENT_PAGE}?what=bounced").text.count(ORDER) == 0
        and ORDER in page.get(f"{UNSENT_PAGE}?care=mine").text
    )
    in_thread = page.get(f"/t/lotus/mailbox/threads/{thread.uid}").text
    assert "Send it again" in in_thread and "Change it" in in_thread and "Give it up" in in_thread
    server.answers["."] = "250 ok"
    page.post("/t/lotus/lists/unsent/bulk", data={"bulk": "again", "selected": [str(reply.uid)]})
    leave(sender, clock)
    assert fresh(reply).state == "sent" and not unsent(thread.team_id).exists()
    assert page.get(f"/t/comet{UNSENT_PAGE.removeprefix('/t/lotus')}").status_code == 404


def test_one_that_came_back_is_changed_or_given_up_and_a_better_one_ends_its_wait(
    reply, sender, thread, arrive, dora, as_, clock
):
    leave(sender, clock)
    bounce(fresh(reply))
    with pytest.raises(Refused, match="Change it first"):
        again(fresh(reply), by=dora)
    where = f"/t/lotus/mailbox/messages/{reply.uid}"
    assert as_(dora).post(f"{where}/revision").status_code == 303
    assert drafting.text_of(drafting.draft_of(thread, dora)) == TEXT and not unsent(thread.team_id).exists()
    with pytest.raises(AlreadyDecided):
        let_go(fresh(reply), by=dora)
    MailMessage.update(trouble_at=clock.now()).where(MailMessage.id == reply.id).execute()
    assert as_(dora).post(f"{where}/surrender").status_code == 303 and events("reply_let_go") == 1
    MailMessage.update(trouble_at=clock.now()).where(MailMessage.id == reply.id).execute()
    clock.move(minutes=11)
    write(MailThread.get_by_id(thread.id), "Ihr Paket kommt nun am Freitag.", by=dora)
    leave(sender, clock)
    assert fresh(reply).state == "bounced" and not unsent(thread.team_id).exists()


def test_one_in_doubt_is_not_written_anew_before_somebody_looked(reply, server, sender, thread, dora, clock):
    server.answers["."] = hang_up
    leave(sender, clock)
    with pytest.raises(Refused, match="Look in Seller Central"):
        write_anew(fresh(reply), by=dora)
    no_answer_needed(MailThread.get_by_id(thread.id), by=dora)
    assert unsent(thread.team_id).count() == 1, "it may have gone, whatever the buyer needs"
    was_sent(fresh(reply), by=dora)
    assert fresh(reply).state == "sent" and not unsent(thread.team_id).exists()
