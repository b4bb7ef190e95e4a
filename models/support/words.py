"""Sentences that models say to people. They are kept as a message and its parameters and worded only when shown,
so that one refusal reads in English for one person and in Chinese for another, today or from the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

_translate: Callable[[str], str] = str
_spoken: ContextVar[str] = ContextVar("language spoken", default="")


def use_translator(translate: Callable[[str], str]) -> None:
    """The app hands in gettext; without it (commands, tests) sentences are English."""
    global _translate
    _translate = translate


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Words are said in this language meanwhile: for a job that writes what one person will read."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The language a job speaks; nothing in a request, which has its reader's."""
    return _spoken.get()


class Words:
    """A sentence: `Words("Only %(left)s are left.", left=3)`. `str()` gives it in the reader's language."""

    def __init__(self, message: str, /, **params: Any):
        self.message = message
        self.params = params

    def __str__(self) -> str:
        text = _translate(self.message)
        return text % {key: str(value) for key, value in self.params.items()} if self.params else text

    @property
    def unfilled(self) -> str:
        """The sentence in the reader's language, with nothing in its places yet."""
        return _translate(self.message)

    def __repr__(self) -> str:
        return f"Words({self.message!r}, {self.params!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and (self.message, self.params) == (other.message, other.params)

    def __hash__(self) -> int:
        return hash(self.message)

    def to_json(self) -> str:
        params = {k: json.loads(v.to_json()) if isinstance(v, Words) else str(v) for k, v in self.params.items()}
        return json.dumps({"say": self.message, **({"with": params} if params else {})}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Words:
        return cls.build(json.loads(text))

    @classmethod
    def build(cls, data: dict[str, Any]) -> Words:
        params = {k: cls.build(v) if isinstance(v, dict) else v for k, v in data.get("with", {}).items()}
        return cls(data["say"], **params)


def grouped(number: int | Decimal) -> str:
    """A number as a sentence names it: 1,000,000."""
    return f"{number:,}"


def say(message: str, /, **params: Any) -> Words:
    """Marks a message for translation and returns it as Words."""
    return Words(message, **params)
