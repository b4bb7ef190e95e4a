"""Submission of one mail: TLS or STARTTLS, a login, an envelope, the bytes as they are.

`send` returns only when the server took the mail over with 250. Everything else is an IntegrationError: permanent, passing, or
`unknown`, when the connection broke after the last byte: then the mail may have gone, and nobody may send it again blindly.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.mailboxes.channel import trouble
from integrations.mailboxes.login import in_base64, login_trouble, without_addresses, xoauth2
from integrations.mailboxes.smtp_session import Session, of_smtp

COMMAND_SECONDS = 30.0
DATA_SECONDS, LAST_SECONDS = 180.0, 300.0  # RFC 5321 §4.5.3.2: a server may take its time after the last byte.
MAILBOX = re.compile(r"[\x21-\x7e]{1,190}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,190}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Sent:
    """The server took the mail over. `said` are its own words, without addresses."""

    said: str


class SmtpClient:
    """One session. `require_no_txn` of whoever calls us stands in front of it."""

    def __init__(self, settings: Settings, server: Server, *, name: str = "localhost"):
        self._settings, self._server, self._is_begun = settings, server, False
        self._smtp = Session(settings, server, name)
        self.greet()

    def __enter__(self) -> SmtpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            if self._smtp.sock is not None:
                self._smtp.allow(5.0)
                self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            self._smtp.close()

    # Steps

    def greet(self) -> None:
        """Says hello and, with STARTTLS, turns TLS on. Raises IntegrationError."""
        self._hello()
        if self._server.security == "starttls":
            if not self._smtp.has_extn("starttls"):
                raise IntegrationError("starttls_missing", "The server offers no TLS at this port.", permanent=True)
            self._expect(220, "STARTTLS")
            self._smtp.turn_tls_on()
            self._hello()

    def _hello(self) -> None:
        code, said = self._ask(lambda: self._smtp.ehlo())
        if code != 250:
            raise self._refusal("not_smtp", code, said)

    def sign_in(self) -> None:
        """Raises IntegrationError; nothing to do where there is no login."""
        server = self._server
        if not server.login:
            return
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        if server.token:
            self._authenticate(f"AUTH XOAUTH2 {in_base64(xoauth2(server.login, server.token))}")
        elif "PLAIN" in offered or not offered:
            self._authenticate("AUTH PLAIN " + in_base64(f"\0{server.login}\0{server.password}".encode()))
        elif "LOGIN" in offered:
            self._authenticate("AUTH LOGIN", server.login, server.password)
        else:
            raise login_trouble("mechanism")

    def _authenticate(self, command: str, *answers: str) -> None:
        code, said = self._ask(lambda: self._smtp.docmd(command))
        for answer in answers:
            if code != 334:
                break
            line = in_base64(answer.encode())
            code, said = self._ask(lambda line=line: self._smtp.docmd(line))  # type: ignore[misc]
        if code == 334:  # A refused token is explained first; an empty line asks for the answer itself.
            code, said = self._ask(lambda: self._smtp.docmd(""))
        if code != 235:
            raise login_trouble(f"{code} {said.decode('utf-8', 'replace')}", is_passing=400 <= code < 500)

    def begin(self, sender: str, size: int = 0) -> None:
        """MAIL FROM. Raises IntegrationError, `sender_refused` when the server lets us in but not send as this address."""
        require_mailbox(sender)
        if self._is_begun:  # The one before was refused half-way.
            self.forget()
        most = self._smtp.esmtp_features.get("size", "")
        if most.isascii() and most.isdigit() and 0 < int(most) < size:
            raise IntegrationError("too_large_to_send", "The mail is larger than the server takes.", permanent=True)
        options = f" SIZE={size}" if size and self._smtp.has_extn("size") else ""
        code, said = self._ask(lambda: self._smtp.docmd(f"MAIL FROM:<{sender}>{options}"))
        if code != 250:
            raise self._refusal("sender_refused", code, said)
        self._is_begun = True

    def forget(self) -> None:
        """RSET: what was begun is not sent."""
        self._expect(250, "RSET")
        self._is_begun = False

    def send(self, sender: str, recipient: str, raw: bytes) -> Sent:
        """Hands one mail over. Raises IntegrationError; `unknown` when it may have gone."""
        require_mailbox(recipient)
        content = wired(raw)
        self.begin(sender, len(content))
        code, said = self._ask(lambda: self._smtp.docmd(f"RCPT TO:<{recipient}>"))
        if code not in (250, 251):
            raise self._refusal("recipient_refused", code, said)
        code, said = self._ask(lambda: self._smtp.docmd("DATA"))
        if code != 354:
            raise self._refusal("mail_refused", code, said)
        self._is_begun = False
        code, said = self._hand_over(content)
        if code != 250:
            raise self._refusal("mail_refused", code, said)
        return Sent(without_addresses(said))

    def _hand_over(self, content: bytes) -> tuple[int, bytes]:
        """The bytes and the dot that ends them. Before the dot nothing was taken over; after it only the answer tells."""
        try:
            self._smtp.allow(DATA_SECONDS)
            self._smtp.channel.sendall(content)
        except OSError as error:
            self._smtp.close()
            raise trouble(error) from error
        try:
            self._smtp.allow(LAST_SECONDS)
            self._smtp.channel.sendall(b".\r\n")
            return self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            words = "The connection broke after the last byte: the mail may have gone."
            raise IntegrationError("unknown", words, permanent=False) from error

    # Asking

    def _expect(self, wanted: int, command: str) -> None:
        code, said = self._ask(lambda: self._smtp.docmd(command))
        if code != wanted:
            raise self._refusal("not_smtp", code, said)

    def _ask(self, command: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
        self._smtp.allow(COMMAND_SECONDS)
        try:
            return command()
        except (OSError, smtplib.SMTPException) as error:
            raise of_smtp(error) from error

    def _refusal(self, code: str, number: int, said: bytes) -> IntegrationError:
        """5xx is for good, 4xx passes; below, the server did not keep to the protocol."""
        if number == 421 or 400 <= number < 500:
            return IntegrationError("smtp_later", f"{number} {without_addresses(said)}", permanent=False)
        if number in (530, 535):
            return login_trouble(f"{number} {said.decode('utf-8', 'replace')}")
        return IntegrationError(code, f"{number} {without_addresses(said)}", permanent=number >= 500)


def require_mailbox(address: str) -> None:
    """One plain address: no line ends, no brackets, nothing that ends the command early."""
    if not MAILBOX.fullmatch(address) or set(address) & set('<>\r\n\\"'):
        raise IntegrationError("bad_address", "This is not an address a mail can be sent to.", permanent=True)


def wired(raw: bytes) -> bytes:
    """The bytes as they travel: every line ends with CRLF, and none is a lone dot (RFC 5321 §4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    lines = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines)
