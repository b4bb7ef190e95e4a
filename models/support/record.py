"""The base of every table. A record says what it holds and why (`about`), and is saved by named columns only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import peewee

from models.support import clock
from models.support.db import db, is_sqlite, write_txn
from models.support.errors import AlreadyDecided
from models.support.fields import UtcField


@dataclass(frozen=True)
class About:
    """What a table holds: why, for how long, and of which kind each field is.

    `plain` is business data, `staff` is personal data of the people who work here, `buyer` is a buyer's (sealed),
    `secret` a credential (sealed or hashed). A test checks that every field stands in exactly one of them.
    """

    why: str
    keep: str
    plain: str = ""
    staff: str = ""
    buyer: str = ""
    secret: str = ""
    kinds: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for kind in ("plain", "staff", "buyer", "secret"):
            for name in getattr(self, kind).split():
                if name in self.kinds:
                    raise ValueError(f"{name} is classified twice.")
                self.kinds[name] = kind


class Record(peewee.Model):
    about: ClassVar[About]

    class Meta:
        database = db
        legacy_table_names = False
        only_save_dirty = True

    def reload(self) -> Self:
        return type(self).get_by_id(self.get_id())

    @classmethod
    def take_turn(cls, key: Any) -> None:
        """Whoever takes the turn of the same row at once waits here until the transaction ends. SQLite has one writer anyway."""
        if not is_sqlite():
            one: Any = cls.select(cls._meta.primary_key).where(cls._meta.primary_key == key)
            one.for_update("FOR NO KEY UPDATE").execute()

    def change(self, **values: Any) -> Self:
        """Sets and saves exactly these columns."""
        for name, value in values.items():
            setattr(self, name, value)
        with write_txn():
            if not self.save(only=[getattr(type(self), name) for name in values]):
                raise AlreadyDecided()
        return self

    def move(self, old: str | tuple[str, ...], new: str, *, field_name: str = "state", **values: Any) -> Self:
        """Changes the state only if it still is what it was (a conditional UPDATE). Raises AlreadyDecided."""
        column = getattr(type(self), field_name)
        olds = (old,) if isinstance(old, str) else old
        with write_txn():
            changed = (
                type(self)
                .update({field_name: new, **values})
                .where(type(self)._meta.primary_key == self.get_id(), column.in_(olds))
                .execute()
            )
            if not changed:
                raise AlreadyDecided()
        for name, value in {field_name: new, **values}.items():
            setattr(self, name, value)
        self._dirty.clear()
        return self


class TeamRecord(Record):
    """A table of one team's rows. Every look-up starts from what a person may reach.

    Subclasses carry `team` (a foreign key or plain id) and may carry `store`.
    """

    store_column: ClassVar[str | None] = None

    @classmethod
    def reachable(cls, reach: Any) -> Any:
        """The rows a person may reach: the team's, of the granted stores where the table has stores."""
        query = cls.select().where(cls.team == reach.team_id)  # type: ignore[attr-defined]
        if cls.store_column and reach.store_ids is not None:
            query = query.where(getattr(cls, cls.store_column).in_(reach.store_ids))
        return query


def created_at() -> UtcField:
    return UtcField(default=clock.now)
