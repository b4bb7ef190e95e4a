"""What a team chose the columns of its files to be, by their headings."""

from __future__ import annotations

import hashlib

import peewee

from models.imports.fields import folded
from models.people.team import Team
from models.support import clock
from models.support.bulk import upsert_rows
from models.support.fields import JsonField, UtcField
from models.support.record import About, Record


class ImportMapping(Record):
    """Which column is which, for a team's files with these headings."""

    team = peewee.ForeignKeyField(Team, on_delete="CASCADE")
    kind = peewee.CharField(max_length=30)
    fingerprint = peewee.CharField(max_length=64)
    mapping = JsonField()
    used_at = UtcField(default=clock.now)

    about = About(why="the next file with the same headings is read the same way", keep="18 months after the last use",
                  plain="id team kind fingerprint mapping used_at")  # fmt: skip

    class Meta:
        indexes = ((("team", "kind", "fingerprint"), True),)

    @classmethod
    def of(cls, team: Team, kind: str, headings: list[str]) -> list[str] | None:
        found = cls.get_or_none(cls.team == team, cls.kind == kind, cls.fingerprint == fingerprint(headings))
        return found.mapping if found and len(found.mapping) == len(headings) else None

    @classmethod
    def remember(cls, team: Team, kind: str, headings: list[str], mapping: list[str]) -> None:
        row = (team.id, kind, fingerprint(headings), mapping, clock.now())
        key = ("team", "kind", "fingerprint")
        upsert_rows(cls, (*key, "mapping", "used_at"), [row], key=key)


def fingerprint(headings: list[str]) -> str:
    return hashlib.sha256("\x1f".join(map(folded, headings)).encode()).hexdigest()
