"""How a password is kept: argon2id with a pepper. Two checks at a time, a short queue, then Busy.

A password counts exactly as it was sent: nothing is trimmed, folded or composed before it is hashed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from models.support.errors import Refused
from models.vault.data_key import root_keys

MAX_LENGTH = 256
CHECKS_AT_ONCE = max(1, min(2, os.cpu_count() or 1))
QUEUE = 20
QUEUE_SECONDS = 10.0
COME_AGAIN_SECONDS = 5

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_slots = threading.Semaphore(CHECKS_AT_ONCE)
_queue = threading.Semaphore(CHECKS_AT_ONCE + QUEUE)
_aside: Callable[[], AbstractContextManager] = nullcontext
_dummy = ""


class Busy(Refused):
    """Too many password checks at once; the view answers 429."""

    retry_after = COME_AGAIN_SECONDS

    def __init__(self) -> None:
        super().__init__("Many people are signing in right now. Try again in a few seconds.")


def use_memory(megabytes: int) -> None:
    """Sets the cost of a check (a setting; tests use less)."""
    global _hasher, _dummy
    _hasher = PasswordHasher(time_cost=1, memory_cost=megabytes * 1024, parallelism=1)
    _dummy = ""


def step_aside_with(aside: Callable[[], AbstractContextManager]) -> None:
    """What a request gives up while it waits and checks: its place among those that are worked on, so that others go on."""
    global _aside
    _aside = aside


def _peppered(password: str) -> str:
    return hmac.new(
        root_keys().derive("pepper", 1), password.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def hash_password(password: str) -> str:
    return _hasher.hash(_peppered(password))


def check_password(stored: str | None, password: str) -> bool:
    """True when the password fits. Without a stored hash a dummy is checked, so that it takes as long. Raises Busy."""
    global _dummy
    with _turn():
        if stored is None and not _dummy:
            _dummy = hash_password("not a password of anyone")
        return _fits(stored or _dummy, password) and stored is not None


def fits_any(stored: list[str], password: str) -> bool:
    """True when the password fits one of the hashes; all are looked at in one turn. Raises Busy."""
    with _turn():
        return any(_fits(one, password) for one in stored)


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise Busy()
    try:
        with _aside():
            if not _slots.acquire(timeout=QUEUE_SECONDS):
                raise Busy()
            try:
                yield
            finally:
                _slots.release()
    finally:
        _queue.release()


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, _peppered(password[:MAX_LENGTH]))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    return _hasher.check_needs_rehash(stored)
