"""An alarm: a rule saw something, and a person must say what it was. One open alarm for each kind and whom or what it is about.

Nobody settles an alarm about themselves. The gravest end the account at once, but never that of the last boss of a team.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.compliance.last_boss import leads_alone
from models.compliance.rules import GRAVE, RULES, SEVERITIES, Rule
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.role import Grant, RolePermission
from models.people.team import Team
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.prepared import Asked, Prepared
from models.support.record import About, Record
from models.support.words import Words, say

LEAST_NOTE, MOST_NOTE = 5, 500
ESCALATES_AFTER = timedelta(hours=72)
EXPLAINED, MISUSE, FALSE_ALARM = "explained", "misuse", "false_alarm"
OUTCOMES = {EXPLAINED: say("Explained"), MISUSE: say("Misuse"), FALSE_ALARM: say("False alarm")}
ANSWERS = {
    "": None,
    "suspended": say("The account was suspended at once."),
    "sessions_ended": say("All sessions were ended. The account stays, because nobody else could lead the team."),
}
TITLES = {kind: rule.title for kind, rule in RULES.items()}

tell("alarm_raised.kind", TITLES)
tell("alarm_settled.kind", TITLES)
tell("alarm_escalated.kind", TITLES)
tell("alarm_settled.outcome", OUTCOMES)
tell("alarm_raised.severity", SEVERITIES)
tell("alarm_raised.answer", {code: words for code, words in ANSWERS.items() if words})
declare("alarm_raised", say("An alarm was raised about %(object)s: %(kind)s"), "kind", "severity", "answer")
declare(
    "alarm_settled",
    say("%(actor)s settled the alarm %(kind)s about %(object)s as %(outcome)s"),
    "kind",
    "outcome",
    "note",
)
declare(
    "alarm_escalated",
    say("The alarm %(kind)s about %(object)s waited for three days; the operator sees it now"),
    "kind",
)


class OwnAlarm(Refused):
    def __init__(self) -> None:
        super().__init__("Nobody settles an alarm about themselves. Ask another person.")


class Alarm(Record):
    """Without a team it belongs to the portal. `key` tells apart what a kind may be about; `with_operator` shows it there too."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, null=True, on_delete="RESTRICT")
    kind = peewee.CharField(max_length=40)
    severity = StatusField(*SEVERITIES)
    key = peewee.CharField(max_length=160)
    person: Any = peewee.ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    store_id = peewee.IntegerField(null=True)
    details = JsonField(default=dict)
    first_at = UtcField(default=clock.now)
    last_at = UtcField(default=clock.now)
    count = peewee.IntegerField(default=1)
    answer = StatusField(*ANSWERS, default="")
    with_operator = peewee.BooleanField(default=False)
    escalated_at = UtcField(null=True)
    state = StatusField("open", "settled", default="open")
    outcome = StatusField("", *OUTCOMES, default="")
    note = peewee.CharField(max_length=MOST_NOTE, default="")
    settled_by = peewee.ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    settled_at = UtcField(null=True)

    about = About(why="shows what looked wrong, and what a person found out", keep="at least 3 years",
                  plain="id uid team kind severity key person store_id first_at last_at count answer with_operator "
                  "escalated_at state outcome settled_by settled_at", staff="details note")  # fmt: skip

    class Meta:
        indexes = ((("team", "state", "id"), False), (("state", "first_at"), False))

    @property
    def rule(self) -> Rule:
        return RULES[self.kind]

    @property
    def label(self) -> str:
        return self.person.login if self.person_id else self.details.get("what", "")[:60] or "?"

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_grave(self) -> bool:
        return self.severity == GRAVE

    @property
    def words(self) -> Words:
        params = {"person": self.person.name if self.person_id else "", **self.details}
        return Words(self.rule.sentence.message, **params)

    @property
    def tone(self) -> str:
        if not self.is_open:
            return "neutral"
        return {"notice": "info", "serious": "warn", "grave": "bad"}[self.severity]

    @property
    def severity_words(self) -> Words:
        return SEVERITIES[self.severity]

    @property
    def outcome_words(self) -> Words | None:
        return OUTCOMES.get(self.outcome)

    @property
    def answer_words(self) -> Words | None:
        return ANSWERS[self.answer]

    @property
    def escalates_at(self) -> Any:
        return self.first_at + ESCALATES_AFTER

    # Finding

    @classmethod
    def seen_by(cls, reach: Any) -> Any:
        """The team's own; for the operator also the portal's and those that were handed up."""
        mine = cls.team == reach.team_id
        return cls.select().where(mine | cls.team.is_null() | cls.with_operator if reach.team.is_operator else mine)

    @classmethod
    def listed(cls, reach: Any, *, is_open: bool) -> list[Alarm]:
        """The latest, the gravest and newest first, each with its person and team."""
        gravest = peewee.Case(cls.severity, [("grave", 0), ("serious", 1)], 2)
        query = cls.seen_by(reach).select(cls, Person, Team).join(Person, peewee.JOIN.LEFT_OUTER, on=cls.person)
        query = query.switch(cls).join(Team, peewee.JOIN.LEFT_OUTER)
        if is_open:
            return list(query.where(cls.state == "open").order_by(gravest, cls.id.desc()).limit(200))
        return list(query.where(cls.state == "settled").order_by(cls.settled_at.desc(), cls.id.desc()).limit(200))

    @classmethod
    def open_count(cls, reach: Any) -> int:
        return cls.seen_by(reach).where(cls.state == "open").count()

    @classmethod
    def of_uid(cls, reach: Any, uid: Any) -> Alarm:
        alarm = cls.seen_by(reach).where(cls.uid == uid).first()
        if alarm is None:
            raise OutOfReach
        return alarm

    @classmethod
    def calling(cls, reach: Any) -> Asked:
        """Asks for the id of an open alarm that every page must show: one of the gravest, for the operator an escalated one."""
        return (_CALLING_OPERATOR if reach.team.is_operator else _CALLING).asking(reach.team_id)

    # Settling

    def settle(self, outcome: str, note: str, *, by: Any) -> None:
        """Says what it was. Raises OwnAlarm, FieldRefused, AlreadyDecided."""
        note = " ".join(note.split())[:MOST_NOTE]
        if self.person_id == by.id:
            raise OwnAlarm()
        if outcome not in OUTCOMES:
            raise FieldRefused("outcome", "Choose from the list.")
        if len(note) < LEAST_NOTE:
            raise FieldRefused("note", "Say what you found out, in at least %(least)s characters.", least=LEAST_NOTE)
        with write_txn():
            self.move("open", "settled", outcome=outcome, note=note, settled_by=by.id, settled_at=clock.now())
            track("alarm_settled", self, by=by, kind=self.kind, outcome=outcome, note=note)


Alarm.add_index(Alarm.index(Alarm.kind, Alarm.key, unique=True, where=Alarm.state == "open", name="alarm_one_open"))
_CALLING = Prepared(
    lambda team: (
        Alarm.select(Alarm.id).where(Alarm.team == team, Alarm.state == "open", Alarm.severity == GRAVE).limit(1)
    )
)
_CALLING_OPERATOR = Prepared(
    lambda team: (
        Alarm.select(Alarm.id)
        .where(
            Alarm.state == "open",
            ((Alarm.team == team) & (Alarm.severity == GRAVE)) | Alarm.team.is_null() | Alarm.with_operator,
        )
        .limit(1)
    )
)


def raise_alarm(
    kind: str, *, team: Any = None, key: str = "", person: Any = None, store_id: int | None = None, **details: Any
) -> Alarm:
    """Raises an alarm, or counts one more on the open one. The gravest answer at once. Joins an open transaction."""
    rule = RULES[kind]
    key = (key or (f"person:{person.id}" if person else "portal"))[:160]
    with write_txn():
        found = _open_one(kind, key)
        if found is None:
            try:
                with db.atomic():
                    alarm = Alarm.create(team=team, kind=kind, severity=rule.severity, key=key, person=person,
                                         store_id=store_id, details=details, with_operator=_needs_operator(team, person))  # fmt: skip
            except peewee.IntegrityError:  # Raised at the same moment elsewhere.
                found = _open_one(kind, key)
                if found is None:
                    raise AlreadyDecided() from None
            else:
                alarm.change(answer=_answer(rule, person, team))
                track("alarm_raised", alarm, team=team, kind=kind, severity=rule.severity, answer=alarm.answer)
                return alarm
        found.change(last_at=clock.now(), count=Alarm.count + 1, details=details)
        if rule.suspends and person is not None:
            _answer(rule, person, team)  # Restored and at it again.
        return found.reload()


def _open_one(kind: str, key: str) -> Alarm | None:
    return Alarm.get_or_none(Alarm.kind == kind, Alarm.key == key, Alarm.state == "open")


def _needs_operator(team: Any, person: Any) -> bool:
    """Is there nobody in the team who could settle it?"""
    if team is None:
        return True
    able = (
        Grant.select()
        .join(RolePermission, on=(RolePermission.role == Grant.role))
        .join(Person, on=(Person.id == Grant.person))
        .where(Grant.team == team, RolePermission.permission == "alarms.settle", Person.state == "active")
    )
    return not able.where(Grant.person != person if person is not None else True).exists()


def _answer(rule: Rule, person: Any, team: Any) -> str:
    """What a gravest alarm does at once about the account."""
    if not rule.suspends or person is None or person.reload().state == "suspended":
        return ""
    if leads_alone(person):
        person.end_sessions(by=None, team=team)
        return "sessions_ended"
    person.suspend(str(rule.title.message), by=None, team=team)
    return "suspended"


def escalate() -> int:
    """Hands up what nobody settled in three days. Returns how many."""
    waiting = Alarm.select().where(
        Alarm.state == "open", Alarm.escalated_at.is_null(), Alarm.first_at <= clock.now() - ESCALATES_AFTER
    )
    escalated = 0
    for alarm in waiting:
        with write_txn():
            cls = Alarm
            if (
                cls.update(escalated_at=clock.now(), with_operator=True)
                .where(cls.id == alarm.id, cls.state == "open", cls.escalated_at.is_null())
                .execute()
            ):
                track("alarm_escalated", alarm, kind=alarm.kind)
                escalated += 1
    return escalated
