"""Where buyers' mails come from, and by whom answers go: mailboxes over IMAP, folders of mails, submission over SMTP.

Nothing here changes anything in a mailbox, and nothing of a mail is put into an error or a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

MOST_BYTES = 25 * 1024 * 1024  # Of one mail. A larger one is passed over, and it is said which.
BATCH = 50
MOST_BATCH_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Server:
    """Whom to speak to and as whom. `token` instead of a password: an access token for XOAUTH2."""

    host: str
    port: int
    login: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    security: str = "tls"


@dataclass(frozen=True)
class FolderState:
    """A folder as its server shows it. `highest` is the last mail's UID (0 in an empty one)."""

    uidvalidity: int
    highest: int
    count: int


@dataclass(frozen=True)
class Envelope:
    """A mail before it is fetched. `key` names it within its folder: a UID, or a file's name."""

    key: str
    size: int
    received: datetime | None


@dataclass(frozen=True)
class Fetched:
    """A mail's bytes. `raw` is None when they cannot be had; `problem` says why: `too_large`, `file_unreadable`."""

    envelope: Envelope
    raw: bytes | None = field(repr=False)
    problem: str = ""


class Source(Protocol):
    """Whatever mails are read from (`ImapClient`, `Maildir`). Raises IntegrationError."""

    def envelopes(self, keys: Sequence[str]) -> list[Envelope]:
        """Sizes and times of some mails; those gone meanwhile are left out."""
        ...

    def fetch(self, envelopes: Sequence[Envelope]) -> Iterator[Fetched]:
        """Their bytes, one mail after the other; those gone meanwhile are left out."""
        ...


def too_large(envelope: Envelope) -> Fetched:
    return Fetched(envelope, None, "too_large")


def in_batches(envelopes: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    """At most 50 mails and 32 MB at once, but always one."""
    batch: list[Envelope] = []
    size = 0
    for one in envelopes:
        if batch and (len(batch) == BATCH or size + one.size > MOST_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size if one.size <= MOST_BYTES else 0
    if batch:
        yield batch
