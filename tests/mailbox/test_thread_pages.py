"""The pages of the mailbox: the list, one thread, its files, and who may do what there."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from models.audit.event import Event
from models.lists.viewer import Viewer
from models.mailbox.listing import THREADS
from models.mailbox.message import MailMessage
from models.mailbox.note import MailNote
from models.mailbox.share import MailShare
from models.mailbox.tagging import MailTagging
from models.mailbox.thread import MailThread
from models.orders.tag import OrderTag
from models.people.reach import Reach
from models.support.db import db
from tests.mailbox.conftest import make_account, thread_of
from tests.shipping.test_parcel import order_of

BOX = "/t/lotus/mailbox/"
HTML = """<html><head><style>p{background:url(http://evil.example/a)}</style><script>alert(1)</script></head>
<body onload=alert(1)><p hx-get="/t/lotus/people/">Hallo <a href="http://evil.example">hier</a><img src="http://evil.example/pixel.gif"></p>
<form action="http://evil.example"><input name=a></form><iframe src="http://evil.example"></iframe></body></html>"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue() + b"<script>alert(1)</script>"


@pytest.fixture
def thread(arrive, store) -> MailThread:
    order = order_of(store)
    message = arrive(
        "Wo ist mein Paket?",
        order=order.order_id,
        html=HTML,
        files=(("../../b\u00efld.png", "image/png", picture()), ("a.html", "text/html", b"<script>alert(1)</script>")),
    )
    return thread_of(message)


def url_of(thread: MailThread, more: str = "") -> str:
    return f"{BOX}threads/{thread.uid}{more}"


def test_the_list_shows_subject_and_masked_name_and_finds_by_what_is_sealed(as_, dora, arrive, thread, store):
    arrive(
        "Ganz etwas anderes",
        sender="other0000001@marketplace.amazon.de",
        name="Jonas Lehmann",
        subject="Rückgabe der Lampe",
    )
    page = as_(dora).get(BOX).text
    assert "Rückgabe der Lampe" in page
    assert "J**** L" in page and "Lehmann" not in page
    for words, found in (
        ("lampe", 1),
        ("PAKET", 1),
        ("jonas", 1),
        ("lampe paket", 0),
        (thread.order_no, 1),
        ("other0000001@marketplace.amazon.de", 1),
    ):
        page = as_(dora).get(BOX, query_string={"q": words}).text
        assert page.count('<tr id="thread-') == found, words
        assert ("No thread matches" in page) is (found == 0)


def test_the_views_show_what_they_say(as_, dora, arrive, thread, clock):
    def shown(**asked: str) -> int:
        return as_(dora).get(BOX, query_string=asked).text.count('<tr id="thread-')

    assert [
        shown(care="nobody"),
        shown(care="mine"),
        shown(wait="answer"),
        shown(wait="soon", sort="due"),
        shown(state="done"),
    ] == [1, 0, 1, 0, 0]
    arrive("Zu lange", sender="other0000001@marketplace.amazon.de", at=clock.now() - timedelta(hours=13))
    assert (shown(wait="soon"), shown(wait="overdue")) == (1, 0)
    arrive("Viel zu lange", sender="other0000002@marketplace.amazon.de", at=clock.now() - timedelta(hours=25))
    assert (shown(wait="soon"), shown(wait="overdue")) == (1, 1)
    assert "Buyers whose answer is overdue" in as_(dora).get("/t/lotus/").text


def test_a_thread_shows_its_messages_and_its_order(as_, dora, thread):
    page = as_(dora).get(url_of(thread)).text
    assert "Wo ist mein Paket?" in page and "Katharina Musterfrau" in page
    assert thread.order.order_id in page and "CUP-1" in page
    assert "@marketplace.amazon" not in page  # Addresses stay sealed.
    assert "evil.example" not in page


def test_every_act_of_the_desk_does_what_it_says(as_, dora, lotus, thread, alice):
    tag = OrderTag.make(lotus, "Urgent", "red", by=alice)
    visitor = as_(dora)

    def act(what: str, **fields: str) -> MailThread:
        answer = visitor.post(url_of(thread, what), data=fields)
        assert answer.status_code == 303, answer.text
        return thread.reload()

    assert act("/assignment", person=str(dora.uid)).assignee == dora
    act("/tags", tag=str(tag.uid))
    assert MailTagging.select().count() == 1
    act("/notes", text="Ruft an: +49 170 1234567")
    assert MailNote.get().unseal("text") == "Ruft an: +49 170 1234567"
    assert act("/snooze", until="3").snoozed_until is not None
    assert visitor.post(url_of(thread, "/snooze"), data={"until": "72"}).status_code == 422  # The answer is due before.
    assert act("/waking").snoozed_until is None
    assert visitor.post(url_of(thread, "/closing"), data={}).status_code == 409
    assert act("/no-answer").state == "done"
    assert act("/reopening").state == "open"
    assert act("/spam").state == "spam"
    assert act("/no-spam").state == "open"
    act(f"/tags/{tag.uid}/removal")
    act(f"/notes/{MailNote.get().uid}/deletion")
    assert (MailTagging.select().count(), MailNote.select().count()) == (0, 0)
    names = {event.name for event in Event.select().where(Event.object_kind == "mail_thread")}
    assert {
        "thread_assigned",
        "thread_tagged",
        "thread_noted",
        "thread_snoozed",
        "thread_needs_no_answer",
        "thread_spam",
    } <= names
    assert "+49" not in json.dumps([event.details for event in Event.select()])


def test_the_original_is_shown_in_a_frame_in_which_nothing_is_left_to_run(as_, dora, thread):
    message = MailMessage.get()
    page = as_(dora).get(f"{BOX}messages/{message.uid}/original").text
    assert "<iframe" in page and " sandbox" in page
    frame = as_(dora).get(f"{BOX}messages/{message.uid}/frame")
    assert (
        "sandbox" in frame.headers["Content-Security-Policy"]
        and "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    )
    assert frame.headers["Cache-Control"] == "no-store"
    for forbidden in ("evil.example", "<script", "onload", "hx-get", "<form", "<iframe", "<style", "<img"):
        assert forbidden not in frame.text, forbidden
    assert "Hallo" in frame.text


def test_files_come_as_downloads_of_safe_types(as_, dora, thread):
    message = MailMessage.get()
    image = as_(dora).get(f"{BOX}messages/{message.uid}/files/0")
    assert (image.mimetype, image.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert b"script" not in image.data
    assert image.headers["Content-Disposition"].startswith("attachment") and "/" not in image.headers[
        "Content-Disposition"
    ].partition("filename")[2].replace("UTF-8''", "")
    page = as_(dora).get(f"{BOX}messages/{message.uid}/files/1")
    assert page.mimetype == "application/octet-stream"
    assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["Content-Disposition"].startswith(
        "attachment"
    )
    assert as_(dora).get(f"{BOX}messages/{message.uid}/files/2").status_code == 409
    thread.change(is_suspect=True)
    assert as_(dora).get(f"{BOX}messages/{message.uid}/files/0").status_code == 409


def test_a_stranger_and_one_who_may_not_read_the_mailbox_see_nothing(as_, charlie, bob, rival_store, arrive, thread):
    message = MailMessage.get()
    theirs = thread_of(arrive("Von comet", into=make_account(rival_store)))
    for path in (
        "",
        f"threads/{thread.uid}",
        f"threads/{thread.uid}/moving",
        f"messages/{message.uid}/original",
        f"messages/{message.uid}/frame",
        f"messages/{message.uid}/files/0",
    ):
        assert as_(charlie).get(BOX + path).status_code == 404
        assert as_(bob).get(BOX + path).status_code == 403
    for act in (
        "assignment",
        "closing",
        "reopening",
        "no-answer",
        "spam",
        "no-spam",
        "belief",
        "snooze",
        "waking",
        "tags",
        "notes",
        "merging",
        "splitting",
    ):
        assert as_(charlie).post(url_of(thread, f"/{act}"), data={"into": str(theirs.uid)}).status_code == 404
        assert (
            as_(charlie)
            .post(f"/t/comet/mailbox/threads/{thread.uid}/{act}", data={"into": str(theirs.uid)})
            .status_code
            == 404
        )
        assert as_(bob).post(url_of(thread, f"/{act}")).status_code == 403
    assert as_(charlie).get(f"/t/comet/mailbox/messages/{message.uid}/files/0").status_code == 404


def test_merging_and_splitting_from_the_page(as_, dora, arrive, thread):
    second = thread_of(arrive("Andere Bestellung", order="302-0000009-7654321"))
    assert as_(dora).get(url_of(second, "/moving")).text.count('type="radio"') == 1
    answer = as_(dora).post(url_of(second, "/merging"), data={"into": str(thread.uid)})
    assert answer.headers["Location"].endswith(url_of(thread))
    assert as_(dora).get(url_of(second)).status_code == 302
    moved = MailMessage.select().order_by(MailMessage.id.desc()).get()
    answer = as_(dora).post(url_of(thread, "/splitting"), data={"message": str(moved.uid)})
    assert answer.status_code == 303
    assert "Andere Bestellung" in as_(dora).get(answer.headers["Location"]).text
    assert "Andere Bestellung" not in as_(dora).get(url_of(thread)).text
    assert as_(dora).post(url_of(thread, "/splitting"), data={}).status_code == 409


def test_who_manages_the_mailbox_says_who_gets_new_threads(as_, alice, dora, arrive, store):
    rules = f"{BOX}new-threads"
    assert as_(dora).get(rules).status_code == 403
    assert (
        as_(alice).post(rules, data={"person": str(dora.uid), "store": str(store.uid), "language": "de"}).status_code
        == 303
    )
    assert (
        as_(alice).post(rules, data={"person": str(dora.uid), "store": str(store.uid), "language": "de"}).status_code
        == 422
    )
    assert "Dora Klein" in as_(alice).get(rules).text
    assert thread_of(arrive("Hallo")).assignee == dora
    as_(alice).post(f"{rules}/{MailShare.get().uid}/removal")
    assert MailShare.select().count() == 0


def test_many_are_assigned_tagged_and_closed_at_once(as_, dora, arrive, thread):
    other = thread_of(arrive("Noch eins", sender="other0000001@marketplace.amazon.de"))
    picked = {"selected": [str(thread.uid), str(other.uid)], "bulk": "no_answer"}
    answer = as_(dora).post("/t/lotus/lists/threads/bulk", data=picked)
    assert answer.status_code in (200, 303), answer.text
    assert {one.state for one in MailThread.select()} == {"done"}


@pytest.mark.parametrize(
    "view", [view.query for view in THREADS.views] + ["market=DE", "language=de", "q=302-0000001-7654321"]
)
def test_every_view_walks_an_index_and_sorts_no_more_than_it_finds(lotus, alice, store, view):
    viewer = Viewer(Reach.of(alice, lotus))
    sql, params = THREADS.walk(viewer, THREADS.asked(view, viewer)).order_by(
        *(column.asc() if "sort=due" in view else column.desc() for column in THREADS.sorts["due" if "sort=due" in view else "-last"].columns)
    ).limit(51).sql()  # fmt: skip
    plan = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
    assert not any(step.startswith("SCAN t") for step in plan), plan
    assert view.startswith("q=") or not any("TEMP B-TREE" in step for step in plan), plan
