"""The post office: who has a mailbox, which relay address is whose, what is on its way, and which faults are on.

Answers are passed on as Amazon does: only from an address it knows, only to a relay address, and not with a link to elsewhere.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sandbox.amazon import marketplaces
from sandbox.amazon.records import Order
from sandbox.amazon.world import World
from sandbox.mail import letters, notices

FAULTS = ("later", "refused", "dropped", "bounced", "no_copy")
LINK = re.compile(r"https?://(?!(?:[a-z0-9-]+\.)*amazon\.)", re.I)
LOOK_EVERY = 0.2
LANGUAGES = {"DE": "de", "AT": "de", "FR": "fr", "ES": "es", "MX": "es", "IT": "it", "JP": "ja"}


@dataclass(frozen=True)
class Mailbox:
    """A seller's address and the Maildir in which mails to it arrive."""

    address: str
    folder: Path


@dataclass(frozen=True)
class Buyer:
    """Who is behind a relay address."""

    relay: str
    name: str
    order_id: str
    marketplace_id: str
    language: str
    mailbox: str
    subject: str


class Post:
    def __init__(self, world: World):
        self.world = world
        self.mailboxes: dict[str, Mailbox] = {}
        self.buyers: dict[str, Buyer] = {}
        self.received: list[dict[str, Any]] = []
        self.faults: Counter[str] = Counter()
        self.answer_seconds: float | None = None
        self._coming: list[tuple[float, str, bytes]] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def open(self, address: str, folder: Path) -> Mailbox:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        with self._lock:
            if not self.mailboxes:
                threading.Thread(target=self._keep_bringing, name="post", daemon=True).start()
            self.mailboxes[address] = Mailbox(address, folder)
        return self.mailboxes[address]

    # Towards the seller

    def write(self, mailbox: Mailbox, order: Order, kind: str, *, text: str = "", language: str = "", to: str = "", flaw: str = "",
              ago: float = 0) -> str:  # fmt: skip
        """A buyer writes about an order, or somebody else does. Returns the Message-ID."""
        at = datetime.fromtimestamp(time.time() - ago, UTC)
        market = marketplaces.by_id()[order.marketplace_id]
        language = language or LANGUAGES.get(market.country, "en")
        to = to or mailbox.address
        if kind == "phishing":
            return self._bring(mailbox, notices.phishing(to=to, order_id=order.order_id, at=at).as_bytes(), ago)
        if kind in notices.NOTICES:
            made = notices.notice(
                kind, to=to, order_id=order.order_id, domain=domain_of(order), at=at, language=language
            )
            return self._bring(mailbox, made.as_bytes(), ago)
        letter = letters.Letter(
            name=order.buyer["buyerName"], relay=relay_of(self.world.seed, order), to=to, order_id=order.order_id,
            marketplace_id=order.marketplace_id, language=language, kind=kind, at=at, text=text, flaw=flaw,
            case=hashlib.md5(order.order_id.encode(), usedforsecurity=False).hexdigest(),
        )  # fmt: skip
        self.buyers[letter.relay] = Buyer(
            letter.relay, letter.name, order.order_id, order.marketplace_id, language, mailbox.address, letter.title
        )
        return self._bring(mailbox, letters.raw(letter), ago)

    def _bring(self, mailbox: Mailbox, raw: bytes, ago: float = 0) -> str:
        """Into the Maildir as its rules are: whole in tmp first, then moved to new."""
        name = f"{int(time.time() - ago)}.M{next(self._numbers):06d}P{os.getpid()}.sandbox"
        first = mailbox.folder / "tmp" / name
        first.write_bytes(raw)
        os.utime(first, (time.time() - ago, time.time() - ago))
        first.rename(mailbox.folder / "new" / name)
        found = re.search(rb"^Message-ID:\s*(<[^>]+>)", raw, re.M | re.I)
        return found[1].decode() if found else ""

    # From the seller

    def take(self, sender: str, recipient: str, raw: bytes, answer: EmailMessage) -> None:
        """An answer was taken over: passed on with a copy to the seller, or told back as not delivered."""
        buyer = self.buyers.get(re.sub(r"\+[0-9a-f-]{36}@", "@", recipient.lower()))
        mailbox = self.mailboxes.get(sender.lower())
        why = self._why_not(buyer, mailbox, answer)
        with self._lock:
            self.received.append({"from": sender, "to": recipient, "size": len(raw), "subject": str(answer["Subject"] or ""),
                                  "message_id": str(answer["Message-ID"] or ""), "text": notices.text_of(answer), "refused": why})  # fmt: skip
        at = datetime.now(UTC)
        if mailbox is None:
            return
        if why or buyer is None:
            domain = domain_of_id(buyer.marketplace_id) if buyer else "amazon.com"
            self._bring(mailbox, notices.not_delivered(answer, domain=domain, why=why, at=at).as_bytes())
            return
        if not self.struck("no_copy"):
            made = notices.copy_of(answer, relay=buyer.relay, marketplace_id=buyer.marketplace_id, at=at)
            self._bring(mailbox, made.as_bytes())
        if self.answer_seconds is not None:
            self._answer_later(buyer, mailbox, str(answer["Message-ID"] or ""))

    def _why_not(self, buyer: Buyer | None, mailbox: Mailbox | None, answer: EmailMessage) -> str:
        if self.struck("bounced"):
            return "The buyer's mailbox takes no mail."
        if mailbox is None:
            return "The sender is not authorised in Seller Central."
        if buyer is None:
            return "There is no buyer at this address."
        return "It contains a link to another site." if LINK.search(notices.text_of(answer)) else ""

    def _answer_later(self, buyer: Buyer, mailbox: Mailbox, answers: str) -> None:
        kind = "answer" if len(self.received) % 2 else "thanks"
        letter = letters.Letter(
            name=buyer.name, relay=buyer.relay, to=mailbox.address, order_id=buyer.order_id, marketplace_id=buyer.marketplace_id,
            language=buyer.language, kind=kind, at=datetime.now(UTC), answers=answers, subject=buyer.subject,
        )  # fmt: skip
        with self._lock:
            self._coming.append((time.monotonic() + (self.answer_seconds or 0), mailbox.address, letters.raw(letter)))

    def _keep_bringing(self) -> None:
        while not self.world.closed.wait(LOOK_EVERY):
            with self._lock:
                due = [one for one in self._coming if one[0] <= time.monotonic()]
                self._coming = [one for one in self._coming if one not in due]
            for _moment, address, raw in due:
                self._bring(self.mailboxes[address], raw)

    # Faults

    def strike(self, kind: str, times: int) -> None:
        with self._lock:
            self.faults[kind] = times

    def struck(self, kind: str) -> bool:
        """Whether this fault is on; each time it hits it is on once less."""
        with self._lock:
            if self.faults[kind] <= 0:
                return False
            self.faults[kind] -= 1
            return True


def relay_of(seed: int, order: Order) -> str:
    """The same buyer has the same address at the same marketplace."""
    told = f"{seed} {order.buyer['buyerEmail']} {order.marketplace_id}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:15]}@marketplace.{domain_of(order)}"


def domain_of(order: Order) -> str:
    return domain_of_id(order.marketplace_id)


def domain_of_id(marketplace_id: str) -> str:
    return marketplaces.by_id()[marketplace_id].domain.removeprefix("www.")
