"""A connection to a mail server: to public addresses alone, TLS always (but on loopback in sandbox and test mode), and each piece of
work with a deadline and a budget of bytes, however slowly or much the server sends."""

from __future__ import annotations

import io
import socket
import ssl
import time
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.outside import NoAddress, public_addresses

CONNECT_SECONDS = 10.0
PIECE = 64 * 1024
# What OpenSSL found wrong with a certificate, by its number.
CERTIFICATES = {9: "cert_early", 10: "cert_expired", 18: "cert_self_signed", 19: "cert_self_signed", 62: "cert_other_name",
                64: "cert_other_name"}  # fmt: skip
PLAIN_SIGNS = (
    "WRONG_VERSION_NUMBER",
    "UNKNOWN_PROTOCOL",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
)
OLD_SIGNS = (
    "UNSUPPORTED_PROTOCOL",
    "NO_PROTOCOLS_AVAILABLE",
    "PROTOCOL_VERSION",
    "HANDSHAKE_FAILURE",
    "DH_KEY_TOO_SMALL",
)


class TooMuch(OSError):
    """The server sends more than the piece of work may take."""


class Channel:
    """What imaplib and smtplib take for a socket. `allow` says what the next piece of work may take."""

    def __init__(self, sock: socket.socket):
        self._sock = sock
        self.allow(CONNECT_SECONDS, PIECE)

    def allow(self, seconds: float, most_bytes: int) -> None:
        self._until, self.bytes_left = time.monotonic() + seconds, most_bytes

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("The deadline has passed.")
        return left

    def read_into(self, buffer: Any) -> int:
        self._sock.settimeout(self._left())
        count = self._sock.recv_into(buffer)
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise TooMuch("The answer is too long.")
        return count

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(self._left())
        self._sock.sendall(data)

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self), PIECE)

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """TLS from here on. Raises OSError."""
        self._sock.settimeout(self._left())
        self._sock = context.wrap_socket(self._sock, server_hostname=host)

    def settimeout(self, _seconds: float | None) -> None:
        """The deadline decides alone."""

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()


class _Reading(io.RawIOBase):
    def __init__(self, channel: Channel):
        self._channel = channel

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._channel.read_into(buffer)


def connect(settings: Settings, server: Server) -> Channel:
    """A channel to a server, under TLS where it begins with TLS. Raises IntegrationError."""
    try:
        found = public_addresses(server.host, server.port, allow_loopback=not settings.is_production)
    except NoAddress as error:
        code = "name_unasked" if error.is_passing else "name_unknown"
        raise IntegrationError(code, "The server's name has no address.", permanent=not error.is_passing) from None
    require_tls(settings, server, found)
    channel = Channel(_opened(found, server.port))
    if server.security == "tls":
        secure(settings, channel, server.host)
    return channel


def require_tls(settings: Settings, server: Server, addresses: list[str]) -> None:
    """Plain text goes to loopback alone, and never in production."""
    is_near = all(address == "::1" or address.startswith("127.") for address in addresses)
    if server.security == "none" and (settings.is_production or not is_near):
        raise IntegrationError("plain_only", "Plain text is not spoken with mail servers.", permanent=True)


def _opened(addresses: list[str], port: int) -> socket.socket:
    problem: OSError = NoAddress()
    for address in addresses[:4]:
        try:
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError as error:
            problem = error
    raise trouble(problem) from problem


def secure(settings: Settings, channel: Channel, host: str) -> None:
    """Raises IntegrationError with what is wrong with the server's TLS or certificate."""
    try:
        channel.secure(trust(settings.mail_ca), host)
    except OSError as error:
        channel.close()
        raise trouble(error) from error


@cache
def trust(authorities: Path | None) -> ssl.SSLContext:
    """Which certificates are believed: the usual ones, and those the operator's settings add. TLS 1.2 and later."""
    context = httpx2.create_ssl_context(trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities is not None:
        context.load_verify_locations(cafile=str(authorities))
    return context


def trouble(error: Exception) -> IntegrationError:
    """What a broken connection means."""
    if isinstance(error, IntegrationError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        code = CERTIFICATES.get(error.verify_code, "cert_unknown")
        return IntegrationError(code, "The server's certificate is not believed.", permanent=True)
    if isinstance(error, TimeoutError):
        return IntegrationError("timeout", "The server did not answer in time.", permanent=False)
    if isinstance(error, ConnectionRefusedError):
        return IntegrationError("connection_refused", "Nobody answers at this port.", permanent=False)
    if isinstance(error, TooMuch):
        return IntegrationError("too_much", "The server sends more than was asked for.", permanent=False)
    if isinstance(error, ssl.SSLError) and (found := _of_tls(error)):
        return found
    if isinstance(error, (EOFError, ConnectionError, ssl.SSLError)):
        return IntegrationError("closed", "The server closed the connection.", permanent=False)
    return IntegrationError(
        "unreachable", f"The server could not be reached ({type(error).__name__}).", permanent=False
    )


def _of_tls(error: ssl.SSLError) -> IntegrationError | None:
    reason = error.reason or str(error)
    if any(sign in reason for sign in PLAIN_SIGNS):
        return IntegrationError("plain_only", "The server speaks plain text at this port.", permanent=True)
    if any(sign in reason for sign in OLD_SIGNS):
        return IntegrationError("tls_old", "The server only offers outdated encryption.", permanent=True)
    return None
