"""What a leaver holds in lists: the views they share with the team, and what is still being done with many records."""

from __future__ import annotations

from models.lists.bulk_run import BulkRun
from models.lists.list_of import LISTS
from models.lists.saved_view import SavedView
from models.people.handover import Held, hands_over
from models.people.person import Person
from models.people.team import Team
from models.support.words import say

MOST = 500


def _views(team: Team, person: Person) -> list[Held]:
    query = SavedView.select().where(SavedView.team == team, SavedView.person == person, SavedView.is_shared)
    views = query.order_by(SavedView.id).limit(MOST)
    return [Held(view.name, LISTS[view.list_name].permission) for view in views if view.list_name in LISTS]


@hands_over("views", say("Shared views of lists"), held=_views)
def pass_views(team: Team, person: Person, to: Person) -> int:
    mine = (SavedView.team == team) & (SavedView.person == person) & SavedView.is_shared
    return SavedView.update(person=to).where(mine).execute()


def _runs(team: Team, person: Person) -> list[Held]:
    query = BulkRun.select().where(BulkRun.team == team, BulkRun.person == person, BulkRun.state == "waiting")
    runs = query.order_by(BulkRun.id).limit(MOST)
    return [Held(run.bulk.label, run.bulk.permission) for run in runs if run.list_name in LISTS and run.bulk]


@hands_over("bulk_runs", say("Acts on many records that are not done yet"), held=_runs)
def pass_runs(team: Team, person: Person, to: Person) -> int:
    """The rest is done with the rights of whoever takes it."""
    mine = (BulkRun.team == team) & (BulkRun.person == person) & (BulkRun.state == "waiting")
    return BulkRun.update(person=to).where(mine).execute()
