"""Reading a form field by field, in the order a person fills it. Unknown fields are ignored, never assigned.

Every reader returns a clean value or None and notes an error beside the field; nothing raises on bad input.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from models.lists.days import BEYOND, day_of, is_day
from models.support.errors import FieldRefused
from models.support.money import exponent
from models.support.words import Words, grouped, say

MOST_TEXT = 500
NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,10})?")  # Far beyond every range, so that one can be named.


class Form:
    """Values as they were sent (for showing again), clean values as they were read, and errors by field."""

    def __init__(self, sent: Mapping[str, Any] | None = None, files: Mapping[str, Any] | None = None):
        self._sent = sent or {}
        self._files = files or {}
        self.errors: dict[str, Words] = {}

    @classmethod
    def read(cls) -> Form:
        return cls(request.form, request.files)

    @property
    def ok(self) -> bool:
        return not self.errors

    def value(self, name: str) -> str:
        """What the person typed, to show it again."""
        value = self._sent.get(name)
        return "" if value is None else str(value)

    def values(self, name: str) -> list[str]:
        getlist = getattr(self._sent, "getlist", None)
        if getlist:
            return getlist(name)
        value = self._sent.get(name, [])
        return [str(v) for v in value] if isinstance(value, (list, tuple, set)) else [str(value)]

    def error(self, name: str) -> str:
        return str(self.errors[name]) if name in self.errors else ""

    def fail(self, name: str, words: Words) -> None:
        self.errors.setdefault(name, words)

    def expect(self, condition: Any, name: str, words: Words) -> None:
        if not condition:
            self.fail(name, words)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Catches a refusal that belongs to one field and notes it there."""
        try:
            yield
        except FieldRefused as refused:
            self.fail(refused.field, refused.words)

    # Readers

    def text(self, name: str, *, required: bool = False, most: int = MOST_TEXT) -> str:
        """One line of text, trimmed, control characters removed."""
        text = clean(self.value(name), keep="").strip()
        return self._checked(name, text, required, most)

    def long_text(self, name: str, *, required: bool = False, most: int = 20_000) -> str:
        text = clean(self.value(name).replace("\r\n", "\n"), keep="\n\t").strip()
        return self._checked(name, text, required, most)

    def lines(self, name: str, *, most_lines: int = 50, most: int = MOST_TEXT) -> list[str]:
        """Non-empty lines."""
        lines = [line.strip() for line in clean(self.value(name).replace("\r", "\n"), keep="\n").split("\n")]
        lines = [line for line in lines if line]
        self.expect(len(lines) <= most_lines, name, say("At most %(most)s lines.", most=most_lines))
        self.expect(
            all(len(line) <= most for line in lines),
            name,
            say("A line has at most %(most)s characters.", most=grouped(most)),
        )
        return lines

    def secret(self, name: str, *, required: bool = True, most: int = 2000) -> str:
        """Exactly what was typed, for passwords and tokens."""
        text = self.value(name)
        self.expect(text or not required, name, say("This is needed."))
        self.expect(len(text) <= most, name, say("At most %(most)s characters.", most=grouped(most)))
        return text

    def choice(self, name: str, options: Iterable[str], *, required: bool = True) -> str:
        text = self.value(name)
        if not text and not required:
            return ""
        self.expect(text in set(options), name, say("Choose from the list."))
        return text

    def choices(self, name: str, options: Iterable[str], *, required: bool = False) -> list[str]:
        allowed = set(options)
        chosen = [value for value in dict.fromkeys(self.values(name)) if value]
        self.expect(all(value in allowed for value in chosen), name, say("Choose from the list."))
        self.expect(chosen or not required, name, say("Choose at least one."))
        return [value for value in chosen if value in allowed]

    def flag(self, name: str) -> bool:
        return self.value(name) in ("1", "on", "true", "yes")

    def integer(self, name: str, *, required: bool = False, least: int = 0, most: int = 2_000_000_000) -> int | None:
        number = self.decimal(name, required=required, least=Decimal(least), most=Decimal(most), places=0)
        return None if number is None else int(number)

    def decimal(
        self,
        name: str,
        *,
        required: bool = False,
        least: Decimal = Decimal(0),
        most: Decimal = Decimal(10**9),
        places: int = 4,
    ) -> Decimal | None:
        """A number with a point or a comma for decimals; full-width digits are understood."""
        text = self.value(name).strip()
        if not text:
            self.expect(not required, name, say("This is needed."))
            return None
        number = read_number(text, places)
        if number is None:
            self.fail(name, say("Write a number like 12.5."))
            return None
        if -number.as_tuple().exponent > places:  # type: ignore[operator]
            self.fail(
                name, say("At most %(places)s decimals.", places=places) if places else say("Write a whole number.")
            )
            return None
        if not least <= number <= most:
            self.fail(name, say("Between %(least)s and %(most)s.", least=grouped(least), most=grouped(most)))
            return None
        return number

    def money(self, name: str, currency: str, *, required: bool = False, most: Decimal = Decimal(10**9)) -> int | None:
        """An amount in minor units of the currency."""
        places = exponent(currency)
        number = self.decimal(name, required=required, most=most, places=places)
        return None if number is None else int(number.scaleb(places))

    def day(self, name: str, *, required: bool = False) -> date | None:
        text = self.value(name).strip()
        if not text:
            self.expect(not required, name, say("This is needed."))
            return None
        day = day_of(text)
        if day is None:
            self.fail(name, BEYOND if is_day(text) else say("Write a date like 2026-11-30."))
        return day

    def uid(self, name: str, *, required: bool = True) -> uuid.UUID | None:
        text = self.value(name)
        try:
            return uuid.UUID(text)
        except ValueError:
            self.expect(not required and not text, name, say("Choose from the list."))
            return None

    def file(self, name: str, *, required: bool = False) -> Any:
        upload = self._files.get(name)
        if upload is None or not upload.filename:
            self.expect(not required, name, say("Choose a file."))
            return None
        return upload

    def files(self, name: str, *, most: int = 20) -> list[Any]:
        """Every file chosen under a name."""
        getlist = getattr(self._files, "getlist", None)
        uploads = [upload for upload in (getlist(name) if getlist else []) if upload.filename]
        self.expect(len(uploads) <= most, name, say("At most %(most)s files at once.", most=most))
        return uploads[:most]

    def _checked(self, name: str, text: str, required: bool, most: int) -> str:
        self.expect(text or not required, name, say("This is needed."))
        self.expect(
            len(text) <= most,
            name,
            say("At most %(most)s characters; this has %(has)s.", most=grouped(most), has=grouped(len(text))),
        )
        return text


def clean(text: str, keep: str) -> str:
    """Text without control and invisible direction characters, composed (NFC)."""
    text = unicodedata.normalize("NFC", text)
    return "".join(
        sign for sign in text if sign in keep or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in BIDI)
    )


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def read_number(text: str, places: int = 4) -> Decimal | None:
    """A plain decimal number from what people type: 1234.5, 1,234.50, 1.234,50, 12,5, １２.５. None when unclear.

    "1,234" is a thousand where fewer than three decimals are possible, and unclear where three are.
    """
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace(" ", "").replace("\u00a0", "")
    if "," in text and "." in text:
        thousands, point = (".", ",") if text.rfind(",") > text.rfind(".") else (",", ".")
        head, _, tail = text.rpartition(point)
        if not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", head):
            return None
        text = head.replace(thousands, "") + "." + tail
    elif text.count(",") == 1:
        if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
            if places >= 3:
                return None
            text = text.replace(",", "")
        else:
            text = text.replace(",", ".")
    elif "," in text:
        if not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", text):
            return None
        text = text.replace(",", "")
    if not NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
