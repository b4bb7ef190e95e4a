"""A query many others begin with, and the conditions one of them adds. They are only gathered: where one of that shape was written
before, its SQL takes the values, and peewee neither copies the query nor walks through its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.support.db import db
from models.support.records import Plan, plan_of
from models.support.shapes import SQL, NotPlain, shape_of_nodes, written_once


@dataclass(frozen=True)
class Narrowed:
    """`query` is kept for good (its SQL is known by it); `plan` says how its rows become records."""

    query: Any
    plan: Plan | None
    conditions: tuple[Any, ...] = ()

    @classmethod
    def of(cls, query: Any, *, is_remembered: bool = False) -> Narrowed:
        plan = plan_of(query)
        return cls(query, plan.remembering if plan and is_remembered else plan)

    def where(self, *conditions: Any) -> Narrowed:
        return Narrowed(self.query, self.plan, self.conditions + conditions)

    def whole(self) -> Any:
        """As peewee has it."""
        return self.query.where(*self.conditions) if self.conditions else self.query

    def records(self, what: Any, finish: Callable[[Any], Any], last: int) -> list[Any]:
        """What `finish` makes of the query finds; see `sql()`."""
        if self.plan is None:
            return list(finish(self.whole()))
        return self.plan.records(db.execute_sql(*self.sql(what, finish, last)).fetchall())

    def sql(self, what: Any, finish: Callable[[Any], Any], last: int) -> SQL:
        """The SQL of what `finish` makes of the query. `what` tells it from all else that is made of it; it adds one value, `last`."""

        def make() -> Any:
            return finish(self.whole())

        try:
            shape, values = shape_of_nodes(self.conditions)
        except NotPlain:
            return make().sql()  # type: ignore[no-any-return]
        return written_once((db.param, what, id(self.query), *shape), [*values, last], make, self.query)
