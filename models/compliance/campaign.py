"""Opening a review, closing it, and doing what was decided: line by line, each in a transaction of its own, so that a kill in the
middle loses nothing and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.compliance.alarm import raise_alarm
from models.compliance.choice import Choice
from models.compliance.last_boss import is_last_boss
from models.compliance.line import APPLICATION, AUTHORIZATION, KEEP, PERSON, REDUCE, ReviewLine
from models.compliance.review import TIME_TO_DECIDE, AccessReview
from models.compliance.rights import grants_of, people_of, tokens_of
from models.compliance.smaller import smaller_roles
from models.people.granting import require_a_boss_stays
from models.people.person import Person
from models.people.role import Grant, Role
from models.people.team import Team
from models.stores.application import Application
from models.stores.store import Store
from models.support import clock
from models.support.db import db, retrying, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import wake
from models.support.words import say

JOB = "compliance.reviews"

declare("review_opened", say("%(actor)s opened an access review of %(object)s: %(lines)s lines"), "lines")
declare("review_closing", say("%(actor)s ended the deciding in the access review of %(object)s"), "is_overdue")
declare("review_applied", say("%(actor)s did what was decided about %(object)s: %(outcome)s"), "outcome")


class NotAllDecided(Refused):
    def __init__(self, left: int) -> None:
        super().__init__("Not decided yet: %(left)s. Decide each line before you close the review.", left=left)


# Opening


@retrying
def begin(team: Team, *, by: Any = None) -> AccessReview:
    """A new review with a line for each person and each token as they are now. Raises Refused while one is under way."""
    with write_txn():
        try:
            with db.atomic():
                review = AccessReview.create(
                    team=team, opened_by=by.id if by else None, due_at=clock.now() + TIME_TO_DECIDE
                )
        except peewee.IntegrityError:
            raise Refused("A review of this team is under way already.") from None
        rows = _lines_of(team)
        for position, row in enumerate(rows, 1):
            ReviewLine.create(review=review, position=position, **row)
        track("review_opened", review, by=by, lines=len(rows))
    return review


def _lines_of(team: Team) -> list[dict[str, Any]]:
    people = [
        {"kind": PERSON, "person": person.id, "subject_id": person.id, "title": person.name, "before": before}
        for person, before in people_of(team)
    ]
    tokens = [
        {"kind": kind, "subject_id": number, "title": title, "before": before}
        for kind, number, title, before in tokens_of(team)
    ]
    return people + tokens


def open_due() -> int:
    """Opens the reviews whose quarter has come. Returns how many."""
    opened = 0
    for team in AccessReview.to_open():
        try:
            begin(team)
        except Refused:  # Somebody opened it by hand meanwhile.
            continue
        opened += 1
    return opened


# Closing


def close(review: AccessReview, *, by: Any) -> None:
    """Ends the deciding; a job does what was decided. Raises NotAllDecided, AlreadyDecided."""
    with write_txn():
        review.require_open()
        if left := ReviewLine.undecided_of(review).count():
            raise NotAllDecided(left)
        _end_deciding(review, by)


def close_overdue() -> int:
    """The days to decide are over: whoever nobody looked at loses access when the review is carried out."""
    ended = 0
    for review in AccessReview.overdue():
        with write_txn():
            try:
                _end_deciding(review, None, is_overdue=True)
            except AlreadyDecided:
                continue
        ended += 1
    return ended


def _end_deciding(review: AccessReview, by: Any, *, is_overdue: bool = False) -> None:
    review.move("open", "closing", closed_by=by.id if by else None, is_overdue=is_overdue)
    track("review_closing", review, by=by, is_overdue=is_overdue)
    wake(JOB)


# Doing what was decided


def carry_out(review: AccessReview, fence: Callable[..., None] | None = None) -> None:
    """Does every line that was not done yet."""
    for line in ReviewLine.of_review(review):
        if line.applied_at is None:
            apply_line(line, fence)


@retrying
def apply_line(line: ReviewLine, fence: Callable[..., None] | None = None) -> None:
    """One line, once: what it changes and that it was done share a transaction. A refusal is kept as the line's outcome."""
    with write_txn():
        if fence:
            fence(add=1)
        cls = ReviewLine
        if not cls.update(applied_at=clock.now()).where(cls.id == line.id, cls.applied_at.is_null()).execute():
            return
        problem = ""
        try:
            with write_txn():
                outcome = _do(line)
        except Refused as refused:
            outcome, problem = "refused", refused.words.to_json()
        after = {"grants": grants_of(line.person, line.review.team)} if line.person_id else {}
        line.change(outcome=outcome, problem=problem, after=after | {"state": _state_of(line)})
        track("review_applied", line, by=line.decided_by, team=line.team_id, outcome=outcome)


def _do(line: ReviewLine) -> str:
    if line.decision == "":
        return _nobody_decided(line)
    if line.decision == KEEP:
        return "kept"
    if line.kind == AUTHORIZATION:
        return _disconnect(line)
    if line.kind == APPLICATION:
        return _forget_application(line)
    return _reduce(line) if line.decision == REDUCE else _remove(line)


def _grants(line: ReviewLine) -> dict[str, Grant]:
    query = Grant.select(Grant, Role).join(Role).where(Grant.person == line.person_id, Grant.team == line.team_id)
    return {str(grant.uid): grant for grant in query}


def _reduce(line: ReviewLine) -> str:
    """Takes what was chosen of what is still there; what went meanwhile is gone."""
    choice, grants, changed = Choice.of(line.choice), _grants(line), 0
    for uid in [uid for uid in choice.taken if uid in grants]:
        require_a_boss_stays(line.review.team, line.person, but=grants[uid])
        grants[uid].take(by=line.decided_by)
        changed += 1
    for uid in [uid for uid in {*choice.stores, *choice.roles} if uid in grants]:
        require_a_boss_stays(line.review.team, line.person, but=grants[uid])
        _narrow(line, grants[uid], choice)
        changed += 1
    return "reduced" if changed else "gone"


def _narrow(line: ReviewLine, grant: Grant, choice: Choice) -> None:
    """Gives the smaller role, for the stores that stay, in place of the old one."""
    uid = str(grant.uid)
    role = _smaller(line.review.team, grant.role, choice.roles.get(uid))
    held = None if grant.all_stores else [part.store_id for part in grant.stores]
    kept = choice.stores.get(uid)
    stores = held if kept is None else [n for n in kept if held is None or n in held]
    if stores == []:
        raise Refused("The stores this role was to keep are not the person's any more.")
    if role.id == grant.role_id:
        grant.reach_stores(stores, by=line.decided_by)
        return
    grant.take(by=line.decided_by)
    Grant.give(line.person, line.review.team, role, stores=stores, by=line.decided_by)


def _smaller(team: Team, held: Role, wanted: str | None) -> Role:
    """The role that was chosen in place of the one held, if it is smaller still."""
    if not wanted:
        return held
    found = next((role for role in smaller_roles(team, held.key) if role.key == wanted), None)
    if found is None:
        raise Refused("The chosen role is gone, or it allows more now than the one it was to replace.")
    return found


def _remove(line: ReviewLine) -> str:
    grants = _grants(line)
    if not grants:
        return "gone"
    if is_last_boss(line.person, line.team_id):
        raise Refused("This is the last boss of the team. Name another one first.")
    for grant in grants.values():
        grant.take(by=line.decided_by)
    _suspend_without_grants(line.person, line.reason, by=line.decided_by, team=line.review.team)
    return "removed"


def _suspend_without_grants(person: Person, reason: str, *, by: Any, team: Team) -> None:
    """An account that works nowhere any more is suspended; one that works elsewhere goes on there."""
    elsewhere = Grant.select().where(Grant.person == person).exists()
    if not elsewhere and person.reload().state != "suspended":
        person.suspend(reason, by=by, team=team)


def _nobody_decided(line: ReviewLine) -> str:
    """A person loses access; a token and the last boss stay, and an alarm says so."""
    team = line.review.team
    if not line.person_id or is_last_boss(line.person, team):
        raise_alarm("review_overdue", team=team, key=f"line:{line.id}", person=line.person, title=line.title)
        return "undecided"
    person = line.person
    if not _grants(line) or person.state == "suspended":
        return "gone"
    if Grant.select().where(Grant.person == person, Grant.team != team).exists():
        for grant in _grants(line).values():
            grant.take(by=None)
    else:
        person.suspend("access review overdue", by=None, team=team)
    return "suspended"


def _disconnect(line: ReviewLine) -> str:
    store = Store.get_or_none(Store.id == line.subject_id)
    if store is None or store.state == "disconnected":
        return "gone"
    store.disconnect(by=line.decided_by)
    return "removed"


def _forget_application(line: ReviewLine) -> str:
    application = Application.get_or_none(Application.id == line.subject_id)
    if application is None:
        return "gone"
    application.forget(by=line.decided_by)
    return "removed"


def _state_of(line: ReviewLine) -> str:
    if line.person_id:
        return line.person.reload().state
    row: Any = (Store if line.kind == AUTHORIZATION else Application).get_or_none(id=line.subject_id)
    return "" if row is None else getattr(row, "state", "") or row.kind
