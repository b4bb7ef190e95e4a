"""An import: one file on its way into a room. mapping → looking → looked → applying → applied, each step seen by a person.

A file is taken once for a team and importer: the same bytes lead to the same import, and once applied they are refused.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import peewee

from models.imports.fields import doubled, field_of, guess, missing
from models.imports.file_work import FileWork
from models.imports.importer import IMPORTERS, Importer
from models.imports.mapping import ImportMapping
from models.imports.originals import keep, sha256_of, shown_name
from models.imports.reading import MOST_BYTES, Shape, Survey, format_of, survey
from models.people.person import Person
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.paging import Order, Page, page_of
from models.support.record import About, created_at
from models.support.words import say

JOB = "imports.work"


class Import(FileWork):
    job, busy_states, falls_back = JOB, ("looking", "applying"), {"looking": "mapping"}

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    kind = peewee.CharField(max_length=30)
    sha256 = peewee.CharField(max_length=64)
    name = peewee.CharField(max_length=200)
    state = StatusField("mapping", "looking", "looked", "applying", "applied", "stopped", default="mapping")
    format = StatusField("csv", "xlsx")
    encoding = peewee.CharField(max_length=20, default="")
    delimiter = peewee.CharField(max_length=1, default="")
    sheet = peewee.CharField(max_length=100, default="")
    sheets = JsonField(default=list)
    header_row = peewee.IntegerField(default=1)
    headings = JsonField(default=list)
    mapping = JsonField(default=list)
    sample = JsonField(default=list)
    rows = peewee.IntegerField(default=0)
    planned = JsonField(default=dict)
    outcome = JsonField(default=dict)
    error_count = peewee.IntegerField(default=0)
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    uploaded_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    applied_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="imports_applied")
    created_at: UtcField = created_at()
    looked_at = UtcField(null=True)
    applied_at = UtcField(null=True)

    about = About(
        why="what was imported, by whom and with which outcome", keep="18 months; what was never applied 14 days",
        plain="id uid team kind sha256 name state format encoding delimiter sheet sheets header_row headings mapping sample rows "
        "planned outcome error_count problem tries uploaded_by applied_by created_at looked_at applied_at",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "kind", "sha256"), True),
            (("team", "kind", "created_at", "id"), False),
            (("state",), False),
        )

    @property
    def label(self) -> str:
        return self.name

    @property
    def importer(self) -> Importer:
        return IMPORTERS[self.kind]

    @property
    def may_be_looked_at(self) -> bool:
        """Not while it works, and not once everything in it was done."""
        left = any(self.outcome.get(name) for name in ("refused", "held")) or bool(self.error_count)
        return self.state in ("mapping", "looked", "stopped") or (self.state == "applied" and left)

    @property
    def may_be_applied(self) -> bool:
        return self.state in ("looked", "stopped") and any(self.planned.get(verb) for verb in ("new", "changed"))

    @property
    def shape(self) -> Shape:
        return Shape(self.format, self.encoding, self.delimiter, self.sheet, self.header_row)

    def heading_of(self, column: str) -> str:
        """The heading of the file under which a column stands; its own name when it has none."""
        place = self.mapping.index(column) if column in self.mapping else None
        return (self.headings[place] if place is not None and place < len(self.headings) else "") or column

    def original(self, folder: Path) -> Path:
        return folder / f"{self.sha256}.{self.format}"

    # Taking a file in

    @classmethod
    def take(cls, team: Team, kind: str, name: str, content: Path, folder: Path, *, by: Any = None) -> Import:
        """Takes in an uploaded file: keeps the original, finds out how it is read, guesses its columns. Raises Refused."""
        importer = IMPORTERS[kind]
        if content.stat().st_size > MOST_BYTES:
            raise Refused("The file is larger than 20 MB. Split it.")
        sha256 = sha256_of(content)
        earlier = cls._of_file(team, kind, sha256)
        if earlier is not None and (earlier.applied_at or earlier.state in ("applying", "stopped")):
            raise earlier.taken_before()
        if earlier is not None and earlier.is_busy:
            return earlier
        shape = Shape(format_of(content, name))
        found = survey(content, shape, importer.fields)
        keep(content, folder / f"{sha256}.{shape.format}")
        with suppress(peewee.IntegrityError), write_txn():
            made = cls._of_file(team, kind, sha256) or cls(
                team=team, kind=kind, sha256=sha256, format=shape.format, uploaded_by=by, name=""
            )
            if made.id and made.state not in ("mapping", "looked"):  # Somebody else was faster.
                return made
            made.name, made.state, made.problem = shown_name(name), "mapping", ""
            made._read_as(found)
            made.save()
            return made
        return cls.get(cls.team == team, cls.kind == kind, cls.sha256 == sha256)  # Two at once: the other was first.

    @classmethod
    def _of_file(cls, team: Team, kind: str, sha256: str) -> Import | None:
        return cls.get_or_none(cls.team == team, cls.kind == kind, cls.sha256 == sha256)

    def taken_before(self) -> Refused:
        who: Any = self.applied_by.name if self.applied_by else say("somebody at the server")
        moment = self.applied_at or self.looked_at or self.created_at
        return Refused(
            "This very file was imported on %(day)s by %(who)s. Change it, or import another.",
            day=f"{moment:%Y-%m-%d %H:%M} UTC", who=who,
        )  # fmt: skip

    def read_as(self, folder: Path, **shape: Any) -> None:
        """Reads the file in another way: sheet, encoding, delimiter or row of headings. Raises Refused; nothing changes then."""
        self.require_not_busy()
        found = survey(self.original(folder), replace(self.shape, **{"header_row": 0, **shape}), self.importer.fields)
        with write_txn():
            self.move(("mapping", "looked", "stopped", "applied"), self.state)
            self._read_as(found)
            self.save()

    def _read_as(self, found: Survey) -> None:
        shape = found.shape
        self.encoding, self.delimiter, self.sheet = shape.encoding, shape.delimiter, shape.sheet
        self.sheets, self.header_row = found.sheets, shape.header_row
        self.headings, self.sample, self.rows = found.headings, found.sample, found.row_count
        self.mapping = ImportMapping.of(self.team, self.kind, found.headings) or guess(
            self.importer.fields, found.headings
        )

    def require_not_busy(self) -> None:
        if not self.may_be_looked_at:
            raise Refused("This import is under way or done; it cannot be changed any more.")

    # What each column is

    def map(self, mapping: list[str]) -> None:
        """Says which column of the importer each column of the file is ("" leaves it out). Raises FieldRefused.

        The team's next file with the same headings is read the same way.
        """
        self.require_not_busy()
        fields = self.importer.fields
        mapping = (mapping + [""] * len(self.headings))[: len(self.headings)]
        for place, column in enumerate(mapping):
            if column and field_of(fields, column) is None:
                raise FieldRefused(f"column-{place}", "Choose from the list.")
        if twice := doubled(mapping):
            last = len(mapping) - 1 - mapping[::-1].index(twice[0])
            raise FieldRefused(f"column-{last}", "Another column is “%(name)s” already.", name=twice[0])
        if lacking := missing(fields, mapping):
            raise FieldRefused("mapping", "The column %(name)s is missing.", name=lacking[0].name)
        with write_txn():
            self.change(mapping=mapping)
            ImportMapping.remember(self.team, self.kind, self.headings, mapping)

    def unknown_headings(self) -> list[str]:
        """Headings that no column was found for."""
        return [heading for heading, column in zip(self.headings, self.mapping, strict=False) if not column]

    # Work

    def begin(self, state: str, *, by: Any = None) -> None:
        """Asks the job to look at the file or to apply it. Two who ask at once: one of them is told so."""
        if state == "looking":
            self.require_not_busy()
            olds: tuple[str, ...] = ("mapping", "looked", "stopped", "applied")
        else:
            if not self.may_be_applied:
                raise Refused("There is nothing to import.")
            olds = ("looked", "stopped")
        with write_txn():
            who = {"applied_by": by} if state == "applying" else {}
            self.move(olds, state, problem="", tries=0, **who)
            wake(JOB, str(self.uid))

    @classmethod
    def earlier(cls, reach: Any, kinds: list[str], *, after: str = "", before: str = "", size: int = 50) -> Page:
        """The team's imports of these kinds, newest first."""
        found = cls.reachable(reach).where(cls.kind.in_(kinds or [""]))
        return page_of(found, Order((cls.created_at, cls.id)), after=after, before=before, size=size)
