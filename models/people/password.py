"""Passwords: the rules they must meet, and argon2id with a pepper. Two checks at a time, a short queue, then Busy."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from models.support.errors import FieldRefused, Refused
from models.vault.data_key import root_keys

MIN_LENGTH, MAX_LENGTH = 12, 256
CHECKS_AT_ONCE = max(1, min(2, os.cpu_count() or 1))
QUEUE = 20
QUEUE_SECONDS = 10.0
COMMON = frozenset(
    [
        "password",
        "passw0rd",
        "p@ssword",
        "p@ssw0rd",
        "welcome",
        "qwerty",
        "azerty",
        "iloveyou",
        "letmein",
        "admin",
        "changeme",
        "abc123",
        "123456",
        "654321",
        "111111",
        "000000",
        "woaini",
        "amazon",
        "portolan",
        "dragon",
        "monkey",
        "sunshine",
        "football",
        "baseball",
        "superman",
    ]
)

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_slots = threading.Semaphore(CHECKS_AT_ONCE)
_queue = threading.Semaphore(CHECKS_AT_ONCE + QUEUE)
_dummy = ""


class Busy(Refused):
    """Too many password checks at once; the view answers 429."""


def use_memory(megabytes: int) -> None:
    """Sets the cost of a check (a setting; tests use less)."""
    global _hasher, _dummy
    _hasher = PasswordHasher(time_cost=1, memory_cost=megabytes * 1024, parallelism=1)
    _dummy = ""


def _peppered(password: str) -> str:
    return hmac.new(root_keys().derive("pepper", 1), password.encode(), hashlib.sha256).hexdigest()


def hash_password(password: str) -> str:
    return _hasher.hash(_peppered(password))


def check_password(stored: str | None, password: str) -> bool:
    """True when the password fits. Without a stored hash a dummy is checked, so that it takes as long. Raises Busy."""
    global _dummy
    if not _queue.acquire(blocking=False):
        raise Busy("Many people are signing in right now. Try again in a few seconds.")
    try:
        if not _slots.acquire(timeout=QUEUE_SECONDS):
            raise Busy("Many people are signing in right now. Try again in a few seconds.")
        try:
            if stored is None and not _dummy:
                _dummy = hash_password("not a password of anyone")
            return _hasher.verify(stored or _dummy, _peppered(password[:MAX_LENGTH])) and stored is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        finally:
            _slots.release()
    finally:
        _queue.release()


def needs_rehash(stored: str) -> bool:
    return _hasher.check_needs_rehash(stored)


def require_good(password: str, names: Iterable[str], field: str = "password") -> None:
    """Raises FieldRefused with the first rule the password breaks. `names` are words it must not contain."""
    if len(password) < MIN_LENGTH:
        raise FieldRefused(field, "A password has at least %(least)s characters.", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise FieldRefused(field, "A password has at most %(most)s characters.", most=MAX_LENGTH)
    classes = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
    if not all(re.search(pattern, password) for pattern in classes):
        raise FieldRefused(field, "A password needs a small letter, a capital letter, a digit and another character.")
    lowered = password.lower()
    parts = {part for name in names for part in re.split(r"[\W_]+", name.lower()) if len(part) >= 3}
    if any(part in lowered for part in parts):
        raise FieldRefused(field, "A password must not contain a part of your name, your sign-in name or your team.")
    letters = re.sub(r"[^a-z0-9@]", "", lowered)
    if any(letters.startswith(word) and len(letters) - len(word) <= 6 for word in COMMON):
        raise FieldRefused(field, "This password is too easy to guess. Use several unrelated words.")
