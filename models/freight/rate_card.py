"""A version of a channel's price sheet. A draft may be changed; what was approved never is, and a second person approves.

The cells lie together as one text (models/freight/card_text.py): they are only ever read whole, and a version that cannot change
is remembered by the process once it was read. From when to when it holds stands beside them, since a new version closes the old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.freight.card_text import packed, unpacked
from models.freight.carrier import not_found
from models.freight.cells import CellChange, cell_changes
from models.freight.channel import Channel
from models.freight.comparing import PriceChange, changes
from models.freight.engine.card import Between, Card
from models.freight.origin import today
from models.freight.succession import close_earlier, hands_on, predecessor
from models.freight.workbook.checks import check
from models.freight.workbook.problem import ERROR, Problem, Problems
from models.people.person import Person
from models.people.team import Team
from models.people.two_people import decides_alone
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

STATES = {
    "draft": say("Draft"),
    "approved": say("Approved"),
    "retired": say("Withdrawn"),
    "discarded": say("Discarded"),
}
Key = tuple[int, int, str]
MOST_TOLD = 20  # Cells that an event names; it counts them all.

declare("rate_card_drafted", say("%(actor)s drafted version %(version)s of the prices of %(object)s"),
        "version", "rows", "source")  # fmt: skip
declare("rate_card_revised", say("%(actor)s changed %(count)s cells of the draft %(version)s of the prices of %(object)s"),
        "version", "count", "changes")  # fmt: skip
declare("rate_card_approved", say("%(actor)s approved version %(version)s of the prices of %(object)s from %(first)s on"),
        "version", "first", "last", "is_alone", "closed", "steep")  # fmt: skip
declare("rate_card_discarded", say("%(actor)s discarded the draft %(version)s of the prices of %(object)s"), "version")
declare(
    "rate_card_retired",
    say("%(actor)s withdrew version %(version)s of the prices of %(object)s: %(reason)s"),
    "version",
    "reason",
)
measure("rate_cards_drafted", say("Price sheets drafted"), "rate_card_drafted")
measure("rate_cards_approved", say("Price sheets approved"), "rate_card_approved")


class SelfApproval(Refused):
    def __init__(self) -> None:
        super().__init__("Someone else has to approve a price sheet you made or changed.")


class RateCard(TeamRecord):
    """`revision` counts the changes of a draft. `effective_to` of an approved version is empty until another follows."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    channel = peewee.ForeignKeyField(Channel, on_delete="RESTRICT", backref="rate_cards")
    version = peewee.IntegerField()
    revision = peewee.IntegerField(default=1)
    state = StatusField(*STATES, default="draft")
    currency = peewee.CharField(max_length=3)
    unit = peewee.CharField(max_length=3, default="KG")
    effective_from = peewee.DateField(null=True)
    effective_to = peewee.DateField(null=True)
    content = peewee.BlobField()
    digest = peewee.CharField(max_length=64)
    row_count = peewee.IntegerField(default=0)
    source = peewee.CharField(max_length=200, default="")
    source_sha256 = peewee.CharField(max_length=64, default="")
    note = peewee.CharField(max_length=500, default="")
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    changed_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="rate_cards_changed")
    approved_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="rate_cards_approved")
    is_alone = peewee.BooleanField(default=False)
    created_at: UtcField = created_at()
    approved_at = UtcField(null=True)

    about = About(
        why="what channels cost, version by version", keep="10 years: quotes and deductions point at it",
        plain="id uid team channel version revision state currency unit effective_from effective_to content digest row_count source "
        "source_sha256 note is_alone created_at approved_at",
        staff="made_by changed_by approved_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("channel", "version"), True),
            (("team", "state", "created_at", "id"), False),
            (("channel", "state", "effective_from"), False),
            (("team", "source_sha256"), False),
        )

    @property
    def label(self) -> str:
        return self.channel.code

    @property
    def card(self) -> Card:
        """The cells, with the dates that hold now. Raises nothing: what was kept can be read."""
        kept = _read(*self._key)
        return replace(kept, channel=self.channel.code, dates=Between(self.effective_from, self.effective_to))

    @property
    def problems(self) -> list[Problem]:
        """What the checks say of the cells: errors keep it from being approved."""
        return _checked(*self._key)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.grade == ERROR]

    @cached_property
    def before(self) -> RateCard | None:
        """The version that this one follows."""
        return predecessor(self)

    @property
    def changes(self) -> list[PriceChange]:
        """What this version changes against the one before, price by price, the steep ones first."""
        return _compared(self.before._key, self._key) if self.before else []

    @property
    def steep(self) -> int:
        """How many prices change by more than half."""
        return sum(change.is_steep for change in self.changes)

    @property
    def other_changes(self) -> list[CellChange]:
        """What else it changes: settings, zones, limits, surcharges, fuel."""
        return _otherwise(self.before._key, self._key) if self.before else []

    @property
    def _key(self) -> Key:
        """What the process remembers of the cells goes by this; `digest` tells databases apart that give the same numbers."""
        return self.id, self.revision, self.digest

    # Making and changing drafts

    @classmethod
    def draft(
        cls, channel: Channel, card: Card, *, source: str = "", sha256: str = "", note: str = "", by: Any = None
    ) -> RateCard:
        """A new version of a channel's prices, to be approved."""
        with write_txn():
            made = cls(team=channel.team_id, channel=channel, source=source[:200], source_sha256=sha256, note=note[:500],
                       made_by=by, version=cls._next(channel))  # fmt: skip
            made._hold(card)
            made.save(force_insert=True)
            track("rate_card_drafted", made, by=by, version=made.version, rows=made.row_count, source=made.source)
        return made

    @classmethod
    def _next(cls, channel: Channel) -> int:
        Channel.take_turn(channel.id)  # Two drafts at once get numbers of their own.
        return (cls.select(peewee.fn.MAX(cls.version)).where(cls.channel == channel).scalar() or 0) + 1

    def _hold(self, card: Card) -> None:
        content = packed(replace(card, channel="", dates=Between()))
        self.content, self.digest = content, hashlib.sha256(content).hexdigest()
        self.currency, self.unit, self.row_count = card.currency, card.unit, len(card.rows)
        self.effective_from, self.effective_to = card.dates.first, card.dates.last

    def revise(self, card: Card, *, revision: int, by: Any = None) -> list[CellChange]:
        """Changes a draft that nobody else changed meanwhile; returns what differs. Raises Refused for a version that is decided."""
        self._require_draft(revision)
        changed = cell_changes(self.card, replace(card, channel=self.channel.code))
        if not changed:
            return changed
        with write_txn():
            self._hold(card)
            values = {name: getattr(self, name) for name in
                      ("content", "digest", "currency", "unit", "row_count", "effective_from", "effective_to")}  # fmt: skip
            done = (
                RateCard.update(revision=revision + 1, changed_by=by, **values)
                .where(RateCard.id == self.id, RateCard.revision == revision, RateCard.state == "draft")
                .execute()
            )
            if not done:
                raise AlreadyDecided()
            self.revision, self.changed_by = revision + 1, by
            told = [one.words for one in changed[:MOST_TOLD]]
            track("rate_card_revised", self, by=by, version=self.version, count=len(changed), changes=told)
        return changed

    def _require_draft(self, revision: int) -> None:
        if self.state != "draft":
            raise Refused("This version is decided. Make a new draft of it.")
        if self.revision != revision:
            raise Refused("Somebody else changed this draft meanwhile. Look at it again.")

    def redraft(self, *, by: Any = None) -> RateCard:
        """A new draft with the same cells."""
        return RateCard.draft(self.channel, self.card, source=f"{self.channel.code} {self.version}", by=by)

    # Deciding

    def approve(self, *, by: Any, revision: int | None = None, steep_ok: bool = False) -> None:
        """Makes a draft hold from its first day on; the version before ends the day before. Raises Refused.

        `revision` is the one its approver looked at. A price that changes by more than half wants `steep_ok`.
        """
        first = self.effective_from
        if self.state != "draft":
            raise AlreadyDecided()
        self._require_draft(self.revision if revision is None else revision)
        if first is None:
            raise FieldRefused("effective_from", "Say from which day on these prices hold.")
        if self.errors:
            raise Refused("This version has errors. Mend them first.")
        is_alone = by.id in self.hands
        if is_alone and not decides_alone(by, self.team):
            raise SelfApproval()
        before, steep = self.before, self.steep
        if steep and not steep_ok:
            raise FieldRefused(
                "steep_ok", "%(count)s prices change by more than half. Tick that you looked at them.", count=steep
            )
        with write_txn():
            Channel.take_turn(self.channel_id)
            if predecessor(self) != before:
                raise AlreadyDecided()
            closed = close_earlier(self, first)
            where = (RateCard.id == self.id) & (RateCard.revision == self.revision)
            moved = RateCard.update(state="approved", approved_by=by, approved_at=clock.now(), is_alone=is_alone)
            if not moved.where(where, RateCard.state == "draft").execute():
                raise AlreadyDecided()
            self.state, self.approved_by, self.is_alone = "approved", by, is_alone
            track("rate_card_approved", self, by=by, version=self.version, first=first, last=self.effective_to or "",
                  is_alone=is_alone, closed=closed, steep=steep)  # fmt: skip

    @property
    def hands(self) -> set[int]:
        return hands_on([self])[self.id]

    def discard(self, *, by: Any = None) -> None:
        with write_txn():
            self.move("draft", "discarded")
            track("rate_card_discarded", self, by=by, version=self.version)

    def retire(self, *, reason: str, by: Any = None) -> None:
        """Withdraws an approved version: it prices nothing any more. Quotes made under it stay as they are."""
        if not reason.strip():
            raise FieldRefused("reason", "Say why.")
        with write_txn():
            self.move("approved", "retired")
            track("rate_card_retired", self, by=by, version=self.version, reason=reason.strip()[:200])

    # Asking

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def standing(self) -> str:
        """Of what is approved: in_force, coming or ended today; else the state."""
        if self.state != "approved" or self.effective_from is None:
            return self.state
        if self.effective_from > today():
            return "coming"
        return "ended" if self.effective_to and self.effective_to < today() else "in_force"

    def may_be_approved_by(self, person: Any) -> bool:
        """Whether this person had no hand in it, or decides alone here."""
        return person.id not in self.hands or decides_alone(person, self.team)

    def people(self) -> dict[int, str]:
        """The names of who made, changed and approved it."""
        ids = {self.made_by_id, self.changed_by_id, self.approved_by_id} - {None}
        query: Any = Person.select(Person.id, Person.name).where(Person.id.in_(ids)).tuples()
        return dict(query) if ids else {}

    @classmethod
    def seen_by(cls, reach: Any) -> Any:
        """The condition of those a person may look at: the team's, and what the operator approved for channels it offers."""
        operator = Team.select(Team.id).where(Team.is_operator)
        offered = Channel.select(Channel.id).where(Channel.team.in_(operator), Channel.is_active)
        return (cls.team == reach.team_id) | ((cls.state == "approved") & cls.channel.in_(offered))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> RateCard:
        """The version of this uid with its channel, if this person may look at it. Raises OutOfReach."""
        query = cls.select(*cls.without_content(), Channel).join(Channel).where(cls.uid == uid, cls.seen_by(reach))
        return query.first() or not_found()

    @classmethod
    def waiting(cls, team_id: int) -> list[RateCard]:
        """Drafts that could be approved: they say from when on they hold."""
        query = cls.select(cls.id, cls.made_by, cls.changed_by)
        return list(query.where(cls.team == team_id, cls.state == "draft", cls.effective_from.is_null(False)))

    @classmethod
    def versions_of(cls, channel: Channel, reach: Any, most: int = 50) -> list[RateCard]:
        """The newest versions of a channel's prices that a person may look at."""
        query = cls.select(*cls.without_content()).where(cls.channel == channel, cls.seen_by(reach))
        return list(query.order_by(cls.version.desc()).limit(most))

    @classmethod
    def in_force(cls, channel_ids: Iterable[int], day: date) -> list[RateCard]:
        """The approved versions that hold on a day, one a channel, with their channels and carriers."""
        query = (
            cls.select(*cls.without_content(), Channel)
            .join(Channel)
            .where(cls.channel.in_(list(channel_ids)), *in_force_on(day))
            .order_by(Channel.code, cls.version)
        )
        return list(query)

    @classmethod
    def current(cls, channel: Channel) -> RateCard | None:
        """What holds today, or came last before."""
        query = cls.select(*cls.without_content()).where(cls.channel == channel, cls.state == "approved")
        query = query.order_by(cls.effective_from.desc())
        return query.where(cls.effective_from <= today()).first() or query.first()

    @classmethod
    def without_content(cls) -> list[Any]:
        """Every column but the cells, which weigh and are remembered elsewhere."""
        return [field for field in cls._meta.sorted_fields if field.name != "content"]


def in_force_on(day: date) -> tuple[Any, ...]:
    """The conditions of versions that hold on a day."""
    ends = RateCard.effective_to.is_null() | (RateCard.effective_to >= day)
    return (RateCard.state == "approved", RateCard.effective_from <= day, ends)


# Cells never change under their key, so what is made of them is remembered.


@lru_cache(maxsize=400)
def _read(card_id: int, _revision: int, digest: str) -> Card:
    row = RateCard.select(RateCard.content).where(RateCard.id == card_id, RateCard.digest == digest).get()
    return unpacked(row.content)


@lru_cache(maxsize=100)
def _checked(*key: Any) -> list[Problem]:
    found = Problems()
    check(_read(*key), found)
    return found.found


@lru_cache(maxsize=20)
def _compared(old: Key, new: Key) -> list[PriceChange]:
    return sorted(changes(_read(*old), _read(*new)), key=lambda change: not change.is_steep)


@lru_cache(maxsize=20)
def _otherwise(old: Key, new: Key) -> list[CellChange]:
    found = cell_changes(_read(*old), _read(*new))
    return [change for change in found if change.sheet != "rates" or change.column == "eta"]
