"""What people do with after-sales cases: open, propose, take, change, end, open again."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from models.audit.event import track
from models.audit.telling import tell
from models.mailbox.case import ENDED, KINDS, REASONS, UNDER_WAY, AfterSalesCase, due
from models.mailbox.taking import ON_TAKEN
from models.mailbox.thread import MailThread
from models.orders.assigning import may_have
from models.orders.line import OrderLine
from models.orders.note import require_impersonal
from models.orders.order import Order
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.words import say

MOST_NOTE, MOST_OF_AN_ORDER = 1000, 20
# Which of Amazon's notices proposes which kind of case.
OF_NOTICES = {"return_request": "return", "a2z_claim": "a_to_z", "refund_notice": "refund"}
WHAT = {
    "reason": say("Reason"), "note": say("Note"), "due_at": say("Due"), "cost": say("Cost"), "units": say("Pieces"), "sku": say("SKU"),
}  # fmt: skip
tell("case_edited.what", WHAT)


def open_case(
    order: Order, kind: str, *, by: Any, line: OrderLine | None = None, thread: MailThread | None = None, reason: str = "",
    note: str = "", units: int = 1,
) -> AfterSalesCase:  # fmt: skip
    """Raises Refused, FieldRefused."""
    if kind not in KINDS:
        raise FieldRefused("kind", "Choose what kind of case it is.")
    if reason not in REASONS:
        raise FieldRefused("reason", "Choose a reason from the list.")
    note = _note(note, thread)
    line = line or _only_line(order)
    _require_pieces(line, units)
    with write_txn():
        Order.take_turn(order.id)
        if AfterSalesCase.select().where(AfterSalesCase.order == order).count() >= MOST_OF_AN_ORDER:
            raise Refused("An order has at most %(most)s cases.", most=MOST_OF_AN_ORDER)
        twin = AfterSalesCase.select().where(
            AfterSalesCase.order == order, AfterSalesCase.kind == kind, AfterSalesCase.sku == (line.sku if line else ""),
            AfterSalesCase.state.in_(UNDER_WAY),
        )  # fmt: skip
        if twin.exists():
            raise Refused("A case of this kind is under way for this order already.")
        one = _make(order, kind, line, thread=thread, reason=reason, note=note, units=units, opened_by=by, assignee=by)
        track("case_opened", one, by=by, case_kind=kind)
    return one


def propose(thread: MailThread, notice: str) -> AfterSalesCase | None:
    """A mail of Amazon's (`notice` is its type) tells of trouble with the thread's order. Once for an order and kind while one is under
    way. Joins the caller's transaction."""
    kind = OF_NOTICES.get(notice)
    if kind is None or thread.order_id is None:
        return None
    order = Order.get_by_id(thread.order_id)
    with write_txn():
        Order.take_turn(order.id)
        known = AfterSalesCase.select().where(AfterSalesCase.order == order, AfterSalesCase.kind == kind)
        if known.where(AfterSalesCase.state.in_((*UNDER_WAY, "proposed"))).exists():
            return None
        one = _make(order, kind, _only_line(order), thread=thread, state="proposed")
        track("case_proposed", one, case_kind=kind)
    return one


def take(one: AfterSalesCase, *, by: Any) -> None:
    """Whoever takes a proposal sees to it. Raises AlreadyDecided."""
    with write_txn():
        one.move("proposed", "open", assignee=by, opened_by=by)
        track("case_moved", one, by=by, case_state="open", case_kind=one.kind)


def move(one: AfterSalesCase, state: str, *, by: Any) -> None:
    """To another state. Raises Refused for one that does not follow, AlreadyDecided when somebody was first."""
    follows = {
        "open": ("waiting", *ENDED), "waiting": ("open",), "settled": UNDER_WAY, "refused": UNDER_WAY, "dismissed": ("proposed",),
    }  # fmt: skip
    if one.state not in follows.get(state, ()):
        raise AlreadyDecided()
    if state == "settled" and not one.reason:
        raise FieldRefused("reason", "Say the reason first: it is counted for the SKU.")
    ended = (
        {"ended_at": clock.now(), "ended_by_id": by.id} if state in ENDED else {"ended_at": None, "ended_by_id": None}
    )
    with write_txn():
        one.move(one.state, state, **ended)
        track("case_moved", one, by=by, case_state=state, case_kind=one.kind)


def settle(one: AfterSalesCase, *, by: Any) -> None:
    move(one, "settled", by=by)


def edit(
    one: AfterSalesCase, *, by: Any, reason: str, note: str, due_at: datetime, cost_minor: int, units: int, line: OrderLine | None = None,
) -> None:  # fmt: skip
    """Raises FieldRefused. What did not change leaves no event."""
    if reason not in REASONS:
        raise FieldRefused("reason", "Choose a reason from the list.")
    note = _note(note, one.thread)
    if cost_minor < 0:
        raise FieldRefused("cost", "A cost is not below zero.")
    _require_pieces(line, units)
    wanted = {"reason": reason, "note": note, "due_at": due_at, "cost_minor": cost_minor, "units": units}
    if line is not None:
        wanted["sku"] = line.sku
    with write_txn():
        one = one.reload()
        changed = {name: value for name, value in wanted.items() if getattr(one, name) != value}
        if not changed:
            return
        if "cost_minor" in changed and not one.currency:
            changed["currency"] = one.order.currency
        one.change(**changed)
        names = [name.removesuffix("_minor") for name in changed if name != "currency"]
        track("case_edited", one, by=by, what=names)


def assign(one: AfterSalesCase, person: Person, *, by: Any) -> None:
    """Raises FieldRefused for who may not see its order."""
    if not may_have(person, one.order):
        raise FieldRefused("person", "This person may not see the order. Choose from the list.")
    with write_txn():
        one.change(assignee=person)
        track("case_assigned", one, by=by, person=person.login)


def _on_taken(message: Any, _mail: Any) -> None:
    propose(message.thread, message.kind)


ON_TAKEN.append(_on_taken)


def _make(order: Order, kind: str, line: OrderLine | None, **more: Any) -> AfterSalesCase:
    return AfterSalesCase.create(
        team=order.team_id, store=order.store_id, order=order, kind=kind, sku=line.sku if line else "", due_at=due(kind),
        marketplace_id=order.marketplace_id, currency=order.currency, **more,
    )  # fmt: skip


def _only_line(order: Order) -> OrderLine | None:
    lines = OrderLine.of(order)
    return lines[0] if len(lines) == 1 else None


def _require_pieces(line: OrderLine | None, units: int) -> None:
    most = line.quantity if line is not None else 1_000_000
    if not 1 <= units <= max(most, 1):
        raise FieldRefused("units", "Between 1 and %(most)s pieces were bought.", most=max(most, 1))


def _note(text: str, thread: MailThread | None) -> str:
    """What it says outlives what the buyer wrote. Raises FieldRefused."""
    text = text.strip()
    if len(text) > MOST_NOTE:
        raise FieldRefused("note", "A note has at most %(most)s characters.", most=MOST_NOTE)
    require_impersonal("note", text)
    name = thread.names()["buyer_name"] if thread is not None else ""
    if any(_names(word, text) for word in re.findall(r"\w+", name)):
        raise FieldRefused(
            "note", "This names the buyer. A case is kept longer than a buyer's data: write it as a note on the thread."
        )
    return text


def _names(word: str, text: str) -> bool:
    """A word of a name as it is written: "Brown" complains, brown is a colour. Japanese and Chinese have no blanks around it."""
    if word.isascii():
        return len(word) > 3 and bool(re.search(rf"\b{word}\b", text))
    return len(word) > 1 and word in text
