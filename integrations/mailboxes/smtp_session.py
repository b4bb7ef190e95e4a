"""smtplib over a channel of ours: bounded in time and bytes, to public addresses alone."""

from __future__ import annotations

import smtplib
from typing import Any

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.mailboxes.channel import Channel, connect, secure, trouble
from integrations.mailboxes.login import without_addresses

GREETING_SECONDS, MOST_ANSWER = 30.0, 128 * 1024


class Session(smtplib.SMTP):
    """smtplib over a channel of ours."""

    channel: Channel

    def __init__(self, settings: Settings, server: Server, name: str):
        super().__init__(local_hostname=name)
        self._settings, self._server = settings, server
        self.channel = connect(settings, server)
        self.sock: Any = self.channel
        self._host = server.host
        self._greeting()

    def _greeting(self) -> None:
        self.allow(GREETING_SECONDS)
        try:
            code, said = self.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise of_smtp(error) from error
        if code != 220:
            self.close()
            words = f"{code} {without_addresses(said)}"
            raise IntegrationError("smtp_later" if 400 <= code < 500 else "not_smtp", words, permanent=code >= 500)

    def allow(self, seconds: float) -> None:
        self.channel.allow(seconds, MOST_ANSWER)

    def turn_tls_on(self) -> None:
        """After the server agreed. What it said before TLS is forgotten."""
        if self.file is not None:
            self.file.close()
        self.file = None
        secure(self._settings, self.channel, self._server.host)
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False


def of_smtp(error: Exception) -> IntegrationError:
    """What went wrong on the wire, which smtplib wraps; or an answer that is none."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, smtplib.SMTPServerDisconnected):
        if isinstance(cause, OSError):
            return trouble(cause)
        return IntegrationError("closed", "The server closed the connection.", permanent=False)
    if isinstance(error, smtplib.SMTPException):
        return IntegrationError("not_smtp", "The server's answer is not SMTP.", permanent=False)
    return trouble(error)
