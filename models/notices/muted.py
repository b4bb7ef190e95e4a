"""A kind of mail that a person switched off. Everything is on that has no row."""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from models.notices.kinds import KINDS
from models.people.person import Person
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record, created_at


class MutedNotice(Record):
    person = peewee.ForeignKeyField(Person, backref="muted_notices", on_delete="CASCADE", index=False)
    kind = peewee.CharField(max_length=40)
    since: UtcField = created_at()

    about = About(why="what people do not want to be told by mail", keep="as the account", plain="id person kind since")

    class Meta:
        indexes = ((("person", "kind"), True),)

    @classmethod
    def of(cls, person: Person) -> set[str]:
        return {one.kind for one in cls.select().where(cls.person == person)}

    @classmethod
    def put(cls, person: Person, wanted: Iterable[str]) -> None:
        """Switches on what is wanted, and everything else off."""
        off = set(KINDS) - set(wanted)
        with write_txn():
            Person.take_turn(person.id)  # Sent twice at once, it is kept twice, one after the other.
            cls.delete().where(cls.person == person).execute()
            for kind in sorted(off):
                cls.create(person=person.id, kind=kind)
