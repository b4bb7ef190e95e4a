"""A mailbox over IMAP, for reading alone: folders are opened with EXAMINE, mails fetched with BODY.PEEK, so no flag ever changes.

Sizes are asked before anything is fetched, but not believed: what a literal announces is looked at before it is read.
"""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import MOST_BYTES, Envelope, Fetched, FolderState, Server, too_large
from integrations.mailboxes.channel import trouble
from integrations.mailboxes.imap_session import (
    COMMAND_SECONDS,
    MOST_ANSWER,
    UNREADABLE,
    Said,
    Session,
    first_step,
    of_imap,
)
from integrations.mailboxes.login import login_trouble, one_line, xoauth2

FETCH_SECONDS = 180.0
AT_ONCE = 200  # Mails whose sizes are asked with one command.
HIGHEST_UID = 2**32 - 1


class ImapClient:
    """One session. Raises IntegrationError."""

    def __init__(self, settings: Settings, server: Server):
        self._server = server
        self._imap = first_step(lambda: Session(settings, server), "not_imap")
        self._folder = ""
        self._settings = settings

    def __enter__(self) -> ImapClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close() if error is None else self._imap.drop()

    def close(self) -> None:
        try:
            self._imap.allow(5.0, MOST_ANSWER)
            self._imap.logout()
        except (OSError, ValueError, imaplib.IMAP4.error):
            self._imap.drop()

    # Steps

    def sign_in(self) -> None:
        """Raises IntegrationError: what the server's refusal means."""
        offered = first_step(self._imap.capabilities)
        self._imap.allow(COMMAND_SECONDS, MOST_ANSWER)
        try:
            self._authenticate(offered)
        except imaplib.IMAP4.abort as error:
            raise of_imap(error) from error
        except imaplib.IMAP4.error as error:
            raise login_trouble(str(error)) from error
        except OSError as error:
            raise trouble(error) from error
        except UNREADABLE as error:
            raise Said from error

    def _authenticate(self, offered: Sequence[bytes]) -> None:
        server = self._server
        if server.token:
            self._imap.sasl_login("XOAUTH2", _once(xoauth2(server.login, server.token)))
        elif b"AUTH=PLAIN" in offered:
            self._imap.sasl_login("PLAIN", _once(f"\0{server.login}\0{server.password}".encode()))
        elif b"LOGINDISABLED" in offered or not server.password.isascii():
            raise login_trouble("logindisabled")
        else:
            self._imap.login(server.login, server.password)

    def folders(self) -> list[str]:
        found = self._ask(self._imap.list_folders)
        return [one_line(str(name), 60) for flags, _delimiter, name in found if b"\\Noselect" not in flags]

    def look(self, folder: str) -> FolderState:
        """Opens a folder with EXAMINE. Raises IntegrationError: `folder_missing`, `no_uidvalidity`, `not_readonly`."""
        try:
            told = self._ask(lambda: self._imap.select_folder(folder, readonly=True))
        except Said as error:
            if error.is_no_for_now:
                raise
            raise IntegrationError("folder_missing", "The server does not open this folder.", permanent=True) from error
        if b"READ-WRITE" in told and b"READ-ONLY" not in told:
            raise IntegrationError("not_readonly", "The server opens the folder for changes.", permanent=True)
        uidvalidity = told.get(b"UIDVALIDITY")
        if not isinstance(uidvalidity, int) or not 0 < uidvalidity <= HIGHEST_UID or b"UIDNOTSTICKY" in told:
            raise IntegrationError("no_uidvalidity", "The server does not number its mails for good.", permanent=True)
        self._folder = folder
        count = told.get(b"EXISTS") or 0
        return FolderState(uidvalidity, max(self._search(["UID", "*"]), default=0) if count else 0, count)

    def uids(self, *, after: int, since: datetime | None, up_to: int) -> list[int]:
        """Mails above a UID and up to another, in order; those of the days since a moment alone, where one is given."""
        if after >= up_to:
            return []
        criteria: list[Any] = ["UID", f"{after + 1}:{up_to}"]
        if since is not None:
            criteria += ["SINCE", _day_before(since)]  # The server counts days in a zone of its own.
        return sorted(uid for uid in self._search(criteria) if after < uid <= up_to)

    def from_amazon(self, since: datetime) -> int:
        """How many mails of the folder came from Amazon's relay since a moment."""
        return len(self._search(["FROM", "@marketplace.amazon.", "SINCE", _day_before(since)]))

    def _search(self, criteria: list[Any]) -> list[int]:
        found = self._ask(lambda: self._imap.search(criteria))
        return [uid for uid in found if isinstance(uid, int) and 0 < uid <= HIGHEST_UID]

    def envelopes(self, keys: Sequence[str]) -> list[Envelope]:
        found: dict[int, Any] = {}
        uids = [int(key) for key in keys]
        for start in range(0, len(uids), AT_ONCE):
            wanted = uids[start : start + AT_ONCE]
            found |= self._fetched(wanted, ["RFC822.SIZE", "INTERNALDATE"], COMMAND_SECONDS, MOST_ANSWER)
        return [
            Envelope(str(uid), _size(found[uid].get(b"RFC822.SIZE")), _utc(found[uid].get(b"INTERNALDATE")))
            for uid in uids
            if uid in found
        ]

    def fetch(self, envelopes: Sequence[Envelope]) -> Iterator[Fetched]:
        """One mail after the other, so that one that is too large, or breaks the connection, costs no other."""
        for envelope in envelopes:
            if envelope.size > MOST_BYTES:
                yield too_large(envelope)
                continue
            try:
                raw = self._body(int(envelope.key))
            except IntegrationError as error:
                if error.code != "too_much":
                    raise
                yield too_large(envelope)
                self._again()
                continue
            if raw is not None:
                yield Fetched(envelope, raw) if len(raw) <= MOST_BYTES else too_large(envelope)

    def _body(self, uid: int) -> bytes | None:
        """None when it is gone; a server that lists a mail and does not give it is not believed."""
        told = self._fetched([uid], ["BODY.PEEK[]"], FETCH_SECONDS, MOST_BYTES + MOST_ANSWER)
        raw = told.get(uid, {}).get(b"BODY[]")
        if isinstance(raw, bytes):
            return raw
        if self.envelopes([str(uid)]):
            raise IntegrationError("unreadable", "The server does not give a mail that it lists.", permanent=False)
        return None

    def _again(self) -> None:
        """A new connection to the same folder, after one that could not be read to the end."""
        self._imap.drop()
        self._imap = first_step(lambda: Session(self._settings, self._server), "not_imap")
        self.sign_in()
        self.look(self._folder)

    # Asking

    def _fetched(self, uids: list[int], items: list[str], seconds: float, most_bytes: int) -> dict[int, Any]:
        return self._ask(lambda: self._imap.fetch(uids, items), seconds, most_bytes)

    def _ask(self, command: Callable[[], Any], seconds: float = 0, most_bytes: int = MOST_ANSWER) -> Any:
        self._imap.allow(seconds or COMMAND_SECONDS, most_bytes)
        try:
            return command()
        except imaplib.IMAP4.abort as error:
            raise of_imap(error) from error
        except imaplib.IMAP4.error as error:
            raise Said(str(error)) from error
        except OSError as error:
            raise trouble(error) from error
        except UNREADABLE as error:
            raise Said from error


def _once(answer: bytes) -> Callable[[Any], bytes]:
    """Answers the first challenge; another one explains a refusal and wants an empty line."""
    answers = [answer]
    return lambda _challenge: answers.pop() if answers else b""


def _day_before(moment: datetime) -> date:
    return moment.date() - timedelta(days=1)


def _size(value: Any) -> int:
    return min(value, 2**40) if isinstance(value, int) and value >= 0 else 0


def _utc(value: Any) -> datetime | None:
    """Naive UTC; None for a time that is none."""
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    except OverflowError:
        return None
