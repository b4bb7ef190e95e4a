"""Known devices: browsers in which a person has signed in wholly. A cookie names them, which only our key can make.

Whoever knows a person's sign-in name can close the account to strangers by guessing, but never to the person's own devices
(models/people/lockout.py). When the password was chosen is part of the proof, so a new one makes every device a stranger again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models.support import clock
from models.vault.data_key import root_keys

LASTS = timedelta(days=180)
MOST_PERSONS = 4  # So many may share a browser, each with an account of their own.
COOKIE = re.compile(rf"([0-9a-f]{{24}})((?:\.\d{{1,6}}_[0-9a-f]{{40}}){{1,{MOST_PERSONS}}})")

_presented: Callable[[], str] = str


def read_with(presented: Callable[[], str]) -> None:
    """Hands in how the cookie of the request being answered is read; "" where there is none."""
    global _presented
    _presented = presented


def present_for(person: Any) -> str:
    """The id of the device this request comes from, if the person is known there."""
    return recognise(person, _presented())


def recognise(person: Any, cookie: str | None) -> str:
    """The id of the device the cookie names, if this person is known there; "" for everybody else's and for nonsense."""
    device, proofs = _read(cookie)
    if person is None or person.password_at is None or not any(_is_proof(person, device, proof) for proof in proofs):
        return ""
    return device


def remember(person: Any, cookie: str | None) -> str:
    """The cookie's new value after a full success: this person's proof first, those of others who use the browser kept."""
    device, proofs = _read(cookie)
    device = device or secrets.token_hex(12)
    others = [proof for proof in proofs if not _is_proof(person, device, proof)]
    day = _today()
    return ".".join([device, f"{day}_{_sign(person, device, day)}", *others[: MOST_PERSONS - 1]])


def _read(cookie: str | None) -> tuple[str, list[str]]:
    found = COOKIE.fullmatch(cookie or "")
    return (found[1], found[2][1:].split(".")) if found else ("", [])


def _is_proof(person: Any, device: str, proof: str) -> bool:
    day, _underscore, signature = proof.partition("_")
    age = _today() - int(day)
    return 0 <= age <= LASTS.days and hmac.compare_digest(signature, _sign(person, device, int(day)))


def _sign(person: Any, device: str, day: int) -> str:
    told = f"{person.id} {person.password_at} {device} {day}"
    return hmac.new(root_keys().derive("known devices"), told.encode(), hashlib.sha256).hexdigest()[:40]


def _today() -> int:
    return (clock.now() - datetime(1970, 1, 1)).days
