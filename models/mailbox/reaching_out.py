"""Wanting something written to a buyer through Amazon: what has to be right before, and the end of what was written.

Amazon's rules for messages nobody asked for: only what Amazon allows for the order now, within 30 days of its end, with the order's
number in it, in the buyer's language, and nothing that sells.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import peewee

from models.audit.event import track
from models.mailbox.enclosure import FIELD, Enclosure, attached, require_fitting
from models.mailbox.lint import lint
from models.mailbox.outreach import DOCUMENTS, JOB, KEPT, LONGEST, MOST_FILES, REVIEW, TAKES_FILES, Outreach, longest
from models.mailbox.outreach_file import OutreachFile
from models.mailbox.outreach_offer import OutreachOffer
from models.orders.canary import Canary
from models.orders.order import Order
from models.orders.sent_once import UNDER_WAY
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.job_run import wake
from models.vault import data_key

WRITES_UNTIL = timedelta(days=30)
REVIEW_FROM, REVIEW_UNTIL = timedelta(days=5), timedelta(days=30)
WRITTEN = frozenset(
    {
        *LONGEST,
        *DOCUMENTS,
        "confirmOrderDetails",
        "confirmDeliveryDetails",
        "confirmServiceDetails",
        "unexpectedProblem",
    }
)
Covers = tuple[date | None, date | None]


def write(
    order: Order,
    action: str,
    text: str = "",
    *,
    by: Any,
    files: Sequence[Enclosure] = (),
    covers: Covers = (None, None),
) -> Outreach:
    """Keeps the wish; a job sends it. Documents go without a text of ours; `covers` are the first and last day of a warranty. Raises
    Refused; FieldRefused for what is missing or too much."""
    offer = OutreachOffer.of(order)
    if action not in WRITTEN:
        raise FieldRefused("action", "Choose what the message is about.")
    if offer is None or not offer.is_fresh:
        raise Refused("Ask Amazon first what may be written about this order now.")
    if action not in offer.actions:
        raise FieldRefused("action", "Amazon does not allow this message for this order now.")
    _require_recent(order)
    text = text.strip()
    _require_files(action, files)
    _require_text(order, action, text, offer.locale, files)
    _require_days(action, covers)
    with write_txn():
        Order.take_turn(order.id)
        open_ones = Outreach.select().where(Outreach.order == order, Outreach.action == action)
        if open_ones.where(Outreach.state.in_(UNDER_WAY)).exists():
            raise Refused("A message of this kind is on its way already. Wait until it was sent, or take it back.")
        return _keep(order, action, text, by, files, covers)


def _require_files(action: str, files: Sequence[Enclosure]) -> None:
    if files and action not in TAKES_FILES:
        raise FieldRefused(FIELD, "Amazon takes no files with this kind of message.")
    if not files and action in DOCUMENTS:
        raise FieldRefused(FIELD, "Choose the file the buyer is to get.")
    require_fitting(files, MOST_FILES)


def _require_text(order: Order, action: str, text: str, locale: str, files: Sequence[Enclosure]) -> None:
    if action in DOCUMENTS:
        if text:
            raise FieldRefused("text", "Amazon writes the words around a document itself.")
        return
    if len(text) > longest(action):
        raise FieldRefused("text", "Amazon takes at most %(most)s characters here.", most=longest(action))
    require_clean(order, text, locale, files)


def _require_days(action: str, covers: Covers) -> None:
    first, last = covers
    if action != "warranty" and (first or last):
        raise FieldRefused("covers_from", "Only a warranty has a first and a last day.")
    if first and last and last < first:
        raise FieldRefused("covers_until", "The warranty would end before it begins.")


def require_clean(order: Order, text: str, locale: str, files: Sequence[Enclosure] = ()) -> None:
    """Raises FieldRefused with what Amazon's rules do not allow in a message nobody asked for."""
    told = lint(text, proactive=True, order_id=order.order_id, buyer_language=locale, attachments=attached(files))
    if found := [one for one in told if one.blocks]:
        raise FieldRefused(FIELD if found[0].code.startswith("ATTACH_") else "text", found[0].words)


def ask_review(order: Order, *, by: Any = None) -> Outreach:
    """Wants the buyer asked for a review, in Amazon's own words. Raises Refused."""
    if not order.store.is_active:
        raise Refused("The store is not connected. Authorize it first.")
    if Canary.is_one(order) or order.is_cancelled:
        raise Refused("Amazon asks for no review of this order.")
    delivered = order.delivered_at
    if delivered is None:
        raise Refused("It is not delivered yet. A review is asked for 5 to 30 days after the delivery.")
    if not REVIEW_FROM <= clock.now() - delivered <= REVIEW_UNTIL:
        raise Refused("A review is asked for 5 to 30 days after the delivery.")
    with write_txn():
        Order.take_turn(order.id)
        asked = Outreach.select().where(Outreach.order == order, Outreach.action == REVIEW)
        if asked.where(Outreach.state.not_in(("refused", "taken_back"))).exists():
            raise Refused("The buyer of this order was asked for a review already.")
        return _keep(order, REVIEW, "", by)


def _require_recent(order: Order) -> None:
    ended = order.delivered_at or order.cancelled_at or order.shipped_at
    if ended is not None and clock.now() - ended > WRITES_UNTIL:
        raise Refused("Amazon's rules allow messages nobody asked for until 30 days after an order is completed.")


def _keep(
    order: Order, action: str, text: str, by: Any, files: Sequence[Enclosure] = (), covers: Covers = (None, None)
) -> Outreach:
    """Inside a transaction. The key of the text is committed before it."""
    now = clock.now()
    ends = min(filter(None, (now + KEPT, order.purge_at))) if text or files else None
    one = Outreach(uid=uuid.uuid4(), team=order.team_id, store=order.store_id, order=order, action=action, asked_by=by, purge_at=ends,
                   file_count=len(files), covers_from=covers[0], covers_until=covers[1])  # fmt: skip
    if text:
        one.seal(text=text)
    one.save(force_insert=True)
    OutreachFile.keep(one, files)
    track("outreach_asked", one, by=by, action=action)
    wake(JOB, str(order.store.uid))
    return one


def destroy_due(fence: Any = None) -> int:
    """Destroys texts and files whose time is up, the keys first, and what Amazon said of them."""
    destroyed = 0
    while due := list(Outreach.select().where(Outreach.purge_at <= clock.now()).order_by(Outreach.purge_at).limit(500)):
        data_key.destroy(one.seal_subject() for one in due)
        with write_txn():
            if fence:
                fence(add=len(due))
            ids = [one.id for one in due]
            OutreachFile.forget(ids)
            Outreach.update(
                text=None,
                problem=peewee.Case(Outreach.state, [(state, Outreach.problem) for state in UNDER_WAY], ""),
                purge_at=None,
            ).where(Outreach.id.in_(ids)).execute()
        destroyed += len(due)
    return destroyed


def dead_keys(subjects: list[str]) -> list[str]:
    """Those of the keys' subjects that seal nothing any more: the text never came, or a backup of the keys brought one back."""
    uids = [subject.removeprefix("outreach:") for subject in subjects]
    is_full = Outreach.text.is_null(False) | Outreach.id.in_(OutreachFile.select(OutreachFile.outreach))
    query: Any = Outreach.select(Outreach.uid).where(Outreach.uid.in_(uids), is_full)
    held = {str(row.uid) for row in query}
    return [f"outreach:{uid}" for uid in uids if uid not in held]
