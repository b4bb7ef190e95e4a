"""Any bytes at all are read, and none takes more than it is worth."""

from __future__ import annotations

import time
import tracemalloc
import unicodedata
from email.message import EmailMessage
from hashlib import sha256
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.mailbox.reading import WARNINGS, read
from models.mailbox.reading.reader import read_all
from tests.mailbox.written import BEGIN, END, ORDER, PLAIN, RELAY, SENDERS, SUBJECTS, WHOLE, parts, raw, word

# Anything at all


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(subject=TEXT, name=TEXT, body=TEXT, file=st.binary(max_size=200), charset=st.sampled_from(["utf-8", "gb18030"]))
def test_a_well_made_mail_comes_back_as_it_was_written(subject, name, body, file, charset):
    made = EmailMessage()
    made["Subject"], made["Date"], made["Message-ID"] = subject, "Fri, 20 Nov 2026 10:00:00 +0100", "<x@y>"
    made["From"] = f"{word(name)} <{RELAY}>"
    made.set_content(f"x{body}x", charset=charset)
    made.add_attachment(file, maintype="application", subtype="pdf", filename="a.pdf")
    found = read_all(made.as_bytes(), None)
    assert " ".join(found.subject.split()) == " ".join(unicodedata.normalize("NFC", subject).split())
    assert found.from_addr == RELAY and found.attachments[0].content == file
    assert found.buyer_text == unicodedata.normalize("NFC", f"x{body}x").strip()


def corpus() -> list[bytes]:
    """Mails of every kind these tests know."""
    header, body = parts(
        f"{PLAIN}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=B6=C3=9Fe {ORDER}",
        "Content-Type: text/html\r\n\r\n<pre>x</pre><script>y</script>",
        f"Content-Type: image/png; name*0*=utf-8''%41;\r\n name*1=.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{WHOLE}",
    )
    nested = header + "\r\n\r\n" + body
    return [
        raw(f"Subject: {written}", sender=sender[0], body=f"Hi\n{BEGIN}\n{ORDER}\n{END}\n> x") for (written, _), sender in zip(SUBJECTS, SENDERS, strict=False)
    ] + [raw(header, body=body), raw(*parts(nested, nested)[:1], body=parts(nested, nested)[1]), raw("Content-Type: text/html; charset=gbk", body="<p>订单&#5;</p><!--".encode("gbk"))]  # fmt: skip


def require_sound(found) -> None:
    texts = [
        found.subject,
        found.from_name,
        found.from_addr,
        found.buyer_text,
        *(one.filename for one in found.attachments),
    ]
    for text in texts:
        assert "\r" not in text and unicodedata.is_normalized("NFC", text)
        text.encode()
    assert len(set(found.order_ids)) == len(found.order_ids) and found.buyer_text == found.buyer_text.strip()
    assert found.warnings <= set(WARNINGS) and "UNREADABLE" not in found.warnings
    assert all("/" not in one.filename and ".." not in one.filename and one.filename for one in found.attachments)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                b"\r\n",
                b"\n",
                b" ",
                b"From: ",
                b"Subject: ",
                b"=?utf-8?B?",
                b"?=",
                b"<",
                b'"',
                b"@marketplace.amazon.de",
                b"Content-Type: multipart/mixed; boundary=a",
                b"--a",
                b"--a--",
                b"\xff\xe5",
                b";",
                b"name*0*=",
                b"Content-Transfer-Encoding: base64",
                b"\x1b$B",
                b"text/html",
                b"<pre>",
                b"&#x110000;",
                b"charset=utf-7",
                b"+2AA-",
            ]
        ),
        max_size=60,
    ).map(b"".join)
)
@example(b"Content-Type: text/plain; charset=utf-7\n\n+2AA-")
@example(b"Date: Mon, 20 Nov 0000 00:00:00 +0100\n\n")
def test_any_bytes_are_read(signs):
    require_sound(read_all(signs, None))


def test_mails_damaged_at_any_place_are_read():
    random, mails = Random(8), corpus()
    for _ in range(600):
        signs = bytearray(random.choice(mails))
        for _ in range(random.randint(1, 6)):
            at = random.randrange(len(signs) + 1)
            end = min(len(signs), at + random.choice((0, 1, 1, 2, 20, 200)))
            signs[at:end] = random.choice(
                (b"", random.randbytes(2), b"\n", b"\r\n\r\n", b"=", b'"', random.choice(mails)[at:end])
            )
        require_sound(read_all(bytes(signs), None))


HEAVY = {
    "deep": lambda: b"\n".join([b"Content-Type: multipart/mixed; boundary=a\n\n--a"] * 5_000),
    "many parts": lambda: b"Content-Type: multipart/mixed; boundary=a\n" + b"\n--a\n\nx" * 100_000,
    "many headers": lambda: b"a: b\n" * 500_000,
    "one header": lambda: b"Subject: " + b"=?utf-8?B?" * 300_000,
    "open tags": lambda: b"Content-Type: text/html\n\n" + b'<a "' * 500_000,
    "open comments": lambda: b"Content-Type: text/html\n\n" + b"<!--" * 500_000,
    "pieces of base64": lambda: b"Content-Transfer-Encoding: base64\n\n" + b"AA==" * 1_000_000,
    "marks": lambda: b"Content-Type: text/plain; charset=utf-8\n\na" + "\u0301\u0316".encode() * 300_000,
    "dashes": lambda: b"\n\n" + b"----- a -" * 300_000,
    "addresses": lambda: b"From: " + b'(<"' * 20_000 + b"\n\n",
    "parameters": lambda: b"Content-Type: x;" + b';a*1*="\\' * 8_000 + b"\n\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HEAVY)
def test_no_mail_takes_more_than_its_bytes_are_worth(name):
    signs = HEAVY[name]()
    began = time.process_time()
    found = read_all(signs, None)
    assert time.process_time() - began < 3
    assert len(found.buyer_text) <= 1_000_000


def test_a_mail_of_25_mb_takes_a_few_times_its_size_of_time_and_memory():
    signs = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 18 + b"\n"
    signs += (b"QUJD" * 18 + b"\n") * (25 * 1024 * 1024 // 54)
    tracemalloc.start()
    began = time.process_time()
    found = read_all(signs, None)
    taken = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.attachments[0].size > 25 * 1024 * 1024 - 54
    assert taken < 3 and peak < 5 * len(signs)


def test_what_even_the_reader_did_not_expect_is_an_empty_mail_with_a_warning(monkeypatch):
    monkeypatch.setattr("models.mailbox.reading.reader.read_all", lambda signs, received: 1 // 0)
    assert read(b"x").warnings == {"UNREADABLE"}
    assert read(b"x").message_id == f"<{sha256(b'x').hexdigest()}@local>"
