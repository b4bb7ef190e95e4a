"""IMAPClient over a channel of ours: bounded in time and bytes, to public addresses alone, and silent about what it fetches."""

from __future__ import annotations

import imaplib
import logging
from collections.abc import Callable
from typing import Any

import imapclient

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.mailboxes.channel import Channel, TooMuch, connect, trouble
from integrations.mailboxes.login import passes

COMMAND_SECONDS = 30.0
MOST_ANSWER = 2 * 1024 * 1024
# What the libraries raise on answers that are none.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, AssertionError)

logging.getLogger("imapclient").setLevel(logging.WARNING)  # It would write what is fetched.


class Said(IntegrationError):
    """The server understood, and said no; or its answer could not be made sense of. `is_no_for_now`: by its words another time may do."""

    def __init__(self, said: str = "") -> None:
        self.is_no_for_now = not said or passes(said)
        super().__init__("unreadable", "The server does not do what it was asked.", permanent=False)


class Session(imapclient.IMAPClient):
    """IMAPClient over a channel of ours."""

    def __init__(self, settings: Settings, server: Server):
        self._settings, self._server = settings, server
        super().__init__(server.host, server.port, ssl=True)
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> Any:
        self.channel = connect(self._settings, self._server)
        return _Bounded(self.channel)

    def _set_read_timeout(self) -> None:
        """The channel has deadlines."""

    def allow(self, seconds: float, most_bytes: int) -> None:
        self.channel.allow(seconds, most_bytes)

    def drop(self) -> None:
        self.channel.close()


class _Bounded(imaplib.IMAP4):
    """imaplib that looks at the size of a literal before it makes room for it."""

    def __init__(self, channel: Channel):
        self._channel = channel
        channel.allow(COMMAND_SECONDS, MOST_ANSWER)
        super().__init__()

    def _create_socket(self, timeout: float | None = None) -> Any:
        return self._channel

    def read(self, size: int) -> bytes:
        if size > max(self._channel.bytes_left, 0):
            raise TooMuch("The server announces too long an answer.")
        data = super().read(size)
        if len(data) < size:
            raise self.abort("socket error: EOF")
        return data


def first_step(command: Callable[[], Any], code: str = "unreadable") -> Any:
    """A first step, whatever may go wrong in it."""
    try:
        return command()
    except imaplib.IMAP4.abort as error:
        raise of_imap(error) from error
    except imaplib.IMAP4.error as error:
        said = str(error).lower()
        if any(sign in said for sign in ("bye", "unavailable", "too many", "limit", "try again")):
            raise IntegrationError("login_later", "The server lets nobody in just now.", permanent=False) from error
        raise IntegrationError(code, "The server's answer is not IMAP.", permanent=False) from error
    except OSError as error:
        raise trouble(error) from error
    except UNREADABLE as error:
        raise IntegrationError(code, "The server's answer is not IMAP.", permanent=False) from error


def of_imap(error: Exception) -> IntegrationError:
    """imaplib wraps what broke on the wire."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError):
        return trouble(cause)
    if "unexpected" in str(error):
        return IntegrationError("unreadable", "The server's answer is not IMAP.", permanent=False)
    return IntegrationError("closed", "The server closed the connection.", permanent=False)
