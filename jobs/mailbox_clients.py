"""How a job gets a client for a mailbox: secrets unsealed, tokens fetched, signed in; refusing to call while a transaction is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.mailboxes.imap_client import ImapClient
from integrations.mailboxes.maildir import Maildir
from integrations.mailboxes.smtp_client import SmtpClient
from integrations.mailboxes.tokens import Grant, Tokens
from jobs.amazon import settings
from models.mailbox.account import XOAUTH2, MailAccount
from models.support.db import require_no_txn

TOKENS = Tokens()


@contextmanager
def imap_for(account: MailAccount) -> Iterator[ImapClient]:
    """A session of the mailbox, signed in. Raises IntegrationError."""
    require_no_txn("A mailbox was read")
    server = imap_server(account)
    with ImapClient(settings(), server) as client, _forgetting_token(account, server):
        client.sign_in()
        yield client


def maildir_for(account: MailAccount) -> Maildir:
    """The account's folder on this machine. Raises IntegrationError."""
    return Maildir(settings(), account.team.slug, account.path)


@contextmanager
def smtp_for(account: MailAccount) -> Iterator[SmtpClient]:
    """A session to send by, signed in; `send(account.from_address, to, raw)` hands one mail over. Raises IntegrationError."""
    require_no_txn("A mail was sent")
    server = smtp_server(account)
    name = account.from_address.rpartition("@")[2] or "localhost"
    with SmtpClient(settings(), server, name=name) as client, _forgetting_token(account, server):
        client.sign_in()
        yield client


def imap_server(account: MailAccount) -> Server:
    if account.auth == XOAUTH2:
        return Server(account.host, account.port, account.login, token=_token(account))
    return Server(account.host, account.port, account.login, account.unseal("secret") or "")


def smtp_server(account: MailAccount) -> Server:
    """A login of its own where there is one, else the one for reading."""
    told = account.smtp_host, account.smtp_port, account.smtp_login or account.login
    if account.auth == XOAUTH2 and account.smtp_secret is None and told[2]:
        return Server(*told, token=_token(account), security=account.smtp_security)
    return Server(*told, password=account.smtp_password(), security=account.smtp_security)


def _grant(account: MailAccount) -> Grant:
    return Grant(
        account.oauth_url, account.client_id, account.unseal("client_secret") or "", account.unseal("secret") or ""
    )


def _token(account: MailAccount) -> str:
    access = TOKENS.access(settings(), _grant(account))
    if access.refresh_token:
        account.keep_secret(access.refresh_token)
    return access.token


@contextmanager
def _forgetting_token(account: MailAccount, server: Server) -> Iterator[None]:
    """A token that the mail server refuses is asked for anew next time."""
    try:
        yield
    except IntegrationError as error:
        if not server.token or error.code not in ("login_refused", "app_password", "password_off"):
            raise
        TOKENS.forget(_grant(account))
        raise IntegrationError("token_refused", "The mail server does not take the token.", permanent=True) from error
