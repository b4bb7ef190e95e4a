"""A folder of mails on this machine (Maildir), for reading alone: nothing is moved, marked or written.

Only below the team's own folder, and nothing that a link leads elsewhere: a folder's name comes from a person.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import MOST_BYTES, Envelope, Fetched, too_large

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
PARTS = ("new", "cur")
MOST_FILES = 200_000


class Maildir:
    """`team` and `name` are the two steps below the folder the operator's settings allow. Raises IntegrationError."""

    def __init__(self, settings: Settings, team: str, name: str):
        self._folder = _folder(settings, team, name)
        self._paths: dict[str, str] = {}

    def names(self, since: datetime) -> list[str]:
        """Files that came since a moment, the oldest first, each by its name without the flags behind it."""
        least = since.replace(tzinfo=UTC).timestamp()
        return [name for at, name in sorted(self._scan()) if at >= least]

    def newest(self) -> datetime | None:
        """When the last mail came."""
        times = [at for at, _name in self._scan()]
        return _utc(max(times)) if times else None

    def _scan(self) -> list[tuple[float, str]]:
        found: dict[str, tuple[float, str]] = {}
        for part in PARTS:
            with self._opened(part) as entries:
                for entry in entries:
                    if (at := _came_at(entry)) is not None:
                        found[base(entry.name)] = at, entry.path
                    if len(found) > MOST_FILES:
                        raise IntegrationError("folder_full", "The folder holds too many files.", permanent=True)
        self._paths = {name: path for name, (_at, path) in found.items()}
        return [(at, name) for name, (at, _path) in found.items()]

    def _opened(self, part: str) -> Any:
        path = self._folder / part
        if path.is_symlink():
            raise IntegrationError("folder_leads_away", "A link leads out of the folder.", permanent=True)
        try:
            return os.scandir(path)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IntegrationError("not_maildir", "The folder has no new and cur.", permanent=True) from error
        except OSError as error:
            raise IntegrationError("folder_unreadable", "The folder cannot be read.", permanent=True) from error

    def envelopes(self, keys: Sequence[str]) -> list[Envelope]:
        """Sizes and times; those gone meanwhile are left out."""
        return [one for key in keys if (one := self._envelope(key)) is not None]

    def _envelope(self, key: str) -> Envelope | None:
        with suppress(OSError):
            told = os.lstat(self._found(key))
            return Envelope(key, told.st_size, _utc(told.st_mtime))
        return None

    def fetch(self, envelopes: Sequence[Envelope]) -> Iterator[Fetched]:
        for envelope in envelopes:
            if envelope.size > MOST_BYTES:
                yield too_large(envelope)
                continue
            try:
                raw = self._read(envelope.key)
            except PermissionError:
                yield Fetched(envelope, None, "file_unreadable")
                continue
            except OSError:
                continue  # It went meanwhile, or became a link.
            if raw is not None:
                yield Fetched(envelope, raw) if len(raw) <= MOST_BYTES else too_large(envelope)

    def _read(self, key: str) -> bytes | None:
        handle = os.open(self._found(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            return file.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None

    def _found(self, key: str) -> str:
        """Where the file is now: a mail program moves it from new to cur and adds flags to its name."""
        if not os.path.lexists(self._paths.get(key, "")):
            self._scan()
        return self._paths.get(key, "")


def base(file_name: str) -> str:
    """A file's name without the flags behind it, which change."""
    return file_name.partition(":2,")[0]


def _came_at(entry: os.DirEntry[str]) -> float | None:
    """When a mail's file was written; None for whatever is no plain file."""
    with suppress(OSError):
        if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
            return entry.stat(follow_symlinks=False).st_mtime
    return None


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _folder(settings: Settings, team: str, name: str) -> Path:
    if settings.mail_folders is None:
        words = "The operator's settings allow no folders of mails (mail_folders)."
        raise IntegrationError("no_mail_folders", words, permanent=True)
    if not NAME.fullmatch(name) or ".." in name:
        raise IntegrationError("folder_missing", "This is no folder's name.", permanent=True)
    own = settings.mail_folders / team
    folder = own / name
    if own.is_symlink() or folder.is_symlink() or folder.resolve().parent != own.resolve():
        raise IntegrationError("folder_leads_away", "A link leads out of the folder.", permanent=True)
    if not folder.is_dir():
        raise IntegrationError("folder_missing", "There is no such folder.", permanent=True)
    return folder
