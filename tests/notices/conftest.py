"""A real mail server on loopback, which takes what it is given, and can be told to refuse."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from jobs import amazon as amazon_jobs


class Server(Controller):
    """Asks the system for a port; the library only takes one."""

    def _create_server(self) -> Any:
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=self.sock)


class Post:
    """`mails` it took over; `answers` are given instead, one for each mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 taken"

    def last(self) -> tuple[str, EmailMessage]:
        to, mail = self.mails[-1]
        return to[0], mail


@pytest.fixture
def post(portal: Any) -> Iterator[Post]:
    """Portolan hands its mails to this server meanwhile."""
    handler = Post()
    server = Server(handler, hostname="127.0.0.1")
    server.start()
    try:
        amazon_jobs.use_settings(
            replace(portal, smtp=f"smtp+plain://127.0.0.1:{server.port}", mail_from="portolan@harbor.example")
        )
        yield handler
    finally:
        amazon_jobs.use_settings(portal)
        server.stop()
