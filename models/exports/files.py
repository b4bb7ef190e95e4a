"""The folder of made exports: random names, nobody else's to read, nothing served from it but through a one-time link.

A file with personal data is sealed piece by piece under its own key; a piece taken away, moved or cut off does not open.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from models.support.errors import Refused
from models.vault.seal import seal, unseal

PIECE = 256 * 1024
LEAST_FREE = 64 * 1024 * 1024
ABANDONED_SECONDS = 3600


class FileGone(Refused):
    def __init__(self) -> None:
        super().__init__("This file is not there any more. Export the list again.")


class NoSpace(Refused):
    def __init__(self) -> None:
        super().__init__("The server's disk is full. Nothing was kept; tell whoever runs the portal, then try again.")


class Folder:
    """`<data>/exports`; other rooms keep what they make in a folder of another name."""

    name = "exports"

    def __init__(self, data: Path):
        self.path = data / self.name
        self.path.mkdir(mode=0o700, exist_ok=True)

    def new_name(self) -> str:
        return secrets.token_hex(24)

    def require_space(self) -> None:
        if shutil.disk_usage(self.path).free < LEAST_FREE:
            raise NoSpace()

    def create(self, name: str) -> IO[bytes]:
        """A new file only this process's user may read."""
        handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        return os.fdopen(handle, "w+b")

    def open(self, name: str) -> IO[bytes]:
        """Raises FileGone."""
        if not name:
            raise FileGone()
        try:
            return (self.path / name).open("rb")
        except FileNotFoundError:
            raise FileGone() from None

    def remove(self, name: str) -> None:
        if name:
            (self.path / name).unlink(missing_ok=True)

    def sweep(self, named: Iterable[str]) -> int:
        """Removes what no export names: files of those that ended, and what killed ones left over."""
        keep, now, swept = set(named), time.time_ns() // 10**9, 0
        for entry in list(self.path.iterdir()):
            if entry.name in keep or now - int(entry.stat().st_mtime) < ABANDONED_SECONDS:
                continue
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)
            swept += 1
        return swept


def keep_for_good(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


# Sealed files: a length of four bytes before each sealed piece; the last one says so in the place it is sealed for.


def write_sealed(file: IO[bytes], key: bytes, subject: str, pieces: Iterable[bytes]) -> int:
    """Writes the pieces sealed. Returns how many clear bytes they were."""
    size, number, held = 0, 0, b""
    for piece in pieces:
        size, held = size + len(piece), held + piece
        while len(held) > PIECE:
            _put(file, key, _place(subject, number, False), held[:PIECE])
            number, held = number + 1, held[PIECE:]
    _put(file, key, _place(subject, number, True), held)
    return size


def read_sealed(file: IO[bytes], key: bytes, subject: str) -> Iterator[bytes]:
    """The clear pieces. Raises RuntimeError when the file was changed or cut off."""
    number, sealed = 0, _get(file)
    while sealed is not None:
        following = _get(file)
        yield unseal(key, _place(subject, number, following is None), sealed)
        number, sealed = number + 1, following


def read_plain(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _put(file: IO[bytes], key: bytes, place: str, clear: bytes) -> None:
    sealed = seal(key, place, clear)
    file.write(len(sealed).to_bytes(4, "big") + sealed)


def _get(file: IO[bytes]) -> bytes | None:
    head = file.read(4)
    if not head:
        return None
    return file.read(int.from_bytes(head, "big"))


def _place(subject: str, number: int, is_last: bool) -> str:
    return f"export.file:{number}{'.' if is_last else ''}|{subject}"


def in_pieces(content: io.BytesIO) -> Iterator[bytes]:
    content.seek(0)
    return read_plain(content)


def closing(file: IO[bytes], pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces; the file is closed after the last one, or when nobody wants the rest."""
    with file, suppress(GeneratorExit):
        yield from pieces
