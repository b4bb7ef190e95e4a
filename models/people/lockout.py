"""Counting attempts to sign in, in the database and before anything is verified, so that parallel guesses all count.

The tenth failure in a row closes an account's bucket; success opens it again. An address has a bucket of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.support import clock
from models.support.db import db, write_txn
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record
from models.support.words import say

ACCOUNT_LIMIT, ACCOUNT_LOCK, ACCOUNT_LOCK_MOST = 10, timedelta(minutes=30), timedelta(hours=24)
ADDRESS_LIMIT, ADDRESS_WINDOW = 30, timedelta(minutes=15)

declare("person_unlocked", say("%(actor)s unlocked %(object)s: %(reason)s"), "reason")


class Bucket(Record):
    """Attempts that were not followed by a success. `key` is a sign-in name or a network."""

    kind = StatusField("account", "address")
    key = peewee.CharField(max_length=64)
    failures = peewee.IntegerField(default=0)
    since = UtcField(default=clock.now)
    locked_until = UtcField(null=True)

    about = About(why="stops guessing of passwords", keep="30 days after the last attempt",
                  plain="id kind failures since locked_until", staff="key")  # fmt: skip

    class Meta:
        indexes = ((("kind", "key"), True),)

    @property
    def is_locked(self) -> bool:
        return self.locked_until is not None and self.locked_until > clock.now()


def count_attempt(login: str, network: str) -> bool:
    """Counts one attempt in both buckets. False: one of them is closed, so nothing may be verified."""
    with write_txn():
        account = _bucket("account", login[:64])
        address = _bucket("address", network[:64])
        if address.failures and address.since < clock.now() - ADDRESS_WINDOW:
            address.change(failures=0, since=clock.now(), locked_until=None)
        if account.is_locked or address.is_locked:
            return False
        _add(account, ACCOUNT_LIMIT, _account_lock(account.failures + 1))
        _add(address, ADDRESS_LIMIT, ADDRESS_WINDOW)
    return True


def _account_lock(failures: int) -> timedelta:
    doublings = min(max(0, failures - ACCOUNT_LIMIT), 6)
    return min(ACCOUNT_LOCK * 2**doublings, ACCOUNT_LOCK_MOST)


def _add(bucket: Bucket, limit: int, lock: timedelta) -> None:
    failures = bucket.failures + 1
    bucket.change(failures=failures, locked_until=clock.now() + lock if failures >= limit else None)


def _bucket(kind: str, key: str) -> Bucket:
    Bucket.insert(kind=kind, key=key, failures=0, since=clock.now()).on_conflict_ignore().execute()
    query = Bucket.select().where(Bucket.kind == kind, Bucket.key == key)
    return (query.for_update() if isinstance(db.obj, peewee.PostgresqlDatabase) else query).get()


def clear(login: str, network: str) -> None:
    """A full success empties both buckets."""
    with write_txn():
        Bucket.update(failures=0, locked_until=None).where(
            ((Bucket.kind == "account") & (Bucket.key == login))
            | ((Bucket.kind == "address") & (Bucket.key == network))
        ).execute()


def unlock(person: Any, reason: str, *, by: Any = None) -> None:
    """Opens a person's bucket: an act of another person, or of somebody on the host."""
    with write_txn():
        Bucket.update(failures=0, locked_until=None).where(
            Bucket.kind == "account", Bucket.key == person.login
        ).execute()
        track("person_unlocked", person, by=by, reason=reason)


def forget_old() -> int:
    """Drops buckets begun 30 days ago, those of names that nobody has included; a closed one stays until it opens."""
    is_open = Bucket.locked_until.is_null() | (Bucket.locked_until < clock.now())
    with write_txn():
        return Bucket.delete().where(Bucket.since < clock.ago(days=30), is_open).execute()
