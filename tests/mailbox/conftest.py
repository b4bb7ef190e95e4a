"""A store with a mailbox, and buyers who write to it: mails as Amazon's relay sends them, through the real reader."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from config.settings import Settings
from jobs import amazon as jobs_amazon
from models.audit.origin import Origin, acting
from models.mailbox.account import MailAccount
from models.mailbox.message import MailMessage
from models.mailbox.reading import read
from models.mailbox.taking import take
from models.mailbox.thread import MailThread
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.person import Person
from models.people.team import Team
from models.stores.store import Store
from models.support import clock as the_clock
from tests.mailbox.scripted import Smtp
from tests.orders.conftest import DE, make_store

ORDER = "302-1234567-1234567"
KATHARINA = "a1b2c3d4e5f6g7h@marketplace.amazon.de"
_numbers = itertools.count(1)


@pytest.fixture
def store(lotus: Team) -> Store:
    return make_store(lotus, codes=(DE,))


@pytest.fixture
def rival_store(comet: Team) -> Store:
    return make_store(comet, "Comet EU", codes=(DE,))


def make_account(store: Store, **changes: Any) -> MailAccount:
    told = {"name": "Support", "kind": "imap", "host": "imap.example.com", "login": f"support-{store.id}@example.com", "state": "active",
            "from_address": f"support-{store.id}@example.com", "smtp_host": "smtp.example.com"}  # fmt: skip
    return MailAccount.create(team=store.team_id, store=store, **told | changes)


@pytest.fixture
def account(store: Store) -> MailAccount:
    return make_account(store)


@pytest.fixture
def dora(lotus: Team, alice: Person) -> Person:
    """She answers buyers in lotus."""
    with acting(Origin("command", "tests")):
        _person, token = invite(lotus, "dora", "Dora Klein", role="support")
        Invitation.of_token(token).use("Copper-Kettle-27")
    return Person.get(login="dora")


def mail_of(text: str = "Wo ist mein Paket?", *, sender: str = KATHARINA, name: str = "Katharina Musterfrau", order: str = "",
            subject: str = "", message_id: str = "", answers: str = "", notification: str = "BBC_MESSAGE_SENT_TO_MERCHANT",
            files: tuple[tuple[str, str, bytes], ...] = (), html: str = "", **headers: str) -> bytes:  # fmt: skip
    """A mail as the relay sends it. Headers are given with underscores."""
    mail = EmailMessage()
    mail["From"] = f'"{name} - Amazon Marketplace" <{sender}>'
    mail["To"] = "support@example.com"
    mail["Subject"] = subject or (f"Anfrage zur Bestellung (Order: {order})" if order else "Anfrage")
    mail["Message-ID"] = message_id or f"<{next(_numbers)}.{the_clock.now():%H%M%S%f}@eu-west-1.amazonses.com>"
    if notification:
        mail["X-Space-Notification-Type"] = notification
    if answers:
        mail["In-Reply-To"] = answers
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for file_name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=file_name)
    return mail.as_bytes()


Arrive = Callable[..., MailMessage | None]


@pytest.fixture
def arrive(account: MailAccount) -> Arrive:
    """`arrive("text", order=…)`: a mail comes in now, through the reader."""

    def come(text: str = "Wo ist mein Paket?", *, into: MailAccount | None = None, at: datetime | None = None, raw: bytes = b"", **told: Any) -> MailMessage | None:  # fmt: skip
        raw = raw or mail_of(text, **told)
        now = at or the_clock.now()
        return take(into or account, read(raw, now), raw, received=now)

    return come


def thread_of(message: MailMessage | None) -> MailThread:
    assert message is not None
    return MailThread.get_by_id(message.thread_id)


# A team that answers


@pytest.fixture
def server() -> Iterator[Smtp]:
    made = Smtp(None)
    yield made
    made.close()


@pytest.fixture
def sender(account: MailAccount, server: Smtp, portal: Settings) -> MailAccount:
    """The account that reads, with a server that takes what it is told to."""
    jobs_amazon.use_settings(portal)
    account.seal(secret="secret-of-the-mailbox")
    return account.change(secret=account.secret, smtp_host="localhost", smtp_port=server.port, smtp_security="none")


@pytest.fixture
def thread(arrive: Arrive, sender: MailAccount) -> MailThread:
    """Katharina asks about her order, half an hour ago."""
    return thread_of(arrive("Wo ist mein Paket?", order=ORDER, message_id="<question-1@amazonses.com>",
                            at=the_clock.ago(minutes=30)))  # fmt: skip
