"""Buyers who wait are told that their message came: by a rule, once, never by mistake, and the clock goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jobs import mailbox_threads
from models.audit.event import Event
from models.mailbox import acknowledging, replying, ruling, sending
from models.mailbox.acknowledgement import Acknowledgement
from models.mailbox.acknowledgement_rule import AcknowledgementRule
from models.mailbox.machines import is_by_machine
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.reading import read
from models.mailbox.ready_made import RECEIVED, add_ready_made
from models.mailbox.replying import write
from models.mailbox.template import MailTemplate
from models.mailbox.thread import MailThread
from models.support import clock as the_clock
from models.support.errors import FieldRefused
from models.support.job_run import JobRun
from tests.mailbox.conftest import ORDER, thread_of
from tests.mailbox.sending import leave
from tests.orders.conftest import DE, UK, make_store

PAGE = "/t/lotus/mailbox/acknowledgements"
OTHER = "zz9y8x7w6v5u4t3@marketplace.amazon.de"


@pytest.fixture
def template(lotus, alice) -> MailTemplate:
    add_ready_made(lotus, by=alice)
    return MailTemplate.get(MailTemplate.name == RECEIVED)


def values_of(template, **told):
    hours = {
        "after_hours": 1,
        "is_outside_only": False,
        "weekdays": "12345",
        "from_minute": 540,
        "to_minute": 1080,
        "quiet_days": 7,
    }
    return {"template": template, "store": None, "marketplace_id": "", "language": "", **hours, **told}


@pytest.fixture
def rule(lotus, alice, template, sender) -> AcknowledgementRule:
    """For all, after an hour, at any time; on."""
    made = ruling.make(lotus, values_of(template), by=alice)
    ruling.switch_on(made, by=alice)
    return made.reload()


@pytest.fixture
def asked(rule, arrive, clock):
    """`asked("Wo ist es?", …)`: a buyer writes, and two hours pass. Gives the thread."""

    def come(text: str = "Wo ist mein Paket?", **told) -> MailThread:
        thread = thread_of(arrive(text, **told))
        clock.move(hours=2)
        return thread

    return come


def run() -> int:
    one = JobRun.create(
        job=acknowledging.JOB, scope="", slot=the_clock.now(), lease_until=the_clock.ahead(minutes=9), state="running"
    )
    try:
        mailbox_threads.acknowledge(one)
        return JobRun.get_by_id(one.id).done or 0
    finally:
        one.delete_instance()


def written() -> list[MailMessage]:
    return list(MailMessage.select().where(MailMessage.kind == "auto_reply").order_by(MailMessage.id))


def why(thread) -> str:
    found = Acknowledgement.of(thread)
    return found.why if found is not None else "none"


# What is sent, and when


@pytest.mark.both
def test_a_buyer_who_waits_is_told_once_and_the_clock_goes_on(as_, alice, asked, arrive, clock, sender, server, rule):
    thread = asked(order=ORDER)
    since = MailThread.get_by_id(thread.id).unanswered_at
    assert run() == 1 and run() == 0
    (message,) = written()
    text = read(MailRaw.of(message), None).buyer_text
    assert "Ihre Nachricht ist bei uns angekommen" in text and "Katharina Musterfrau" in text and message.author is None
    leave(sender, clock)
    now = MailThread.get_by_id(thread.id)
    assert MailMessage.get_by_id(message.id).state == "sent" and len(server.received) == 1
    assert (now.state, now.unanswered_at, now.message_count) == ("open", since, 2), "nobody has answered"
    shown = as_(alice).get(f"/t/lotus/mailbox/threads/{thread.uid}").text
    assert "Automatic acknowledgement" in shown and "Answer due" in shown
    names = {event.name for event in Event.select()}
    assert "acknowledgement_written" in names and not names & {"thread_answered", "reply_written"}
    for words in (text, f"{text}\n\nSent by the seller"):  # Amazon's copies of it, without our id.
        arrive(words, order=ORDER, notification="BBC_MESSAGE_CONFIRMATION_TO_MERCHANT")
        assert MailThread.get_by_id(thread.id).unanswered_at == since
    arrive("Hallo?", order=ORDER)
    clock.move(days=20)
    arrive("Hallo??", order=ORDER)
    clock.move(hours=2)
    assert run() == 0 and len(written()) == 1 and why(thread) == "", "a thread gets one for good"
    assert AcknowledgementRule.get_by_id(rule.id).sent_count == 1


@pytest.mark.both
def test_two_jobs_at_once_write_one(asked, in_parallel):
    thread = asked(order=ORDER)
    assert not in_parallel(4, acknowledging.acknowledge_due).errors
    assert len(written()) == 1 and Acknowledgement.get(Acknowledgement.thread == thread).state == "written"


@pytest.mark.both
def test_one_that_dies_on_the_way_has_written_nothing_and_the_next_run_does(asked, monkeypatch):
    thread = asked(order=ORDER)

    def die(message):
        raise KeyboardInterrupt

    monkeypatch.setattr(replying, "ON_WRITTEN", [*replying.ON_WRITTEN, die])
    with pytest.raises(KeyboardInterrupt):
        acknowledging.acknowledge_due()
    assert not written() and not MailRaw.select().join(MailMessage).where(MailMessage.direction == "out").exists()
    assert Acknowledgement.of(thread) is None and MailThread.get_by_id(thread.id).message_count == 1
    monkeypatch.undo()
    assert run() == 1 and len(written()) == 1


def test_killed_between_the_servers_word_and_ours_it_is_in_doubt_and_not_sent_again(asked, clock, sender, server):
    asked(order=ORDER)
    run()
    clock.move(seconds=21)
    assert sending.claim(written()[0]) is not None  # Here the process dies.
    leave(sender, clock, seconds=16 * 60)
    assert written()[0].is_unsure and not server.received and run() == 0


def test_only_what_came_while_the_rule_was_on_has_waited_long_enough_and_is_not_late(
    lotus, alice, template, arrive, sender, clock
):
    old = thread_of(arrive("Vorher?", order=ORDER))
    rule = ruling.make(lotus, values_of(template, after_hours=3), by=alice)
    clock.move(hours=1)
    assert run() == 0, "off"
    ruling.switch_on(rule, by=alice)
    fresh = thread_of(arrive("Nachher?", sender=OTHER))
    clock.move(hours=2, minutes=59)
    assert run() == 0
    clock.move(minutes=1)
    assert run() == 1 and written()[0].thread_id == fresh.id and Acknowledgement.of(old) is None
    late = thread_of(arrive("Und ich?", sender="lateaaaa00000001@marketplace.amazon.de"))
    clock.move(hours=24)
    assert run() == 0 and Acknowledgement.of(late) is None


def test_at_work_nothing_is_sent_and_after_work_it_is(lotus, alice, template, arrive, sender, clock):
    rule = ruling.make(lotus, values_of(template, is_outside_only=True), by=alice)
    zone = "Asia/Shanghai"
    monday = datetime(2026, 11, 23, 2, 0)  # 10:00 there.
    for at, speaks in ((monday, False), (monday - timedelta(hours=1, minutes=1), True), (monday + timedelta(hours=7, minutes=59), False),
                       (monday + timedelta(hours=8), True), (monday - timedelta(days=1), True)):  # fmt: skip
        assert rule.speaks_at(at, zone) is speaks, at


def test_the_narrowest_rule_holds_and_says_whether_and_when(lotus, alice, template, arrive, sender, clock):
    other = make_store(lotus, "Lotus UK", seller_id="A2ZZZZZZZZZZZZ", codes=(UK,))
    ruling.switch_on(ruling.make(lotus, values_of(template), by=alice), by=alice)
    before = thread_of(arrive("Hallo?", sender="german0000000001@marketplace.amazon.de"))
    MailThread.update(language="de").where(MailThread.id == before.id).execute()
    clock.move(minutes=1)
    for values in (values_of(template, after_hours=5, language="de"), values_of(template, after_hours=9, store=other)):
        ruling.switch_on(ruling.make(lotus, values, by=alice), by=alice)
    with pytest.raises(FieldRefused, match="already"):
        ruling.make(lotus, values_of(template, language="de"), by=alice)
    german, french = thread_of(arrive("Hallo?", order=ORDER)), thread_of(arrive("Hallo?", sender=OTHER))
    MailThread.update(language="de").where(MailThread.id == german.id).execute()
    MailThread.update(language="fr", marketplace_id=DE).where(MailThread.id == french.id).execute()
    clock.move(hours=2)
    assert run() == 1 and "Bonjour" in written()[0].unseal("text")
    clock.move(hours=3)
    assert run() == 1 and written()[1].thread_id == german.id, "what came before its rule was on is left alone"


# What gets none


def test_machines_notices_bounces_suspects_and_who_wants_no_mail_get_none(asked, arrive, clock):
    by_header = asked(sender="machine000000001@marketplace.amazon.de", Auto_Submitted="auto-replied")
    by_subject = asked(sender="machine000000002@marketplace.amazon.de", subject="Automatische Antwort: Abwesend")
    opted = asked(order=ORDER)
    arrive("Der Käufer möchte keine Nachrichten.", sender="donotreply@amazon.de", notification="", name="Amazon", order=ORDER,
           subject=f"The buyer has chosen to opt out of receiving messages ({ORDER})")  # fmt: skip
    asked("Nochmal?", order=ORDER)
    notice = asked(sender="donotreply@amazon.de", notification="", name="Amazon", subject="Your refund")
    forged = asked(sender="a1b2c3d4e5f6g7h@marketplace-amazon.de")
    spam = asked(sender="spamspam00000001@marketplace.amazon.de")
    MailThread.update(state="spam").where(MailThread.id == spam.id).execute()
    assert run() == 0, [(one.thread_id, one.unseal("text")) for one in written()]
    assert [why(one) for one in (by_header, by_subject, opted, notice, forged, spam)] == [
        "automatic", "automatic", "unreachable", "none", "none", "none"]  # fmt: skip
    told = {event.details["why"] for event in Event.select().where(Event.name == "acknowledgement_withheld")}
    assert told == {"automatic", "unreachable"}


def test_who_had_one_lately_and_who_is_being_answered_get_none(asked, arrive, clock, sender, dora):
    first = asked(order=ORDER)
    assert run() == 1
    second = asked(order="302-7654321-7654321")
    assert second.id != first.id and run() == 0 and why(second) == "lately"
    answered = asked(sender=OTHER)
    write(answered, "Es kommt morgen an.", by=dora)
    assert run() == 0 and why(answered) == "none" and len(written()) == 1
    seen = MailMessage.get(MailMessage.thread == first, MailMessage.direction == "in").uid
    write(first, "Es kommt heute an.", by=dora, seen=seen)  # What a rule wrote meanwhile is in nobody's way.


def test_a_text_that_cannot_be_read_has_holes_or_breaks_a_rule_is_not_sent(asked, rule, lotus, alice, template):
    english = MailTemplate.make(
        lotus, "English alone", "template", {"en": "We have your message and answer within a day."}, by=alice
    )
    ruling.change(rule, values_of(english), by=alice)
    japanese = asked(sender="a1b2c3d4e5f6g7h@marketplace.amazon.co.jp", text="いつ届きますか")
    MailThread.update(language="ja").where(MailThread.id == japanese.id).execute()
    assert run() == 0 and why(japanese) == "lint"
    holed = MailTemplate.make(
        lotus, "Holed", "template", {"en": "Your parcel {{tracking_number}} is coming."}, by=alice
    )
    ruling.change(rule.reload(), values_of(holed), by=alice)
    thread = asked(sender=OTHER)
    assert run() == 0 and why(thread) == "hole" and not written()
    holed.retire(by=alice)
    asked(sender="another000000001@marketplace.amazon.de")
    assert run() == 0 and AcknowledgementRule.of_team(lotus.id)[0].lacks_template


@pytest.mark.parametrize(
    ("headers", "subject", "is_machine"),
    [(b"Auto-Submitted: no", "Frage", False), (b"Auto-Submitted: auto-generated; x=y", "Frage", True), (b"Precedence: Bulk", "", True),
     (b"Return-Path: <>", "", True), (b"X-Autoreply: yes", "", True), (b"", "RE: Out of Office: away", True), (b"", "自動返信", True),
     (b"", "Wo ist mein Automatikrad?", False), (b"\xff\x00", "Réponse automatique : absent", True)],
)  # fmt: skip
def test_machines_are_known_by_what_they_say_of_themselves(headers, subject, is_machine):
    assert is_by_machine(b"From: a@b.example\r\n" + headers + b"\r\n\r\nText", subject) is is_machine


# Switching off


@pytest.mark.both
def test_switched_off_nothing_more_leaves_and_a_colleagues_answer_is_not_in_its_way(
    asked, rule, alice, dora, clock, sender, server
):
    thread = asked(order=ORDER)
    seen = MailMessage.get(MailMessage.thread == thread).uid
    run()
    assert ruling.switch_off(rule, by=alice) == 1
    message = written()[0]
    assert (message.state, message.text, MailRaw.of(message)) == ("cancelled", None, None)
    leave(sender, clock)
    assert not server.received and MailThread.get_by_id(thread.id).message_count == 1
    asked(sender=OTHER)
    assert run() == 0
    write(MailThread.get_by_id(thread.id), "Es kommt morgen an.", by=dora, seen=seen)
    ruling.remove(rule.reload(), by=alice)
    assert Acknowledgement.get().rule is None and not AcknowledgementRule.select().exists()


# Pages


def test_rules_are_made_switched_and_removed_on_their_page_by_who_manages_all_stores(
    as_, alice, dora, charlie, template
):
    fields = {"template": str(template.uid), "store": "", "marketplace": DE, "language": "de", "after_hours": "2", "when": "outside",
              "weekdays": ["1", "2"], "from": "09:00", "to": "17:30", "quiet_days": "10"}  # fmt: skip
    for wrong, sentence in (({"to": "08:00"}, "Work ends after it begins"), ({"from": "9 Uhr"}, "like 09:00"), ({"template": "x"}, "Choose from the list"),
                            ({"after_hours": "99"}, "20"), ({"weekdays": []}, "Choose at least one"), ({"quiet_days": "0"}, "1")):  # fmt: skip
        answer = as_(alice).post(PAGE, data=fields | wrong)
        assert answer.status_code == 422 and sentence in answer.text
    assert not AcknowledgementRule.select().exists()
    assert as_(alice).post(PAGE, data=fields).status_code == 303
    rule = AcknowledgementRule.get()
    assert (rule.weekdays, rule.from_minute, rule.to_minute, rule.is_on) == ("12", 540, 1050, False)
    page = as_(alice).get(PAGE).text
    assert RECEIVED in page and "Mon Tue" in page and "Switch on" in page
    assert 'value="17:30"' in as_(alice).get(f"{PAGE}/{rule.uid}/edit").text
    for act in ("", "/start", "/stop", "/removal"):
        assert as_(dora).post(f"{PAGE}/{rule.uid}{act}", data=fields).status_code == 403
        assert as_(charlie).post(f"{PAGE}/{rule.uid}{act}".replace("lotus", "comet"), data=fields).status_code == 404
    assert (
        as_(alice).post(f"{PAGE}/{rule.uid}", data=fields | {"when": "always", "after_hours": "1"}).status_code == 303
    )
    assert as_(alice).post(f"{PAGE}/{rule.uid}/start").status_code == 303
    assert (
        as_(alice).post(f"{PAGE}/{rule.uid}/removal").status_code == 303 and not AcknowledgementRule.select().exists()
    )
