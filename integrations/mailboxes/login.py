"""What a server means by refusing a login. Servers say it in words of their own; what a person can do about it differs."""

from __future__ import annotations

import base64
import re

from integrations.errors import IntegrationError

APP_PASSWORD = ("application-specific password", "app password", "app-specific", "application specific", "invalidsecondfactor",
                "5.7.9", "web login required", "authorization code")  # fmt: skip
PASSWORD_OFF = ("basic authentication is disabled", "basicauthblocked", "basic auth", "logindisabled", "5.7.139", "5.7.57",
                "authentication is disabled", "less secure", "imap access is disabled", "imap is disabled", "not enabled for imap",
                "unsafe login", "mechanism", "5.7.4")  # fmt: skip
PASSING = (
    "[unavailable]",
    "[inuse]",
    "[limit]",
    "[serverbug]",
    "too many",
    "temporar",
    "try again",
    "rate limit",
    "throttl",
)
ADDRESS = re.compile(r"[^\s<>\"'()\[\]]+@[^\s<>\"'()\[\]]+")


def login_trouble(text: str, *, is_passing: bool = False) -> IntegrationError:
    """The error of a refused login, from the server's own words (of which only the kind is kept)."""
    said = text.lower()
    if any(sign in said for sign in APP_PASSWORD):
        return IntegrationError("app_password", "The provider wants an app password.", permanent=True)
    if is_passing or passes(said):
        return IntegrationError("login_later", "The server lets nobody in just now.", permanent=False, retry_after=120)
    if any(sign in said for sign in PASSWORD_OFF):
        return IntegrationError("password_off", "The server takes no passwords.", permanent=True)
    return IntegrationError("login_refused", "The server refuses login or password.", permanent=True)


def passes(said: str) -> bool:
    """The server's words mean: not now."""
    return any(sign in said.lower() for sign in PASSING)


def xoauth2(login: str, token: str) -> bytes:
    """The answer of the mechanism XOAUTH2, in clear."""
    return f"user={login}\x01auth=Bearer {token}\x01\x01".encode()


def in_base64(text: bytes) -> str:
    return base64.b64encode(text).decode()


def without_addresses(text: str | bytes, most: int = 160) -> str:
    """A server's own words to show: one line, short, and without anybody's address in it."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return one_line(ADDRESS.sub("…", words[:2000]), most)


def one_line(text: str, most: int) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:most]
