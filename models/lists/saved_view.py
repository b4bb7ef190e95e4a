"""A view somebody saved of a list: its filters and sort under a name, for themselves or for the whole team."""

from __future__ import annotations

import uuid
from typing import Any
from unicodedata import bidirectional, category

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.lists.list_of import ListOf, title_of
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import UidField, UtcField
from models.support.prepared import Prepared
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MOST_VIEWS, MOST_NAME, MOST_QUERY = 30, 60, 2000

declare("view_shared", say("%(actor)s shared the view %(object)s with the team"), "list")
declare("view_deleted", say("%(actor)s deleted the shared view %(object)s"), "list")
for _event in ("view_shared", "view_deleted"):
    tell(f"{_event}.list", title_of)


class SavedView(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    list_name = peewee.CharField(max_length=40)
    name = peewee.CharField(max_length=MOST_NAME)
    query = peewee.CharField(max_length=MOST_QUERY)
    is_shared = peewee.BooleanField(default=False)
    created_at = created_at()
    updated_at = UtcField()

    about = About(
        why="lists open with the filters people work with",
        keep="until it is deleted; at most as long as its owner's account",
        plain="id uid team list_name name query is_shared created_at updated_at",
        staff="person",
    )

    class Meta:
        indexes = ((("team", "list_name", "person"), False),)

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def seen_by(cls, reach: Any, a_list: ListOf) -> list[SavedView]:
        """The person's own views of a list and those the team shares, oldest first."""
        return _SEEN.all(reach.team_id, a_list.name, reach.person.id)

    @classmethod
    def of(cls, reach: Any, uid: uuid.UUID) -> SavedView:
        """A view the person may use. Raises OutOfReach."""
        seen = (cls.person == reach.person.id) | cls.is_shared
        found = cls.select().where(cls.uid == uid, cls.team == reach.team_id, seen).first()
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def save_as(cls, reach: Any, a_list: ListOf, name: str, query: str) -> SavedView:
        """A new view of one's own. Raises FieldRefused for a name that is missing or taken, Refused for too many."""
        with write_txn():
            name = _good_name(reach, a_list.name, name)
            if len(cls.seen_by(reach, a_list)) >= MOST_VIEWS:
                raise Refused("A list has at most %(most)s views. Delete one that nobody needs.", most=MOST_VIEWS)
            return cls.create(
                team=reach.team_id, person=reach.person.id, list_name=a_list.name, name=name, query=query[:MOST_QUERY],
                updated_at=clock.now(),
            )  # fmt: skip

    def rename(self, reach: Any, name: str) -> None:
        self._require_owner(reach)
        with write_txn():
            self.change(name=_good_name(reach, self.list_name, name, but=self.id), updated_at=clock.now())

    def show_instead(self, reach: Any, query: str) -> None:
        """The view shows from now on what is asked for now."""
        self._require_owner(reach)
        self.change(query=query[:MOST_QUERY], updated_at=clock.now())

    def duplicate(self, reach: Any, a_list: ListOf) -> SavedView:
        """A copy of one's own, under a name that is free."""
        taken = {view.name.casefold() for view in SavedView.seen_by(reach, a_list)}
        names = (f"{self.name[: MOST_NAME - 4]} {number}" for number in range(2, MOST_VIEWS + 3))
        name = next(name for name in names if name.casefold() not in taken)
        return SavedView.save_as(reach, a_list, name, self.query)

    def share(self, reach: Any, is_shared: bool) -> None:
        self._require_owner(reach)
        with write_txn():
            self.change(is_shared=is_shared, updated_at=clock.now())
            if is_shared:
                track("view_shared", self, by=reach.person, list=self.list_name)

    def remove(self, reach: Any) -> None:
        self._require_owner(reach)
        with write_txn():
            if self.is_shared:
                track("view_deleted", self, by=reach.person, list=self.list_name)
            self.delete_instance()

    def _require_owner(self, reach: Any) -> None:
        if self.person_id != reach.person.id:
            raise Refused("This view belongs to somebody else. Duplicate it and change your own.")


def _good_name(reach: Any, list_name: str, name: str, but: int = 0) -> str:
    name = words_of_line(name)
    if not name:
        raise FieldRefused("name", "Give the view a name.")
    if len(name) > MOST_NAME:
        raise FieldRefused("name", "At most %(most)s characters.", most=MOST_NAME)
    mine = _SEEN.all(reach.team_id, list_name, reach.person.id)
    if any(view.name.casefold() == name.casefold() and view.id != but for view in mine):
        raise FieldRefused("name", "There is a view of this name already.")
    return name


def words_of_line(text: str) -> str:
    """A name as it is kept: one line, without control characters and marks that turn the direction of what stands beside it."""
    shown = (" " if category(sign) in ("Cc", "Cs") else sign for sign in text if bidirectional(sign) not in TURNS)
    return " ".join("".join(shown).split())


_SEEN = Prepared(
    lambda team, name, person: (
        SavedView.select()
        .where(
            SavedView.team == team,
            SavedView.list_name == name,
            (SavedView.person == person) | SavedView.is_shared,
        )
        .order_by(SavedView.id)
    )
)
