"""Where a person is told by mail: an address of their own, sealed, used once they typed the code that was mailed to it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.notices.notice import Notice
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import SealedField, UtcField
from models.support.record import About, Record
from models.support.words import say, speaking
from models.vault.seal import Sealed

ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?\.[A-Za-z]{2,24}"
)
CODE_FOR, MOST_TRIES, REST = timedelta(hours=1), 5, timedelta(minutes=2)

declare("notice_address_set", say("%(actor)s gave an address for mails"))
declare("notice_address_confirmed", say("%(actor)s confirmed the address for mails"))
declare("notice_address_removed", say("%(actor)s removed the address for mails"))


class NoticeAddress(Sealed, Record):
    person = peewee.ForeignKeyField(Person, unique=True, backref="notice_addresses", on_delete="CASCADE")
    address = SealedField()
    code_hash = peewee.CharField(max_length=64, default="")
    tries = peewee.IntegerField(default=0)
    asked_at = UtcField(default=clock.now)
    confirmed_at = UtcField(null=True)

    about = About(
        why="where people asked to be told", keep="until its person removes it, or has left",
        plain="id person tries asked_at confirmed_at", secret="address code_hash",
    )  # fmt: skip

    def seal_subject(self) -> str:
        return f"person:{self.person.uid}"

    @property
    def clear(self) -> str:
        return self.unseal("address") or ""

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @classmethod
    def of(cls, person: Person) -> NoticeAddress | None:
        return cls.get_or_none(cls.person == person)

    @classmethod
    def put(cls, person: Person, address: str) -> NoticeAddress:
        """Mails a code to a new address; until it is typed nothing else is sent there. Raises FieldRefused, Refused."""
        address, person = address.strip(), person.reload()
        if not ADDRESS.fullmatch(address) or ".." in address:
            raise FieldRefused("address", "Write one address, like li.wei@example.com.")
        code = f"{secrets.randbelow(10**6):06d}"
        with write_txn():
            Person.take_turn(person.id)
            before = cls.of(person)
            if before is not None and before.asked_at > clock.now() - REST:
                raise Refused("A code was sent a moment ago. Wait two minutes before you ask for another.")
            cls.delete().where(cls.person == person).execute()
            made = cls(person=person.id, code_hash=_digest(person, code))
            made.seal(address=address).save(force_insert=True)
            with speaking(person.language):
                Notice.queue(person, "code", str(say("Your code for mails from Portolan")), str(say("Type this code: %(code)s. It holds for an hour.", code=code)),
                             path="/preferences/mail")  # fmt: skip
            track("notice_address_set", person, by=person)
        return made

    def confirm(self, code: str) -> None:
        """Raises FieldRefused."""
        with write_txn():
            Person.take_turn(self.person_id)
            now = self.reload()
            is_over = now.tries >= MOST_TRIES or now.asked_at < clock.now() - CODE_FOR
            is_right = hmac.compare_digest(now.code_hash, _digest(now.person, code.strip()))
            if now.is_confirmed:
                return
            if is_right and not is_over:
                now.change(confirmed_at=clock.now(), code_hash="")
                track("notice_address_confirmed", now.person, by=now.person)
                return
            now.change(tries=now.tries + 1)
        if is_over:
            raise FieldRefused("code", "This code holds no more. Give the address again.")
        raise FieldRefused("code", "This is not the code that was sent.")

    @classmethod
    def remove(cls, person: Person) -> None:
        with write_txn():
            if cls.delete().where(cls.person == person).execute():
                track("notice_address_removed", person.reload(), by=person)


def _digest(person: Any, code: str) -> str:
    return hashlib.sha256(f"{person.uid}:{code}".encode()).hexdigest()
