"""Ten codes on paper for the day the telephone is lost. Only their hashes are stored; each opens once, new ones replace all."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.prepared import Prepared
from models.support.record import About, Record, created_at
from models.support.words import say

COUNT, LENGTH, FEW = 10, 24, 3
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

declare("recovery_codes_made", say("%(actor)s made new recovery codes; older ones ended"))
declare("recovery_code_used", say("%(actor)s signed in with a recovery code; %(left)s are left"), "left")


class RecoveryCode(Record):
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    code_hash = peewee.CharField(max_length=64, unique=True)
    created_at: UtcField = created_at()
    used_at = UtcField(null=True)

    about = About(why="opens the account when every other second factor is lost", keep="until new ones replace them",
                  plain="id person created_at used_at", secret="code_hash")  # fmt: skip


def make_codes(person: Person, *, by: Any = None) -> list[str]:
    """Ten new codes, shown once; those before are worth nothing any more."""
    codes = ["".join(secrets.choice(SIGNS) for _ in range(LENGTH)) for _ in range(COUNT)]
    with write_txn():
        forget(person)
        RecoveryCode.insert_many(
            [{"person": person.id, "code_hash": _hash(code), "created_at": clock.now()} for code in codes]
        ).execute()
        track("recovery_codes_made", person, by=by or person)
    return [_grouped(code) for code in codes]


def take_recovery_code(person: Person, typed: str) -> bool:
    """Uses a code up, once however many try at the same time."""
    code = re.sub(r"[\s-]", "", typed).upper()
    if len(code) != LENGTH:
        return False
    with write_txn():
        mine = (
            (RecoveryCode.person == person) & (RecoveryCode.code_hash == _hash(code)) & RecoveryCode.used_at.is_null()
        )
        if not RecoveryCode.update(used_at=clock.now()).where(mine).execute():
            return False
        track("recovery_code_used", person, by=person, left=codes_left(person))
    return True


def codes_left(person: Person) -> int:
    return unused(person).count()


def unused(person: Person) -> Any:
    return RecoveryCode.select().where(RecoveryCode.person == person, RecoveryCode.used_at.is_null())


def count_where_few(person: Person) -> Any:
    """Asks how many are left, with a row only where the person had some and few are left."""
    return _FEW_LEFT.asking(person.id)


def _few_left(person: Any) -> Any:
    left = peewee.fn.SUM(peewee.Case(None, [(RecoveryCode.used_at.is_null(), 1)], 0))
    return (
        RecoveryCode.select(left)
        .where(RecoveryCode.person == person)
        .having((peewee.fn.COUNT(RecoveryCode.id) > 0) & (left <= FEW))
    )


_FEW_LEFT = Prepared(_few_left)


def forget(person: Person) -> None:
    RecoveryCode.delete().where(RecoveryCode.person == person).execute()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
