"""A batch: a file of parcels somebody wants priced. waiting → running → ready, or failed, or cancelled; kept for 30 days.

The answers to a bundle of parcels are written with the progress they make, so that a killed batch goes on behind the last
bundle; once the sheets are written they are dropped.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.freight.batch.columns import FIELDS
from models.freight.batch.folder import BatchFolder
from models.freight.origin import today
from models.imports.fields import guess, missing
from models.imports.originals import shown_name
from models.imports.reading import MOST_BYTES, Shape, format_of, survey
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.paging import Order, Page, page_of
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

JOB = "freight.batches"
OPEN = ("waiting", "running")
KEPT = timedelta(days=30)
MOST_PARCELS, MOST_OPEN, MOST_AT_ONCE, MOST_TRIES = 20_000, 3, 2, 5

declare("quote_batch_asked", say("%(actor)s asked what %(rows)s rows of parcels cost (%(object)s)"), "rows")
declare("quote_batch_ready", say("%(object)s was priced: %(parcels)s parcels, %(bad)s refused"), "parcels", "bad")
declare("quote_batch_cancelled", say("%(actor)s stopped pricing %(object)s"))
declare("quote_batch_taken", say("%(actor)s downloaded the prices of %(object)s as %(format)s"), "format")
declare("quote_batch_deleted", say("%(actor)s deleted the prices of %(object)s"))
measure("parcels_priced", say("Parcels priced in batches"), quote_batch_ready=("parcels",))


class QuoteBatch(TeamRecord):
    """`channels` are [id, heading] of the result's columns, settled when the work begins; `today` is its day at the origin."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    name = peewee.CharField(max_length=200)
    state = StatusField(*OPEN, "ready", "failed", "cancelled", default="waiting")
    today = peewee.DateField()
    language = peewee.CharField(max_length=12, default="en")
    stem = peewee.CharField(max_length=64, unique=True)
    shape = JsonField(default=dict)
    headings = JsonField(default=list)
    mapping = JsonField(default=list)
    channels = JsonField(default=list)
    row_count = peewee.IntegerField(default=0)
    total = peewee.IntegerField(default=0)
    done = peewee.IntegerField(default=0)
    priced = peewee.IntegerField(default=0)
    refused = peewee.IntegerField(default=0)
    is_read = peewee.BooleanField(default=False)
    is_writing = peewee.BooleanField(default=False)
    tries = peewee.IntegerField(default=0)
    problem = peewee.TextField(default="")
    created_at: UtcField = created_at()
    started_at = UtcField(null=True)
    finished_at = UtcField(null=True)

    about = About(
        why="what many parcels cost; postcodes without names stand in its files", keep="30 days, with its files",
        plain="id uid team name state today language stem shape headings mapping channels row_count total done priced refused "
        "is_read is_writing tries problem created_at started_at finished_at",
        staff="person",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "created_at", "id"), False), (("state", "id"), False))

    @property
    def label(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"

    @property
    def kept_until(self) -> Any:
        return self.created_at + KEPT

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def seconds_left(self) -> int | None:
        """A guess from the pace so far; None while nothing is known."""
        if self.state != "running" or not self.done or not self.total or not self.started_at:
            return None
        return max(0, round((clock.now() - self.started_at).total_seconds() / self.done * (self.total - self.done)))

    @property
    def file_shape(self) -> Shape:
        return Shape(**self.shape)

    def original(self, folder: BatchFolder) -> Path:
        return folder.original(self.stem, self.shape["format"])

    # Asking

    @classmethod
    def ask(
        cls, team: Team, name: str, content: Path, folder: BatchFolder, *, by: Any, language: str = "en"
    ) -> QuoteBatch:
        """Takes in a file of parcels. Raises Refused for one that is no sheet of parcels, and for too many at once."""
        if content.stat().st_size > MOST_BYTES:
            raise Refused("The file is larger than 20 MB. Split it.")
        found = survey(content, Shape(format_of(content, name)), FIELDS)
        mapping = guess(FIELDS, found.headings)
        if lacking := missing(FIELDS, mapping):
            raise Refused(
                "The column %(name)s is missing.", name=" · ".join(f"{one.name} ({one.label})" for one in lacking)
            )
        if not found.row_count:
            raise Refused("The file has no rows.")
        stem = folder.new_stem()
        folder.take(content, stem, found.shape.format)
        try:
            with write_txn():
                cls._require_room(team)
                made = cls.create(
                    team=team, person=by, name=shown_name(name), today=today(), language=language,
                    stem=stem, shape=vars(found.shape), headings=found.headings, mapping=mapping, row_count=found.row_count,
                )  # fmt: skip
                track("quote_batch_asked", made, by=by, rows=made.row_count)
        except BaseException:
            folder.remove(stem)
            raise
        return made

    @classmethod
    def _require_room(cls, team: Team) -> None:
        Team.take_turn(team.id)  # Two at once are counted one after the other.
        if cls.select().where(cls.team == team, cls.state.in_(OPEN)).count() >= MOST_OPEN:
            raise Refused(
                "%(most)s files of your team are being priced. Wait for one of them, or stop it.", most=MOST_OPEN
            )

    # Finding

    @classmethod
    def page(cls, reach: Any, *, after: str = "", before: str = "", size: int = 30) -> Page:
        """The team's batches, newest first."""
        query = cls.select(cls, Person).join(Person, peewee.JOIN.LEFT_OUTER).where(cls.team == reach.team_id)
        return page_of(query, Order((cls.created_at, cls.id)), after=after, before=before, size=size)

    @classmethod
    def to_price(cls) -> list[str]:
        """The uids of the oldest open batch of each team, a few at a time: other work shares the threads."""
        oldest = cls.select(peewee.fn.MIN(cls.id)).where(cls.state.in_(OPEN)).group_by(cls.team)
        query = cls.select(cls.uid).where(cls.id.in_(oldest)).order_by(cls.id).limit(MOST_AT_ONCE)
        return [str(row.uid) for row in query]

    @classmethod
    def has_work(cls) -> bool:
        return cls.select().where(cls.state.in_(OPEN)).exists()

    @classmethod
    def of_uid(cls, uid: str) -> QuoteBatch | None:
        return cls.get_or_none(cls.uid == uuid.UUID(uid))

    # Working and ending

    def begin(self) -> bool:
        """Takes the batch in hand, again after a kill. False when it is no longer wanted or was killed too often."""
        if self.tries >= MOST_TRIES:
            self.fail(say("It stopped %(times)s times without an end.", times=self.tries))
            return False
        try:
            self.move(OPEN, "running", tries=self.tries + 1, started_at=self.started_at or clock.now())
        except AlreadyDecided:
            return False
        return True

    def note(self, **values: Any) -> bool:
        """Keeps progress, in the open transaction. False when it was cancelled meanwhile."""
        running = (QuoteBatch.id == self.id) & (QuoteBatch.state == "running")
        for name, value in values.items():
            setattr(self, name, value)
        return bool(QuoteBatch.update(**values).where(running).execute())

    def finish(self) -> None:
        """Inside the transaction that closes the work. Raises AlreadyDecided."""
        self.move("running", "ready", finished_at=clock.now(), is_writing=False)
        self._drop_parts()
        person: Any = self.person
        track("quote_batch_ready", self, by=person, parcels=self.priced, bad=self.refused)

    def _drop_parts(self) -> None:
        part = type(self).parts.rel_model
        part.delete().where(part.batch == self).execute()

    def hand_back(self) -> None:
        """The process ends in peace: that was no try."""
        with write_txn():
            QuoteBatch.update(tries=QuoteBatch.tries - 1).where(
                QuoteBatch.id == self.id, QuoteBatch.state == "running"
            ).execute()

    def cancel(self, *, by: Any) -> None:
        """Stops it at its next step. Raises AlreadyDecided when it has ended."""
        with write_txn():
            self.move(OPEN, "cancelled", finished_at=clock.now())
            self._drop_parts()
            track("quote_batch_cancelled", self, by=by)

    def fail(self, words: Words) -> None:
        """Ends it with a sentence, unless it ended otherwise meanwhile."""
        with write_txn():
            QuoteBatch.update(state="failed", problem=words.to_json(), finished_at=clock.now()).where(
                QuoteBatch.id == self.id, QuoteBatch.state.in_(OPEN)
            ).execute()
            self._drop_parts()

    def tell_taken(self, file_format: str, *, by: Any) -> None:
        with write_txn():
            track("quote_batch_taken", self, by=by, format=file_format)

    def remove(self, folder: BatchFolder, *, by: Any) -> None:
        """Takes it away with its files, whatever it is doing."""
        with write_txn():
            track("quote_batch_deleted", self, by=by)
            if not QuoteBatch.delete().where(QuoteBatch.id == self.id).execute():
                raise AlreadyDecided()
        folder.remove(self.stem)

    @classmethod
    def forget_old(cls, folder: BatchFolder) -> int:
        """Drops batches whose 30 days are over, with their files. Returns how many."""
        due = list(cls.select().where(cls.created_at < clock.now() - KEPT))
        for batch in due:
            with write_txn():
                cls.delete().where(cls.id == batch.id).execute()
            folder.remove(batch.stem)
        folder.sweep(row.stem for row in cls.select(cls.stem))
        return len(due)
