"""A bank's file as it came, sealed: who paid whom may be a person's data. It is read from a copy that goes at once."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee

from models.support.fields import SealedField
from models.support.record import About, Record
from models.vault.seal import Sealed
from models.wallet.bank.file import BankFile


class BankOriginal(Sealed, Record):
    file = peewee.ForeignKeyField(BankFile, unique=True, on_delete="RESTRICT", backref="originals")
    content = SealedField()

    about = About(why="the bank's own word, byte by byte", keep="as the file", plain="id file", secret="content")

    def seal_subject(self) -> str:
        return self.file.seal_subject()

    @classmethod
    def bytes_of(cls, file: BankFile) -> bytes:
        return cls.get(cls.file == file).unseal_bytes("content") or b""


@contextmanager
def opened(file: BankFile, folder: Path) -> Iterator[Path]:
    """Its bytes where the readers of sheets find them, gone when they are done."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.bank"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
            copy.write(BankOriginal.bytes_of(file))
        yield path
    finally:
        path.unlink(missing_ok=True)
