"""A mail to one person, in the queue until the server took it over. It is claimed before it is sent, and tried again with longer rests;
one that may have gone is sent again under the same Message-ID, since an alert that comes twice is better than none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, Record, created_at
from models.vault.seal import Sealed

JOB = "notices.send"
LEASE, RESTS = timedelta(minutes=15), (60, 300, 1800, 7200, 21600)
KEPT = timedelta(days=90)
OPEN = ("waiting", "sending")


class Notice(Sealed, Record):
    """`path` leads to what it is about. What was said is forgotten when it was sent."""

    uid = UidField()
    person = peewee.ForeignKeyField(Person, backref="notices", on_delete="CASCADE")
    kind = peewee.CharField(max_length=40)
    subject = peewee.CharField(max_length=200)
    body = SealedField(null=True)
    path = peewee.CharField(max_length=200, default="")
    state = StatusField(*OPEN, "sent", "failed", "dropped", default="waiting")
    attempts = peewee.IntegerField(default=0)
    due_at = UtcField(default=clock.now)
    problem = peewee.CharField(max_length=40, default="")
    created_at: UtcField = created_at()
    ended_at = UtcField(null=True)

    about = About(
        why="what people asked to be told by mail", keep="90 days; its words until it was sent",
        plain="id uid person kind subject path state attempts due_at problem created_at ended_at", secret="body",
    )  # fmt: skip

    class Meta:
        indexes = ((("state", "due_at"), False),)

    def seal_subject(self) -> str:
        return f"person:{self.person.uid}"

    def seal_row(self) -> str:
        return str(self.uid)

    @classmethod
    def queue(cls, person: Person, kind: str, subject: str, body: str, *, path: str = "") -> Notice:
        """In the transaction of what it tells."""
        made = cls(person=person.id, kind=kind, subject=" ".join(subject.split())[:200], path=path)
        made.seal(body=body)
        with write_txn():
            made.save(force_insert=True)
            wake(JOB)
        return made

    @classmethod
    def due(cls, most: int = 50) -> list[Notice]:
        return list(cls.select().where(cls.state.in_(OPEN), cls.due_at <= clock.now()).order_by(cls.due_at).limit(most))

    @classmethod
    def has_due(cls) -> bool:
        return cls.select().where(cls.state.in_(OPEN), cls.due_at <= clock.now()).exists()

    # One attempt

    def claim(self) -> bool:
        """Whoever claims it sends it. After the lease somebody else may, should this process die."""
        mine = (Notice.id == self.id) & Notice.state.in_(OPEN) & (Notice.due_at == self.due_at)
        with write_txn():
            return bool(
                Notice.update(state="sending", attempts=Notice.attempts + 1, due_at=clock.now() + LEASE)
                .where(mine)
                .execute()
            )

    def sent(self) -> None:
        self.change(state="sent", body=None, ended_at=clock.now(), problem="")

    def drop(self, why: str) -> None:
        """Nobody is there to be told."""
        self.change(state="dropped", body=None, ended_at=clock.now(), problem=why)

    def later(self, problem: str, *, permanent: bool) -> None:
        """Tries again after a rest, as often as there are rests."""
        attempts: Any = self.reload().attempts
        if permanent or attempts > len(RESTS):
            self.change(state="failed", body=None, ended_at=clock.now(), problem=problem[:40])
        else:
            self.change(
                state="waiting", due_at=clock.now() + timedelta(seconds=RESTS[attempts - 1]), problem=problem[:40]
            )

    @classmethod
    def forget_old(cls) -> int:
        """Those that ended long ago."""
        with write_txn():
            return cls.delete().where(cls.ended_at < clock.now() - KEPT).execute()
