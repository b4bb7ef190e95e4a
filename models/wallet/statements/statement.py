"""A statement: asked for, made by a job, then never changed. Issuing the same period again makes a new number and marks the old one as
replaced; both stay. Its code proves number, period, balances and lines to whoever holds the paper.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.people.person import Person
from models.people.reach import Reach
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.data_key import root_keys
from models.wallet.reaching import whole
from models.wallet.wallet import Wallet

STATES = {
    "waiting": say("Waits"), "running": say("Being made"), "ready": say("Issued"), "replaced": say("Replaced"), "failed": say("Failed"),
}  # fmt: skip
WITH_A_FILE = ("ready", "replaced")
MOST_OPEN, MOST_YEARS = 20, 2
PURPOSE = "statement codes"

declare(
    "statement_asked", say("%(actor)s asked for the statement %(object)s of %(wallet)s, %(period)s"), "wallet", "period"
)
declare(
    "statement_issued",
    say("The statement %(object)s of %(wallet)s was issued, lines: %(count)s"),
    "wallet",
    "count",
    "digest",
)
declare("statement_replaced", say("The statement %(object)s was replaced by %(new)s"), "new")
declare("statement_downloaded", say("%(actor)s downloaded the statement %(object)s"), "format")
measure("statements_issued", say("Statements issued"), "statement_issued")


class Statement(TeamRecord):
    """`zone` says where its days begin and end. `digest` is of the lines as the CSV has them, `file_digest` of the PDF."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="statements")
    number = peewee.CharField(max_length=40, unique=True)
    first_day = peewee.DateField()
    last_day = peewee.DateField()
    zone = peewee.CharField(max_length=64)
    language = peewee.CharField(max_length=12)
    state = StatusField(*STATES, default="waiting")
    opening_minor = peewee.BigIntegerField(null=True)
    closing_minor = peewee.BigIntegerField(null=True)
    lines = peewee.IntegerField(default=0)
    pages = peewee.IntegerField(default=0)
    digest = peewee.CharField(max_length=64, default="")
    root_version = peewee.IntegerField(default=0)
    code = peewee.CharField(max_length=19, default="")
    file_digest = peewee.CharField(max_length=64, default="")
    replaced_by = peewee.ForeignKeyField("self", null=True, index=False, on_delete="RESTRICT", backref="replaces")
    asked_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="statements")
    problem = peewee.TextField(default="")
    created_at: UtcField = created_at()
    issued_at = UtcField(null=True)

    about = About(
        why="what a customer is told of prepaid money", keep="10 years, as the law wants of accounts",
        plain="id uid team wallet number first_day last_day zone language state opening_minor closing_minor lines pages digest "
        "root_version code file_digest replaced_by problem created_at issued_at",
        staff="asked_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("wallet", "last_day", "id"), False), (("state", "id"), False))

    @property
    def label(self) -> str:
        return self.number

    @property
    def period(self) -> str:
        return f"{self.first_day} – {self.last_day}"

    @property
    def has_file(self) -> bool:
        return self.state in WITH_A_FILE

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    @property
    def opening(self) -> Money:
        return Money(self.opening_minor or 0, self.wallet.currency)

    @property
    def closing(self) -> Money:
        return Money(self.closing_minor or 0, self.wallet.currency)

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @classmethod
    def reachable(cls, reach: Any) -> Any:
        return cls.select().where(whole(cls, reach))

    @classmethod
    def get_visible(cls, reach: Reach, uid: Any) -> Statement:
        """Of the team's own wallets, for who sees all of them. Raises OutOfReach."""
        return reach.get(cls, uid)

    @classmethod
    def of_wallet(cls, wallet: Wallet, most: int = 60) -> list[Statement]:
        """The latest first."""
        return list(cls.select().where(cls.wallet == wallet).order_by(cls.last_day.desc(), cls.id.desc()).limit(most))

    @classmethod
    def waiting(cls) -> list[str]:
        """The uids that wait for the job, or whose job died."""
        query = cls.select(cls.uid).where(cls.state.in_(("waiting", "running"))).order_by(cls.id)
        return [str(one.uid) for one in query]

    # Its life

    @classmethod
    def ask(cls, wallet: Wallet, first_day: date, last_day: date, *, language: str = "en", by: Any = None) -> Statement:
        """Wants a period told. Raises FieldRefused, Refused."""
        zone = Team.get_by_id(wallet.team_id).timezone
        if first_day > last_day:
            raise FieldRefused("last_day", "The period ends before it begins.")
        today = clock.local(clock.now(), zone).date()
        if last_day > today or (
            last_day == today and wallet.state != "closed"
        ):  # Nothing more comes into a closed one.
            raise FieldRefused("last_day", "A statement tells of days that are over.")
        if (last_day - first_day).days > 366 * MOST_YEARS:
            raise FieldRefused("first_day", "At most two years at a time.")
        with write_txn():
            Wallet.take_turn(wallet.id)
            mine = cls.select().where(cls.wallet == wallet)
            if mine.where(cls.state.in_(("waiting", "running"))).count() >= MOST_OPEN:
                raise Refused("Many statements of this wallet are being made. Wait for them.")
            stem = f"FS-{wallet.id:05d}-{last_day:%Y%m}"
            count = mine.where(cls.number.startswith(stem + "-")).count()
            asked = cls.create(
                team=wallet.team_id, wallet=wallet, number=f"{stem}-{count + 1}", first_day=first_day, last_day=last_day, zone=zone,
                language=language, asked_by=by,
            )  # fmt: skip
            track("statement_asked", asked, by=by, wallet=wallet.label, period=asked.period)
        return asked

    def issue(
        self, *, opening_minor: int, closing_minor: int, lines: int, digest: str, pages: int, file_digest: str
    ) -> None:
        """Closes it for good, and marks the one of the same period that it replaces."""
        with write_txn():
            Wallet.take_turn(self.wallet_id)
            self.move(
                "running", "ready", opening_minor=opening_minor, closing_minor=closing_minor, lines=lines, digest=digest, pages=pages,
                file_digest=file_digest, issued_at=clock.now(), problem="",
            )  # fmt: skip
            track("statement_issued", self, wallet=self.wallet.label, count=lines, digest=digest)
            for old in Statement.of_period(self):
                old.move("ready", "replaced", replaced_by=self)
                track("statement_replaced", old, new=self.number)

    def fail(self, problem: Words) -> None:
        self.move(("waiting", "running"), "failed", problem=problem.to_json())

    @classmethod
    def of_period(cls, one: Statement) -> list[Statement]:
        """Others of the same wallet and period that are in force."""
        same = (cls.wallet == one.wallet_id) & (cls.first_day == one.first_day) & (cls.last_day == one.last_day)
        return list(cls.select().where(same, cls.id != one.id, cls.state == "ready"))

    # Its code

    def sealed(self, opening_minor: int, closing_minor: int, lines: int, digest: str) -> None:
        """Writes down what its code is of, so that a page can show the code before the file is done."""
        version = root_keys().current
        facts = (self.number, self.first_day, self.last_day, opening_minor, closing_minor, lines, digest)
        self.change(
            opening_minor=opening_minor, closing_minor=closing_minor, lines=lines, digest=digest, root_version=version,
            code=code_of(version, *facts),
        )  # fmt: skip

    @property
    def is_genuine(self) -> bool:
        """Is what the row says what its code was made of?"""
        facts = (
            self.number,
            self.first_day,
            self.last_day,
            self.opening_minor,
            self.closing_minor,
            self.lines,
            self.digest,
        )
        return self.has_file and hmac.compare_digest(code_of(self.root_version, *facts), self.code)


def code_of(version: int, *facts: Any) -> str:
    """The first 16 hex digits of an HMAC over everything that counts, in groups of four."""
    text = "‖".join(str(fact) for fact in facts)
    found = hmac.new(root_keys().derive(PURPOSE, version), text.encode(), hashlib.sha256).hexdigest()[:16].upper()
    return "-".join(found[at : at + 4] for at in range(0, 16, 4))


def is_valid(number: str, code: str) -> bool:
    """Did this portal issue a statement of this number with this code? Says nothing else, and takes as long either way."""
    told = re.sub(r"[^0-9A-F]", "", code.upper()[:40])
    found = Statement.get_or_none(Statement.number == number.strip().upper()[:40])
    right = re.sub(r"-", "", found.code) if found is not None and found.is_genuine else "0" * 16
    return hmac.compare_digest(right.encode(), told.encode()) and found is not None and found.is_genuine
