"""A paper: somebody wants the labels, packing slips or pick list of some parcels as one PDF. A job makes it.

What shows a buyer is opened only then, under the rules of a reveal, and lies sealed for a day at most: the file's key is destroyed
with it, and a buyer whose own data goes within that day is on no paper any more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import Listed, tell
from models.people.person import Person
from models.people.reach import OutOfReach, Reach
from models.people.team import Team
from models.shipping.papers.kinds import KINDS, Kind
from models.shipping.parcel import Parcel
from models.shipping.ship_from import ShipFrom
from models.support import clock
from models.support.bulk import among
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault import data_key

KEPT, REMEMBERED = timedelta(hours=24), timedelta(days=90)
MOST_PARCELS, MOST_OPEN, MOST_MADE = 200, 20, 2
WITH_A_FILE = ("running", "ready")
OPEN = ("waiting", *WITH_A_FILE)

declare("paper_asked", say("%(actor)s had %(object)s made for %(parcels)s parcels"), "number", "parcels")
declare("paper_downloaded", say("%(actor)s downloaded %(object)s of %(parcels)s parcels"), "number", "parcels")
declare("paper_deleted", say("%(actor)s deleted %(object)s"), "number")
for _event in ("paper_asked.object", "paper_downloaded.object", "paper_deleted.object", "buyer_printed.what"):
    tell(_event, lambda kept, beside: _paper_words(kept))
measure("parcels_printed", say("Labels, slips and lists of parcels printed"), paper_downloaded=("parcels",))


class Paper(TeamRecord):
    """`parcels` are ids in the order of the paper; `left_out` says of each that is not on it why, as [number, words]."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, index=False, on_delete="CASCADE")
    kind = StatusField(*KINDS)
    parcels = JsonField()
    left_out = JsonField(default=list)
    language = peewee.CharField(max_length=12)
    zone = peewee.CharField(max_length=64)
    state = StatusField(*OPEN, "failed", "deleted", "expired", default="waiting")
    total = peewee.IntegerField()
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
        why="labels, packing slips and pick lists that somebody asked for", keep="the file a day, the row 90 days",
        plain="id uid team kind parcels left_out language zone state total done attempts file_name size_bytes problem created_at "
        "started_at expires_at link_session link_until",
        staff="person", secret="link_hash",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "person", "id"), False), (("state", "expires_at"), False))

    # What a page asks

    @property
    def number(self) -> int:
        return self.id

    @property
    def label(self) -> str:
        """As the event log names it; the reader's language words it elsewhere."""
        return f"{self.kind} {self.id}"

    @property
    def told(self) -> Kind:
        return KINDS[self.kind]

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def missing(self) -> list[tuple[str, Words]]:
        """The parcels that are not on it, with why."""
        return [(number, Words.from_json(words)) for number, words in self.left_out]

    @property
    def on_it(self) -> int:
        return self.total - len(self.left_out)

    @property
    def vault_subject(self) -> str:
        """Whose key seals the file."""
        return f"paper:{self.uid}"

    file_format = "pdf"

    @property
    def download_name(self) -> str:
        return f"{self.kind}-{clock.local(self.created_at, self.zone):%Y-%m-%d-%H%M}.pdf"

    # Asking

    @classmethod
    def ask(
        cls, reach: Any, kind: Kind, parcels: Sequence[Parcel], *, language: str, zone: str,
    ) -> Paper:  # fmt: skip
        """Keeps the wish; a job makes it. Raises Refused when nothing of it can be printed, or where the sender is missing.
        The caller has looked at permissions."""
        if not parcels or len(parcels) > MOST_PARCELS:
            raise Refused("Choose between 1 and %(most)s parcels.", most=MOST_PARCELS)
        faults = [words for parcel in parcels if (words := kind.unfit(parcel))]
        if len(faults) == len(parcels):
            raise Refused(faults[0])
        if kind.name == "labels":
            ShipFrom.required(reach.team_id)
        with write_txn():
            Person.take_turn(reach.person.id)
            if cls.select().where(cls.person == reach.person, cls.state.in_(OPEN)).count() >= MOST_OPEN:
                raise Refused("You have %(most)s papers already. Delete some of them first.", most=MOST_OPEN)
            ids = [parcel.id for parcel in parcels]
            paper = cls.create(team=reach.team_id, person=reach.person, kind=kind.name, parcels=ids, total=len(ids),
                               language=language, zone=zone)  # fmt: skip
            track("paper_asked", paper, by=reach.person, number=paper.number, parcels=paper.total)
        return paper

    # Finding

    @classmethod
    def mine(cls, reach: Any) -> list[Paper]:
        """What this person asked for in this team lately, newest first."""
        query = cls.reachable(reach).where(cls.person == reach.person, cls.state != "deleted")
        return list(query.order_by(cls.id.desc()).limit(50))

    @classmethod
    def mine_of(cls, reach: Any, uid: Any) -> Paper:
        """The paper of this uid, if this person asked for it. Raises OutOfReach."""
        paper = cls.reachable(reach).where(cls.person == reach.person, cls.uid == uid, cls.state != "deleted").first()
        if paper is None:
            raise OutOfReach
        return paper

    @classmethod
    def by_uid(cls, uid: str) -> Paper | None:
        try:
            return cls.get_or_none(cls.uid == uuid.UUID(uid))
        except ValueError:
            return None

    @classmethod
    def to_make(cls) -> list[str]:
        """The uids of the oldest that wait to be made or whose making was killed."""
        query = cls.select(cls.uid).where(cls.state.in_(("waiting", "running"))).order_by(cls.id).limit(MOST_MADE)
        return [str(row.uid) for row in query]

    def reach_now(self) -> Reach:
        """Whoever asked, as they stand now. Raises Refused when they may not have it any more."""
        reach = Reach.of(self.person, self.team) if self.person.is_active else None
        if reach is None or not self.told.allowed(reach):
            raise Refused("You may not print this any more.")
        return reach

    def parcels_now(self, reach: Any) -> list[Parcel]:
        """Its parcels as they stand, in its order, for which the person holds every permission it takes."""
        found = {row.id: row for row in Parcel.visible_to(reach).where(among(Parcel.id, self.parcels))}
        return [row for id_ in self.parcels if (row := found.get(id_)) and self.told.allowed(reach, row.store_id)]

    # Ending

    def delete_file(self, *, by: Any) -> None:
        """Takes the paper away, whatever it is doing: its key first; the file goes with the next sweep or at once."""
        with write_txn():
            self.move((*OPEN, "failed", "expired"), "deleted", link_hash=None)
            track("paper_deleted", self, by=by, number=self.number)
        data_key.destroy([self.vault_subject])

    def fail(self, words: Words) -> None:
        """Ends it with a sentence, unless it ended otherwise meanwhile."""
        with write_txn():
            try:
                self.move(("waiting", "running"), "failed", problem=words.to_json(), file_name="")
            except AlreadyDecided:
                return
        data_key.destroy([self.vault_subject])

    @classmethod
    def expired(cls) -> list[Paper]:
        over = (cls.state == "ready") & (cls.expires_at <= clock.now())
        return list(cls.select().where(over).order_by(cls.id).limit(500))

    def expire(self) -> None:
        """The key first, then the row; the sweep removes the file."""
        data_key.destroy([self.vault_subject])
        with write_txn():
            self.move("ready", "expired", link_hash=None)

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            old = (cls.created_at < clock.now() - REMEMBERED) & cls.state.not_in(OPEN)
            return cls.delete().where(old).execute()


def _paper_words(kept: str) -> Listed | None:
    """“labels 12” and “labels 12, P-3” as people call them."""
    kind, _space, rest = kept.partition(" ")
    title = KINDS[kind].title if kind in KINDS else say("Waybill") if kind == "waybill" else None
    return Listed([title, rest], " ") if title else None
