"""A file that goes to a buyer with a message through Amazon. Its bytes are kept, sealed as the message, until the message is sent or will never
be; its name as long as a text would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from models.mailbox.enclosure import Enclosure
from models.mailbox.outreach import Outreach
from models.support.fields import SealedField
from models.support.record import About, Record
from models.vault.data_key import KeyDestroyed
from models.vault.seal import Sealed


class OutreachFile(Sealed, Record):
    outreach = peewee.ForeignKeyField(Outreach, backref="files", index=False, on_delete="CASCADE")
    place = peewee.IntegerField()
    content_type = peewee.CharField(max_length=60)
    size = peewee.IntegerField()
    filename = SealedField()
    content = SealedField(null=True)

    about = About(
        why="what a buyer gets with a message through Amazon", keep="its bytes until it was sent, its name 23 days at most",
        plain="id outreach place content_type size", buyer="filename content",
    )  # fmt: skip

    class Meta:
        indexes = ((("outreach", "place"), True),)

    def seal_subject(self) -> str:
        return self.outreach.seal_subject()

    def seal_row(self) -> str:
        return f"{self.outreach.uid}:{self.place}"

    @classmethod
    def keep(cls, outreach: Outreach, files: Sequence[Enclosure]) -> None:
        """Inside the transaction that keeps the message."""
        for place, file in enumerate(files):
            one = cls(outreach=outreach, place=place, content_type=file.content_type, size=file.size)
            one.seal(filename=file.filename, content=file.content)
            one.save(force_insert=True)

    @classmethod
    def of(cls, outreach: Outreach) -> list[Enclosure]:
        """Those of a message in clear, in their order. Raises KeyDestroyed, also where their bytes are gone."""
        found = list(cls.select().where(cls.outreach == outreach).order_by(cls.place))
        if len(found) != outreach.file_count:
            raise KeyDestroyed
        return [one._opened(outreach) for one in found]

    def _opened(self, outreach: Outreach) -> Enclosure:
        self.outreach = outreach
        content = self.unseal_bytes("content")
        if content is None:
            raise KeyDestroyed
        return Enclosure(self.unseal("filename") or "", self.content_type, content)

    @classmethod
    def names_of(cls, outreach: Outreach) -> list[tuple[str, int]]:
        """Names and sizes for a page; none when they are gone."""
        rows = cls.select(cls.id, cls.place, cls.size, cls.filename).where(cls.outreach == outreach).order_by(cls.place)
        return [(one._named(outreach), one.size) for one in rows] if outreach.file_count else []

    def _named(self, outreach: Outreach) -> str:
        self.outreach = outreach
        return self.unseal("filename") or ""

    @classmethod
    def drop_bytes(cls, outreach: Outreach) -> None:
        """Inside a transaction: nobody sends them any more."""
        cls.update(content=None).where(cls.outreach == outreach).execute()

    @classmethod
    def forget(cls, ids: Sequence[Any]) -> None:
        """Inside a transaction: the time of these messages is up."""
        cls.delete().where(cls.outreach.in_(list(ids))).execute()
