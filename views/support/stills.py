"""What stands still: static files, whose addresses carry a part of their hash so that browsers keep them for a year and never
too long; and parts of pages that depend on nothing but what they are given, made once and remembered."""

from __future__ import annotations

import hashlib
import marshal
import secrets
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

from flask import Flask, current_app, url_for
from markupsafe import Markup

from views.support.format import language
from views.support.templates import written

MOST_PARTS = 1000
STILL: dict[str, Any] = {}  # By their names.
NOBODY = uuid.UUID(int=0)
EDGE = f"\0{secrets.token_hex(8)}\0"  # Around the name of a hole. Nobody can guess it and put one into a text.


def install(app: Flask) -> None:
    hashes: dict[str, tuple[float, str]] = {}

    def version(filename: str) -> str:
        path = Path(app.static_folder or "", filename)
        try:
            changed = path.stat().st_mtime
        except OSError:
            return ""
        if filename not in hashes or hashes[filename][0] != changed:
            hashes[filename] = (changed, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
        return hashes[filename][1]

    @app.url_defaults
    def _add_version(endpoint: str, values: dict) -> None:
        if endpoint == "static" and "filename" in values and "v" not in values:
            values["v"] = version(values["filename"])

    @lru_cache(maxsize=MOST_PARTS)
    def made(name: str, _language: str, given: Given) -> list[str]:
        return given.rendered(name).split(EDGE)

    def part(template: str, holes: dict[str, Any] | None = None, is_kept: bool = True, /, **given: Any) -> Markup:
        """The template rendered with what it is given and nothing else of the page. Plain values only, so that equal ones are
        recognized: each stands in the key of what is kept. `holes` are values that differ from page to page; the template only
        writes them, and decides nothing by them."""
        asked = Given(given, tuple(holes or ()))
        keeps = is_kept and not app.jinja_env.auto_reload
        pieces = made(template, language(), asked) if keeps else asked.rendered(template).split(EDGE)
        return filled(pieces, holes) if holes else Markup(pieces[0])

    app.add_template_global(part)
    app.add_template_global(links)


class Given:
    """The variables of a part; equal when all of them are."""

    def __init__(self, values: dict[str, Any], holes: tuple[str, ...] = ()):
        self.values, self.holes = values, holes
        self.key = (key_of(values), holes)
        self._hash = hash(self.key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self.key == other.key

    def rendered(self, name: str) -> str:
        holes = {hole: Markup(f"{EDGE}{hole}{EDGE}") for hole in self.holes}
        return current_app.jinja_env.get_template(name).render(self.values, **holes)


def filled(pieces: list[str], holes: dict[str, Any]) -> Markup:
    """Text and names of holes by turns; what fills a hole is escaped."""
    told = {hole: written(value) for hole, value in holes.items()}
    return Markup("".join(told[piece] if place % 2 else piece for place, piece in enumerate(pieces)))


def key_of(values: dict[str, Any]) -> Any:
    """Equal for equal values, and only for them. Written down by version 0 of marshal they are: it knows nothing but plain
    values, tells True from 1, and does not abbreviate what it wrote before."""
    try:
        return marshal.dumps(values, 0)
    except ValueError:
        return frozen(values)


def frozen(value: Any) -> Any:
    """A plain value as something that can be a key. Raises TypeError for what could change unseen."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is list or kind is tuple:
        return tuple([frozen(one) for one in value])
    if isinstance(value, str | int):  # True is not 1, nor is Markup its text.
        return (kind, value)
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    if isinstance(value, SimpleNamespace):
        value = vars(value)
    if isinstance(value, dict):
        return tuple((name, frozen(one)) for name, one in value.items())
    raise TypeError(f"A part of a page cannot depend on a {kind.__name__}.")


def still(make: Any) -> Any:
    """Says that what a function makes of plain values depends on nothing but them, the reader's language, zone and year: rows that
    are remembered may call it (tests/lists/test_rows.py looks what it uses)."""
    STILL[make.__name__] = make
    return make


def is_still(value: Any) -> bool:
    return type(value) is FunctionType and STILL.get(value.__name__) is value


@dataclass(frozen=True)
class Links:
    """Makes the addresses of many records of one kind of their uids. carried: a query they all have."""

    before: str
    after: str
    carried: str = ""

    def __call__(self, uid: Any) -> str:
        return f"{self.before}{uid}{self.after}{self.carried}"

    def carrying(self, carried: str) -> Links:
        return Links(self.before, self.after, carried)


def links(endpoint: str, carried: str = "") -> Links:
    """The address is built once, then only the uid changes."""
    before, _, after = url_for(endpoint, uid=NOBODY).partition(str(NOBODY))
    return Links(before, after, carried)
