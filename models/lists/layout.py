"""How one person has a list laid out: which columns, in which order, how wide, how dense; and the view it opens with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import peewee

from models.lists.list_of import Column, ListOf
from models.people.person import Person
from models.people.team import Team
from models.support.db import write_txn
from models.support.fields import JsonField
from models.support.prepared import Prepared
from models.support.record import About, TeamRecord

LEAST_WIDTH, MOST_WIDTH = 48, 800
NAMED = {"narrow": 96, "normal": 160, "wide": 320}  # As layouts were kept before widths were pixels.


@dataclass(frozen=True)
class Placed:
    """A column where the person has put it. `pixels` is how wide they made it; None for as needed."""

    column: Column
    is_shown: bool
    pixels: int | None = None


class ListLayout(TeamRecord):
    """`columns` is a list of [name, is shown, width] in the person's order; a width is pixels or None."""

    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    list_name = peewee.CharField(max_length=40)
    columns = JsonField(default=list)
    is_compact = peewee.BooleanField(default=False)
    opens_with = peewee.CharField(max_length=40, default="")

    about = About(
        why="lists look as each person laid them out",
        keep="as long as the account",
        plain="id team list_name columns is_compact opens_with",
        staff="person",
    )

    class Meta:
        indexes = ((("person", "team", "list_name"), True),)

    @classmethod
    def of(cls, person: Any, team: Any, a_list: ListOf) -> ListLayout:
        """The person's layout of a list; an unsaved one when they never laid it out."""
        found = _OF.first(person.id, team.id, a_list.name)
        return found or cls(person=person.id, team=team.id, list_name=a_list.name)

    def placed(self, a_list: ListOf) -> list[Placed]:
        """Every column in this layout's order. Columns that came with a newer version stand where they were declared."""
        return _placed(a_list, tuple([(name, bool(is_shown), width) for name, is_shown, width in self.columns or ()]))

    def lay_out(self, a_list: ListOf, columns: Iterable[tuple[str, bool, str]], *, is_compact: bool) -> None:
        """Keeps the layout. Names that are no columns and widths that are none are left out."""
        kept = [[name, bool(is_shown), pixels_of(width)] for name, is_shown, width in columns if a_list.column(name)]
        self._keep(columns=kept, is_compact=is_compact)

    def open_with(self, view: str) -> None:
        self._keep(opens_with=view)

    def _keep(self, **values: Any) -> None:
        key = {"person": self.person_id, "team": self.team_id, "list_name": self.list_name}
        with write_txn():
            ListLayout.insert(**key, **values).on_conflict(
                conflict_target=[ListLayout.person, ListLayout.team, ListLayout.list_name], update=values
            ).execute()


@lru_cache(maxsize=1000)
def _placed(a_list: ListOf, laid_out: tuple[tuple[str, bool, Any], ...]) -> list[Placed]:
    """The same for everybody who laid a list out alike, and who never did. Nobody changes it."""
    told = {name: (is_shown, width) for name, is_shown, width in laid_out}
    order = [column for name in told if (column := a_list.column(name))]
    for place, column in enumerate(a_list.columns):
        if column.name not in told:
            order.insert(place, column)
    order.sort(key=lambda column: not column.is_fixed)
    return [
        Placed(column, column.is_fixed or is_shown, pixels_of(width))
        for column in order
        for is_shown, width in [told.get(column.name, (column.is_shown, ""))]
    ]


def pixels_of(width: Any) -> int | None:
    """A width as it is kept or was sent, within what a column may take; None for what is none."""
    text = str(NAMED.get(width, width))
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return min(max(int(text), LEAST_WIDTH), MOST_WIDTH) if is_number else None


_OF = Prepared(
    lambda person, team, name: ListLayout.select().where(
        ListLayout.person == person, ListLayout.team == team, ListLayout.list_name == name
    )
)
