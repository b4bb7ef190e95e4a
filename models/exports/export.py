"""An export: somebody wants a list as a file. A few rows are sent at once, many are made by a job and kept for a day.

Buyers' data leaves only with a reason, and beyond a few rows a day only when a second person agrees.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.exports import personal
from models.exports.again import AGAIN
from models.lists.list_of import LISTS, Asked, ListOf, title_of
from models.lists.viewer import Viewer
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.people.two_people import decides_alone
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault import data_key

FORMATS = {"csv": say("Text (CSV)"), "xlsx": say("Excel (XLSX)")}
AT_ONCE = 5_000
KEPT = timedelta(hours=24)
REMEMBERED = timedelta(days=90)
MOST_OPEN, MOST_MADE = 20, 2
WITH_A_FILE = ("running", "ready")
OPEN = ("waiting_approval", "waiting", *WITH_A_FILE)

declare("list_exported", say("%(actor)s exported %(rows)s rows of %(object)s as %(format)s"),
        "number", "rows", "format", "columns", "personal", "reason")  # fmt: skip
declare("export_asked", say("%(actor)s asks to export %(rows)s rows of %(object)s with buyers' data: %(reason)s"),
        "number", "rows", "format", "reason")  # fmt: skip
declare(
    "export_approved", say("%(actor)s approved the export %(number)s of %(object)s with buyers' data"), "number", "rows"
)
declare("export_approved_alone", say("%(actor)s decided alone on the export %(number)s of %(object)s with buyers' data"),
        "number", "rows")  # fmt: skip
declare("export_refused", say("%(actor)s refused the export %(number)s of %(object)s"), "number")
declare("export_downloaded", say("%(actor)s downloaded the export %(number)s of %(object)s"), "number", "rows")
declare("export_deleted", say("%(actor)s deleted the export %(number)s of %(object)s"), "number")
for _act in ("asked", "approved", "approved_alone", "refused", "downloaded", "deleted"):
    tell(f"export_{_act}.object", title_of)
tell("list_exported.object", title_of)
tell("list_exported.columns", lambda name, beside: _column_words(beside.get("object", ""), name))
measure("lists_exported", say("Lists exported"), "list_exported")
measure("exports_decided", say("Exports decided on"), "export_approved", "export_approved_alone", "export_refused")


def _column_words(list_name: str, column: str) -> Words | None:
    """As the list heads it."""
    if [column] == AGAIN:
        return say("the columns of the importer")
    found = LISTS[list_name].column(column) if list_name in LISTS else None
    return found.label if found else None


class SelfApproval(Refused):
    def __init__(self) -> None:
        super().__init__("Someone else has to approve an export you asked for.")


class Export(TeamRecord):
    """`row_count` is how many rows matched when it was asked for, and in the end how many the file has."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, index=False, on_delete="CASCADE")
    list_name = peewee.CharField(max_length=40)
    query = peewee.TextField(default="")
    columns = JsonField(default=list)
    file_format = StatusField(*FORMATS)
    zone = peewee.CharField(max_length=64)
    language = peewee.CharField(max_length=12)
    state = StatusField("sent", *OPEN, "failed", "refused", "deleted", "expired")
    is_personal = peewee.BooleanField(default=False)
    reason = peewee.CharField(max_length=personal.MOST_REASON, default="")
    approved_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL")
    is_solo = peewee.BooleanField(default=False)
    row_count = peewee.IntegerField(default=0)
    done = peewee.IntegerField(default=0)
    attempts = peewee.IntegerField(default=0)
    file_name = peewee.CharField(max_length=64, default="")
    size_bytes = peewee.BigIntegerField(default=0)
    problem = peewee.TextField(default="")
    created_at: UtcField = created_at()
    started_at = UtcField(null=True)
    expires_at = UtcField(null=True)
    link_hash = peewee.CharField(max_length=64, null=True, unique=True)
    link_session = peewee.IntegerField(null=True)
    link_until = UtcField(null=True)

    about = About(
        why="files of lists that somebody asked for, and who agreed to it", keep="the file a day, the row 90 days",
        plain="id uid team list_name query columns file_format zone language state is_personal reason is_solo row_count done "
        "attempts file_name size_bytes problem created_at started_at expires_at link_session link_until",
        staff="person approved_by", secret="link_hash",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "person", "id"), False), (("state", "expires_at"), False))

    # What a page asks

    @property
    def number(self) -> int:
        return self.id

    @property
    def label(self) -> str:
        """The list as the event log names it; the reader's language words it elsewhere."""
        return self.list_name

    @property
    def title(self) -> Words | str:
        return LISTS[self.list_name].title if self.list_name in LISTS else self.list_name

    @property
    def format_words(self) -> Words:
        return FORMATS[self.file_format]

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def is_to_import(self) -> bool:
        """Is it written in the columns of the importer?"""
        return self.columns == AGAIN

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"

    @property
    def awaits_approval(self) -> bool:
        return self.state == "waiting_approval"

    @property
    def seconds_left(self) -> int | None:
        """A guess from the pace so far; None while nothing is known."""
        if self.state != "running" or not self.done or not self.started_at:
            return None
        elapsed = (clock.now() - self.started_at).total_seconds()
        return max(0, round(elapsed / self.done * (self.row_count - self.done)))

    @property
    def vault_subject(self) -> str:
        """Whose key seals the file, where it holds personal data."""
        return f"export:{self.uid}"

    @property
    def download_name(self) -> str:
        return f"{self.list_name}-{clock.local(self.created_at, self.zone):%Y-%m-%d-%H%M}.{self.file_format}"

    # Finding

    @classmethod
    def mine(cls, reach: Any) -> list[Export]:
        """What this person asked for in this team lately, newest first."""
        query = cls.reachable(reach).where(cls.person == reach.person, cls.state != "deleted")
        return list(query.order_by(cls.id.desc()).limit(100))

    @classmethod
    def to_decide(cls, reach: Any) -> Any:
        """Exports of others with buyers' data that wait for somebody's yes."""
        waiting = (cls.state == "waiting_approval") & (cls.person != reach.person)
        return cls.reachable(reach).where(waiting).order_by(cls.id).limit(100)

    @classmethod
    def mine_of(cls, reach: Any, uid: Any) -> Export:
        """The export of this uid, if this person asked for it. Raises OutOfReach."""
        export = cls.reachable(reach).where(cls.person == reach.person, cls.uid == uid, cls.state != "deleted").first()
        if export is None:
            raise OutOfReach
        return export

    @classmethod
    def decidable(cls, reach: Any, uid: Any) -> Export:
        """The export of this uid with buyers' data, for somebody who may agree to it. Raises OutOfReach."""
        export = cls.reachable(reach).where(cls.is_personal == True, cls.uid == uid, cls.state != "deleted").first()  # noqa: E712
        if export is None:
            raise OutOfReach
        return export

    @classmethod
    def decision_count(cls, reach: Any) -> int:
        return cls.to_decide(reach).count()

    @classmethod
    def to_make(cls) -> list[str]:
        """The uids of the oldest exports that wait to be made or whose making was killed: no more at a time, since other work
        shares the threads."""
        query = cls.select(cls.uid).where(cls.state.in_(("waiting", "running"))).order_by(cls.id).limit(MOST_MADE)
        return [str(row.uid) for row in query]

    # Asking

    @classmethod
    def ask(
        cls, viewer: Viewer, a_list: ListOf, asked: Asked, *, columns: Sequence[str], file_format: str,
        with_buyers: bool = False, reason: str = "", to_import: bool = False,
    ) -> Export:  # fmt: skip
        """Keeps the wish. Its state says what comes: sent (the caller sends it), waiting (a job), or waiting_approval.
        to_import: in the columns of the importer, whatever columns were chosen.

        Raises FieldRefused and Refused, for nothing that matches too. The caller has looked at permissions.
        """
        count = a_list.count(viewer, asked)
        if not count:
            raise Refused("Nothing matches, so there is nothing to export.")
        names = AGAIN if to_import else [name for name in dict.fromkeys(columns) if a_list.column(name)]
        if not names:
            raise FieldRefused("columns", "Choose at least one column.")
        if with_buyers:
            reason = personal.require_reason(reason)
            personal.require_few(count)
        reach = viewer.reach
        with write_txn():
            cls._one_at_a_time(reach.person)
            cls._require_room(reach.person)
            state = cls._state_for(reach, count, with_buyers)
            export = cls.create(
                team=reach.team_id, person=reach.person, list_name=a_list.name, query=asked.query, columns=names,
                file_format=file_format, zone=viewer.zone, language=viewer.language, state=state, row_count=count,
                is_personal=with_buyers, reason=reason if with_buyers else "",
            )  # fmt: skip
            export._tell_asked()
        return export

    @classmethod
    def _state_for(cls, reach: Any, count: int, with_buyers: bool) -> str:
        if not with_buyers:
            return "sent" if count <= AT_ONCE else "waiting"
        return "sent" if cls.alone_today(reach.person) + count <= personal.MOST_ALONE else "waiting_approval"

    @classmethod
    def alone_today(cls, person: Any) -> int:
        """How many rows with buyers' data the person took in the last 24 hours without asking anybody."""
        query = cls.select(peewee.fn.SUM(cls.row_count)).where(
            cls.person == person, cls.is_personal == True, cls.approved_by.is_null(),  # noqa: E712
            cls.state == "sent", cls.created_at > clock.now() - personal.ALONE_FOR,
        )  # fmt: skip
        return query.scalar() or 0

    @classmethod
    def _one_at_a_time(cls, person: Any) -> None:
        """What one person asks for at once is counted one after the other."""
        Person.take_turn(person.id)

    @classmethod
    def _require_room(cls, person: Any) -> None:
        if cls.select().where(cls.person == person, cls.state.in_(OPEN)).count() >= MOST_OPEN:
            raise Refused("You have %(most)s exports already. Delete some of them first.", most=MOST_OPEN)

    def _tell_asked(self) -> None:
        if self.awaits_approval:
            track(
                "export_asked",
                self,
                number=self.number,
                rows=self.row_count,
                format=self.file_format,
                reason=self.reason,
            )
            if decides_alone(self.person, self.team):
                self._approved(self.person, is_solo=True)
        elif self.state == "sent":
            self.tell_exported()

    def tell_exported(self) -> None:
        """The event of a file that leaves: what and how much, never what stands in it."""
        track("list_exported", self, by=self.person, number=self.number, rows=self.row_count, format=self.file_format,
              columns=self.columns, personal=self.is_personal, reason=self.reason)  # fmt: skip

    # Deciding

    def approve(self, *, by: Any) -> None:
        """A second person agrees. Raises SelfApproval, and AlreadyDecided to whoever comes second."""
        if by.id == self.person_id:
            raise SelfApproval()
        with write_txn():
            self._approved(by, is_solo=False)

    def _approved(self, by: Any, *, is_solo: bool) -> None:
        self.move("waiting_approval", "waiting", approved_by=by.id, is_solo=is_solo)
        name = "export_approved_alone" if is_solo else "export_approved"
        track(name, self, by=by, number=self.number, rows=self.row_count)

    def refuse(self, *, by: Any) -> None:
        """A second person says no."""
        if by.id == self.person_id:
            raise SelfApproval()
        with write_txn():
            self.move("waiting_approval", "refused")
            track("export_refused", self, by=by, number=self.number)

    # Ending

    def delete_file(self, *, by: Any) -> None:
        """Takes the export away, whatever it is doing: its key first; the file goes with the next sweep or at once."""
        with write_txn():
            self.move((*OPEN, "failed", "refused", "expired"), "deleted", link_hash=None)
            track("export_deleted", self, by=by, number=self.number)
        data_key.destroy([self.vault_subject])

    @classmethod
    def by_uid(cls, uid: str) -> Export | None:
        try:
            return cls.get_or_none(cls.uid == uuid.UUID(uid))
        except ValueError:
            return None

    def fail(self, words: Words) -> None:
        """Ends it with a sentence, unless it ended otherwise meanwhile."""
        with write_txn():
            try:
                self.move(("waiting", "running"), "failed", problem=words.to_json(), file_name="")
            except AlreadyDecided:
                return
        data_key.destroy([self.vault_subject])

    @classmethod
    def expired(cls) -> list[Export]:
        """Files whose day is over, and wishes nobody decided on in a day."""
        now = clock.now()
        old = (cls.state == "ready") & (cls.expires_at <= now)
        undecided = (cls.state == "waiting_approval") & (cls.created_at <= now - KEPT)
        return list(cls.select().where(old | undecided).order_by(cls.id).limit(500))

    def expire(self) -> None:
        """The key first, then the row; the sweep removes the file."""
        data_key.destroy([self.vault_subject])
        with write_txn():
            self.move(("ready", "waiting_approval"), "expired", link_hash=None)

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            old = (cls.created_at < clock.now() - REMEMBERED) & cls.state.not_in(OPEN)
            return cls.delete().where(old).execute()
