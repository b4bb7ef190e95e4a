"""Where the chain begins, once its oldest events have left: a row for each segment that was written to a file and removed.

The database itself lets nothing go that no anchor covers, and takes no anchor over events of the last 365 days.
"""

from __future__ import annotations

import json
from typing import Any

import peewee

from models.support import clock
from models.support.fields import UtcField
from models.support.record import About, Record


class LogAnchor(Record):
    """The last link of a segment. `sha256` is that of the file, `signature` this portal's over all the rest."""

    seq = peewee.BigIntegerField(unique=True)
    hash = peewee.CharField(max_length=64)
    first_seq = peewee.BigIntegerField()
    first_at = UtcField()
    last_at = UtcField()
    file = peewee.CharField(max_length=80)
    sha256 = peewee.CharField(max_length=64)
    at = UtcField(default=clock.now)
    root_version = peewee.IntegerField()
    signature = peewee.CharField(max_length=100)

    about = About(
        why="shows that what left the event log was whole", keep="for ever",
        plain="id seq hash first_seq first_at last_at file sha256 at root_version signature",
    )  # fmt: skip

    @property
    def count(self) -> int:
        return self.seq - self.first_seq + 1

    def said(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "seq": self.seq, "hash": self.hash, "first_seq": self.first_seq, "first_at": clock.iso(self.first_at),
            "last_at": clock.iso(self.last_at), "file": self.file, "sha256": self.sha256, "at": clock.iso(self.at),
            "key": self.root_version,
        }  # fmt: skip

    def line(self) -> str:
        """One line of JSON, to keep beside the file."""
        return json.dumps(self.said() | {"signature": self.signature})

    @classmethod
    def last(cls) -> LogAnchor | None:
        return cls.select().order_by(cls.seq.desc()).first()

    @classmethod
    def every(cls) -> list[LogAnchor]:
        """Oldest first."""
        return list(cls.select().order_by(cls.seq))
