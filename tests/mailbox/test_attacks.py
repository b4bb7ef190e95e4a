"""What buyers, colleagues and bad moments do to the mailbox, and what must not come of it."""

from __future__ import annotations

import email

import pytest

from models.mailbox.message import MailRaw
from models.mailbox.reading import read
from models.mailbox.replying import write
from tests.mailbox.conftest import ORDER, mail_of, thread_of

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
