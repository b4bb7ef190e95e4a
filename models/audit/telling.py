"""How the details of events are told: they are kept as codes, days, moments and amounts, and worded for whoever reads them.

A room gives words to its codes beside the events that carry them; a code without words is told as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.support.money import Money
from models.support.words import Words, grouped, say

Details = Mapping[str, Any]
Told = Callable[[Any, Details], Any]
WORDED: dict[str, Mapping[Any, Any] | Told] = {}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PERIOD = re.compile(r"\d{4}-\d\d-\d\d – \d{4}-\d\d-\d\d")
AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})? [A-Z]{3}")
AS_TYPED = {"reason", "note", "object"}
LANDS = {"country", "country_of_origin"}
SOME_STORES = re.compile(r"(\d+) stores")
PART = re.compile(r"(\w+)(\W.*)", re.DOTALL)
AS_TEXT = re.compile(r"(\w+) (.*) → (.*)")  # How the rules for alerts kept what changed in them.
HASH = re.compile(r"[0-9a-f]{64}")
YES, NO = say("Yes"), say("No")
NONE: Details = {}

# The views hand in how a moment, a day, an amount, a span of seconds and a country are written for the reader; without them
# (commands, tests) they stay as kept.
write_moment: Callable[[datetime], str] = str
write_day: Callable[[date], str] = str
write_amount: Callable[[Money], str] = lambda amount: f"{amount.text()} {amount.currency}"  # noqa: E731
write_span: Callable[[int], str] = lambda seconds: f"{seconds} s"  # noqa: E731
write_country: Callable[[str], str] = str


def tell(detail: str, words: Mapping[Any, Any] | Told) -> None:
    """Words for the codes of a detail: `role` in whatever event, `alarm_raised.kind` in one; `alarm_raised.object` for its label,
    `carrier_saved.fields` for the columns it changes. A function gets a text and all details; None is: it has no words."""
    WORDED[detail] = words


def as_said(kept: str, _beside: Details) -> Words:
    """A sentence of ours as older events kept it: in English, whole or with its places open."""
    places = re.findall(r"%\((\w+)\)s", kept) if "%" not in re.sub(r"%\(\w+\)s", "", kept) else []
    return Words(kept, **dict.fromkeys(places, "…"))


def worded(event: str, detail: str, value: Any, beside: Details = NONE) -> Any:
    """What a room says for a value; None where it says nothing."""
    words = WORDED.get(f"{event}.{detail}")
    words = WORDED.get(detail) if words is None else words
    if words is None:
        return None
    if not callable(words):
        return words.get(value)
    return words(value, beside) if isinstance(value, str) else None


def told(event: str, detail: str, value: Any, beside: Details = NONE) -> Any:
    """A detail as a person reads it. `beside` are all details of its event."""
    if detail == "changes" and isinstance(value, list):
        return Listed([_change(event, one) for one in value], joint="; ")
    if isinstance(value, list):
        return Listed([told(event, detail, one, beside) for one in value])
    if isinstance(value, dict):
        return Words.build(value)
    if (words := worded(event, detail, value, beside)) is not None:
        return words
    if detail == "fields" and isinstance(value, str):
        return _column(event, value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int):
        return _figure(detail, value, beside)
    return value if detail in AS_TYPED or not isinstance(value, str) else _shaped(detail, value)


def _shaped(detail: str, value: str) -> Any:
    """A text by its looks."""
    if detail == "scope" and (some := SOME_STORES.fullmatch(value)):
        return say("stores: %(count)s", count=some[1])
    if detail in LANDS:
        return Country(value)
    if AMOUNT.fullmatch(value):
        return Amount(value)
    if PERIOD.fullmatch(value):
        return Period(value)
    return When(value) if MOMENT.fullmatch(value) or DAY.fullmatch(value) else value


def _figure(detail: str, value: int, beside: Details) -> Any:
    """An amount where its currency stands beside it, a span where it is one; large counts in groups of three."""
    if detail == "seconds":
        return Span(value)
    currency = beside.get("currency")
    if detail.endswith("_minor") and currency:
        return Amount(f"{Money(value, currency).text()} {currency}")
    return value if detail == "number" or abs(value) < 10_000 else grouped(value)


def _change(event: str, kept: Any) -> Any:
    """Old and new of one column, each in words."""
    found = AS_TEXT.fullmatch(kept) if isinstance(kept, str) else None
    parts = found.groups() if found else kept
    if not isinstance(parts, (list, tuple)) or len(parts) != 3:
        return told(event, "fields", kept)
    column = PART.sub(r"\1", parts[0])
    return Change(_column(event, parts[0]), *(told(event, column, _plain(one)) for one in parts[1:]))


def _column(event: str, name: str) -> Any:
    """A column as its form calls it; “title (de)” and “options: size” keep what follows."""
    if (words := worded(event, "fields", name)) is not None:
        return words
    found = PART.fullmatch(name)
    return Listed([worded(event, "fields", found[1]) or found[1], found[2]], joint="") if found else name


def _plain(value: Any) -> Any:
    """Without brackets, braces and hashes: attributes are kept as JSON, pictures under the hash of what is in them."""
    if not isinstance(value, str):
        return value
    if value.startswith(("[", "{")):
        try:
            return ", ".join(" ".join(_leaves(one)) for one in _several(json.loads(value)))
        except ValueError:  # It was cut.
            return value
    return HASH.sub(lambda found: f"{found[0][:8]}…", value)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    else:
        yield str(value)


class Sentence(Words):
    """The sentence of an event. A detail that says nothing leaves no brackets and no colon behind."""

    def __str__(self) -> str:
        text, filled = self.unfilled, {name: str(value) for name, value in self.params.items()}
        for name, value in filled.items():
            if not value:
                text = re.sub(rf" ?[(（]%\({name}\)s[)）]| ?[:：] ?%\({name}\)s$", "", text)
                filled[name] = "—"
        return text % filled if filled else text


class Listed(list[Any]):
    """Several values, worded only when shown."""

    def __init__(self, values: list[Any], joint: str = ", "):
        super().__init__(values)
        self.joint = joint

    def __str__(self) -> str:
        return self.joint.join(map(str, self))


@dataclass(frozen=True)
class Change:
    """What of a record was changed, worded only when shown."""

    what: Any
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{self.what}: {str(self.old) or '—'} → {str(self.new) or '—'}"


class When(str):
    """A moment or a day as it is kept, written in the reader's zone and language only when shown."""

    def __str__(self) -> str:
        kept = str.__str__(self)
        try:
            if MOMENT.fullmatch(kept):
                return write_moment(datetime.fromisoformat(kept).replace(tzinfo=None))
            return write_day(date.fromisoformat(kept))
        except ValueError:
            return kept


class Period(str):
    """Two days as they are kept, each written only when shown."""

    def __str__(self) -> str:
        return " – ".join(str(When(day)) for day in str.__str__(self).split(" – "))


class Amount(str):
    """An amount as it is kept (2000.00 CNY), written in the reader's language only when shown."""

    def __str__(self) -> str:
        kept = str.__str__(self)
        number, currency = kept.split(" ")
        money = Money.of(number, currency)
        return write_amount(money) if f"{money.text()} {currency}" == kept else kept


class Span(int):
    """Seconds, written as the reader counts time only when shown."""

    def __str__(self) -> str:
        return write_span(int(self))


class Country(str):
    """A country as it is kept (DE), named only when shown."""

    def __str__(self) -> str:
        return write_country(str.__str__(self))


tell("scope", {"all stores": say("all stores"), "1 stores": say("one store")})
tell("format", {"csv": "CSV", "xlsx": "XLSX", "pdf": "PDF", "lines": "CSV"})
