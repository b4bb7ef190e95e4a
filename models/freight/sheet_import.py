"""An uploaded price sheet on its way to a draft: reading → read → drafting → drafted, each step seen by a person.

The same bytes are one import of a team. Once a draft was made of them they are refused, unless that draft was discarded.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import peewee

from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.rate_card import RateCard
from models.freight.workbook.opening import form_of
from models.imports.file_work import FileWork
from models.imports.originals import keep, sha256_of, shown_name
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.paging import Order, Page, page_of
from models.support.record import About, created_at
from models.support.words import Words, say

JOB = "freight.sheets"
OPEN = ("reading", "read", "stopped")
FOLDER = "price_sheets"  # In the data folder.


class SheetImport(FileWork):
    """`channel_code` is what the file says, `channel` where it goes. `sheet` is where a person said the prices stand, one of
    `sheets`. `compared_with` is the version whose prices the differences were told against."""

    job, busy_states, falls_back = JOB, ("reading", "drafting"), {"drafting": "read"}

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    sha256 = peewee.CharField(max_length=64)
    name = peewee.CharField(max_length=200)
    format = StatusField("xlsx", "zip")
    state = StatusField("reading", "read", "drafting", "drafted", "stopped", default="reading")
    channel = peewee.ForeignKeyField(Channel, null=True, on_delete="SET NULL", backref="sheet_imports")
    channel_code = peewee.CharField(max_length=40, default="")
    sheet = peewee.CharField(max_length=100, default="")
    sheets = JsonField(default=list)
    passed_over = JsonField(default=list)
    currency = peewee.CharField(max_length=3, default="")
    effective_from = peewee.DateField(null=True)
    effective_to = peewee.DateField(null=True)
    rows_read = peewee.IntegerField(default=0)
    price_count = peewee.IntegerField(default=0)
    error_count = peewee.IntegerField(default=0)
    warning_count = peewee.IntegerField(default=0)
    change_count = peewee.IntegerField(default=0)
    steep_count = peewee.IntegerField(default=0)
    compared_with = peewee.ForeignKeyField(RateCard, null=True, on_delete="SET NULL", backref="compared_imports")
    rate_card = peewee.ForeignKeyField(RateCard, null=True, on_delete="SET NULL", backref="sheet_imports")
    note = peewee.CharField(max_length=500, default="")
    problem = peewee.TextField(default="")
    tries = peewee.IntegerField(default=0)
    uploaded_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    drafted_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="sheets_drafted")
    created_at: UtcField = created_at()
    read_at = UtcField(null=True)
    drafted_at = UtcField(null=True)

    about = About(
        why="which file a version of a price sheet came from, and what was wrong in it",
        keep="with the version that was made of it; 14 days without one",
        plain="id uid team sha256 name format state channel channel_code sheet sheets passed_over currency effective_from "
        "effective_to rows_read price_count error_count warning_count change_count steep_count compared_with rate_card note problem "
        "tries created_at read_at drafted_at",
        staff="uploaded_by drafted_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "sha256"), True), (("team", "created_at", "id"), False), (("state",), False))

    @property
    def label(self) -> str:
        return self.name

    @property
    def may_be_changed(self) -> bool:
        """What a person may still choose and read again."""
        return self.state in ("read", "stopped")

    @property
    def may_be_drafted(self) -> bool:
        return self.state == "read" and self.channel_id is not None and not self.error_count

    def original(self, folder: Path) -> Path:
        return folder / f"{self.sha256}.{self.format}"

    # Taking a file in

    @classmethod
    def take(
        cls, team: Team, name: str, content: Path, folder: Path, *, channel: Channel | None = None, by: Any = None
    ) -> SheetImport:
        """Keeps an uploaded file and has it read by the job. Raises Refused for what is no price sheet or was drafted before."""
        form = form_of(content, name)
        sha256 = sha256_of(content)
        if (earlier := cls.of_file(team, sha256)) is not None:
            earlier.require_undrafted()
        keep(content, folder / f"{sha256}.{form}")
        made = cls(team=team, sha256=sha256, name=shown_name(name), format=form, channel=channel, uploaded_by=by)
        with suppress(peewee.IntegrityError), write_txn():
            if earlier is None:
                made.save(force_insert=True)
                wake(JOB, str(made.uid))
                return made
        found = cls.get(cls.team == team, cls.sha256 == sha256)  # It is there, or somebody else was faster.
        if not found.is_busy:
            found.read_again(channel=channel or found.channel, sheet="", name=made.name)
        return found

    @classmethod
    def of_file(cls, team: Team, sha256: str) -> SheetImport | None:
        return cls.get_or_none(cls.team == team, cls.sha256 == sha256)

    def require_undrafted(self) -> None:
        if self.state in ("drafting", "drafted") and not (self.rate_card and self.rate_card.state == "discarded"):
            who: Any = self.drafted_by.name if self.drafted_by else say("somebody at the server")
            moment = self.drafted_at or clock.now()
            raise Refused(
                "A draft was made of this very file on %(day)s by %(who)s. Change it, or import another.",
                day=f"{moment:%Y-%m-%d %H:%M} UTC", who=who,
            )  # fmt: skip

    def read_again(self, **choices: Any) -> None:
        """Has the job read it once more, with what a person chose now. What was told of it before is forgotten."""
        if "channel" in choices and choices["channel"] and choices["channel"].team_id != self.team_id:
            raise FieldRefused("channel", "Choose from the list.")
        if choices.get("sheet") and choices["sheet"] not in self.sheets:
            raise FieldRefused("sheet", "Choose from the list.")
        self.require_undrafted()
        with write_txn():
            self.move(("read", "stopped", "drafted"), "reading", problem="", tries=0, rate_card=None, **choices)
            wake(JOB, str(self.uid))

    def open_channel(
        self, carrier: Carrier | None, carrier_values: dict[str, Any], *, by: Any = None, **values: Any
    ) -> None:
        """Makes the channel that these prices belong to, with its carrier where there is none, and reads the file for it."""
        with write_txn():
            try:
                carrier = carrier or Carrier.make(self.team, by=by, **carrier_values)
            except FieldRefused as refused:
                raise FieldRefused(f"carrier_{refused.field}", refused.words) from None
            self.read_again(channel=Channel.make(self.team, carrier, by=by, **values))

    # Making the draft

    def begin_draft(self, *, steep_ok: bool = False, note: str = "", by: Any = None) -> None:
        """Asks the job to make a draft of it. Raises Refused, FieldRefused where a tick is missing."""
        self.require_undrafted()
        if self.error_count:
            raise Refused("A price sheet with wrong cells makes no draft. Mend the file and import it again.")
        if self.channel_id is None:
            raise FieldRefused("channel", "Say which channel these prices belong to.")
        if self.steep_count and not steep_ok:
            raise FieldRefused("steep_ok", "Prices change by more than half. Look at them, then tick this.")
        with write_txn():
            self.move("read", "drafting", problem="", tries=0, note=note[:500], drafted_by=by, drafted_at=clock.now())
            wake(JOB, str(self.uid))

    # Work

    def set_aside(self, problem: Words | None = None, **values: Any) -> None:
        """What was read stays readable; a file that was not read may be tried again."""
        super().set_aside(problem, drafted_by=None, drafted_at=None, **values)

    @classmethod
    def earlier(cls, reach: Any, *, after: str = "", before: str = "", size: int = 50) -> Page:
        """The team's price sheet files, newest first."""
        found = cls.reachable(reach)
        return page_of(found, Order((cls.created_at, cls.id)), after=after, before=before, size=size)
