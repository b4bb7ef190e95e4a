"""Counting attempts to sign in, in the database and before anything is verified, so that parallel guesses all count.

An account has one bucket for all strangers and one for each device on which its person has signed in before, so nobody can
lock a person out of their own devices by guessing. Addresses, networks and the portal have buckets of their own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee
from peewee import SQL

from models.audit.event import declare, track
from models.people import device, tries
from models.people.person import Person
from models.support import clock
from models.support.db import is_sqlite, retrying, write_txn
from models.support.errors import Refused
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record
from models.support.words import say

ACCOUNT_LIMIT, ACCOUNT_LOCK, ACCOUNT_LOCK_MOST = 10, timedelta(minutes=30), timedelta(hours=24)
FREE_FAILURES, GAPS = 3, (1, 2, 4, 8, 16, 30)  # Seconds to wait after the fourth failure, the fifth, and so on.
# Failures within a time close an address, its network, and the whole portal, for as long again.
LIMITS = {
    "address": (30, timedelta(minutes=15)),
    "network": (200, timedelta(hours=1)),
    "portal": (1000, timedelta(hours=1)),
}
ACCOUNT_KINDS = ("account", "device")
UNTIL_OPENED = datetime(9999, 1, 1)
PEOPLE, STRICT = "people", "strict"
_mode = PEOPLE

declare("person_unlocked", say("%(actor)s unlocked %(object)s: %(reason)s"), "reason")
declare("account_locked", say("Too many failures locked %(object)s (%(failures)s in a row)"), "failures")
declare("door_narrowed", say("%(failures)s failed sign-ins within an hour: only known devices may sign in for a while"),
        "failures")  # fmt: skip


class TooManyTries(Refused):
    """An address, a network or the portal has had too many failures; the view answers 429. Says nothing about an account."""

    def __init__(self, wait: timedelta):
        super().__init__(
            "Too many failed sign-ins from here. Wait a while, or use a device on which you have signed in before."
        )
        self.retry_after = max(1, int(wait.total_seconds()) + 1)


class Bucket(Record):
    """Attempts that were not followed by a success. `key` is a sign-in name or a network; `device` a known device."""

    kind = StatusField("account", "device", "address", "network", "portal")
    key = peewee.CharField(max_length=64)
    device = peewee.CharField(max_length=24, default="", constraints=[SQL("DEFAULT ''")])
    failures = peewee.IntegerField(default=0)
    since = UtcField(default=clock.now)
    last_at = UtcField(null=True)
    locked_until = UtcField(null=True)

    about = About(why="stops guessing of passwords", keep="30 days after the last attempt",
                  plain="id kind device failures since last_at locked_until", staff="key")  # fmt: skip

    class Meta:
        indexes = ((("kind", "key", "device"), True),)

    @property
    def is_locked(self) -> bool:
        return self.locked_until is not None and self.locked_until > clock.now()

    @property
    def takes_one(self) -> bool:
        """Neither locked nor asked again too soon."""
        if self.is_locked or self.failures <= FREE_FAILURES or self.last_at is None:
            return not self.is_locked
        gap = GAPS[min(self.failures - FREE_FAILURES, len(GAPS)) - 1]
        return clock.now() >= self.last_at + timedelta(seconds=gap)


def use_mode(mode: str) -> None:
    """What the settings say; handed in when the databases are opened."""
    global _mode
    _mode = mode


@retrying
def count_attempt(login: str, network: str, known: str | None = None) -> bool:
    """Counts one attempt everywhere it belongs. False: the account is closed to this client, so nothing may be verified.

    `known` is the id of the person's known device; None asks the request. Raises TooManyTries, which known devices never
    meet in mode `people`.
    """
    known = _known_device(login) if known is None else known
    with write_txn():
        mine, wide = _account_bucket(login, known), _wide_buckets(network)
        closed = _closed(wide, known)
        if closed is None:
            is_open = mine.takes_one
            if is_open:
                _add_to_account(mine)
            for bucket in wide:
                _add_to_wide(bucket)
    if closed is not None and closed.locked_until is not None:
        raise TooManyTries(closed.locked_until - clock.now())
    return is_open


def _known_device(login: str) -> str:
    return device.present_for(Person.by_login(login))


def _closed(wide: Iterable[Bucket], known: str) -> Bucket | None:
    if known and _mode != STRICT:
        return None
    return next((bucket for bucket in wide if bucket.is_locked), None)


def _account_bucket(login: str, known: str) -> Bucket:
    """In mode `strict` all devices of an account share one."""
    known = "" if _mode == STRICT else known
    return _bucket("device" if known else "account", login[:64], known)


def _wide_buckets(network: str) -> list[Bucket]:
    """Those of the address, its network and the portal, begun anew where their time is over. Always in this order."""
    buckets = [_bucket("address", network[:64]), _bucket("network", wider(network)), _bucket("portal", "")]
    for bucket in buckets:
        if not bucket.is_locked and bucket.since < clock.now() - LIMITS[bucket.kind][1]:
            bucket.change(failures=0, since=clock.now(), locked_until=None)
    return buckets


def wider(network: str) -> str:
    """The /24 or /48 around an address or a /64."""
    try:
        inner = ipaddress.ip_network(network, strict=False)
    except ValueError:
        return network[:64]
    length = 24 if inner.version == 4 else 48
    return str(inner.supernet(new_prefix=length) if inner.prefixlen > length else inner)


def _add_to_account(bucket: Bucket) -> None:
    failures = bucket.failures + 1
    until = None
    if failures >= ACCOUNT_LIMIT:
        until = UNTIL_OPENED if _mode == STRICT else clock.now() + _account_lock(failures)
        if person := Person.by_login(bucket.key):
            track("account_locked", person, failures=failures)
    bucket.change(failures=failures, last_at=clock.now(), locked_until=until)


def _account_lock(failures: int) -> timedelta:
    doublings = min(max(0, failures - ACCOUNT_LIMIT), 6)
    return min(ACCOUNT_LOCK * 2**doublings, ACCOUNT_LOCK_MOST)


def _add_to_wide(bucket: Bucket) -> None:
    limit, lasts = LIMITS[bucket.kind]
    failures, was_locked = bucket.failures + 1, bucket.is_locked
    until = bucket.locked_until if was_locked else clock.now() + lasts if failures >= limit else None
    bucket.change(failures=failures, last_at=clock.now(), locked_until=until)
    if bucket.kind == "portal" and until and not was_locked:
        track("door_narrowed", failures=failures)


def _bucket(kind: str, key: str, device: str = "") -> Bucket:
    Bucket.insert(kind=kind, key=key, device=device, failures=0, since=clock.now()).on_conflict_ignore().execute()
    query = Bucket.select().where(Bucket.kind == kind, Bucket.key == key, Bucket.device == device)
    return (query if is_sqlite() else query.for_update()).get()


@retrying
def clear(login: str, network: str, known: str | None = None) -> None:
    """A full success empties the client's bucket of the account, and takes what was counted there back from the networks."""
    known = _known_device(login) if known is None else known
    with write_txn():
        mine = _account_bucket(login, known)
        for bucket in _wide_buckets(network):
            bucket.change(failures=max(0, bucket.failures - mine.failures))
        mine.change(failures=0, locked_until=None)
        if person := Person.by_login(login):
            tries.were_own(person)


@retrying
def take_back(login: str, network: str) -> None:
    """A step succeeded and another is to come: that attempt was no failure. Those before it stay counted.

    It was let in, so the bucket was open before it; where it closed the bucket as one failure too many, that is taken back too.
    """
    with write_txn():
        mine = _account_bucket(login, _known_device(login))
        mine.change(failures=max(0, mine.failures - 1), last_at=None, locked_until=None)
        for bucket in _wide_buckets(network):
            bucket.change(failures=max(0, bucket.failures - 1))


def forgive(person: Any) -> None:
    """Opens every bucket of a person: somebody who may has vouched for them."""
    with write_txn():
        Bucket.update(failures=0, locked_until=None).where(
            Bucket.kind.in_(ACCOUNT_KINDS), Bucket.key == person.login
        ).execute()


def unlock(person: Any, reason: str, *, by: Any = None, team: Any = None) -> None:
    """Opens a person's buckets: an act of another person, or of somebody on the host."""
    if by is not None and by.id == person.id:
        raise Refused("Nobody manages their own account here. Ask another person.")
    with write_txn():
        forgive(person)
        track("person_unlocked", person, by=by, team=team, reason=reason)


@dataclass(frozen=True)
class LockState:
    """How the door stands for a person: to new devices, and to how many of their own."""

    until: datetime | None = None
    known_devices: int = 0

    @property
    def is_locked(self) -> bool:
        return self.until is not None

    @property
    def is_until_opened(self) -> bool:
        """Only an administrator opens it (mode `strict`)."""
        return self.until == UNTIL_OPENED


def state_of(person: Any) -> LockState:
    return states_of([person])[person.id]


def states_of(persons: Iterable[Any]) -> dict[int, LockState]:
    """How the door stands for each person, by id (one query)."""
    persons = list(persons)
    locked = Bucket.select().where(
        Bucket.kind.in_(ACCOUNT_KINDS), Bucket.key.in_([p.login for p in persons]), Bucket.locked_until > clock.now()
    )
    by_login: dict[str, list[Bucket]] = {}
    for bucket in locked if persons else ():
        by_login.setdefault(bucket.key, []).append(bucket)
    return {person.id: _state(by_login.get(person.login, [])) for person in persons}


def _state(buckets: list[Bucket]) -> LockState:
    until = max((bucket.locked_until for bucket in buckets if bucket.locked_until), default=None)
    return LockState(until, sum(bucket.kind == "device" for bucket in buckets))


def forget_old() -> int:
    """Drops buckets not used for 30 days, those of names that nobody has included; a person's closed one stays until it
    opens."""
    last = peewee.fn.COALESCE(Bucket.last_at, Bucket.since)
    is_done = (
        Bucket.locked_until.is_null()
        | (Bucket.locked_until < clock.now())
        | Bucket.key.not_in(Person.select(Person.login))
    )
    with write_txn():
        return Bucket.delete().where(last < clock.ago(days=30), is_done).execute() + tries.forget_old()
