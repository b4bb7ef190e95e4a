"""What every mail that comes in asks: is it here, whose order does it name, which threads might it join. The SQL is written once."""

from __future__ import annotations

from typing import Any

from models.mailbox.message import MailMessage
from models.mailbox.thread import MailThread
from models.orders.order import Order
from models.support.prepared import Prepared


def is_here(team_id: int, mark: str, digest: str) -> bool:
    """By its Message-ID, or by its very bytes."""
    return bool(BY_MARK.rows(team_id, mark) or BY_DIGEST.rows(team_id, digest))


def by_refs(team_id: int, store_id: int, refs: tuple[str, ...]) -> list[MailThread]:
    """The threads of these mails, the last one first. Asked in two steps: one plan for both, made by PostgreSQL while the tables were
    small, would look through all of them later."""
    ids = tuple({thread for (thread,) in _MARKED.rows(team_id, refs)})
    found = _OF_IDS.all(store_id, ids) if ids else []
    return sorted(found, key=lambda thread: thread.last_at, reverse=True)


def _open_to_mails(store: Any) -> Any:
    return (
        (MailThread.store == store) & MailThread.merged_into.is_null() & MailThread.destroyed_at.is_null()
        & (MailThread.is_suspect == False)  # noqa: E712
    )  # fmt: skip


def _of_buyer(team: Any, store: Any, buyer: Any, since: Any, orders: Any) -> Any:
    query = MailThread.select().where(
        MailThread.team == team, MailThread.buyer_mark == buyer, MailThread.last_at >= since, _open_to_mails(store)
    )
    query = query if orders is None else query.where(MailThread.order_no.in_(orders))
    return query.order_by(MailThread.last_at.desc()).limit(20)


BY_MARK = Prepared(
    lambda team, mark: (
        MailMessage.select(MailMessage.id)
        .where(MailMessage.team == team, MailMessage.direction == "in", MailMessage.mark == mark)
        .limit(1)
    )
)
BY_DIGEST = Prepared(
    lambda team, digest: (
        MailMessage.select(MailMessage.id)
        .where(MailMessage.team == team, MailMessage.digest == digest, MailMessage.direction == "in")
        .limit(1)
    )
)
ORDER_OF = Prepared(
    lambda store, order_no: (
        Order.select(Order.id, Order.marketplace_id, Order.buyer_state, Order.purge_at)
        .where(Order.store == store, Order.order_id == order_no)
        .limit(1)
    )
)
BY_BUYER = Prepared(_of_buyer)
_MARKED = Prepared(
    lambda team, refs: (
        MailMessage.select(MailMessage.thread)
        .where(MailMessage.team == team, MailMessage.direction.in_(("in", "out")), MailMessage.mark.in_(refs))
        .tuples()
    )
)
_OF_IDS = Prepared(lambda store, ids: MailThread.select().where(MailThread.id.in_(ids), _open_to_mails(store)))
