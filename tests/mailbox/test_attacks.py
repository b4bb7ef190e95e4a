"""What buyers, colleagues and bad moments do to the mailbox, and what must not come of it."""

from __future__ import annotations

import email
from dataclasses import replace

import pytest

from jobs import notices
from models.audit.event import Event
from models.mailbox import drafting, handling, moving, purge
from models.mailbox.answer_clock import no_answer_needed
from models.mailbox.draft import MailDraft
from models.mailbox.enclosure import enclosed
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.note import MailNote
from models.mailbox.reading import read
from models.mailbox.replying import take_back, write
from models.mailbox.seeing_to import edit, open_case
from models.mailbox.thread import MailThread
from models.notices.notice import Notice
from models.support.db import db
from models.support.errors import FieldRefused, Refused
from models.vault import data_key
from tests.mailbox.conftest import KATHARINA, ORDER, mail_of, thread_of
from tests.mailbox.sending import fresh, leave
from tests.mailbox.test_threads import CANARY
from tests.shipping.test_parcel import order_of

HEADERS = ["From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Subject", "Content-Type", "Content-Transfer-Encoding",
           "MIME-Version"]  # fmt: skip


@pytest.mark.parametrize(
    "hidden",
    ["=?utf-8?q?Hallo=0D=0ABcc:_x=40evil.example?=", "=?utf-8?b?SGkNCkJjYzogeEBldmlsLmV4YW1wbGU=?=", "=?utf-7?q?+AA0ACg-Bcc?=",
     "=?utf-8?q?=0D=0A=0D=0A=3Cb=3EMalware?="],
)  # fmt: skip
def test_a_line_end_that_a_buyer_hid_in_the_words_of_a_subject_begins_no_header_of_an_answer(
    arrive, sender, dora, hidden
):
    """The subject itself, once decoded, reads like an encoded word."""
    twice = "=?utf-8?q?" + "".join(f"={ord(sign):02X}" for sign in hidden) + "?="
    raw = mail_of(order=ORDER).replace(f"Anfrage zur Bestellung (Order: {ORDER})".encode(), twice.encode())
    thread = thread_of(arrive(raw=raw))
    assert thread.unseal("subject") == hidden
    sent = MailRaw.of(write(thread, "Guten Tag", by=dora))
    assert email.message_from_bytes(sent).keys() == HEADERS
    assert read(sent, None).subject == f"Re: {hidden}" and max(map(len, sent.split(b"\r\n"))) <= 78


# Merged by two at once


def test_two_who_merge_threads_of_two_buyers_into_a_third_mix_no_buyers(arrive, alice):
    """The third has no buyer while both look, and one when the first is done."""
    notice = thread_of(
        arrive("Notice", sender="no-reply@amazon.de", name="Amazon", notification="", subject="Your listings")
    )
    mine, theirs = thread_of(arrive("Eins")), thread_of(arrive("Zwei", sender="other0000001@marketplace.amazon.de"))
    seen = [MailThread.get_by_id(notice.id) for _person in range(2)]
    moving.merge(mine, seen[0], by=alice)
    with pytest.raises(Refused, match="different buyers"):
        moving.merge(theirs, seen[1], by=alice)
    assert [one.unseal("text") for one in theirs.reload().messages_in_order()] == ["Zwei"]


def test_a_merge_keeps_the_answer_a_colleague_is_writing_and_what_has_to_be_looked_at(arrive, alice, dora):
    one, two = (thread_of(arrive(text, order=f"302-000000{text}-7654321")) for text in "12")
    no_answer_needed(one, by=alice)
    for message in two.messages:
        message.change(starts_clock=False)
    two.change(state="open", unanswered_at=None, due_at=None)
    drafting.keep(two, dora, "Ich schreibe gerade", [enclosed("a.txt", b"hi")])
    moving.merge(MailThread.get_by_id(two.id), one, by=alice)
    draft = drafting.draft_of(one, dora)
    assert (drafting.text_of(draft), [file.content for file in drafting.files_of(draft)]) == (
        "Ich schreibe gerade",
        [b"hi"],
    )
    assert one.reload().state == "open" and MailDraft.select().count() == 1


def test_what_is_written_into_a_thread_that_was_merged_meanwhile_is_refused_and_leaves_nothing(
    arrive, alice, dora, as_, monkeypatch
):
    """The merge is kept and its key not destroyed yet: nothing is sealed with it any more."""
    one, two = (thread_of(arrive(text, order=f"302-000000{text}-7654321")) for text in "12")
    page, seen = as_(dora), MailThread.get_by_id(two.id)
    monkeypatch.setattr(moving, "_destroy_key", lambda thread: None)
    moving.merge(two, one, by=alice)
    for act in (lambda: drafting.keep(seen, dora, "x"), lambda: MailNote.write(seen, "x", by=dora)):
        with pytest.raises(Refused, match="merged"):
            act()
    for place, told in (
        ("reply/draft", {"reply": "x", "typed": "1"}),
        ("notes", {"text": "x"}),
        ("replies", {"reply": "x"}),
    ):
        assert page.post(f"/t/lotus/mailbox/threads/{two.uid}/{place}", data=told).status_code == 409, place
    assert MailDraft.select().count() + MailNote.select().count() == 0


# Destroyed while somebody writes


def test_a_mail_that_comes_while_its_thread_is_destroyed_is_not_lost_with_it(arrive, clock, monkeypatch):
    old, came = thread_of(arrive("Alt")), []
    clock.move(days=24)
    destroy = data_key.destroy

    def slowly(subjects):
        subjects = list(subjects)
        if old.seal_subject() in subjects:
            came.append(arrive("Noch eine Frage", answers="<old@x>"))
        return destroy(subjects)

    monkeypatch.setattr(data_key, "destroy", slowly)
    MailThread.update(last_at=clock.now()).where(MailThread.id == old.id).execute()  # The buyer's last thread.
    assert purge.purge() == 1
    [message] = came
    assert thread_of(message).id != old.id and MailMessage.get_by_id(message.id).unseal("text") == "Noch eine Frage"


# Whom an answer goes to


def test_amazons_customer_service_changes_neither_the_buyers_name_nor_where_answers_go(arrive):
    thread = thread_of(arrive("Wo?", message_id="<q1@x>", order=ORDER))
    called = "We've been contacted by a customer regarding the order identified below."
    message = arrive(f"{called} {ORDER}", sender="cs-reply@amazon.de", name="Amazon.de", notification="", subject="Inquiry",
                     answers="<q1@x>")  # fmt: skip
    assert (message.kind, message.thread_id) == ("amazon_cs_relay", thread.id)
    thread = thread.reload()
    assert (thread.unseal("to_address"), thread.unseal("buyer_name")) == (KATHARINA, "Katharina Musterfrau")


# Answers on their way


def test_a_mail_that_names_very_many_others_is_known_by_the_newest_of_them(arrive, sender, thread, dora, clock):
    reply = write(thread, "Es kommt morgen.", by=dora)
    leave(sender, clock)
    many = " ".join(f"<{number}@somewhere.example>" for number in range(10_000))
    arrive("We were unable to deliver the message you sent.", sender="no-reply@amazon.de", notification="", name="Amazon",
           subject="Not delivered", References=many, answers=reply.message_id)  # fmt: skip
    assert fresh(reply).state == "bounced"


def test_an_answer_is_taken_back_however_much_was_begun_since(thread, dora):
    files = [enclosed(f"{number}.txt", b"x") for number in range(8)]
    reply = write(thread, "Erst dies. " * 300, by=dora, files=files)
    drafting.keep(thread, dora, "Dann das. " * 300, files)
    take_back(reply, by=dora)
    draft = drafting.draft_of(thread, dora)
    assert drafting.text_of(draft).startswith("Erst dies.") and drafting.text_of(draft).endswith("Dann das. ")
    assert fresh(reply).state == "cancelled" and len(drafting.files_of(draft)) == 10


def test_a_thread_called_spam_while_an_answer_leaves_stays_spam(thread, sender, dora, clock):
    reply = write(thread, "Guten Tag", by=dora)
    handling.call_spam(MailThread.get_by_id(thread.id), by=dora)
    leave(sender, clock)
    assert (fresh(reply).state, thread.reload().state) == ("sent", "spam")


def test_what_a_server_repeats_of_a_mail_stands_in_no_event(thread, sender, server, dora, clock):
    server.answers["."] = "550 5.7.1 Subject <Anfrage von Katharina> looks like spam"
    reply = write(thread, "Guten Tag", by=dora)
    leave(sender, clock)
    assert "Katharina" in str(fresh(reply).problem_words)
    [event] = Event.select().where(Event.name == "reply_failed")
    assert "550 5.7.1" in str(event.told["reason"]) and "Katharina" not in str(event.details)


# What outlives the buyer's data


def test_the_note_of_a_case_names_no_buyer_for_it_outlives_the_thread(arrive, store, dora):
    order = order_of(store)
    thread = thread_of(arrive(order=order.order_id))
    for note in ("Frau Musterfrau will ihr Geld.", "Ask Katharina"):
        with pytest.raises(FieldRefused, match="names the buyer"):
            open_case(order, "refund", by=dora, thread=thread, note=note)
    case = open_case(order, "refund", by=dora, thread=thread, note="Will lieber das braune, musterfrau.")
    told = {"reason": "", "due_at": case.due_at, "cost_minor": 0, "units": 1}
    with pytest.raises(FieldRefused, match="names the buyer"):
        edit(case, by=dora, note="Musterfrau rief an", **told)


def test_after_the_purge_no_answer_draft_or_file_of_ours_is_left_and_no_event_tells_of_it(
    arrive, sender, dora, portal, clock, caplog
):
    thread = thread_of(arrive("Wo?", name=f"Name {CANARY}", subject=f"Betreff {CANARY}"))
    reply = write(thread, f"Antwort {CANARY}", by=dora, files=[enclosed(f"{CANARY}.txt", CANARY.encode())])
    drafting.keep(thread, dora, f"Entwurf {CANARY}", [enclosed(f"{CANARY}.txt", b"hi")])
    leave(sender, clock)
    draft = drafting.draft_of(thread, dora)
    sealed = [bytes(one)[14:64] for one in (MailRaw.get_by_id(reply.id).raw, reply.text, draft.text, draft.attachments)]
    clock.move(days=24)
    assert purge.purge() == 1
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    left = [path.name for path in portal.data.rglob("*") if path.is_file()
            and any(trace in path.read_bytes() for trace in (CANARY.encode(), *sealed))]  # fmt: skip
    assert left == [] and CANARY not in caplog.text and CANARY not in str([event.details for event in Event.select()])


def test_a_teams_name_begins_no_header_of_a_notice(alice, portal):
    name = "=?utf-8?q?Lotus=0D=0AX-Hidden:_yes?="
    made = Notice.queue(alice, "reply_trouble", f"An answer of {name}", "Look at it.")
    sent = notices.message_of(made, "a@example.com", replace(portal, mail_from="portolan@example.com"))
    assert "X-Hidden" not in email.message_from_bytes(sent.as_bytes())
