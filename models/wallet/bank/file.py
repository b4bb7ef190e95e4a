"""A file of a bank account's lines: mapping → looked → applied. The same bytes are taken once; the original is kept sealed beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import peewee

from models.audit.event import declare
from models.audit.measure import measure
from models.imports.fields import doubled, field_of, guess, missing
from models.imports.mapping import ImportMapping
from models.imports.reading import Survey
from models.people.person import Person
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.paging import Order, Page, page_of
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.bank.columns import FIELDS, require_amounts

KIND = "bank_lines"
MOST_ROWS = 5_000
STATES = {"mapping": say("Columns to choose"), "looked": say("To take in"), "applied": say("Taken in")}

declare("bank_file_applied", say("%(actor)s took in %(created)s lines of the bank account %(account)s (%(known)s known, %(bad)s rows refused)"),
        "file", "account", "created", "known", "bad")  # fmt: skip
declare("bank_file_downloaded", say("%(actor)s downloaded the bank file %(object)s"), "account")
measure("bank_lines_taken", say("Bank lines taken in"), bank_file_applied=("created",))


class BankFile(TeamRecord):
    """`counts` are what a look or taking in found: new, known, bad; `problems` are [row, column, words]."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    account = peewee.CharField(max_length=60)
    currency = peewee.CharField(max_length=3)
    sha256 = peewee.CharField(max_length=64)
    name = peewee.CharField(max_length=200)
    state = StatusField(*STATES, default="mapping")
    shape = JsonField(default=dict)
    headings = JsonField(default=list)
    mapping = JsonField(default=list)
    rows = peewee.IntegerField(default=0)
    counts = JsonField(default=dict)
    problems = JsonField(default=list)
    uploaded_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL")
    applied_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="bank_files_applied"
    )
    created_at: UtcField = created_at()
    applied_at = UtcField(null=True)

    about = About(
        why="the bank's own word on what was paid", keep="10 years, as the law wants of accounts",
        plain="id uid team account currency sha256 name state shape headings mapping rows counts problems created_at applied_at",
        staff="uploaded_by applied_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "sha256"), True), (("team", "created_at", "id"), False))

    def seal_subject(self) -> str:
        """Whose key seals the original, and what its lines say of people."""
        return f"bank:{self.uid}"

    @property
    def label(self) -> str:
        return self.name

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def may_be_applied(self) -> bool:
        return self.state == "looked" and bool(self.counts.get("new"))

    @classmethod
    def page(cls, reach: Any, *, after: str = "", before: str = "", size: int = 10) -> Page:
        return page_of(cls.reachable(reach), Order((cls.created_at, cls.id)), after=after, before=before, size=size)

    def require_new(self) -> BankFile:
        """The same bytes once more. Raises Refused once they were taken in."""
        if self.state == "applied":
            who: Any = self.applied_by.name if self.applied_by else say("somebody who left")
            raise Refused(
                "This very file was taken in on %(day)s by %(who)s.",
                day=f"{self.applied_at:%Y-%m-%d %H:%M} UTC",
                who=who,
            )
        return self

    def read_as(self, found: Survey) -> BankFile:
        """As a look into it found. Raises Refused."""
        if found.row_count > MOST_ROWS:
            raise Refused("The file has more than %(most)s rows. Split it.", most=MOST_ROWS)
        self.shape, self.headings, self.rows = asdict(found.shape), found.headings, found.row_count
        self.mapping = ImportMapping.of(self.team, KIND, found.headings) or guess(FIELDS, found.headings)
        return self

    def keep_reading(self, found: Survey) -> None:
        """Reads it in another way from now on: what was looked at before is over. Raises Refused, AlreadyDecided."""
        self.require_open()
        self.read_as(found)
        with write_txn():
            self.move(
                ("mapping", "looked"), "mapping", shape=self.shape, headings=self.headings, mapping=self.mapping, rows=self.rows,
                counts={}, problems=[],
            )  # fmt: skip

    # What each column is

    def checked(self, mapping: list[str]) -> list[str]:
        """A choice of columns that may be read by. Raises FieldRefused."""
        self.require_open()
        mapping = (mapping + [""] * len(self.headings))[: len(self.headings)]
        for place, column in enumerate(mapping):
            if column and field_of(FIELDS, column) is None:
                raise FieldRefused(f"column-{place}", "Choose from the list.")
        if twice := doubled(mapping):
            last = len(mapping) - 1 - mapping[::-1].index(twice[0])
            raise FieldRefused(f"column-{last}", "Another column is “%(name)s” already.", name=twice[0])
        if lacking := missing(FIELDS, mapping):
            raise FieldRefused("mapping", "The column %(name)s is missing.", name=lacking[0].name)
        require_amounts(mapping)
        return mapping

    def require_open(self) -> None:
        if self.state == "applied":
            raise Refused("This file was taken in; it cannot be read in another way any more.")
