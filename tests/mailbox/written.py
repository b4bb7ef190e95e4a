"""Mails written sign by sign, for the tests of reading."""

from __future__ import annotations

import base64

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


WHOLE = base64.b64encode("Schöne Grüße aus Köln".encode()).decode()


def parts(*pieces: str, kind: str = "mixed") -> tuple[str, str]:
    return f"Content-Type: multipart/{kind}; boundary=XX", "\r\n".join(
        ["", *(f"--XX\r\n{piece}" for piece in pieces), "--XX--", ""]
    )


BEGIN, END = "------------- Begin message -------------", "------------- End message -------------"
