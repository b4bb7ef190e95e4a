"""The reply box: checked and kept while it is typed, sent once, taken back within 20 seconds."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from PIL import Image

from models.audit.event import Event
from models.mailbox import drafting
from models.mailbox.draft import MailDraft
from models.mailbox.enclosure import enclosed, packed, unpacked
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.reading import read
from models.mailbox.replying import send_again, take_back, write
from models.mailbox.thread import MailThread
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from tests.mailbox.conftest import ORDER, make_account, thread_of

TEXT = "Guten Tag Frau Musterfrau,\nIhr Paket ist unterwegs.\n.\nGrüße 日本"
PICTURE = io.BytesIO()
Image.new("RGB", (60, 40), "red").save(PICTURE, "PNG")
PNG = PICTURE.getvalue() + b"<script>alert(1)</script>"
PDF = b"%PDF-1.4\n%%EOF\n"


def url_of(thread: MailThread, more: str = "") -> str:
    return f"/t/lotus/mailbox/threads/{thread.uid}{more}"


def test_an_answer_is_a_mail_of_its_own_that_names_what_it_answers(thread, sender, dora):
    files = [
        enclosed("Beleg\u202e/../Rechnung.exe", PDF),
        enclosed("b\u00efld.PNG", PNG),
        enclosed("a.txt", "Grüße".encode()),
    ]
    message = write(thread, TEXT, by=dora, files=files)
    raw = MailRaw.of(message)
    mail = read(raw, None)
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert mail.from_addr == sender.from_address and mail.recipients == ("a1b2c3d4e5f6g7h@marketplace.amazon.de",)
    assert mail.subject == f"Re: Anfrage zur Bestellung (Order: {ORDER})"
    assert mail.in_reply_to == "<question-1@amazonses.com>" and mail.references == ("<question-1@amazonses.com>",)
    assert mail.message_id == message.message_id and mail.message_id.endswith("@example.com>")
    assert "quoted-printable" in raw.decode("ascii") and "multipart/mixed" in head
    assert mail.buyer_text == TEXT and not mail.warnings
    assert [(one.filename, one.content_type) for one in mail.attachments] == [
        ("Rechnung.pdf", "application/pdf"), ("bïld.png", "image/png"), ("a.txt", "text/plain")]  # fmt: skip
    assert b"script" not in mail.attachments[1].content, "pictures are drawn anew"
    assert max(map(len, raw.split(b"\r\n"))) <= 78 and b"\n" not in raw.replace(b"\r\n", b"")
    now = MailThread.get_by_id(thread.id)
    assert (now.message_count, now.state, now.unanswered_at) == (2, "open", thread.unanswered_at), "the clock runs on"
    assert message.state == "waiting" and b"Musterfrau" not in bytes(MailMessage.get().text)


def test_a_later_answer_follows_the_whole_conversation(thread, arrive, sender, dora):
    first = write(thread, "Es kommt morgen an.", by=dora)
    arrive("Danke, wann?", order=ORDER, message_id="<question-2@amazonses.com>", answers=first.message_id,
           References=f"<question-1@amazonses.com> {first.message_id}")  # fmt: skip
    mail = read(MailRaw.of(write(thread, "Gegen Mittag.", by=dora)), None)
    assert mail.references == ("<question-1@amazonses.com>", first.message_id, "<question-2@amazonses.com>")
    assert mail.in_reply_to == "<question-2@amazonses.com>"


def test_hostile_subjects_ids_and_texts_make_no_headers(thread, arrive, sender, dora):
    other = thread_of(
        arrive("x", sender="hostile00000001@marketplace.amazon.de", subject="Frage\tan " + "日本" * 150, message_id="<a b@c>",
               References="<x\x00y@z> <" + "r" * 400 + "@z> <ok@z>")
    )  # fmt: skip
    raw = MailRaw.of(write(other, "Hallo\nBcc: wir\n\nText", by=dora))
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head and b"rrr" not in head and b"<ok@z>" in head
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert read(raw, None).subject.startswith("Re: Frage an 日本")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "empty"), ("Schreiben Sie an a@b.example", "e-mail address"), ("Guten Tag {{buyer_name}}", "placeholder"),
     ("x" * 4001, "At most 4000")],
)  # fmt: skip
def test_what_amazon_forbids_is_not_kept(thread, dora, text, sentence):
    with pytest.raises(FieldRefused, match=sentence):
        write(thread, text, by=dora)
    assert MailMessage.select().count() == 1


def test_where_nobody_can_answer_it_is_said_why(thread, arrive, sender, dora):
    notice = thread_of(arrive("x", sender="donotreply@amazon.de", notification="", name="Amazon"))
    with pytest.raises(Refused, match="No buyer wrote"):
        write(notice, TEXT, by=dora)
    sender.change(state="paused")
    with pytest.raises(Refused, match="No mailbox of this store can send"):
        write(thread, TEXT, by=dora)
    make_account(sender.store, name="Second", login="second", from_address="second@lotus.example")
    assert read(MailRaw.of(write(thread, TEXT, by=dora)), None).from_addr == "second@lotus.example"


def test_what_goes_along_is_told_by_its_bytes():
    for name, content in (("a.pdf", b"MZ\x90\x00"), ("a.png", b"<svg/>"), ("a.jpg", b"\xff\xd8\xffnothing"), ("a.html", b"<b>"),
                          ("a.txt", b"a\x00b"), ("a.txt", "ä".encode("latin-1")), ("a.zip", b"PK\x03\x04")):  # fmt: skip
        with pytest.raises(FieldRefused):
            enclosed(name, content)
    with pytest.raises(FieldRefused, match="10 MB"):
        enclosed("a.pdf", b"%PDF-" + b"x" * 10 * 1024 * 1024)
    files = [enclosed("../../x\n.pdf", PDF), enclosed("leer.txt", b"\n\n"), enclosed(".png", PNG)]
    assert [file.filename for file in files] == ["x_.pdf", "leer.txt", "png.png"]
    assert unpacked(packed(files)) == files


def test_a_second_press_and_the_same_words_do_not_send_twice(thread, dora, alice, clock):
    write(thread, TEXT, by=dora)
    with pytest.raises(Refused, match="not sent twice"):
        write(thread, f"  {TEXT} ", by=alice)
    clock.move(minutes=11)
    write(thread, TEXT, by=alice)


def test_whoever_did_not_see_the_newest_message_looks_first(thread, arrive, dora, alice):
    seen = MailMessage.get(MailMessage.thread == thread).uid
    write(thread, "Es kommt morgen an.", by=alice, seen=seen)
    write(thread, "Gegen Mittag.", by=alice, seen=seen)
    with pytest.raises(FieldRefused, match="A colleague answered"):
        write(thread, "Es kommt heute an.", by=dora, seen=seen)
    newest = MailMessage.select().order_by(MailMessage.id.desc()).get().uid
    arrive("Und?", order=ORDER)
    with pytest.raises(FieldRefused, match="The buyer wrote again"):
        write(thread, "Es kommt heute an.", by=dora, seen=newest)


@pytest.mark.both
def test_of_two_who_press_send_at_once_one_answers(thread, dora, alice, in_parallel):
    seen = MailMessage.get(MailMessage.thread == thread).uid
    people = [dora, alice, dora, alice]

    def press(number: int) -> None:
        with suppress(Refused):
            write(
                MailThread.get_by_id(thread.id),
                TEXT if number < 2 else f"{TEXT} {people[number].name}",
                by=people[number],
                seen=seen,
            )

    assert not in_parallel(4, press).errors
    authors = {message.author_id for message in MailMessage.select().where(MailMessage.direction == "out")}
    assert len(authors) == 1


def test_taken_back_it_is_a_draft_again_and_nothing_of_it_stays(thread, dora, clock):
    message = write(thread, TEXT, by=dora, files=[enclosed("a.pdf", PDF)])
    drafting.keep(thread, dora, "Nachtrag")
    take_back(message, by=dora)
    draft = drafting.draft_of(thread, dora)
    assert drafting.text_of(draft) == f"{TEXT}\n\nNachtrag"
    assert [file.content for file in drafting.files_of(draft)] == [PDF]
    gone = MailMessage.get_by_id(message.id)
    assert (gone.state, gone.text, MailRaw.of(gone)) == ("cancelled", None, None)
    assert MailThread.get_by_id(thread.id).message_count == 1
    for act in (take_back, send_again):
        with pytest.raises(AlreadyDecided):
            act(MailMessage.get_by_id(message.id), by=dora)
    write(thread, TEXT, by=dora)  # The guard against doubles knows that it was not sent.


# Pages


def test_typing_is_checked_and_kept_and_others_see_who_writes(as_, dora, alice, thread, clock):
    htmx = {"HX-Request": "true"}
    checked = (
        as_(dora)
        .post(url_of(thread, "/reply/check"), data={"reply": "Ruft uns an: +49 30 1234567!"}, headers=htmx)
        .text
    )
    assert "Take the phone number out" in checked and "+49 30 1234567" in checked
    assert (
        "Nothing Amazon would mind"
        in as_(dora).post(url_of(thread, "/reply/check"), data={"reply": "Es kommt."}, headers=htmx).text
    )
    as_(dora).post(url_of(thread, "/reply/draft"), data={"reply": "Es kommt <b>", "typed": "1"}, headers=htmx)
    assert b"Es kommt" not in bytes(MailDraft.get().text)
    assert "Es kommt &lt;b&gt;</textarea>" in as_(dora).get(url_of(thread)).text
    page = as_(alice).get(url_of(thread)).text
    assert "Dora Klein is writing an answer here, too" in page and "Es kommt" not in page
    clock.move(minutes=4)
    assert "began an answer here" in as_(alice).get(url_of(thread, "/reply/writers"), headers=htmx).text
    as_(dora).post(url_of(thread, "/reply/draft"), data={"reply": " ", "typed": "1"}, headers=htmx)
    assert not MailDraft.select().exists()


def test_without_a_script_files_go_in_and_out_and_the_answer_is_sent_and_taken_back(as_, dora, thread):
    def send(where: str, **more):
        return as_(dora).post(
            url_of(thread, where), data={"reply": "Siehe Anhang.", **more}, content_type="multipart/form-data"
        )

    send("/reply/draft", files=[(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"hm"), "b.txt")])
    page = as_(dora).get(url_of(thread)).text
    assert "a.pdf" in page and "b.txt" in page and "Siehe Anhang." in page
    send("/reply/draft", remove="1")
    refused = send("/replies", files=[(io.BytesIO(b"MZ"), "c.exe")])
    assert refused.status_code == 422 and "only PDF, JPG, PNG and TXT" in refused.text and "a.pdf" in refused.text
    assert send("/replies").status_code == 303
    message = MailMessage.get(MailMessage.direction == "out")
    assert [one["filename"] for one in message.attached()] == ["a.pdf"] and not MailDraft.select().exists()
    page = as_(dora).get(url_of(thread)).text
    assert "Waiting to be sent" in page and "Take back" in page
    assert as_(dora).get(f"/t/lotus/mailbox/messages/{message.uid}/files/0").data == PDF
    assert as_(dora).post(f"/t/lotus/mailbox/messages/{message.uid}/withdrawal").status_code == 303
    assert "Siehe Anhang.</textarea>" in as_(dora).get(url_of(thread)).text
    assert as_(dora).post(f"/t/lotus/mailbox/messages/{message.uid}/withdrawal").status_code == 409


def test_refused_words_are_not_lost(as_, dora, thread):
    answer = as_(dora).post(url_of(thread, "/replies"), data={"reply": "Ruft an: +49 30 1234567"})
    assert answer.status_code == 422 and "Take the phone number out" in answer.text
    assert "Ruft an: +49 30 1234567</textarea>" in answer.text and "Ruft an" in as_(dora).get(url_of(thread)).text
    assert not Event.select().where(Event.name == "reply_written").exists()


def test_strangers_and_those_who_may_not_answer_stay_out(as_, dora, charlie, bob, thread):
    message = write(thread, TEXT, by=dora)
    one = f"/t/lotus/mailbox/messages/{message.uid}"
    for where in (url_of(thread, "/replies"), url_of(thread, "/reply/draft"), url_of(thread, "/reply/check"), f"{one}/withdrawal",
                  f"{one}/repetition", f"{one}/finding"):  # fmt: skip
        assert as_(charlie).post(where, data={"reply": "x"}).status_code == 404
        assert as_(charlie).post(where.replace("lotus", "comet"), data={"reply": "x"}).status_code == 404
        assert as_(bob).post(where, data={"reply": "x"}).status_code in (403, 404)
    assert MailMessage.get_by_id(message.id).state == "waiting" and not MailDraft.select().exists()
