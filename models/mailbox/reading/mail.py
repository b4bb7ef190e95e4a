"""What was read out of one mail, and the codes of what was odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.support.words import Words, say

STARTS_CLOCK = frozenset({"buyer_message", "amazon_cs_relay"})
WARNINGS: dict[str, Words] = {
    "HEADER_RAW_8BIT": say("A header holds raw signs that mail does not allow; they were read as well as possible."),
    "CHARSET_MISSING": say("The mail does not say how its text is written; it was guessed."),
    "CHARSET_UNKNOWN": say("The mail names a character set nobody knows; it was guessed."),
    "CHARSET_WRONG": say("The mail is not written in the character set it names; it was guessed."),
    "BASE64_REPAIRED": say("Something was damaged on the way and has been repaired."),
    "MISSING_DATE": say("The mail has no date; the time it came in stands for it."),
    "MISSING_MESSAGE_ID": say("The mail has no id of its own; it was given one."),
    "LOOKALIKE_DOMAIN": say("The sender looks like Amazon and is not."),
    "AUTH_FAIL": say("The mail server says that the sender is forged."),
    "TOO_BIG": say("The mail is larger than what is read; its end is missing."),
    "TOO_MANY_PARTS": say("The mail has too many parts or headers; the last ones were left out."),
    "TEXT_CUT": say("The text is too long; its end was left out."),
    "UNREADABLE": say("The mail could not be read; look at it where it came in."),
}


@dataclass(frozen=True)
class Attachment:
    """A file of a mail. `filename` is safe to show, with neither folders nor “..”; the bytes are what it was after decoding."""

    filename: str
    content_type: str
    size: int
    sha256: str
    content: bytes = b""


@dataclass(frozen=True)
class Mail:
    """Times are naive UTC. `buyer_key` and `case_key` come from relay addresses alone; `html` is raw and must be cleaned before it
    is shown; `verdicts` is what the receiving servers said, like {"spf": {"pass"}}. Ids of mails keep their angle brackets."""

    subject: str = ""
    from_name: str = ""
    from_addr: str = ""
    buyer_key: str | None = None
    case_key: str | None = None
    marketplace: str | None = None
    order_ids: tuple[str, ...] = ()
    asins: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    type: str = "other"
    buyer_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    warnings: frozenset[str] = frozenset()
    message_id: str = ""
    in_reply_to: str | None = None
    date: datetime | None = None
    from_lines: tuple[str, ...] = ()
    reply_to: str | None = None
    recipients: tuple[str, ...] = ()
    marketplace_id: str | None = None
    notification: str | None = None
    html: str | None = None
    verdicts: dict[str, frozenset[str]] | None = None
    language: str | None = None

    @property
    def starts_sla(self) -> bool:
        """Only what a buyer wrote, or Amazon's customer service for a buyer, starts the 24 hours."""
        return self.type in STARTS_CLOCK

    @property
    def is_suspect(self) -> bool:
        return self.type == "phishing_suspect"
