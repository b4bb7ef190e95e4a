"""Doing one thing with many records. Each record's change and its outcome share one transaction, so that a run killed
anywhere goes on where it was: nothing is done twice, nothing is left out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import peewee

from config import logs
from models.audit.event import declare, track
from models.audit.telling import tell
from models.lists.list_of import LISTS, Bulk, ListOf, title_of
from models.lists.viewer import Viewer
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.team import Team
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import Words, say

JOB = "lists.bulk"
AT_ONCE, MOST, KEPT_DAYS = 100, 100_000, 90
log = logs.logger("lists")

declare(
    "bulk_done", say("%(actor)s did “%(object)s” with %(done)s of %(total)s records"), "list", "action", "done", "total"
)
tell("bulk_done.list", title_of)
tell("bulk_done.action", lambda name, beside: _label_of(beside.get("list", ""), name))
tell("bulk_done.object", lambda label, beside: _label_of(beside.get("list", ""), beside.get("action", "")))


class BulkRun(TeamRecord):
    """`given` is what was said once for all its records: which tag, which person."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, on_delete="CASCADE")
    list_name = peewee.CharField(max_length=40)
    action = peewee.CharField(max_length=40)
    state = StatusField("waiting", "done", "cancelled")
    total = peewee.IntegerField()
    done = peewee.IntegerField(default=0)
    failed = peewee.IntegerField(default=0)
    given = JsonField(default=dict, constraints=[peewee.SQL("DEFAULT '{}'")])
    undoes = peewee.ForeignKeyField("self", null=True, unique=True, on_delete="CASCADE")
    created_at = created_at()
    finished_at = UtcField(null=True)

    about = About(
        why="the outcome of what was done with many records, and taking it back",
        keep="90 days",
        plain="id uid team list_name action state total done failed given undoes created_at finished_at",
        staff="person",
    )

    @classmethod
    def start(
        cls,
        viewer: Viewer,
        a_list: ListOf,
        bulk: Bulk,
        ids: list[int],
        *,
        undoes: BulkRun | None = None,
        given: dict[str, Any] | None = None,
    ) -> BulkRun:
        """Keeps what is to be done. A few records are done at once, many by a job. Raises Refused for none or too many."""
        if not ids:
            raise Refused("Select at least one row.")
        if len(ids) > MOST:
            raise Refused("That is more than %(most)s rows at once. Narrow the list.", most=f"{MOST:,}")
        with write_txn():
            if undoes is not None and cls.select().where(cls.undoes == undoes).exists():
                raise AlreadyDecided()
            run = cls._created(
                team=viewer.reach.team_id, person=viewer.reach.person.id, list_name=a_list.name, action=bulk.name,
                total=len(ids), undoes=undoes, state="waiting", given=given or {},
            )  # fmt: skip
            rows: list[Any] = [(run.id, one, "waiting", "", "", {}) for one in ids]
            insert_rows(BulkRow, ("run", "record_id", "state", "called", "words", "before"), rows)
            if len(ids) > AT_ONCE:
                wake(JOB, str(run.uid))
        if len(ids) <= AT_ONCE:
            for _row in run.perform():
                pass
        return run.reload()

    @classmethod
    def _created(cls, **values: Any) -> BulkRun:
        """Two who take the same run back at once: the database lets one. Raises AlreadyDecided for the other."""
        try:
            return cls.create(**values)
        except peewee.IntegrityError:
            raise AlreadyDecided() from None

    @classmethod
    def forget_old(cls) -> int:
        """Forgets runs after 90 days, with their rows. Returns how many."""
        with write_txn():
            return cls.delete().where(cls.created_at < clock.ago(days=KEPT_DAYS)).execute()

    @classmethod
    def of(cls, reach: Any, uid: uuid.UUID) -> BulkRun:
        """A person's own run. Raises OutOfReach."""
        found = cls.select().where(cls.uid == uid, cls.team == reach.team_id, cls.person == reach.person.id).first()
        if found is None or found.list_name not in LISTS:
            raise OutOfReach
        return found

    @classmethod
    def waiting(cls) -> list[str]:
        """Scopes of the job: runs that have not ended."""
        return [str(run.uid) for run in cls.select(cls.uid).where(cls.state == "waiting").limit(100)]

    @property
    def label(self) -> str:
        return self.bulk.label.message if self.bulk else self.action

    @property
    def a_list(self) -> ListOf:
        return LISTS[self.list_name]

    @property
    def bulk(self) -> Bulk | None:
        return next((bulk for bulk in self.a_list.bulk if bulk.name == self.action), None)

    @property
    def ended(self) -> int:
        return self.done + self.failed

    @property
    def can_be_undone(self) -> bool:
        """Only what was done, and only once."""
        bulk = self.bulk
        if self.state != "done" or not self.done or bulk is None or not bulk.undo:
            return False
        return not BulkRun.select().where(BulkRun.undoes == self.id).exists()

    def perform(self) -> Iterator[BulkRow]:
        """Does what is left, one record after another, and gives each row as it is done. Raises nothing for a refusal:
        the row keeps its words."""
        viewer = self._viewer()
        last = 0
        while self._is_waiting() and (rows := self._left(last)):
            records, undone = self._records(viewer, rows), self._undone(rows)
            for row in rows:
                last = row.id
                if not row.settle(self, records.get(row.record_id), self.given | undone.get(row.record_id, {})):
                    return
                yield row
        self._finish()

    def cancel(self) -> None:
        """What is done stays done; the rest is left. Raises AlreadyDecided."""
        self.move("waiting", "cancelled", finished_at=clock.now())

    def undo(self, viewer: Viewer) -> BulkRun:
        """Takes back what was done, row by row. Raises Refused when it cannot be."""
        bulk = next((one for one in self.a_list.bulk if self.bulk and one.name == self.bulk.undo), None)
        if bulk is None or self.state != "done":
            raise Refused("This cannot be taken back.")
        rows = BulkRow.select(BulkRow.record_id).where(BulkRow.run == self, BulkRow.state == "done")
        return BulkRun.start(viewer, self.a_list, bulk, [row.record_id for row in rows], undoes=self, given=self.given)

    def failures(self) -> Any:
        """The rows that were refused, in order."""
        return BulkRow.select().where(BulkRow.run == self, BulkRow.state == "failed").order_by(BulkRow.id)

    def _viewer(self) -> Viewer | None:
        """Whoever asked, as they stand now: rights that ended meanwhile count no more."""
        reach = Reach.of(self.person, self.team) if self.person.is_active else None
        bulk = self.bulk
        return Viewer(reach) if reach and bulk and reach.may(bulk.permission) else None

    def _records(self, viewer: Viewer | None, rows: list[BulkRow]) -> dict[int, Any]:
        if viewer is None or self.bulk is None:
            return {}
        found = self.a_list.of_ids(viewer, [row.record_id for row in rows])
        return {
            one.id: one
            for one in found
            if viewer.reach.may(self.bulk.permission, getattr(one, "store_id", None))
        }  # fmt: skip

    def _undone(self, rows: list[BulkRow]) -> dict[int, dict[str, Any]]:
        """What the run that this one takes back said of these records."""
        if self.undoes_id is None:
            return {}
        ids = [row.record_id for row in rows]
        told = BulkRow.select(BulkRow.record_id, BulkRow.before)
        found = told.where(BulkRow.run == self.undoes_id, BulkRow.record_id.in_(ids), BulkRow.state == "done")
        return {row.record_id: row.before for row in found}

    def _left(self, after: int) -> list[BulkRow]:
        left = BulkRow.select().where(BulkRow.run == self, BulkRow.state == "waiting", BulkRow.id > after)
        return list(left.order_by(BulkRow.id).limit(AT_ONCE))

    def _is_waiting(self) -> bool:
        return BulkRun.select().where(BulkRun.id == self.id, BulkRun.state == "waiting").exists()

    def _finish(self) -> None:
        with write_txn():
            changed = BulkRun.update(state="done", finished_at=clock.now()).where(
                BulkRun.id == self.id, BulkRun.state == "waiting"
            )
            if changed.execute():
                run = self.reload()
                track(
                    "bulk_done",
                    run,
                    by=self.person,
                    list=self.list_name,
                    action=self.action,
                    done=run.done,
                    total=run.total,
                )


def _label_of(list_name: str, action: str) -> Words | None:
    """What is done, as its button says it."""
    bulk = LISTS[list_name].bulk if list_name in LISTS else ()
    return next((one.label for one in bulk if one.name == action), None)


class BulkRow(Record):
    """`before` is what the verb said it changed, where taking it back needs to know."""

    id = peewee.BigAutoField()
    run = peewee.ForeignKeyField(BulkRun, on_delete="CASCADE")
    record_id = peewee.BigIntegerField()
    state = StatusField("waiting", "done", "failed")
    called = peewee.CharField(max_length=120, default="")
    words = peewee.TextField(default="")
    before = JsonField(default=dict, constraints=[peewee.SQL("DEFAULT '{}'")])

    about = About(
        why="how each record of a bulk run fared",
        keep="with its run",
        plain="id run record_id state called words before",
    )

    class Meta:
        indexes = ((("run", "state", "id"), False),)

    @property
    def problem(self) -> Words | None:
        return Words.from_json(self.words) if self.words else None

    def settle(self, run: BulkRun, record: Any, given: dict[str, Any]) -> bool:
        """The record's change and this outcome together. False when the run was cancelled or another process goes on with it."""
        try:
            return self._settle(run, record, given)
        except _Gone:
            return False

    def _settle(self, run: BulkRun, record: Any, given: dict[str, Any]) -> bool:
        bulk = run.bulk
        if record is None or bulk is None or bulk.do is None:
            return self._note(run, "failed", "", say("It is gone, or not yours to change any more."))
        name = bulk.called(record)[:120]
        try:
            with write_txn():
                before = bulk.do(record, by=run.person, **given)
                return self._note(run, "done", name, None, before if isinstance(before, dict) else None)
        except Refused as refused:
            return self._note(run, "failed", name, refused.words)
        except (_Gone, peewee.OperationalError, peewee.InterfaceError):
            raise
        except Exception as error:  # One record that breaks is no reason to leave the others, nor to try it for ever.
            log.error("bulk_row_broke", exc_info=error)
            return self._note(
                run, "failed", name, say("Something went wrong here; it was noted. The record is as it was.")
            )

    def _note(
        self, run: BulkRun, state: str, called: str, words: Words | None, before: dict[str, Any] | None = None
    ) -> bool:
        """Raises _Gone, taking the change back, when another process has settled this row."""
        with write_txn():
            values = {
                "state": state,
                "called": called,
                "words": words.to_json() if words else "",
                "before": before or {},
            }
            mine = BulkRow.update(values).where(BulkRow.id == self.id, BulkRow.state == "waiting")
            column = BulkRun.done if state == "done" else BulkRun.failed
            counted = BulkRun.update({column: column + 1}).where(BulkRun.id == run.id, BulkRun.state == "waiting")
            if not mine.execute() or not counted.execute():
                raise _Gone
        self.state, self.called = state, called
        return True


class _Gone(Exception):
    """Somebody else has settled this row, or the run was cancelled."""
