"""Where answers come in: an SMTP server on loopback that wants the login the control API tells, and breaks when a fault says so."""

from __future__ import annotations

import email
import logging
import socket
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.mail.post import Post

LOGIN, PASSWORD = "sandbox", "sandbox-mail-password"
MOST_BYTES = 15_000_000
logging.getLogger("mail.log").setLevel(logging.ERROR)  # It warns of what is as it should be here.


class Office:
    """What aiosmtpd asks at each step."""

    def __init__(self, post: Post):
        self.post = post

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.post.struck("later"):
            return "451 4.3.2 Try again later"
        if address.lower() not in self.post.mailboxes:
            return "553 5.7.1 This sender is not yours"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.post.struck("refused"):
            return "554 5.6.0 The message is refused"
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        answer = email.message_from_bytes(raw, policy=POLICY)
        assert isinstance(answer, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self.post.take(envelope.mail_from or "", recipient, raw, answer)
        if self.post.struck("dropped"):  # Taken over, and nobody is told.
            server.transport.abort()  # type: ignore[union-attr]
        return "250 2.0.0 OK queued"


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, told: Any) -> AuthResult:
    is_right = isinstance(told, LoginPassword) and (told.login, told.password) == (LOGIN.encode(), PASSWORD.encode())
    return AuthResult(success=is_right)


def start(post: Post) -> Controller:
    """A server on a free port of this machine; its thread ends with the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        Office(post), hostname="127.0.0.1", port=port, authenticator=_let_in, auth_require_tls=False,
        data_size_limit=MOST_BYTES, ident="Sandbox",
    )  # fmt: skip
    controller.start()
    return controller
