"""The filters of a list. Each reads its own parameters of an address, narrows a query and says in words what it does.

An address is typed by anybody: what is not on offer is ignored, never an error. `beside` names the sorts along whose index
SQLite should walk without looking at this filter's own index (left alone it would sort every match instead).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

import peewee

from models.lists.days import PERIODS, day_of, period
from models.lists.viewer import Viewer
from models.support.bulk import among
from models.support.matching import beside_index
from models.support.money import exponent
from models.support.words import Words, say

Args = Mapping[str, list[str]]
ALWAYS = "*"
BY_ID = "by id"  # What a search found is looked up one by one: no other condition's index is to be chosen.
MOST_VALUES, MOST_TEXT = 30, 80
FEW = 1000  # Ids known beforehand are rather sorted than waited for along the index of a sort.
AMOUNT = re.compile(r"\d{1,12}([.,]\d{1,4})?", re.ASCII)  # Nothing like 9e999999: it would be written out.


@dataclass(frozen=True)
class Offer:
    """One thing to choose: how the address names it, what the column holds, what a person reads."""

    key: str
    value: Any
    label: Any


@dataclass(frozen=True)
class Filter(ABC):
    name: str
    label: Words
    column: Any = None
    icon: str = ""
    beside: tuple[str, ...] = ()

    kind = ""
    offers_stay = False  # Is the same on offer to everybody, always?
    few: ClassVar[int] = 0  # Up to so many ids known beforehand are sorted rather than waited for; else FEW.

    @property
    def params(self) -> tuple[str, ...]:
        """The parameters of an address that belong to this filter."""
        return (self.name,)

    @abstractmethod
    def read(self, args: Args, viewer: Viewer) -> Any:
        """The value asked for; None when nothing (or nothing on offer) is."""

    @abstractmethod
    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        """The query with this condition. walked: the sort along whose index rows come; None when they are only counted."""

    @abstractmethod
    def written(self, value: Any) -> dict[str, list[str]]:
        """The value as parameters of an address."""

    @abstractmethod
    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        """What the value is, as words to read: one or several."""

    def stands_beside(self, walked: str | None) -> bool:
        if walked == BY_ID:
            return True
        return walked is not None and (ALWAYS in self.beside or walked.lstrip("-") in self.beside)

    def ids(self, value: Any, viewer: Viewer) -> list[int] | None:
        """The ids of all it lets through, where it knows them beforehand."""
        return None

    def counted(self, value: Any, viewer: Viewer, most: int) -> int | None:
        """How many of all this viewer may see it lets through, at most so many, where it knows without a look at each."""
        return None


@dataclass(frozen=True)
class Choices(Filter):
    """One or several of what is on offer. offers: {key: words}, or a function of the viewer giving Offers."""

    offers: Mapping[str, Any] | Callable[[Viewer], Iterable[Offer]] = ()  # type: ignore[assignment]

    kind = "choices"

    @property
    def offers_stay(self) -> bool:  # type: ignore[override]
        return not callable(self.offers)

    def on_offer(self, viewer: Viewer) -> list[Offer]:
        if callable(self.offers):
            return list(viewer.once(self.offers))
        return list(self._always_offered)

    @cached_property
    def _always_offered(self) -> list[Offer]:
        return [Offer(key, key, label) for key, label in self.offers.items()]  # type: ignore[union-attr]

    def read(self, args: Args, viewer: Viewer) -> tuple[Offer, ...] | None:
        asked = args.get(self.name)
        if not asked:
            return None
        wanted = dict.fromkeys(asked[:MOST_VALUES])
        return tuple(offer for offer in self.on_offer(viewer) if offer.key in wanted) or None

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        values = [offer.value for offer in value]
        return query.where(one_of(self.column, values, walked, self.stands_beside(walked)))

    def written(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [offer.key for offer in value]}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        return [offer.label for offer in value]


@dataclass(frozen=True)
class Cases(Filter):
    """One of several named conditions. cases: {key: (words, function of the viewer giving conditions)}. A default holds when
    none is asked for, and stands in no address."""

    cases: Mapping[str, tuple[Words, Callable[[Viewer], tuple[Any, ...]]]] = ()  # type: ignore[assignment]
    default: str | None = None

    kind = "cases"
    offers_stay = True

    def on_offer(self, viewer: Viewer) -> list[Offer]:
        return [Offer(key, key, label) for key, (label, _conditions) in self.cases.items()]

    def read(self, args: Args, viewer: Viewer) -> str | None:
        asked = (args.get(self.name) or [""])[0]
        return asked if asked in self.cases else self.default

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        return query.where(*self.cases[value][1](viewer))

    def written(self, value: Any) -> dict[str, list[str]]:
        return {} if value == self.default else {self.name: [value]}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        return [self.cases[value][0]]


@dataclass(frozen=True)
class Days(Filter):
    """A span of days on the viewer's clock: a preset (`name=7`) or two days, both counted in (`name_from`, `name_to`)."""

    kind = "days"
    offers_stay = True
    presets = {"today": say("Today"), "7": say("Last 7 days"), "30": say("Last 30 days")}

    @property
    def params(self) -> tuple[str, ...]:
        return self.name, f"{self.name}_from", f"{self.name}_to"

    def read(self, args: Args, viewer: Viewer) -> tuple[str, str, str] | None:
        preset, first, last = ((args.get(name) or [""])[0] for name in self.params)
        if preset in PERIODS:
            return preset, "", ""
        days = [day.isoformat() if (day := day_of(text)) else "" for text in (first, last)]
        return ("", days[0], days[1]) if any(days) else None

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        since, until = self.bounds(value, viewer)
        column = beside_index(self.column, self.stands_beside(walked))
        query = query.where(column >= since) if since else query
        return query.where(column < until) if until else query

    def bounds(self, value: tuple[str, str, str], viewer: Viewer) -> tuple[datetime | None, datetime | None]:
        return period(value[0], viewer.zone, day_of(value[1]), day_of(value[2]))

    def written(self, value: Any) -> dict[str, list[str]]:
        return {name: [text] for name, text in zip(self.params, value, strict=True) if text}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        preset, first, last = value
        if preset:
            return [self.presets[preset]]
        if first and last:
            return [say("%(first)s to %(last)s", first=first, last=last)]
        return [say("from %(day)s", day=first) if first else say("until %(day)s", day=last)]


@dataclass(frozen=True)
class Numbers(Filter):
    """Whole numbers from `name_least` to `name_most`, both counted in."""

    kind = "range"

    @property
    def params(self) -> tuple[str, ...]:
        return f"{self.name}_least", f"{self.name}_most"

    def read(self, args: Args, viewer: Viewer) -> tuple[int | None, int | None] | None:
        bounds = tuple(_whole((args.get(name) or [""])[0]) for name in self.params)
        return bounds if bounds != (None, None) else None  # type: ignore[return-value]

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        return query.where(*between(beside_index(self.column, walked is not None), *value))

    def written(self, value: Any) -> dict[str, list[str]]:
        return {name: [str(bound)] for name, bound in zip(self.params, value, strict=True) if bound is not None}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        return [range_words(*value)]


@dataclass(frozen=True)
class Amounts(Filter):
    """Amounts of one currency from `name_least` to `name_most`, in its major unit as people write it (12.50)."""

    currency_column: Any = None
    currencies: Callable[[Viewer], list[str]] = lambda viewer: []

    kind = "amounts"

    @property
    def params(self) -> tuple[str, ...]:
        return f"{self.name}_least", f"{self.name}_most", f"{self.name}_in"

    def read(self, args: Args, viewer: Viewer) -> tuple[str, str, str] | None:
        least, most, currency = ((args.get(name) or [""])[0].strip() for name in self.params)
        bounds = [text if _exact(text) is not None else "" for text in (least, most)]
        return (*bounds, currency) if any(bounds) and currency in viewer.once(self.currencies) else None  # type: ignore[return-value]

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        least, most, currency = value
        minor = [_minor(text, currency) for text in (least, most)]
        amount = beside_index(self.column, walked is not None and "total" not in walked)
        return query.where(beside_index(self.currency_column) == currency, *between(amount, *minor))

    def written(self, value: Any) -> dict[str, list[str]]:
        return {name: [text] for name, text in zip(self.params, value, strict=True) if text}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        least, most, currency = value
        return [say("%(range)s %(currency)s", range=range_words(least or None, most or None), currency=currency)]


@dataclass(frozen=True)
class Search(Filter):
    """Words somebody looks for. found: the ids a text finds of what this viewer's team has."""

    found: Callable[[Viewer, str], list[int]] = lambda viewer, text: []
    help: Words | None = None

    kind = "search"

    def read(self, args: Args, viewer: Viewer) -> str | None:
        text = " ".join((args.get(self.name) or [""])[0].replace("\0", "").split())[:MOST_TEXT]
        return text or None

    def ids(self, value: str, viewer: Viewer) -> list[int] | None:
        return self._looked_up(value, viewer) if self.column.primary_key else None

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        return query.where(among(self.column, self._looked_up(value, viewer)))

    def _looked_up(self, value: str, viewer: Viewer) -> list[int]:
        return viewer.once(self.found, value)  # The page and its count look once.

    def written(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [value]}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        return [value]


# Conditions


def one_of(column: Any, values: list[Any], walked: str | None, is_beside: bool) -> Any:
    if len(values) == 1:
        return beside_index(column, is_beside) == values[0]
    return peewee.Expression(beside_index(column, walked is not None), peewee.OP.IN, list(values))


def between(column: Any, least: Any, most: Any) -> list[Any]:
    """As conditions; a bound that is None does not bind."""
    conditions = [column >= least] if least is not None else []
    return [*conditions, column <= most] if most is not None else conditions


def range_words(least: Any, most: Any) -> Words:
    if least is not None and most is not None:
        return say("%(least)s to %(most)s", least=least, most=most)
    return say("at least %(least)s", least=least) if least is not None else say("at most %(most)s", most=most)


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None


def _exact(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if AMOUNT.fullmatch(text) else None


def _minor(text: str, currency: str) -> int | None:
    """Minor units of what a person wrote; finer than the currency is rounded down."""
    number = _exact(text) if text else None
    return None if number is None else int(number.scaleb(exponent(currency)))
