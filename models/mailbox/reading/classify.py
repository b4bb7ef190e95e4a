"""What kind of mail it is: the first rule that fits (docs/domain.md §5.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from models.mailbox.reading.addresses import Address, Relay, is_amazon, looks_like_amazon
from models.mailbox.reading.headers import Head
from models.mailbox.reading.notices import kind_of
from models.mailbox.reading.parts import Part

VERDICT = re.compile(r"(?<![\w.-])(spf|dkim|dmarc)\s{0,5}=\s{0,5}([a-z]{1,20})", re.I)
RECEIVED_SPF = re.compile(r"\s*([a-z]{1,20})", re.I)
CONFIRMATION = "BBC_MESSAGE_CONFIRMATION"
BOUNCERS = frozenset(("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"))
MOST_TEXT = 50_000
OTHER = "other"


def verdicts_of(head: Head) -> dict[str, frozenset[str]]:
    """What the servers on the way said of SPF, DKIM and DMARC. A method may have several answers."""
    found: dict[str, set[str]] = {}
    for raw in head.all("authentication-results")[:20]:
        for match in VERDICT.finditer(raw.decode("latin-1")):
            found.setdefault(match[1].lower(), set()).add(match[2].lower())
    for raw in head.all("received-spf")[:20]:
        if said := RECEIVED_SPF.match(raw.decode("latin-1")):
            found.setdefault("spf", set()).add(said[1].lower())
    return {method: frozenset(said) for method, said in sorted(found.items())}


def suspicions(sender: Address, verdicts: Mapping[str, frozenset[str]], senders: Sequence[str] = ()) -> set[str]:
    """Why this mail is not to be trusted. That nobody checked it is no reason; that it names Amazon and somebody else in two lines as its
    sender is one: which of them a mail program shows is anybody's guess."""
    found = set()
    if looks_like_amazon(sender) or (len(set(senders)) > 1 and any(is_amazon(addr) for addr in senders)):
        found.add("LOOKALIKE_DOMAIN")
    if any("fail" in verdicts.get(method, ()) for method in ("spf", "dkim")):
        found.add("AUTH_FAIL")
    return found


def kind(sender: Address, *, is_suspect: bool, notification: str, subject: str, text: str, parts: list[Part]) -> str:
    """The first that fits: suspect, copy of an answer, buyer, notice of Amazon, a returned mail, anything else."""
    if is_suspect:
        return "phishing_suspect"
    if Relay.of(sender.addr):
        return "confirmation_receipt" if CONFIRMATION in notification else "buyer_message"
    local = sender.addr.partition("@")[0]
    if is_amazon(sender.addr):
        return kind_of(local, subject, text[:MOST_TEXT], notification)
    if local in BOUNCERS or any(part.kind == "message/delivery-status" for part in parts):
        return "delivery_failure"
    return OTHER
