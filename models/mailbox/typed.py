"""What a person types of a mailbox: looked at field by field, each with its own sentence when it cannot be right."""

from __future__ import annotations

import re
from typing import Any

from models.mailbox.account import IMAP, MAILDIR, PASSWORD, XOAUTH2, MailAccount
from models.support.errors import FieldRefused

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,198}[A-Za-z0-9])?")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)*[A-Za-z0-9-]*[A-Za-z0-9]")
URL = re.compile(r"https?://[^\s<>\"'@\\?#]{3,190}")
PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
MOST_FOLDERS = 20


def set_typed(account: MailAccount, values: dict[str, Any]) -> None:
    account.name = values["name"].strip()[:80]
    if not account.name:
        raise FieldRefused("name", "Give it a name.")
    account.store = values["store"]
    _set_reading(account, values) if account.kind == IMAP else _set_path(account, values)
    _set_sending(account, values)


def _set_reading(account: MailAccount, values: dict[str, Any]) -> None:
    account.host = _host("host", values["host"])
    account.port = _port("port", values["port"])
    account.login = values["login"].strip()[:200]
    if not account.login:
        raise FieldRefused("login", "The login is needed.")
    account.auth = values["auth"]
    is_oauth = account.auth == XOAUTH2
    account.client_id = values["client_id"].strip()[:200] if is_oauth else ""
    account.oauth_url = values["oauth_url"].strip() if is_oauth else ""
    if is_oauth and not account.client_id:
        raise FieldRefused("client_id", "The application's id is needed.")
    if is_oauth and not URL.fullmatch(account.oauth_url):
        raise FieldRefused("oauth_url", "The provider's token address begins with https://.")
    folders = [name.strip() for name in values["folders"] if name.strip()] or ["INBOX"]
    if len(folders) > MOST_FOLDERS or any(len(name) > 200 or not name.isprintable() for name in folders):
        raise FieldRefused("folders", "At most %(most)s folders, one a line.", most=MOST_FOLDERS)
    account.folders = list(dict.fromkeys(folders))


def _set_path(account: MailAccount, values: dict[str, Any]) -> None:
    account.path = values["path"].strip()
    if not PATH.fullmatch(account.path) or ".." in account.path:
        raise FieldRefused("path", "A folder's name has letters, digits, dots and hyphens, and no slashes.")
    account.auth, account.login, account.folders = PASSWORD, "", [account.path]


def _set_sending(account: MailAccount, values: dict[str, Any]) -> None:
    account.from_address = values["from_address"].strip()
    if len(account.from_address) > 200 or not ADDRESS.fullmatch(account.from_address):
        raise FieldRefused("from_address", "Write one address like support@example.com.")
    wanted = values["smtp_host"].strip()
    account.smtp_host = _host("smtp_host", wanted) if wanted else ""
    account.smtp_port = _port("smtp_port", values["smtp_port"]) if wanted else 465
    account.smtp_security = values["smtp_security"] if wanted else "tls"
    account.smtp_login = values["smtp_login"].strip()[:200] if wanted else ""
    if account.kind == MAILDIR and account.smtp_login and not (values.get("smtp_secret") or account.smtp_secret):
        raise FieldRefused("smtp_secret", "The password for this login is needed.")


def _host(field: str, text: str) -> str:
    host = text.strip().lower().rstrip(".")
    if not HOST.fullmatch(host) or ".." in host:
        raise FieldRefused(field, "Write the server's name alone, like imap.example.com.")
    return host


def _port(field: str, number: int | None) -> int:
    if number is None or not 1 <= number <= 65535:
        raise FieldRefused(field, "A port is a number from 1 to 65535.")
    return number
