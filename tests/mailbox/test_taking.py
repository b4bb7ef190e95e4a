"""A mail comes in: once, into the right thread, sealed, with the clock started."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.mailbox import sharing
from models.mailbox.account import MailAccount
from models.mailbox.answer_clock import stop
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.reading import read
from models.mailbox.route import MailRoute
from models.mailbox.taking import take
from models.mailbox.thread import MailThread
from models.support.db import write_txn
from models.support.errors import Refused
from tests.mailbox.conftest import KATHARINA, mail_of, make_account, thread_of
from tests.orders.conftest import UK, make_store
from tests.shipping.test_parcel import order_of

LEO = "zzyyxxwwvvuutt1@marketplace.amazon.co.uk"
ORDER = "302-0000001-7654321"


def test_a_buyers_mail_opens_a_thread_and_starts_the_clock(arrive, store, clock):
    clock.move(to=clock.now())
    message = arrive("Wo ist mein Paket?", order=ORDER, files=(("bild.png", "image/png", b"\x89PNG"),))
    thread = thread_of(message)
    assert (thread.store_id, thread.state, thread.order_no, thread.message_count) == (store.id, "open", ORDER, 1)
    assert (thread.unanswered_at, thread.due_at) == (clock.now(), clock.now() + timedelta(hours=24))
    assert (thread.marketplace, thread.language, thread.has_attachment) == ("DE", "de", True)
    assert thread.unseal("buyer_name") == "Katharina Musterfrau"
    assert thread.unseal("to_address") == KATHARINA
    kept = MailMessage.get_by_id(message.id)
    assert kept.unseal("text") == "Wo ist mein Paket?"
    assert kept.attached()[0]["filename"] == "bild.png"
    assert MailRaw.of(kept).count(b"Wo ist mein Paket?") == 1


def test_nothing_comes_twice_by_its_id_or_by_its_bytes(arrive, account):
    raw = mail_of(message_id="<one@amazonses.com>")
    assert arrive(raw=raw) is not None
    assert arrive(raw=raw) is None
    assert arrive(raw=mail_of("Anderer Text", message_id="<one@amazonses.com>")) is None
    nameless = raw.replace(b"Message-ID: <one@amazonses.com>\n", b"") + b"\nEnde"
    assert arrive(raw=nameless) is not None
    assert arrive(raw=nameless) is None
    assert MailMessage.select().count() == 2


@pytest.mark.both
def test_the_same_mail_taken_by_many_at_once_comes_once_and_mails_of_a_buyer_share_a_thread(account, in_parallel):
    same, others = mail_of(message_id="<same@amazonses.com>"), [mail_of(f"Nummer {n}") for n in range(3)]
    raws = [same, same, same, *others]
    outcomes = in_parallel(6, lambda number: take(account, read(raws[number], None), raws[number]))
    assert outcomes.errors == []
    assert MailMessage.select().count() == 4
    assert MailThread.select().count() == 1
    assert MailThread.get().message_count == 4


def test_a_mail_joins_the_thread_it_answers_or_its_buyers_of_the_last_30_days(arrive, clock):
    first = arrive(order=ORDER, message_id="<first@x>")
    assert arrive("Hallo?").thread_id == first.thread_id
    assert arrive("Noch etwas", order=ORDER).thread_id == first.thread_id
    assert arrive("Andere Bestellung", order="302-0000002-7654321").thread_id != first.thread_id
    assert arrive("Ein anderer", sender=LEO).thread_id != first.thread_id
    clock.move(days=31)
    assert arrive("Lange her", order=ORDER).thread_id != first.thread_id
    assert arrive("Antwort darauf", answers="<first@x>").thread_id == first.thread_id


def test_what_a_mail_claims_to_answer_never_leads_into_another_buyers_thread(arrive):
    first = arrive(message_id="<first@x>")
    other = arrive("Ich bin Katharina", sender=LEO, answers="<first@x>")
    assert other.thread_id != first.thread_id
    assert thread_of(first).unseal("to_address") == KATHARINA


def test_a_strangers_mail_never_stands_among_the_words_of_a_buyer(arrive):
    first = arrive(message_id="<first@x>")
    strange = arrive(
        "Bitte an mich antworten", sender="mallory@example.com", notification="", name="Katharina", answers="<first@x>"
    )
    assert strange.thread_id != first.thread_id
    assert thread_of(strange).to_address is None


def test_a_suspect_mail_stands_alone_and_starts_no_clock(arrive):
    first = arrive(message_id="<first@x>")
    bad = arrive(
        "Klicken Sie http://amaz0n.example", answers="<first@x>", Authentication_Results="mx; spf=fail; dkim=fail"
    )
    thread = thread_of(bad)
    assert bad.kind == "phishing_suspect"
    assert (thread.is_suspect, thread.unanswered_at, thread.state) == (True, None, "open")
    assert thread.id != first.thread_id
    assert arrive("Und wieder ich").thread_id == first.thread_id


def test_a_copy_of_our_answer_opens_nothing_again(arrive, alice):
    thread = thread_of(arrive(message_id="<first@x>"))
    reply = MailMessage.create(team=thread.team_id, store=thread.store_id, thread=thread, direction="out", kind="reply", mark="m" * 64,
                               at=thread.last_at + timedelta(minutes=1), state="sent")  # fmt: skip
    with write_txn():
        stop(thread, reply, by=alice)
    copy = arrive("Kopie", answers="<first@x>", notification="BBC_MESSAGE_CONFIRMATION_TO_MERCHANT")
    assert (copy.kind, copy.thread_id) == ("confirmation_receipt", thread.id)
    assert thread.reload().state == "waiting"
    arrive("Danke, aber noch eine Frage")
    assert (thread.reload().state, thread.reload().due_at is not None) == ("open", True)


def test_a_mail_goes_to_the_store_of_its_tag_then_of_its_marketplace_then_of_its_order(arrive, account, store, lotus):
    uk = make_store(lotus, "Lotus UK", seller_id="A1UKSELLER0001", codes=(UK,))
    third = make_store(lotus, "Lotus 3", seller_id="A1THIRDSELLER1", codes=())
    MailRoute.add(account, "lotus-3", third)
    assert arrive(Delivered_To="support+lotus-3@example.com", X_Marketplace_ID=UK).store_id == third.id
    assert arrive(X_Marketplace_ID=UK).store_id == uk.id
    assert arrive("Hi", sender=LEO).store_id == store.id
    order = order_of(uk, 7)
    message = arrive("Hi", sender="qqqqqqqqqqq1@marketplace.amazon.co.uk", order=order.order_id)
    assert (message.store_id, thread_of(message).order_id) == (uk.id, order.id)


def test_a_tag_of_another_teams_store_leads_nowhere(arrive, account, rival_store):
    theirs = make_account(rival_store)
    MailRoute.add(theirs, "comet", rival_store)
    assert arrive(Delivered_To="support+comet@example.com").team_id == account.team_id


def test_new_threads_go_in_turn_to_those_who_share_the_narrowest(arrive, lotus, store, alice, dora, bob):
    with pytest.raises(Refused):
        sharing.add(lotus, bob, by=alice)  # He may not read the mailbox.
    sharing.add(lotus, alice, by=alice)
    assert thread_of(arrive("1", sender="buyer0000001@marketplace.amazon.de")).assignee == alice
    sharing.add(lotus, dora, store=store, language="de", by=alice)
    assert thread_of(arrive("2", sender="buyer0000002@marketplace.amazon.de")).assignee == dora
    sharing.add(lotus, alice, store=store, language="de", by=alice)
    turns = [
        thread_of(arrive(str(n), sender=f"buyer000001{n}@marketplace.amazon.de")).assignee.login for n in range(3, 6)
    ]
    assert turns == ["alice", "dora", "alice"]


def test_the_bytes_of_hostile_headers_change_no_row_but_their_own(arrive, account: MailAccount):
    raw = mail_of(
        name='"; DROP TABLE mail_thread; --',
        subject="\ud800".encode("utf-8", "replace").decode() + "x" * 5000,
        order=ORDER,
    )
    message = arrive(raw=raw.replace(b"To: support", b"To: +../../@a, support+" + b"A" * 5000))
    assert message is not None
    assert MailThread.select().count() == 1
