"""Mails as senders break them are read all the same: rule by rule of docs/mailbox.md, then any bytes at all."""

from __future__ import annotations

import base64
import time
import tracemalloc
import unicodedata
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.mailbox.reading import WARNINGS, read
from models.mailbox.reading.reader import read_all

CASE = "11111111-2222-4333-8444-555555555555"
RELAY = f"a1b2c3d4e5f6g7+{CASE}@marketplace.amazon.de"
ORDER = "302-1234567-7654321"
PLAIN = "Content-Type: text/plain; charset=utf-8"


def raw(*headers: str, body: str | bytes = "Hello", sender: str = f"Anna - Amazon Marketplace <{RELAY}>") -> bytes:
    """A mail with the headers a mail needs, unless they are given."""
    given = {header.partition(":")[0].lower() for header in headers}
    usual = (f"From: {sender}", "Date: Fri, 20 Nov 2026 10:00:00 +0100", "Message-ID: <one@mail.example>", PLAIN)
    lines = [*headers, *(line for line in usual if line.partition(":")[0].lower() not in given)]
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape")
    return head + b"\r\n\r\n" + (body if isinstance(body, bytes) else body.encode())


def mail(*headers: str, **parts):
    return read_all(raw(*headers, **parts), None)


def word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


# Headers


SPLIT = "金属製ケーブル".encode()
SUBJECTS = [
    ("Hello", "Hello"),
    ("Hello\r\n world", "Hello world"),
    ("Hello\r\n\tworld", "Hello world"),
    (word("Größe"), "Größe"),
    ("=?iso-8859-1?Q?Gr=F6=DFe_5?=", "Größe 5"),
    (f"{word('eins')}\r\n {word('zwei')}", "einszwei"),
    (f"{word('eins')} und {word('zwei')}", "eins und zwei"),
    (f"a {word('ä')} b", "a ä b"),
    (
        f"=?utf-8?B?{base64.b64encode(SPLIT[:4]).decode()}?= =?utf-8?B?{base64.b64encode(SPLIT[4:]).decode()}?=",
        "金属製ケーブル",
    ),
    (
        f"=?utf-8?B?{base64.b64encode(SPLIT)[:7].decode()}?= =?UTF8?B?{base64.b64encode(SPLIT)[7:].decode()}?=",
        "金属製ケーブル",
    ),
    ("=?utf-8?Q?=E9=87?= =?utf-8?B?kQ==?=", "金"),
    (f"{word('注文', 'iso-2022-jp')} {word('中文', 'gb2312')}", "注文中文"),
    (f'"{word("Größe")}"', '"Größe"'),
    ("=?utf-8*en?Q?caf=C3=A9?=", "café"),
    ("=?utf-8?X?abc?= =?broken", "=?utf-8?X?abc?= =?broken"),
    ("=?utf-8?Q?a?=b=?utf-8?Q?c?=", "abc"),
    ("Cafe\u0301".encode().decode("latin-1").encode("latin-1").decode(), "Café"),
]


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


SENDERS = [
    (f"Anna <{RELAY}>", "Anna", RELAY),
    (f'"Müller, Anna" <{RELAY.upper()}>', "Müller, Anna", RELAY),
    (f'"{word("Müller, Anna")}" <{RELAY}>', "Müller, Anna", RELAY),
    (f"=?utf-8?Q?M=C3=BCller,_Anna?= <{RELAY}>", "Müller, Anna", RELAY),
    (f"{word('Anna <boss@amazon.example>')} <{RELAY}>", "Anna <boss@amazon.example>", RELAY),
    (f"{RELAY} (Anna)", "Anna", RELAY),
    (RELAY, "", RELAY),
    (f"<{RELAY}>", "", RELAY),
    (f'"Anna \\"A\\" B" <{RELAY}>', 'Anna "A" B', RELAY),
    (f'"Anna <{RELAY}>', "Anna", RELAY),
    (word(f"Anna <{RELAY}>"), "Anna", RELAY),
    (f"Anna\r\n <{RELAY}>", "Anna", RELAY),
    (f"Anna <{RELAY}>, Bob <bob@mail.example>", "Anna", RELAY),
    (f"Anna <mailto:{RELAY}>", "Anna", RELAY),
    ("undisclosed", "undisclosed", ""),
    ("", "", ""),
]


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


WHOLE = base64.b64encode("Schöne Grüße aus Köln".encode()).decode()


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


def parts(*pieces: str, kind: str = "mixed") -> tuple[str, str]:
    return f"Content-Type: multipart/{kind}; boundary=XX", "\r\n".join(
        ["", *(f"--XX\r\n{piece}" for piece in pieces), "--XX--", ""]
    )


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


BEGIN, END = "------------- Begin message -------------", "------------- End message -------------"


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


# Facts


@pytest.mark.parametrize(
    ("subject", "body", "ids"),
    [
        (f"Order: {ORDER}", "111-1111111-2222222", (ORDER, "111-1111111-2222222")), (f"(注文:{ORDER})", ORDER, (ORDER,)), ("", f"1{ORDER} {ORDER}1 -{ORDER} {ORDER}-", ()), ("", "３０２－１２３４５６７－７６５４３２１", (ORDER,)), ("", f"a{ORDER}b", (ORDER,)), ("", f"Order {ORDER}\n{BEGIN}\nhi\n{END}", (ORDER,)),
    ],
)  # fmt: skip
def test_order_ids_are_found_in_subject_then_text_each_once(subject, body, ids):
    assert mail(f"Subject: {subject}", body=body).order_ids == ids


def test_asins_are_whole_and_in_capitals():
    assert mail("Subject: B0ABCDEFGH", body="B0ABCDEFGH 商品B012345678は AB0ABCDEFGH B0ABCDEFGHI b0abcdefgh").asins == (
        "B0ABCDEFGH",
        "B012345678",
    )


def test_other_mails_are_named_with_their_brackets_oldest_first():
    found = mail("References: <a@x>\r\n <b@x> <a@x>", "In-Reply-To: <c@x>")
    assert (found.references, found.in_reply_to) == (("<a@x>", "<b@x>", "<c@x>"), "<c@x>")
    assert mail("In-Reply-To: bare@x").references == ("<bare@x>",)


def test_what_is_missing_is_made_and_told():
    received = datetime(2026, 11, 22, 9, 30)
    bare = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx"
    found = read_all(bare, received)
    assert (found.date, found.message_id) == (received, f"<{sha256(bare).hexdigest()}@local>")
    assert found.warnings == {"MISSING_DATE", "MISSING_MESSAGE_ID"}
    assert mail("Date: yesterday").warnings == {"MISSING_DATE"}
    assert mail("Date: Fri, 20 Nov 2026 23:30:00 -0500").date == datetime(2026, 11, 21, 4, 30)
    assert mail("Date: Mon, 99 Foo 99999 99:99:99 +9999").date is None


# Who wrote, and what kind it is


DOMAINS = {
    "com": "US", "ca": "CA", "com.mx": "MX", "com.br": "BR", "co.uk": "UK", "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "se": "SE", "pl": "PL", "com.be": "BE", "ie": "IE", "com.tr": "TR", "ae": "AE",
    "sa": "SA", "eg": "EG", "in": "IN", "sg": "SG", "com.au": "AU", "co.jp": "JP",
}  # fmt: skip


@pytest.mark.parametrize(("domain", "code"), DOMAINS.items())
def test_a_relay_address_names_buyer_case_and_marketplace(domain, code):
    found = mail(sender=f"X <AbCdEfGh+{CASE.upper()}@Marketplace.Amazon.{domain}>")
    assert (found.buyer_key, found.case_key, found.marketplace, found.type) == ("abcdefgh", CASE, code, "buyer_message")
    assert found.starts_sla and mail(sender=f"abcdefgh@marketplace.amazon.{domain}").case_key is None


@pytest.mark.parametrize(
    "sender",
    [
        "abcdefgh@marketplace.amazon.com.evil.example", "abcdefgh@marketplace.amazon.co", "abcdefgh@marketplace-amazon.de", "short@marketplace.amazon.de", "abcdefgh@marketplace.amaz0n.de", "abcdefgh@marketplace.arnazon.de", "abcdefgh@marketplace.аmazon.de",
        "abcdefgh@marketplace.xn--mazon-3ve.de", "support@amazon-service.com", f"abcdefgh+{CASE}@mail.example", "abcdefgh+notauuid@marketplace.amazon.de", "abcdefgh@marketplace.amazon.xyz", "x@amazon.secure-login.example", '"abcdefgh@marketplace.amazon.de" <x@mail.example>', "abcdefgh@marketplace.amzon.com",
    ],
)  # fmt: skip
def test_who_looks_like_amazon_and_is_not_is_suspect(sender):
    found = mail(sender=sender)
    assert (found.type, found.warnings - {"HEADER_RAW_8BIT"}, found.starts_sla) == (
        "phishing_suspect",
        {"LOOKALIKE_DOMAIN"},
        False,
    )
    assert found.buyer_key is None and found.marketplace is None


@pytest.mark.parametrize(
    "sender",
    [
        "bob@mail.example",
        "info@amazonas-reisen.example",
        "news@market.example",
        "x@marketplace.example",
        "a@amazonia.example",
        "carrier@dhl.de",
    ],
)
def test_everybody_else_is_nobody_special(sender):
    found = mail(sender=sender)
    assert (found.type, found.warnings, found.starts_sla, found.buyer_key) == ("other", set(), False, None)


@pytest.mark.parametrize(
    ("results", "is_failed"),
    [
        ("mx.example; spf=fail smtp.mailfrom=x; dkim=pass", True), ("mx; dkim=fail (bad)", True), ("mx; DKIM = FAIL", True), ("mx; spf=softfail; dkim=none", False), ("mx; spf=pass; dkim=pass; dmarc=fail", False), ("mx; spf=permerror", False), ("", False), ("mx; x-spf=fail", False),
    ],
)  # fmt: skip
def test_a_failed_check_is_suspect_and_a_missing_one_is_not(results, is_failed):
    found = mail(f"Authentication-Results: {results}")
    assert (found.type == "phishing_suspect", found.warnings) == (is_failed, {"AUTH_FAIL"} if is_failed else set())


NOTICES = [
    ("delivery_failure", "We were unable to deliver the message you sent"), ("delivery_failure", "Ihre Nachricht konnte nicht zugestellt werden"), ("delivery_failure", "Votre message n'a pas pu être remis"), ("delivery_failure", "No hemos podido entregar su mensaje"),
    ("delivery_failure", "Impossibile recapitare il messaggio"), ("delivery_failure", "メッセージを送信できませんでした"), ("delivery_failure", "无法发送您的消息"),
    ("buyer_opt_out", "This buyer has chosen to opt out of unsolicited messages"), ("buyer_opt_out", "Der Käufer möchte keine unerwünschten Nachrichten erhalten"), ("buyer_opt_out", "L'acheteur a choisi de ne pas recevoir de messages"), ("buyer_opt_out", "El comprador ha optado por no recibir mensajes"),
    ("buyer_opt_out", "L'acquirente ha scelto di non ricevere messaggi"), ("buyer_opt_out", "購入者はメッセージの受信を拒否しています"), ("buyer_opt_out", "买家已选择不接收消息"),
    ("return_request", f"Return request for order {ORDER}"), ("return_request", "Rücksendeantrag für Bestellung"), ("return_request", "Demande de retour"), ("return_request", "Solicitud de devolución"), ("return_request", "Richiesta di reso"), ("return_request", "返品リクエスト"), ("return_request", "退货请求"),
    ("a2z_claim", "A-to-z Guarantee claim"), ("a2z_claim", "A-bis-z-Garantie"), ("a2z_claim", "Garantie A à Z"), ("a2z_claim", "Garantía de la A a la Z"), ("a2z_claim", "Garanzia dalla A alla Z"), ("a2z_claim", "マーケットプレイス保証申請"), ("a2z_claim", "亚马逊商城交易保障索赔"),
    ("refund_notice", "Refund initiated for order"), ("refund_notice", "Erstattung veranlasst"), ("refund_notice", "Remboursement effectué"), ("refund_notice", "Reembolso emitido"), ("refund_notice", "Rimborso emesso"), ("refund_notice", "返金が完了しました"), ("refund_notice", "退款已处理"),
    ("amazon_cs_relay", "We've been contacted by a customer regarding the order identified below."), ("amazon_cs_relay", "Um Ihren Käufer zu kontaktieren, antworten Sie bitte auf diese E-Mail"), ("amazon_cs_relay", "Per rispondere a questo cliente, risponda a quest'e-mail"), ("amazon_cs_relay", "購入者様へのご連絡は、直接こちらのメールにご返信いただくか"),
    ("amazon_system", "Your payment is on the way"), ("amazon_system", "Ihre Bestellung wurde versandt"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), NOTICES)
def test_amazons_notices_are_told_apart_by_their_words(kind, words):
    for found in (
        mail(f"Subject: {words}", sender="donotreply@amazon.com"),
        mail(body=words, sender="Amazon <no-reply@sellercentral.amazon.de>"),
    ):
        assert found.type == kind
        assert found.starts_sla == (kind == "amazon_cs_relay") and found.marketplace is None
    assert mail(f"Subject: {words}").type == "buyer_message"


@pytest.mark.parametrize(
    ("header", "kind"),
    [("BBC_MESSAGE_CONFIRMATION_TO_MERCHANT", "confirmation_receipt"), ("RETURN_REQUEST", "return_request"), ("A_Z_CLAIM_RESPONDENT_NOTIFY", "a2z_claim"), ("REFUND_ISSUED", "refund_notice"), ("BUYER_OPTED_OUT_BSM_MESSAGES", "buyer_opt_out"), ("NEWS", "amazon_system")],
)  # fmt: skip
def test_amazons_own_header_says_the_kind_before_any_words(header, kind):
    assert mail(f"X-Space-Notification-Type: {header}", sender="donotreply@amazon.com").type == kind


def test_a_copy_of_our_answer_and_a_question_about_a_product_start_no_clock():
    copy = mail("X-Space-Notification-Type: BBC_MESSAGE_CONFIRMATION_TO_MERCHANT")
    assert (copy.type, copy.starts_sla, copy.buyer_key) == ("confirmation_receipt", False, "a1b2c3d4e5f6g7")
    assert mail("X-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT").type == "buyer_message"
    assert mail(sender="community-help@amazon.co.uk").type == "amazon_qa"


def test_a_returned_mail_names_the_one_that_came_back():
    header, body = parts(
        f"{PLAIN}\r\n\r\nfailed",
        "Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1",
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours@shop.example>\r\n\r\nx",
        kind="report",
    )
    found = mail(header, sender="MAILER-DAEMON@mail.example", body=body)
    assert (found.type, found.references) == ("delivery_failure", ("<ours@shop.example>",))


def test_amazons_service_for_a_buyer_is_answered_to_the_buyer():
    found = mail(
        f"Reply-To: {RELAY}",
        sender="cs@amazon.de",
        body="We've been contacted by a customer regarding the order identified below.",
    )
    assert (found.type, found.buyer_key, found.marketplace, found.reply_to) == (
        "amazon_cs_relay",
        "a1b2c3d4e5f6g7",
        "DE",
        RELAY,
    )


def test_where_a_mail_went_and_what_language_it_is_in_are_told():
    found = mail(
        "To: Shop <support+main@shop.example>",
        "Delivered-To: box@shop.example",
        "X-Marketplace-ID: A1PA6795UKMFR9",
        body="Guten Tag, wo ist meine Bestellung? Ich habe sie noch nicht.",
    )
    assert found.recipients == ("support+main@shop.example", "box@shop.example")
    assert (found.marketplace_id, found.language) == ("A1PA6795UKMFR9", "de")
    assert [
        mail(body=text).language for text in ("どこですか", "订单在哪里", "where is my order please", "أين طلبي", "ok")
    ] == ["ja", "zh", "en", "ar", None]


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
