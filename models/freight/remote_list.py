"""A carrier's list of remote places, version by version: a file is read in the background, looked at, then put in force from a
day on. What was in force is never changed; the next list follows it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.carrier import Carrier
from models.freight.dated import Span
from models.freight.engine.places import plain_postcode
from models.freight.far_places import FarPlaces, Row, fits, lines_of, packed, plain_city, row_of
from models.freight.fuel_rate import require_span
from models.imports.originals import keep, sha256_of, shown_name
from models.imports.reading import format_of
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.prepared import Prepared
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say

JOB = "freight.remote"
MOST_BYTES, MOST_ROWS, MOST_SHOWN, MOST_TRIES = 12 * 1024 * 1024, 100_000, 1_000, 3
OPEN = ("waiting", "read")

declare(
    "remote_list_brought",
    say("%(actor)s brought a list of remote places of %(object)s: %(source)s"),
    "version",
    "source",
)
declare("remote_list_put_in_force", say("%(actor)s put version %(version)s of the remote places of %(object)s in force from %(first)s on"),
        "version", "first", "rows", "added", "removed")  # fmt: skip
declare(
    "remote_list_discarded",
    say("%(actor)s discarded version %(version)s of the remote places of %(object)s"),
    "version",
)
declare(
    "remote_list_withdrawn", say("%(actor)s withdrew version %(version)s of the remote places of %(object)s"), "version"
)


class RemoteList(TeamRecord):
    """`outcome` is what the reading found: counts, the differences to the list before, and the first wrong rows."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    carrier = peewee.ForeignKeyField(Carrier, on_delete="RESTRICT")
    version = peewee.IntegerField()
    state = StatusField("waiting", "read", "failed", "in_force", "discarded", "withdrawn", default="waiting")
    first = peewee.DateField(null=True)
    content = peewee.BlobField(null=True)
    digest = peewee.CharField(max_length=64, default="")
    row_count = peewee.IntegerField(default=0)
    error_count = peewee.IntegerField(default=0)
    outcome = JsonField(default=dict)
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    source = peewee.CharField(max_length=200)
    source_sha256 = peewee.CharField(max_length=64)
    format = StatusField("csv", "xlsx")
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")
    decided_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()
    decided_at = UtcField(null=True)

    about = About(
        why="which places cost more or are not served, version by version", keep="10 years: quotes were reckoned with it",
        plain="id uid team carrier version state first content digest row_count error_count outcome problem tries source "
        "source_sha256 format created_at decided_at",
        staff="made_by decided_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("carrier", "version"), True),
            (("carrier", "state", "first"), False),
            (("state",), False),
        )

    @property
    def label(self) -> str:
        return self.carrier.code

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def may_be_put_in_force(self) -> bool:
        return self.state == "read" and not self.error_count and self.row_count > 0

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The first wrong rows: sheet, row, column, value, and a sentence."""
        return [{**one, "words": Words.from_json(one["words"])} for one in self.outcome.get("errors", [])]

    @property
    def differences(self) -> list[tuple[Words, str, list[Row]]]:
        """What is new and what is gone against the list before: a sample of each."""
        names = (("added", say("New")), ("removed", say("Gone")))
        return [
            (words, name, [row_of(line) for line in self.outcome.get(f"{name}_sample", [])]) for name, words in names
        ]

    @classmethod
    def of_uid(cls, uid: str) -> RemoteList | None:
        return cls.get_or_none(cls.uid == uuid.UUID(uid))

    # Bringing one in

    @classmethod
    def bring(cls, carrier: Carrier, name: str, content: Path, folder: Path, *, by: Any = None) -> RemoteList:
        """Takes a file in, to be read in the background. Raises Refused for what is no sheet, or was brought before."""
        if content.stat().st_size > MOST_BYTES:
            raise Refused("The file is larger than %(most)s MB. Split it.", most=MOST_BYTES // 1024**2)
        sha256, file_format = sha256_of(content), format_of(content, name)
        keep(content, folder / f"{sha256}.{file_format}")
        with write_txn():
            _wait_for(carrier)
            cls._require_new(carrier, sha256)
            version = (cls.select(peewee.fn.MAX(cls.version)).where(cls.carrier == carrier).scalar() or 0) + 1
            made = cls.create(team=carrier.team_id, carrier=carrier, version=version, source=shown_name(name),
                              source_sha256=sha256, format=file_format, made_by=by)  # fmt: skip
            track("remote_list_brought", made, by=by, version=version, source=made.source)
            wake(JOB)
        return made

    @classmethod
    def _require_new(cls, carrier: Carrier, sha256: str) -> None:
        same = cls.select().where(
            cls.carrier == carrier, cls.source_sha256 == sha256, cls.state.in_(("waiting", "read", "in_force"))
        )
        if (earlier := same.first()) is not None:
            who: Any = earlier.made_by.name if earlier.made_by else say("somebody at the server")
            raise Refused("This file is version %(version)s already; %(who)s brought it on %(day)s.",
                          version=earlier.version, who=who, day=earlier.created_at.date())  # fmt: skip

    def original(self, folder: Path) -> Path:
        return folder / f"{self.source_sha256}.{self.format}"

    def fail(self, words: Words) -> None:
        self.move("waiting", "failed", problem=words.to_json())

    # Deciding

    def put_in_force(self, first: date, *, by: Any = None) -> None:
        """From a day on this list counts. One that was to begin the same day gives way. Raises Refused."""
        require_span(Span(first))
        if self.error_count or not self.row_count:
            raise Refused("This list has rows that cannot be read. Mend the file and bring it again.")
        with write_txn():
            _wait_for(self.carrier)
            same_day = RemoteList.select().where(
                RemoteList.carrier == self.carrier_id, RemoteList.state == "in_force", RemoteList.first == first
            )
            for other in same_day:
                other.move("in_force", "withdrawn")
            self.move("read", "in_force", first=first, decided_by=by, decided_at=clock.now())
            track("remote_list_put_in_force", self, by=by, version=self.version, first=first, rows=self.row_count,
                  added=self.outcome.get("added", 0), removed=self.outcome.get("removed", 0))  # fmt: skip

    def discard(self, *, by: Any = None) -> None:
        with write_txn():
            self.move(("read", "failed"), "discarded", decided_by=by, decided_at=clock.now())
            track("remote_list_discarded", self, by=by, version=self.version)

    def withdraw(self, *, by: Any = None) -> None:
        """Takes a list out of force; the one before it holds again."""
        with write_txn():
            self.move("in_force", "withdrawn", decided_by=by, decided_at=clock.now())
            track("remote_list_withdrawn", self, by=by, version=self.version)

    # Asking

    @classmethod
    def has_work(cls) -> bool:
        return cls.select().where(cls.state == "waiting").exists()

    @classmethod
    def waiting(cls) -> list[RemoteList]:
        return list(cls.select().where(cls.state == "waiting").order_by(cls.id))

    @classmethod
    def in_force(cls, carrier_ids: Iterable[int], day: date) -> dict[int, RemoteList]:
        """The list of each carrier that holds on a day, without its rows."""
        ids = tuple(carrier_ids)
        return {one.carrier_id: one for one in _IN_FORCE.all(ids, day)} if ids else {}

    @classmethod
    def of_carriers(cls, carrier_ids: Iterable[int], most: int = 500) -> list[RemoteList]:
        """The versions of several carriers' lists, the newest first; discarded ones are left out."""
        query = cls.select(*cls.without_content()).where(cls.carrier.in_(list(carrier_ids)), cls.state != "discarded")
        return list(query.order_by(cls.id.desc()).limit(most))

    @classmethod
    def without_content(cls) -> list[Any]:
        return [column for column in cls._meta.sorted_fields if column.name != "content"]

    def lines(self) -> list[str]:
        """The rows as they are kept."""
        return lines_of(_content(self.id))

    @property
    def places(self) -> FarPlaces:
        """Ready to be asked; remembered by the process, since what is in force never changes."""
        return _places(str(db.obj.database), self.id, self.digest)

    def level_at(self, country: str, postcode: str, city: str = "") -> str:
        """The strictest level that holds at a place as people write it; empty for an ordinary one."""
        return self.places.level(country, plain_postcode(postcode), plain_city(city))

    def rows_at(self, country: str, postcode: str, city: str = "", most: int = 20) -> list[Row]:
        """The rows that hold a place, to show why it is remote."""
        postcode, city, found = plain_postcode(postcode), plain_city(city), []
        for line in self.lines():
            if line.startswith(country) and fits(row := row_of(line), postcode, city):
                found.append(row)
        return found[:most]


_IN_FORCE = Prepared(
    lambda carriers, day: (
        RemoteList.select(*RemoteList.without_content())
        .where(RemoteList.carrier.in_(carriers), RemoteList.state == "in_force", RemoteList.first <= day)
        .order_by(RemoteList.first, RemoteList.id)
    )
)


@lru_cache(maxsize=60)
def _places(_database: str, list_id: int, _digest: str) -> FarPlaces:
    return FarPlaces(_content(list_id))


def _content(list_id: int) -> bytes:
    content: Any = RemoteList.select(RemoteList.content).where(RemoteList.id == list_id).scalar()
    return bytes(content or packed(()))


def _wait_for(carrier: Carrier) -> None:
    """Two who change one carrier's lists at once: the second waits here."""
    if not Carrier.update(is_active=Carrier.is_active).where(Carrier.id == carrier.id).execute():
        raise AlreadyDecided()
