"""A line of an access review: one person or one token as it was when the review opened, and what somebody decided about it.

Nobody decides about themselves. A decision can be changed until the review closes.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.compliance.choice import Choice, read_choice
from models.compliance.review import AccessReview
from models.compliance.smaller import smaller_roles
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.role import Grant, RolePermission
from models.people.team import Team
from models.people.two_people import decides_alone
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, Record
from models.support.words import Words, say

PERMISSION = "reviews.manage"
PERSON, AUTHORIZATION, APPLICATION = "person", "authorization", "application"
KEEP, REDUCE, REMOVE = "keep", "reduce", "remove"
DECISIONS = {KEEP: say("Keep"), REDUCE: say("Reduce"), REMOVE: say("Remove")}
LEAST_REASON, MOST_REASON = 5, 300
OUTCOMES = {
    "": say("Not done yet"),
    "kept": say("Kept"),
    "reduced": say("Reduced"),
    "removed": say("Removed"),
    "suspended": say("Suspended: nobody decided in time"),
    "gone": say("Was gone already"),
    "refused": say("Could not be done"),
    "undecided": say("Nobody decided; it stays and an alarm was raised"),
}

declare(
    "review_decided",
    say("%(actor)s decided in the access review about %(object)s: %(decision)s"),
    "decision",
    "reason",
    "is_solo",
)


tell("review_decided.decision", {"": say("nothing any more"), **DECISIONS})
tell("review_applied.outcome", OUTCOMES)


class OwnLine(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody reviews their own access. Another person has to decide this line.")


class ReviewLine(Record):
    """`before` and `after` hold what the person or token could do, in plain words and ids; never a secret."""

    uid = UidField()
    review = peewee.ForeignKeyField(AccessReview, backref="lines", on_delete="RESTRICT")
    position = peewee.IntegerField()
    kind = StatusField(PERSON, AUTHORIZATION, APPLICATION)
    person: Any = peewee.ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    subject_id = peewee.IntegerField()
    title = peewee.CharField(max_length=120)
    before = JsonField(default=dict)
    decision = StatusField("", KEEP, REDUCE, REMOVE, default="")
    choice = JsonField(default=dict)
    reason = peewee.CharField(max_length=MOST_REASON, default="")
    decided_by = peewee.ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)
    is_solo = peewee.BooleanField(default=False)
    outcome = StatusField(*OUTCOMES, default="")
    problem = peewee.TextField(default="")
    after = JsonField(default=dict)
    applied_at = UtcField(null=True)

    about = About(why="who or what was looked at, and what was decided", keep="as its review",
                  plain="id uid review position kind person subject_id before decision choice decided_by decided_at "
                  "is_solo outcome problem after applied_at", staff="title reason")  # fmt: skip

    class Meta:
        indexes = ((("review", "position"), True),)

    @property
    def label(self) -> str:
        return self.title

    @property
    def team_id(self) -> int:
        return self.review.team_id

    @property
    def is_person(self) -> bool:
        return self.kind == PERSON

    @property
    def decision_words(self) -> Words | None:
        return DECISIONS.get(self.decision)

    @property
    def outcome_words(self) -> Words:
        return OUTCOMES[self.outcome]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    def may_decide(self, person: Any) -> bool:
        """May this person decide the line? Their own only where they work alone and the portal runs solo."""
        return self.person_id != person.id or decides_alone(person, self.review.team)

    # Finding

    @classmethod
    def of_review(cls, review: AccessReview) -> list[ReviewLine]:
        """All lines in their order, with who decided (one query)."""
        decider = Person.alias()
        query = cls.select(cls, decider).join(decider, peewee.JOIN.LEFT_OUTER, on=(cls.decided_by == decider.id))
        lines = list(query.where(cls.review == review).order_by(cls.position))
        for line in lines:
            line.review = review
        return lines

    @classmethod
    def undecided_of(cls, review: AccessReview) -> Any:
        return cls.select().where(cls.review == review, cls.decision == "").order_by(cls.position)

    @classmethod
    def waiting_for(cls, reach: Any) -> int:
        """How many lines of the team's open review this person may decide and nobody has."""
        query = cls.select().join(AccessReview).where(AccessReview.team == reach.team_id, AccessReview.state == "open")
        mine = cls.person.is_null() | (cls.person != reach.person.id)
        return query.where(cls.decision == "", mine).count()

    @classmethod
    def of_uid(cls, review: AccessReview, uid: Any) -> ReviewLine:
        line = cls.get_or_none(cls.review == review, cls.uid == uid)
        if line is None:
            raise OutOfReach
        line.review = review
        return line

    @classmethod
    def handed_up(cls) -> Any:
        """Lines about the only one of a team who may decide there: somebody of the operator decides them."""
        holder = Person.alias()
        others = (
            Grant.select(peewee.SQL("1"))
            .join(RolePermission, on=(RolePermission.role == Grant.role))
            .join(holder, on=(holder.id == Grant.person))
            .where(
                Grant.team == AccessReview.team, RolePermission.permission == PERMISSION, holder.state == "active",
                Grant.person != cls.person,
            )
        )  # fmt: skip
        query = cls.select(cls, AccessReview, Team).join(AccessReview).join(Team)
        open_lines = (AccessReview.state == "open") & cls.person.is_null(False) & (Team.is_operator == False)  # noqa: E712
        return query.where(open_lines, ~peewee.fn.EXISTS(others)).order_by(cls.id)

    @classmethod
    def handed_up_count(cls) -> int:
        return cls.handed_up().where(cls.decision == "").count()

    @classmethod
    def decidable(cls, reach: Any, review_uid: Any, uid: Any) -> ReviewLine:
        """A line of the team's own reviews; for the operator also one that was handed up. Raises OutOfReach."""
        review = AccessReview.reachable(reach).where(AccessReview.uid == review_uid).first()
        if review is not None:
            return cls.of_uid(review, uid)
        line = cls.handed_up().where(cls.uid == uid, AccessReview.uid == review_uid).first()
        if line is None or not reach.team.is_operator:
            raise OutOfReach
        return line

    # Deciding

    def decide(self, decision: str, *, by: Any, reason: str = "", choice: dict[str, Any] | None = None) -> None:
        """Keeps, reduces or removes. Raises FieldRefused, OwnLine, AlreadyDecided when the review is closed."""
        reason = " ".join(reason.split())[:MOST_REASON]
        if not self.may_decide(by):
            raise OwnLine()
        is_solo = self.person_id == by.id
        if is_solo and decision != KEEP:
            raise Refused("Nobody changes their own rights. Ask another person.")
        if decision != KEEP and len(reason) < LEAST_REASON:
            raise FieldRefused("reason", "Say why, in at least %(least)s characters.", least=LEAST_REASON)
        chosen = self._checked(decision, choice or {})
        with write_txn():
            self.review.require_open()
            self.change(decision=decision, choice=chosen.kept() if chosen else {}, reason=reason, decided_by=by.id,
                        decided_at=clock.now(), is_solo=is_solo)  # fmt: skip
            track("review_decided", self, by=by, decision=decision, reason=reason, is_solo=is_solo)

    def _checked(self, decision: str, choice: dict[str, Any]) -> Choice | None:
        if decision == REDUCE:
            if not self.is_person:
                raise FieldRefused("decision", "A token is kept or removed; it has no parts.")
            chosen = read_choice(self.before, choice)
            self._require_smaller(chosen)
            return chosen
        if decision == REMOVE and self.kind == APPLICATION and self.before.get("used_by"):
            raise FieldRefused("decision", "Stores still use this application. Disconnect them, or authorize them "
                               "with another one, first.")  # fmt: skip
        return None

    def _require_smaller(self, choice: Choice) -> None:
        held = {grant["uid"]: grant["role"] for grant in self.before["grants"]}
        for uid, key in choice.roles.items():
            if key not in {role.key for role in smaller_roles(self.review.team, held[uid])}:
                raise FieldRefused(
                    "decision", "A review only takes. Choose a smaller role, one that allows nothing new."
                )

    def withdraw(self, *, by: Any) -> None:
        """Makes the line undecided again."""
        if not self.may_decide(by):
            raise OwnLine()
        with write_txn():
            self.review.require_open()
            self.change(decision="", choice={}, reason="", decided_by=None, decided_at=None, is_solo=False)
            track("review_decided", self, by=by, decision="", reason="", is_solo=False)
