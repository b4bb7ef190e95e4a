"""What is special about a line, in words for whoever packs it."""

from __future__ import annotations

from collections.abc import Iterator

from models.orders.line import OrderLine
from models.orders.marks import words_of_program
from models.support.words import Words, say

NEEDS = {
    "pallet": say("Only by pallet"),
    "cash": say("Cash on delivery"),
    "signature": say("Signature on delivery"),
    "identity": say("Identity checked on delivery"),
    "age": say("Age checked on delivery"),
}
CANCELLED_BY = {"BUYER": say("the buyer"), "MERCHANT": say("us"), "AMAZON": say("Amazon")}


def words_of_line(line: OrderLine) -> Iterator[Words]:
    """In the order in which they matter at the packing table."""
    extra = line.extra
    if line.quantity_cancelled:
        yield say("%(count)s of them cancelled", count=line.quantity_cancelled)
    if by := extra.get("cancelled_by"):
        who = CANCELLED_BY.get(by, Words(by))
        reason = extra.get("cancelled_reason", "")
        yield (
            say("Cancelled by %(who)s: %(reason)s", who=who, reason=reason)
            if reason
            else say("Cancelled by %(who)s", who=who)
        )
    if wrap := extra.get("gift_wrap"):
        yield say("Gift wrap: %(wrap)s", wrap=wrap)
    if extra.get("is_custom"):
        yield say("Customised by the buyer: see Seller Central")
    if extra.get("needs_serial"):
        yield say("Serial numbers have to be told")
    yield from (NEEDS[need] for need in extra.get("needs", ()) if need in NEEDS)
    yield from (words_of_program(program) for program in extra.get("programs", ()))
    if condition := extra.get("condition"):
        yield say("Condition: %(condition)s", condition=condition.replace("_", " ").lower())
    if extra.get("is_business_price"):
        yield say("Business price")
    if number := extra.get("ioss"):
        yield say("IOSS number %(number)s", number=number)
