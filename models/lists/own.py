"""What a person has made of a list – its layout, and the views they may use – in one question, since every page asks for both."""

from __future__ import annotations

from typing import Any

import peewee

from models.lists.layout import ListLayout
from models.lists.list_of import ListOf
from models.lists.saved_view import SavedView
from models.people.person import Person
from models.support.prepared import Prepared
from models.support.records import part_of


def own_of(reach: Any, a_list: ListOf) -> tuple[ListLayout, list[SavedView]]:
    """The person's layout of a list, an unsaved one when they never laid it out; and their views and the shared ones, oldest first."""
    person, team = reach.person.id, reach.team_id
    rows = _OWN.rows(team, a_list.name, person)
    views = [_VIEW.make(row) for row in rows if row[_VIEW.start] is not None]
    if not rows or rows[0][_LAYOUT.start] is None:
        return ListLayout(person=person, team=team, list_name=a_list.name), views
    return _LAYOUT.make(rows[0]), views


_LAYOUT = part_of(ListLayout)
_VIEW = part_of(SavedView, len(_LAYOUT.names))


def _own(team: Any, name: Any, person: Any) -> Any:
    """A row for each view, or one without."""
    laid_out = (ListLayout.person == Person.id) & (ListLayout.team == team) & (ListLayout.list_name == name)
    usable = (SavedView.person == Person.id) | SavedView.is_shared
    saved = (SavedView.team == team) & (SavedView.list_name == name) & usable
    query = Person.select(*ListLayout._meta.sorted_fields, *SavedView._meta.sorted_fields)
    query = query.join(ListLayout, peewee.JOIN.LEFT_OUTER, on=laid_out).switch(Person)
    query = query.join(SavedView, peewee.JOIN.LEFT_OUTER, on=saved)
    return query.where(Person.id == person).order_by(SavedView.id)


_OWN = Prepared(_own)
