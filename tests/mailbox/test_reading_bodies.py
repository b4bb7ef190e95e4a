"""What stands in a mail is read however it is coded and packed: charsets, transfer encodings, parts, files, and what the buyer wrote."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from tests.mailbox.written import BEGIN, END, PLAIN, WHOLE, mail, parts, word

# Charsets and transfer encodings


@pytest.mark.parametrize(
    ("label", "text", "really"),
    [
        ("gb2312", "镕—繁體", "gb18030"), ("gbk", "€丂", "gb18030"), ("shift_jis", "①～髙", "cp932"), ("iso-8859-1", "€ “x”", "cp1252"), ("ks_c_5601-1987", "똠방각하", "cp949"), ("us-ascii", "abc", "ascii"),
        ("UTF8", "ü", "utf-8"), ("windows-1251", "Привет", "cp1251"), ("iso-2022-jp", "注文", "iso-2022-jp"), ("big5", "訂單", "big5"), ("utf-16", "ü", "utf-16"), ('"utf-8"', "ü", "utf-8"), ("euc-kr", "똠", "cp949"),
    ],
)  # fmt: skip
def test_labels_mean_what_senders_mean(label, text, really):
    found = mail(
        f"Content-Type: text/plain; charset={label}",
        "Content-Transfer-Encoding: base64",
        body=base64.encodebytes(text.encode(really)),
    )
    assert (found.buyer_text, found.warnings) == (text, set())


@pytest.mark.parametrize(
    ("kind", "body", "text", "warning"),
    [
        ("text/plain", "ü".encode(), "ü", "CHARSET_MISSING"), ("text/plain", "订单问题".encode("gbk"), "订单问题", "CHARSET_MISSING"), ("text/plain", b"Caf\xe9 \x80 5", "Café € 5", "CHARSET_MISSING"), ("text/plain", b"\x81 \x8d", "\x81 \x8d", "CHARSET_MISSING"),
        ("text/plain; charset=klingon", "ü".encode(), "ü", "CHARSET_UNKNOWN"), ("text/plain; charset=rot13", "ü".encode(), "ü", "CHARSET_UNKNOWN"), ("text/plain; charset=unicode_escape", b"\\u0041", "\\u0041", "CHARSET_UNKNOWN"),
        ("text/plain; charset=utf-8", "订单问题".encode("gbk"), "订单问题", "CHARSET_WRONG"), ("text/plain; charset=us-ascii", "ü".encode(), "ü", "CHARSET_WRONG"), ("text/plain; charset=iso-2022-jp", "é".encode(), "é", "CHARSET_WRONG"),
    ],
)  # fmt: skip
def test_a_missing_unknown_or_wrong_label_is_told_and_guessed(kind, body, text, warning):
    found = mail(f"Content-Type: {kind}", body=body)
    assert (found.buyer_text, found.warnings) == (text, {warning})


@pytest.mark.parametrize(
    ("body", "is_whole"),
    [(WHOLE, True), (WHOLE[:8] + "\r\n" + WHOLE[8:] + "\r\n", True), (WHOLE.rstrip("="), False), (WHOLE[:8] + "*!" + WHOLE[8:], False), (WHOLE + "\r\n-- \r\nlist footer", False), ("=" + WHOLE, False)],
)  # fmt: skip
def test_damaged_base64_is_repaired_and_told(body, is_whole):
    found = mail("Content-Transfer-Encoding: Base64", body=body)
    assert found.buyer_text == "Schöne Grüße aus Köln"
    assert found.warnings == (set() if is_whole else {"BASE64_REPAIRED"})


def test_base64_that_ends_in_the_middle_keeps_its_whole_bytes():
    found = mail("Content-Transfer-Encoding: base64", body=base64.b64encode(b"abcdefgh")[:9])
    assert (found.buyer_text, found.warnings) == ("abcdef", {"BASE64_REPAIRED"})


@pytest.mark.parametrize(
    ("body", "text"),
    [("Gr=C3=B6=C3=9Fe", "Größe"), ("Gr=c3=b6=c3=9fe", "Größe"), ("a=\r\nb=\nc", "abc"), ("a= \t\r\nb", "ab"), ("100 = 100 =ZZ =", "100 = 100 =ZZ"), ("=", ""), ("a=3Db", "a=b")],
)  # fmt: skip
def test_quoted_printable_is_read_with_its_mistakes(body, text):
    assert mail("Content-Transfer-Encoding: quoted-printable", body=body).buyer_text == text


# Parts and files


def named(name: str) -> str:
    header, body = parts(
        f"{PLAIN}\r\n\r\nHello",
        f"Content-Type: image/png\r\nContent-Disposition: attachment; {name}\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==",
    )
    (one,) = mail(header, body=body).attachments
    assert (one.content_type, one.size, one.sha256) == ("image/png", 4, sha256(b"\x89PNG").hexdigest())
    return one.filename


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="photo.png"', "photo.png"), ("filename=photo.png", "photo.png"), ("filename*=utf-8''Gr%C3%B6%C3%9Fe.png", "Größe.png"), ("filename*0=\"very long \";\r\n filename*1=\"name.png\"", "very long name.png"),
        ("filename*0*=gb2312''%B6%A9;\r\n filename*1*=%B5%A5;\r\n filename*2=.png", "订单.png"), (f'filename="{word("写真.png")}"', "写真.png"), ('filename="../../etc/passwd"', "passwd"), (r'filename="C:\\temp\\a.png"', "a.png"), ('filename=".."', "attachment-2.png"),
        ('filename="a/..%2f..\\b..png"', "b.png"), ('filename="gp\u202epgn.exe"', "gppgn.exe"), ('filename="x";filename*=utf-8\'\'y.png', "y.png"), ("foo=bar", "attachment-2.png"), ('filename="a;b=c.png"', "a;b=c.png"), ('filename="a%20b.png"', "a%20b.png"), ("filename*=klingon''%C3%A9.png", "é.png"),
    ],
)  # fmt: skip
def test_file_names_are_read_and_made_harmless(written, name):
    assert named(written) == name


def test_the_first_plain_text_is_the_body_and_what_else_there_is_is_kept_as_files():
    header, body = parts(
        f"{PLAIN}\r\n\r\nHello", "Content-Type: text/html\r\n\r\n<p>Hello</p>", f"{PLAIN}; name=note.txt\r\nContent-Disposition: attachment\r\n\r\nnote", "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nInner"
    )  # fmt: skip
    found = mail(header, body=body)
    assert found.buyer_text == "Hello" and found.html == "<p>Hello</p>"
    assert [(one.filename, one.content_type) for one in found.attachments] == [
        ("note.txt", "text/plain"),
        ("attachment-4.eml", "message/rfc822"),
    ]
    assert found.warnings == set()


def test_a_multipart_without_end_or_boundary_is_read():
    header, body = parts(f"{PLAIN}\r\n\r\nHello")
    assert mail(header, body=body.replace("--XX--", "")).buyer_text == "Hello"
    assert mail("Content-Type: multipart/mixed", body=body).buyer_text == "Hello"
    assert mail("Content-Type: multipart/mixed; boundary=YY", body="Just text").buyer_text == "Just text"


# The body


def markup(html: str) -> str:
    return mail("Content-Type: text/html; charset=utf-8", body=html).buyer_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"), ("a<br>b<BR/>c", "a\nb\nc"), ("<title>T</title><style>p{}</style><script>alert('<p>')</script>x", "x"), ("a&nbsp;&amp;&#252;&lt;b", "a &ü<b"), ("<pre>keep\n  this</pre>footer", "keep\n  this"), ("<pre>a</pre><pre>b</pre>", "a\n\nb"),
        ("x <!-- <p>no</p> --> y", "x y"), ("1 < 2 > 0", "1 < 2 > 0"), ('<a title="a>b">c</a>', "c"), ("<p", "<p"), ("a<script>never closed", "a"), ("<td>1</td><td>2</td>", "1 2"), ("a\n  b", "a b"), ("&#xD800;&#0;x", "\ufffd\ufffdx"), ("<PRE CLASS=x>p&amp;q</PRE>", "p&q"),
    ],
)  # fmt: skip
def test_html_becomes_text_and_one_pre_wins(html, text):
    assert markup(html) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"You have received a message.\n{BEGIN}\n\nWhere is it?\n\n{END}\nfooter", "Where is it?"), ("x\n----- Mensagem: -----\nOi\n----- Encerrar mensagem -----\ny", "Oi"), ("-----メッセージ：-----\nはい\n-----メッセージ終了-----", "はい"),
        (f"{BEGIN}\nonly one", f"{BEGIN}\nonly one"), ("---- Begin ----\nx\n---- End ----", "---- Begin ----\nx\n---- End ----"), ("----------\nx\n----------", "----------\nx\n----------"), (f"{BEGIN}\nA\n{END}\n{BEGIN}\nB\n{END}", "A"),
        (f"{BEGIN}\r\nA\r\n{END}\r\n", "A"), ("Hi\n> old\nnew", "Hi"), ("Hi\nOn Monday Bob wrote:\n> old", "Hi"), ("Hi\nAm 20.11.2026 um 10:00 schrieb Bob\n<bob@mail.example>:\n> old", "Hi"), ("Hi\nList:\n\n> old", "Hi\nList:"), ("Hi\nOn 20 Nov 2026 Bob wrote:\n\n> old", "Hi"),
        ("> old\nnew below", "new below"), ("Hi\n-----Original Message-----\nFrom: x", "Hi"), ("  \n x \n ", "x"), ("e\u0301", "é"), ("a\rb\r\nc", "a\nb\nc"), ("a > b", "a > b"), ("x\n-----Original Message-----\nold\n-----Original Message-----\nolder", "x"),
    ],
)  # fmt: skip
def test_what_the_buyer_wrote_is_cut_out(body, text):
    assert mail(body=body).buyer_text == text
