"""Kinds of orders somebody looks for: a letter for each in one short column, so that a list finds and shows them from its row.

Amazon's own names of programs stay beside it (`Order.programs`). Prime is marked only where we ship: of Amazon's own parcels most are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from models.lists.filters import Choices
from models.orders.order import MERCHANT
from models.support.words import Words, say

MARKS = {
    "b": say("Business"),
    "p": say("Prime"),
    "m": say("Premium"),
    "o": say("Pre-order"),
    "r": say("Replacement"),
    "x": say("Exchange"),
    "g": say("Gift"),
    "e": say("Easy Ship"),
    "u": say("Pick-up in store"),
    "s": say("Ship Plus"),
    "d": say("Delivery by Amazon"),
    "h": say("Haul or Bazaar"),
    "t": say("Transparency"),
    "n": say("Not sold on Amazon"),
}
OF_PROGRAM = {
    "AMAZON_BUSINESS": "b", "PREMIUM": "m", "PREORDER": "o", "AMAZON_EASY_SHIP": "e", "IN_STORE_PICK_UP": "u", "FBM_SHIP_PLUS": "s",
    "DELIVERY_BY_AMAZON": "d", "AMAZON_HAUL": "h", "AMAZON_BAZAAR": "h", "TRANSPARENCY": "t",
}  # fmt: skip
OF_ASSOCIATION = {"REPLACEMENT_ORIGINAL_ID": "r", "EXCHANGE_ORIGINAL_ID": "x"}
PROGRAMS = {
    "AMAZON_BAZAAR": say("Bazaar"),
    "AMAZON_BUSINESS": say("Business"),
    "AMAZON_EASY_SHIP": say("Easy Ship"),
    "AMAZON_HAUL": say("Haul"),
    "DELIVERY_BY_AMAZON": say("Delivery by Amazon"),
    "FBM_SHIP_PLUS": say("Ship Plus"),
    "INVOICE_BY_AMAZON": say("Invoice by Amazon"),
    "IN_STORE_PICK_UP": say("Pick-up in store"),
    "PREMIUM": say("Premium"),
    "PREORDER": say("Pre-order"),
    "PRIME": say("Prime"),
    "TRANSPARENCY": say("Transparency"),
    "SUBSCRIBE_AND_SAVE": say("Subscribe and save"),
}
SERVICE_LEVELS = {
    "EXPEDITED": say("Expedited"),
    "FREE_ECONOMY": say("Free economy"),
    "NEXT_DAY": say("Next day"),
    "PRIORITY": say("Priority"),
    "SAME_DAY": say("Same day"),
    "SECOND_DAY": say("Second day"),
    "SCHEDULED": say("Scheduled"),
    "STANDARD": say("Standard"),
}


def words_of_program(program: str) -> Words:
    return PROGRAMS.get(program) or Words(program)


def words_of_service(level: str) -> Words:
    return SERVICE_LEVELS.get(level) or Words(level)


def marks_of(snapshot: Any, fulfilled_by: str) -> str:
    """The letters of an order as Amazon tells it, each once, in the order of MARKS."""
    if not (snapshot.programs or snapshot.association or snapshot.is_off_amazon or snapshot.has_special_lines):
        return ""
    found = {OF_PROGRAM[program] for program in snapshot.programs if program in OF_PROGRAM}
    if fulfilled_by == MERCHANT and "PRIME" in snapshot.programs:
        found.add("p")
    if snapshot.association in OF_ASSOCIATION:
        found.add(OF_ASSOCIATION[snapshot.association])
    if snapshot.is_off_amazon:
        found.add("n")
    for line in snapshot.lines if snapshot.has_special_lines else ():
        found |= {"g"} if line.is_gift else set()
        found |= {OF_PROGRAM[name] for name in line.extras.get("programs", ()) if name in OF_PROGRAM}
    return "".join(letter for letter in MARKS if letter in found)


def words_of_marks(marks: str) -> list[Words]:
    return [MARKS[letter] for letter in marks if letter in MARKS]


@dataclass(frozen=True)
class Marked(Choices):
    """Orders of one or several kinds, along the short index in which only special ones stand."""

    def where(self, query: Any, value: Any, viewer: Any, walked: str | None) -> Any:
        letters: Iterable[str] = (offer.value for offer in value)
        return query.where(self.column != "", reduce(or_, [self.column.contains(letter) for letter in letters]))
