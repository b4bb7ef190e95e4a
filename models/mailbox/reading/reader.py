"""From the raw bytes of a mail to its facts, in the order of docs/domain.md §5.3. `read` never raises: what even this code did not
expect comes back as an empty mail with the warning UNREADABLE."""

from __future__ import annotations

import hashlib
from datetime import datetime

from models.mailbox.reading import classify, facts
from models.mailbox.reading.addresses import Address, Relay, addresses
from models.mailbox.reading.bodies import body_of
from models.mailbox.reading.charsets import clean
from models.mailbox.reading.headers import Head, letters, split
from models.mailbox.reading.language import language_of
from models.mailbox.reading.mail import Attachment, Mail
from models.mailbox.reading.params import safe_name
from models.mailbox.reading.parts import Part, leaves

MOST_BYTES = 40 * 1024 * 1024  # 25 MB of mail are 34 MB once encoded.
MOST_FOUND = 20
ENDINGS = {"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml", "application/pdf": ".pdf", "image/jpeg": ".jpg",
           "image/png": ".png", "image/gif": ".gif"}  # fmt: skip
SENT_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


def read(raw: bytes, received: datetime | None = None) -> Mail:
    """The facts of one mail. `received`, in naive UTC, stands for a missing date."""
    try:
        return read_all(raw, received)
    except Exception:  # Whoever writes to us decides what stands here; one mail must not stop the others.
        return Mail(warnings=frozenset({"UNREADABLE"}), message_id=_made_id(raw), date=received)


def read_all(raw: bytes, received: datetime | None) -> Mail:
    """What `read` does; the tests call it, so that nothing hides behind UNREADABLE."""
    warnings: set[str] = set()
    if len(raw) > MOST_BYTES:
        warnings.add("TOO_BIG")
    head, rest = split(_opened(raw[:MOST_BYTES]), warnings)
    parts = leaves(head, rest, warnings)
    body, plain, html = body_of(parts, warnings)
    subject = head.text("subject", warnings)
    sender = _sender(head, warnings)
    reply_to = next((one.addr for one in _addresses(head, "reply-to")), None)
    notification = head.plain("x-space-notification-type").upper()[:100]
    verdicts = classify.verdicts_of(head)
    doubts = classify.suspicions(
        sender,
        verdicts,
        [one.addr for one in _addresses(head, "from")[:MOST_FOUND]] if len(head.all("from")) > 1 else [],
    )
    warnings |= doubts
    kind = classify.kind(
        sender, is_suspect=bool(doubts), notification=notification, subject=subject, text=body.text, parts=parts
    )
    relay = Relay.of(sender.addr) or (Relay.of(reply_to or "") if kind == "amazon_cs_relay" else None)
    date = facts.moment(head.plain("date"))
    if date is None:
        warnings.add("MISSING_DATE")
    own_id = next(iter(facts.message_ids(head.plain("message-id"))), None)
    if own_id is None:
        warnings.add("MISSING_MESSAGE_ID")
    return Mail(
        subject=subject,
        from_name=sender.name,
        from_addr=sender.addr,
        buyer_key=relay.buyer_key if relay else None,
        case_key=relay.case_key if relay else None,
        marketplace=relay.marketplace if relay else None,
        order_ids=facts.order_ids(subject, body.buyer_text) or facts.order_ids(body.text),
        asins=facts.asins(subject, body.buyer_text) or facts.asins(body.text),
        references=_references(head, kind, parts),
        type=kind,
        buyer_text=body.buyer_text,
        attachments=tuple(_attachments(parts, (plain, html), warnings)),
        message_id=own_id or _made_id(raw),
        in_reply_to=next(iter(facts.message_ids(head.plain("in-reply-to"))), None),
        date=date or received,
        from_lines=tuple(clean(letters(line, set())) for line in head.all("from")[:MOST_FOUND]),
        reply_to=reply_to,
        recipients=tuple(dict.fromkeys(one.addr for name in SENT_TO for one in _addresses(head, name) if one.addr)),
        marketplace_id=head.plain("x-marketplace-id")[:40] or None,
        notification=notification or None,
        html=body.html,
        verdicts=verdicts,
        language=language_of(body.buyer_text),
        warnings=frozenset(warnings),
    )  # fmt: skip


def _opened(raw: bytes) -> bytes:
    """Without what mailboxes put in front of a mail; old Macs' ends of lines become ours."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    return raw if b"\n" in raw[:65536] or b"\r" not in raw[:65536] else raw.replace(b"\r", b"\n")


def _made_id(raw: bytes) -> str:
    return f"<{hashlib.sha256(raw).hexdigest()}@local>"


def _sender(head: Head, warnings: set[str]) -> Address:
    raw = head.get("from") or head.get("sender") or b""
    found = addresses(letters(raw, warnings), warnings)
    return next((one for one in found if "@" in one.addr), found[0] if found else Address("", ""))


def _addresses(head: Head, name: str) -> list[Address]:
    return [one for raw in head.all(name)[:MOST_FOUND] for one in addresses(letters(raw, set()), set())]


def _references(head: Head, kind: str, parts: list[Part]) -> tuple[str, ...]:
    """The mails this one follows, oldest first; of a returned mail also the one that came back."""
    found = [*facts.message_ids(head.plain("references")), *facts.message_ids(head.plain("in-reply-to"))]
    if kind == "delivery_failure":
        for part in parts:
            if part.kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
                inner, _ = split(part.content(set()), set())
                found += facts.message_ids(inner.plain("message-id"))
    return tuple(dict.fromkeys(found))[-facts.MOST :]


def _attachments(parts: list[Part], bodies: tuple[Part | None, ...], warnings: set[str]):
    """Every part that is no text to be read, and plain text beyond the body, so that nothing is lost."""
    for number, part in enumerate(parts, 1):
        if part in bodies or (part.is_text and (part.kind == "text/html" or not part.raw.strip())):
            continue
        content = part.content(warnings)
        name = safe_name(part.filename) or f"attachment-{number}{ENDINGS.get(part.kind, '')}"
        yield Attachment(name, part.kind, len(content), hashlib.sha256(content).hexdigest(), content)
