"""What waits for whom. A queue counts for all the people of a team in one question, or several queues in one; a room adds its own in a
few lines.

Only what a person can act on themselves is theirs: what they uploaded, asked for or published, and what they may decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from models.catalog.listing import Listing
from models.catalog.publication import Publication
from models.exports.export import Export
from models.freight.bills.line import BillLine
from models.freight.rate_card import RateCard
from models.freight.succession import hands_on
from models.freight.upkeep import to_tend
from models.imports.record import Import
from models.lists.bulk_run import BulkRun
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.role import Grant, RolePermission
from models.people.two_people import decides_alone
from models.support import clock
from models.support.words import Words, say

Counts = dict[int, int]
LATELY = 30  # Days after which a refusal or a failure nobody looked at is no longer told.


@dataclass(frozen=True)
class Queue:
    key: str
    words: Words
    icon: str
    tone: str = "warn"


QUESTIONS: list[tuple[Sequence[Queue], Callable[[int, Sequence[int]], Sequence[Counts]]]] = []
"""Queues, and what counts them: `count(team, people)` gives for each queue how many wait for each person."""


def queue(key: str, words: Words, icon: str, tone: str = "warn") -> Callable:
    """Registers a function as a queue."""

    def register(count: Callable[[int, Sequence[int]], Counts]) -> Callable:
        QUESTIONS.append(((Queue(key, words, icon, tone),), lambda team_id, people: (count(team_id, people),)))
        return count

    return register


def queues(*several: Queue) -> Callable:
    """Registers a function that counts several queues at once, in their order."""

    def register(count: Callable[[int, Sequence[int]], Sequence[Counts]]) -> Callable:
        QUESTIONS.append((several, count))
        return count

    return register


def waiting_for(team_id: int, people: Sequence[int]) -> dict[int, list[tuple[Queue, int]]]:
    """What waits for each of these people, in the order of the queues."""
    found: dict[int, list[tuple[Queue, int]]] = {}
    for several, counted in QUESTIONS if people else ():
        for one, counts in zip(several, counted(team_id, people), strict=True):
            for person, count in counts.items():
                if count and person in people:
                    found.setdefault(person, []).append((one, count))
    return found


def _by(column: Any, query: Any) -> Counts:
    rows = query.select(column, peewee.fn.COUNT(peewee.SQL("1"))).group_by(column).tuples()
    return {person: count for person, count in rows if person is not None}


@queue("imports", say("Imports to finish"), "upload")
def imports(team_id: int, people: Sequence[int]) -> Counts:
    """Files they brought that are not applied: columns to name, rows to look at, runs that stopped."""
    open_ones = Import.select().where(
        Import.team == team_id, Import.state.in_(("mapping", "looked", "stopped")), Import.uploaded_by.in_(list(people))
    )
    return _by(Import.uploaded_by, open_ones)


@queues(
    Queue("decisions", say("Exports with buyers' data to decide on"), "shield-check"),
    Queue("approvals", say("Exports of mine that wait for a second person"), "clock", "info"),
)
def decisions(team_id: int, people: Sequence[int]) -> tuple[Counts, Counts]:
    """Exports of others, for everybody who may agree to them, and one's own."""
    asked = _by(Export.person, Export.select().where(Export.team == team_id, Export.state == "waiting_approval"))
    total = sum(asked.values())
    able = [person for person in holders(team_id, "pii.export") if person in people] if total else []
    return {person: total - asked.get(person, 0) for person in able}, asked


@queue("downloads", say("Files ready to download"), "download", "info")
def downloads(team_id: int, people: Sequence[int]) -> Counts:
    ready = Export.select().where(Export.team == team_id, Export.state == "ready", Export.person.in_(list(people)))
    return _by(Export.person, ready)


@queue("refused", say("Listings refused that I published"), "circle-alert", "bad")
def refused(team_id: int, people: Sequence[int]) -> Counts:
    """Listings that stand refused or failed, for who asked for the last attempt."""
    attempt, later = Publication.alias(), Publication.alias()
    newest = later.select(peewee.fn.MAX(later.id)).where(later.listing == Listing.id)
    query = (
        Listing.select()
        .join(attempt, on=(attempt.listing == Listing.id))
        .where(
            Listing.team == team_id, Listing.publication_state.in_(("refused", "failed")), attempt.id == newest,
            attempt.asked_by_id.in_(list(people)),
        )
    )  # fmt: skip
    return _by(attempt.asked_by_id, query)


@queue("bulk", say("Bulk runs in which something failed"), "list", "bad")
def bulk(team_id: int, people: Sequence[int]) -> Counts:
    """Of the last 30 days."""
    runs = BulkRun.select().where(
        BulkRun.team == team_id, BulkRun.person.in_(list(people)), BulkRun.failed > 0, BulkRun.state == "done",
        BulkRun.created_at >= clock.ago(days=LATELY),
    )  # fmt: skip
    return _by(BulkRun.person, runs)


@queue("fuel_rates", say("Fuel rates that end soon"), "calendar")
def fuel_rates(team_id: int, people: Sequence[int]) -> Counts:
    """Tables of the team that end without a next rate or have holes, for everybody who may give one."""
    able = [person for person in holders(team_id, "freight.edit") if person in people]
    count = len(to_tend(team_id)) if able else 0
    return dict.fromkeys(able, count) if count else {}


@queue("proposals", say("Roles proposed, to agree to or refuse"), "users")
def proposals(team_id: int, people: Sequence[int]) -> Counts:
    """For everybody who may decide on them: neither who proposed a role nor whom it is for."""
    waiting = Proposal.select(Proposal.proposed_by, Proposal.person).where(
        Proposal.team == team_id, Proposal.state == "waiting"
    )
    parties: list[tuple[int, int]] = list(waiting.tuples())  # type: ignore[arg-type]
    if not parties:
        return {}
    able = [person for person in holders(team_id, "people.manage") if person in people]
    return {person: sum(person not in both for both in parties) for person in able}


@queue("price_sheets", say("Price sheets to approve"), "receipt")
def price_sheets(team_id: int, people: Sequence[int]) -> Counts:
    """Drafts that say from when on they hold, for everybody who may approve them and had no hand in them."""
    drafts = RateCard.waiting(team_id)
    if not drafts:
        return {}
    hands = hands_on(drafts)
    able = [person for person in holders(team_id, "freight.approve") if person in people]
    alone = {person for person in able if decides_alone(Person(id=person), team_id)}
    return {person: sum(person in alone or person not in hands[draft.id] for draft in drafts) for person in able}


@queue("freight_differences", say("Differences of carriers' bills to settle"), "scale")
def freight_differences(team_id: int, people: Sequence[int]) -> Counts:
    """For everybody who may settle them."""
    count = BillLine.open_count(team_id)
    return {person: count for person in holders(team_id, "freight.settle") if person in people} if count else {}


def holders(team_id: int, permission: str) -> list[int]:
    """Everybody whose roles in the team hold a permission."""
    query: Any = (
        Grant.select(Grant.person)
        .join(RolePermission, on=(RolePermission.role == Grant.role))
        .where(Grant.team == team_id, RolePermission.permission == permission)
        .distinct()
    )
    return [row[0] for row in query.tuples()]
