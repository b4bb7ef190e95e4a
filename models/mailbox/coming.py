"""One mail on its way into a thread: which thread that is, what is kept of the mail, and what it changes there.

A thread is found by what the mail answers, else by the buyer (docs/domain.md §5.4); what a mail claims never leads into the thread of
another buyer. Call these inside the transaction that takes it in.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from models.mailbox import sharing
from models.mailbox.account import MailAccount
from models.mailbox.answer_clock import recount
from models.mailbox.keeping import keep_until
from models.mailbox.keys_ahead import AHEAD
from models.mailbox.looking_up import BY_BUYER, ORDER_OF, by_refs
from models.mailbox.marks import Marker
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.thread import ANSWER_WITHIN, MailThread, plain_name
from models.orders.order import Order
from models.stores.marketplace import MARKETPLACES
from models.support import clock
from models.support.fields import uid_in_order
from models.support.inserting import Inserting
from models.vault.data_key import held_keys
from models.vault.seal import Sealer, place_of

SAME_BUYER = timedelta(days=30)
MOST_REFS, MOST_IDS = 50, 20
FROM_BUYERS = ("buyer_message", "amazon_cs_relay")
SUSPECT, STRANGE = "phishing_suspect", "other"
NEED_NOBODY = ("confirmation_receipt", "refund_notice", "amazon_system")
CODES = {one.code: one for one in MARKETPLACES.values()}
_THREADS, _MESSAGES, _RAWS = Inserting(MailThread), Inserting(MailMessage), Inserting(MailRaw)


class Coming:
    def __init__(self, account: MailAccount, mail: Any, store_id: int, marker: Marker, at: datetime):
        self.account, self.mail, self.store_id, self.at = account, mail, store_id, at
        self.is_suspect = mail.type == SUSPECT
        self.refs = [
            marker.mail(one) for one in list(mail.references)[-MOST_REFS:]
        ]  # The newest is the mail it answers.
        self.buyer_mark = marker.buyer(store_id, mail.buyer_key or "")
        self.order_no = next(iter(mail.order_ids), "")[:40]
        self.order: Order | None = ORDER_OF.first(store_id, self.order_no) if self.order_no else None

    def join(self, raw: bytes, mark: str, digest: str) -> tuple[MailMessage, bool]:
        """The message in its thread, and whether that is a new one."""
        found = None if self.is_suspect else self._by_what_it_answers() or self._by_buyer()
        key = held_keys([found.seal_subject()]).get(found.seal_subject()) if found else None
        if found is None or key is None:
            thread, sealer = self._opened()
            return self._message(thread, sealer, raw, mark, digest), True
        sealer = Sealer(key)
        message = self._message(found, sealer, raw, mark, digest)
        recount(found, **self._told(found, sealer, is_new=False))
        return message, False

    # Which thread

    def _by_what_it_answers(self) -> MailThread | None:
        """The thread of a mail it refers to, unless that is another buyer's or another store's. A stranger's mail leads nowhere: what it
        says would stand among the words of a buyer."""
        if not self.refs or self.mail.type == STRANGE:
            return None
        found = by_refs(self.account.team_id, self.store_id, tuple(self.refs))
        return next((thread for thread in found if self._is_the_same_buyer(thread)), None)

    def _is_the_same_buyer(self, thread: MailThread) -> bool:
        return not (thread.buyer_mark and self.buyer_mark) or thread.buyer_mark == self.buyer_mark

    def _by_buyer(self) -> MailThread | None:
        """The buyer's last thread with the store, of the same order where both name one."""
        if not self.buyer_mark:
            return None
        orders = (self.order_no, "") if self.order_no else None
        found = BY_BUYER.all(self.account.team_id, self.store_id, self.buyer_mark, self.at - SAME_BUYER, orders)
        return max(found, key=lambda thread: (thread.order_no == self.order_no, thread.last_at), default=None)

    def _opened(self) -> tuple[MailThread, Sealer]:
        """A new thread, put in as the mail leaves it; its key is kept before anything sealed with it."""
        uid, key = AHEAD.take()
        told = self.mail.marketplace or ""
        market = MARKETPLACES.get(told) or CODES.get(told)
        thread = _THREADS.draft(
            uid=uid, team=self.account.team_id, store=self.store_id, order=self.order, order_no=self.order_no,
            buyer_mark=self.buyer_mark, marketplace_id=self.order.marketplace_id if self.order else market.id if market else "",
            state="done" if self.mail.type in NEED_NOBODY else "open", is_suspect=self.is_suspect, last_at=self.at,
        )  # fmt: skip
        thread.language = _language(thread.marketplace_id) or (self.mail.language or "")[:8]
        sealer = Sealer(key)
        thread.subject = sealer.seal(thread._place("subject"), writable(self.mail.subject or ""))
        for name, value in (self._told(thread, sealer, is_new=True) | self._clock()).items():
            setattr(thread, name, value)
        _THREADS.keep(thread)
        thread._dirty.clear()
        if thread.state == "open":
            sharing.give_new(thread)
        return thread, sealer

    def _clock(self) -> dict[str, Any]:
        """Of a thread that holds this mail alone."""
        if not self.mail.starts_sla:
            return {}
        return {"unanswered_at": self.at, "due_at": self.at + ANSWER_WITHIN, "state": "open"}

    @property
    def _answers_to(self) -> str:
        """The buyer's relay address; Amazon's customer service names it beside its own."""
        is_for_another = self.mail.type == "amazon_cs_relay" and self.mail.buyer_key and self.mail.reply_to
        return self.mail.reply_to if is_for_another else self.mail.from_addr

    # What is kept of it

    def _message(self, thread: MailThread, sealer: Sealer, raw: bytes, mark: str, digest: str) -> MailMessage:
        mail = self.mail
        message = _MESSAGES.draft(
            uid=uid_in_order(clock.now()), team=self.account.team_id, store=self.store_id, thread=thread,
            account_id=self.account.id, direction="in", kind=mail.type[:32], at=self.at, received_at=self.at, mark=mark,
            digest=digest, refs=self.refs, starts_clock=bool(mail.starts_sla), warnings=sorted(mail.warnings),
            order_ids=list(mail.order_ids)[:MOST_IDS], asins=list(mail.asins)[:MOST_IDS],
            attachment_count=len(mail.attachments), size=len(raw),
        )  # fmt: skip
        attachments = json.dumps([attached(one) for one in mail.attachments], ensure_ascii=False)
        texts = {"subject": mail.subject, "from_name": mail.from_name, "from_addr": mail.from_addr, "text": mail.buyer_text,
                 "attachments": attachments}  # fmt: skip
        for name, text in texts.items():
            setattr(message, name, sealer.seal(message._place(name), writable(text or "")))
        _MESSAGES.keep(message)
        message._dirty.clear()
        place = place_of("mail_raw", "raw", thread.seal_subject(), str(message.uid))
        _RAWS(message=message.id, raw=sealer.seal(place, raw))
        return message

    def _told(self, thread: MailThread, sealer: Sealer, *, is_new: bool) -> dict[str, Any]:
        """What the mail changes in its thread."""
        kind = self.mail.type[:32]
        told: dict[str, Any] = {
            "message_count": thread.message_count + 1, "kind": kind,
            "has_attachment": thread.has_attachment or bool(self.mail.attachments),
            "last_at": max(thread.last_at, self.at), "last_in_at": max(thread.last_in_at or self.at, self.at),
        }  # fmt: skip
        if self.order_no and not thread.order_no:
            told |= {"order_no": self.order_no, "order": self.order}
            if self.order is not None:
                told |= {"marketplace_id": self.order.marketplace_id, "language": _language(self.order.marketplace_id)}
        if self.buyer_mark and not self.is_suspect:
            told["buyer_mark"] = self.buyer_mark
        if self.mail.starts_sla or kind not in NEED_NOBODY:
            told["snoozed_until"] = None
            told["state"] = "open"
        for name, text in self._names(thread, is_new=is_new):
            told[name] = sealer.seal(thread._place(name), writable(text or ""))
        told["purge_at"] = keep_until(told["last_at"], self.order if self.order is not None else thread.order)
        return told

    def _names(self, thread: MailThread, *, is_new: bool) -> list[tuple[str, str]]:
        """Only a buyer's own mail says whom an answer goes to; the newest does, however late it comes. Amazon's customer service speaks for
        a buyer, but bears another name, and does not always say where answers go: what is known of the buyer already stays."""
        name, address = ("buyer_name", plain_name(self.mail.from_name)), ("to_address", self._answers_to)
        if self.mail.type not in FROM_BUYERS:
            return [name] if is_new else []
        if not is_new and self.at < (thread.last_in_at or self.at):
            return []
        if self.mail.type == "buyer_message" or thread.to_address is None:
            return [name, address]
        return [address] if self.mail.buyer_key else []


def attached(one: Any) -> dict[str, Any]:
    """What is kept of an attachment: its bytes stay in the mail."""
    told = (
        one
        if isinstance(one, dict)
        else {name: getattr(one, name) for name in ("filename", "content_type", "size", "sha256")}
    )
    return {
        "filename": writable(str(told["filename"] or ""))[:255], "content_type": str(told["content_type"] or "")[:127],
        "size": int(told["size"]), "sha256": str(told["sha256"]),
    }  # fmt: skip


def writable(text: str) -> str:
    """Without halves of characters, which no database and no page takes."""
    return text.encode("utf-8", "ignore").decode()


def _language(marketplace_id: str) -> str:
    found = MARKETPLACES.get(marketplace_id)
    return found.language.partition("_")[0] if found else ""
