"""A filter of a list on a screen: its value in words, the addresses that set it or take it off, its menu, its fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import request

from models.lists.filters import Filter, Offer
from models.lists.list_of import ListOf
from models.lists.viewer import Viewer
from views.support.format import zone_name
from views.support.paging import here


@dataclass
class FilterShown:
    """A filter with its value, its words and the addresses that set it or take it off."""

    filter: Filter
    value: Any
    viewer: Viewer

    @property
    def name(self) -> str:
        return self.filter.name

    @property
    def kind(self) -> str:
        return self.filter.kind

    @property
    def is_set(self) -> bool:
        return self.value is not None and bool(self.filter.written(self.value))

    @property
    def is_menu(self) -> bool:
        """Is it set by one click in a menu of its own? The others stand together in a form."""
        return bool(self.filter.icon) and self.kind in ("choices", "cases", "days")

    @property
    def words(self) -> list[Any]:
        return self.filter.words(self.value, self.viewer)

    @property
    def off(self) -> str:
        return here(view=request.args.get("view"), **dict.fromkeys(self.filter.params))

    @cached_property
    def offers(self) -> list[Offer]:
        if self.kind == "days":
            return [Offer(key, key, label) for key, label in self.filter.presets.items()]  # type: ignore[attr-defined]
        return self.filter.on_offer(self.viewer)  # type: ignore[attr-defined]

    @property
    def offered(self) -> list[tuple[str, str]]:
        return [(offer.key, str(offer.label)) for offer in self.offers]

    @property
    def menu(self) -> dict[str, Any]:
        """A menu of its own, in plain values: what a click adds to the address `others`, and the word for it."""
        return _menu_with(self.filter, self.offers)

    @property
    def has_fields(self) -> bool:
        if self.kind == "text":
            return self.filter.is_offered(self.viewer)  # type: ignore[attr-defined]
        return self.kind != "choices" or bool(self.offers)

    @property
    def fields(self) -> dict[str, Any]:
        """Fields of the form, in plain values."""
        offers, typed = [], [self.typed(place) for place in range(len(self.filter.params))]
        if self.kind == "amounts":
            offers = [(code, code) for code in self.currencies]
        elif self.kind in ("choices", "cases"):
            offers = self.offered
            typed = self.written.get(self.name, []) if self.kind == "choices" else [self.value or ""]
        return {
            "kind": self.kind, "name": self.name, "label": str(self.filter.label), "params": list(self.filter.params), "offers": offers,
            "typed": typed, "has_default": bool(getattr(self.filter, "default", None)), "zone": zone_name(),
        }  # fmt: skip

    @cached_property
    def written(self) -> dict[str, list[str]]:
        return self.filter.written(self.value) if self.value is not None else {}

    @property
    def currencies(self) -> list[str]:
        return self.viewer.once(self.filter.currencies)  # type: ignore[attr-defined]

    def typed(self, place: int) -> str:
        """What stands in the nth parameter of this filter, for a field of a form."""
        return (self.written.get(self.filter.params[place]) or [""])[0]


# What is the same whoever looks, made once for each language. Nobody changes it.


@lru_cache(maxsize=500)
def searches_of(a_list: ListOf, _language: str) -> list[tuple[str, str, str]]:
    """The name of each search, what it is called, and what to type there."""
    searches: list[Any] = [one for one in a_list.filters if one.kind == "search"]
    return [(one.name, str(one.label), str(one.help or one.label)) for one in searches]


@lru_cache(maxsize=2000)
def menu_of(a_list: ListOf, name: str, _language: str) -> dict[str, Any]:
    one = a_list.filter(name)
    assert one is not None
    return _menu_with(one, FilterShown(one, None, Viewer(None)).offers)


def _menu_with(one: Filter, offers: list[Offer]) -> dict[str, Any]:
    options = [(_adds(one.name, offer.key), str(offer.label)) for offer in offers]
    return {"name": one.name, "label": str(one.label), "icon_name": one.icon, "options": options}


@lru_cache(maxsize=2000)
def _adds(name: str, key: str) -> str:
    """What an option of a menu adds to an address."""
    return urlencode({name: key})
