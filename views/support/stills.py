"""What stands still: static files, whose addresses carry a part of their hash so that browsers keep them for a year and never
too long; and parts of pages that depend on nothing but what they are given, made once and remembered."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import get_locale
from markupsafe import Markup

MOST_PARTS = 1000
NOBODY = uuid.UUID(int=0)


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
    def made(name: str, _language: str, given: Given) -> Markup:
        return given.rendered(name)

    def part(name: str, **given: Any) -> Markup:
        """The template rendered with what it is given and nothing else of the page. Plain values only, so that equal ones
        are recognized."""
        asked = Given(given)
        return asked.rendered(name) if app.jinja_env.auto_reload else made(name, str(get_locale()), asked)

    app.add_template_global(part)
    app.add_template_global(links)


class Given:
    """The variables of a part; equal when all of them are."""

    def __init__(self, values: dict[str, Any]):
        self.values = values
        self.key = frozen(values)
        self._hash = hash(self.key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self.key == other.key

    def rendered(self, name: str) -> Markup:
        return Markup(current_app.jinja_env.get_template(name).render(self.values))


def frozen(value: Any) -> Any:
    """A plain value as something that can be a key. Raises TypeError for what could change unseen."""
    if value is None or isinstance(value, (str, int)):
        return (type(value), value)
    if isinstance(value, (list, tuple)):
        return tuple(map(frozen, value))
    if isinstance(value, SimpleNamespace):
        value = vars(value)
    if isinstance(value, dict):
        return tuple((name, frozen(one)) for name, one in value.items())
    raise TypeError(f"A part of a page cannot depend on a {type(value).__name__}.")


def links(endpoint: str, carried: str = "") -> Callable[[Any], str]:
    """Makes the addresses of many records of one kind: the address is built once, then only the uid changes. carried: a query
    they all have."""
    before, _, after = url_for(endpoint, uid=NOBODY).partition(str(NOBODY))
    return lambda uid: f"{before}{uid}{after}{carried}"
