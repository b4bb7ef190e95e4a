"""What buyers write, as the relay passes it on: their text between two marker lines, in their language and in whatever charset their
marketplace's mails have; and some as broken as real ones are."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

KINDS = ("where", "damaged", "question", "invoice", "answer", "thanks")
TOLD = "BBC_MESSAGE_SENT_TO_MERCHANT"
DASHES = "-" * 13
AMAZON_IDS = "eu-west-1.amazonses.com"


@cache
def words(language: str) -> dict[str, str]:
    """The texts of a language; English where there are none."""
    everything = json.loads((Path(__file__).parent / "letters.json").read_text("utf-8"))
    return everything.get(language, everything["en"])


@dataclass(frozen=True)
class Letter:
    """Who writes what to whom, before it is a mail."""

    name: str
    relay: str
    to: str
    order_id: str
    marketplace_id: str
    language: str
    kind: str
    at: Any  # A moment with its zone.
    text: str = ""
    answers: str = ""
    subject: str = ""
    case: str = ""
    flaw: str = ""

    @property
    def title(self) -> str:
        asks = words(self.language)["asks"].format(name=self.name, order=self.order_id)
        return (
            words(self.language)["again"].format(subject=self.subject or asks) if self.answers else self.subject or asks
        )


FLAWS = ("", "no_charset", "raw_header", "wrong_charset", "html_only")


def mail(letter: Letter) -> EmailMessage:
    """The relay's mail of a letter."""
    told = words(letter.language)
    made = EmailMessage(policy=SMTP)
    user, _at, domain = letter.relay.partition("@")
    case = f"+{UUID(letter.case)}" if letter.case else ""
    made["From"] = Address(f"{letter.name} - Amazon Marketplace", f"{user}{case}", domain)
    made["To"] = letter.to
    made["Subject"] = letter.title
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = make_msgid(domain=AMAZON_IDS)
    if letter.answers:
        made["In-Reply-To"] = made["References"] = letter.answers
    made["Authentication-Results"] = "mx.example; spf=pass smtp.mailfrom=amazonses.com; dkim=pass header.d=amazon.com"
    made["X-Space-Notification-Type"] = TOLD
    made["X-Marketplace-ID"] = letter.marketplace_id
    text = f"{told['intro']}\n\n{told['order']} {letter.order_id}:\n{framed(letter)}\n\n[commMgrTok:{made['Message-ID'][1:17]}]\n"
    if letter.flaw == "html_only":
        made.set_content(html(letter), subtype="html", charset="utf-8", cte="base64")
    else:
        charset = "utf-8" if letter.flaw else told["charset"]
        made.set_content(
            text, charset=charset, cte="base64" if charset in ("utf-8", "gb2312", "iso-2022-jp") else "quoted-printable"
        )
        made.add_alternative(html(letter), subtype="html", charset="utf-8", cte="quoted-printable")
    if letter.kind == "damaged":
        made.add_attachment(photo(), maintype="image", subtype="png", filename=PHOTOS.get(letter.language, "photo.png"))
    return made


PHOTOS = {"de": "Foto Schaden.png", "ja": "破損写真.png", "zh": "照片.png", "fr": "photo abîmée.png"}


def framed(letter: Letter) -> str:
    """The buyer's own text between the two marker lines."""
    told = words(letter.language)
    text = letter.text or told[letter.kind]
    return f"{DASHES} {told['begin']} {DASHES}\n{text}\n{DASHES} {told['end']} {DASHES}"


def html(letter: Letter) -> str:
    text = letter.text or words(letter.language)[letter.kind]
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"<html><head><title>Amazon</title><style>p {{color: #333}}</style></head><body><p>{words(letter.language)['intro']}</p>"
        f'<pre>{safe}</pre><img src="https://images.example.com/open.gif" width="1" height="1"></body></html>'
    )


def raw(letter: Letter) -> bytes:
    """Its bytes, with the flaw the letter has."""
    made = mail(letter).as_bytes()
    if letter.flaw == "no_charset":
        return made.replace(b'; charset="utf-8"', b"", 1)
    if letter.flaw == "wrong_charset":
        return made.replace(b'charset="utf-8"', b'charset="x-unknown"', 1)
    if letter.flaw == "raw_header":
        head, separator, rest = made.partition(b"\r\nDate: ")
        start = head.index(b"Subject:")
        return head[:start] + b"Subject: " + letter.title.encode() + separator + rest
    return made


def photo(width: int = 96, height: int = 64) -> bytes:
    """A small picture: a box with a crack."""
    rows = []
    for y in range(height):
        row = b"\x00"
        for x in range(width):
            is_crack = abs((x - width // 2) - (y % 9 - 4)) < 2
            is_edge = x in (0, width - 1) or y in (0, height - 1)
            row += b"\x20\x18\x10" if is_crack or is_edge else bytes((196, 160 - y // 2, 110))
        rows.append(row)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )
