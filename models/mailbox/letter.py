"""An answer as a mail, byte by byte: pure, and the same for the same letter. Plain text in UTF-8 and quoted-printable; files beside it.

Every header is written here. The standard library would fold a long Message-ID into an encoded word; and it reads encoded words that a
buyer put into the words of a subject, so that a line end hidden in one would begin a header of the buyer's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.mailbox.enclosure import Enclosure
from models.mailbox.reading.facts import message_ids
from models.mailbox.reading.headers import split

MOST_SUBJECT, MOST_REFERENCES = 200, 20
ADDRESS = re.compile(r"[\x21-\x7e]{1,190}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,190}[A-Za-z0-9])?")
ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")
REPLY = re.compile(r"\s*(?:re|aw|sv|antw|rv|回复|答复|返信)\s*[:：]", re.I)
NO_WORDS = re.compile(r"\s+")


@dataclass(frozen=True)
class Letter:
    """`answers` are the ids of the mails it follows, the oldest first; the last one is the mail it answers."""

    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    at: datetime
    answers: Sequence[str] = ()
    files: Sequence[Enclosure] = ()


def raw_of(letter: Letter) -> bytes:
    """Raises ValueError for an address or id that would end its header."""
    for address in (letter.sender, letter.recipient):
        if not ADDRESS.fullmatch(address) or set(address) & set('<>\\"'):
            raise ValueError("This is no address a mail can have.")
    ids = [letter.message_id, *letter.answers]
    if not all(map(ID.fullmatch, ids)):
        raise ValueError("This is no id a mail can have.")
    head = [
        f"From: {letter.sender}",
        f"To: {letter.recipient}",
        f"Date: {format_datetime(letter.at.replace(tzinfo=UTC, microsecond=0))}",
        f"Message-ID: {letter.message_id}",
    ]
    if letter.answers:
        head += [f"In-Reply-To: {letter.answers[-1]}", "References: " + "\r\n ".join(letter.answers)]
    head.append(f"Subject: {_coded(letter.subject)}")
    return "".join(f"{line}\r\n" for line in head).encode("ascii") + _rest(letter)


def _coded(subject: str) -> str:
    """Plain where it is plain; else in encoded words, also what looks like one."""
    is_plain = subject.isascii() and subject.isprintable() and "=?" not in subject
    return Header(subject, "us-ascii" if is_plain else "utf-8", header_name="Subject").encode(linesep="\r\n")


def _rest(letter: Letter) -> bytes:
    made = EmailMessage(policy=SMTP)
    made.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    for file in letter.files:
        main, _slash, sub = file.content_type.partition("/")
        made.add_attachment(file.content, maintype=main, subtype=sub, filename=file.filename)
    return made.as_bytes()


def subject_for(subject: str) -> str:
    """ "Re: " once, on one line, and not endless."""
    told = NO_WORDS.sub(" ", subject).strip()
    told = told if REPLY.match(told) else f"Re: {told}".strip()
    return told[:MOST_SUBJECT].rstrip()


def ids_of(raw: bytes) -> list[str]:
    """The ids a mail that answers this one refers to: its references, then itself. Only what a header can hold."""
    head, _rest_of_it = split(raw, set())
    told = [*message_ids(head.plain("references")), *message_ids(head.plain("message-id"))[:1]]
    fit = [one for one in dict.fromkeys(told) if ID.fullmatch(one)]
    return fit[-MOST_REFERENCES:]
