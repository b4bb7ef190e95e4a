"""A mailbox we read and answer from: its server and login, or a folder of mails on this machine.

Secrets are sealed, and no page ever shows them again. A removed account keeps its row, so that no other is taken for it.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.mailbox.account_state import REMOVED, Standing
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.connection import STATES
from models.support.db import write_txn
from models.support.fields import JsonField, SealedField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault.seal import Sealed

IMAP, MAILDIR = "imap", "maildir"
KINDS = {IMAP: say("A mailbox (IMAP)"), MAILDIR: say("A folder of mails on this server (Maildir)")}
PASSWORD, XOAUTH2 = "password", "xoauth2"
AUTHS = {PASSWORD: say("Password"), XOAUTH2: say("OAuth 2 (Google, Microsoft)")}
SECURITIES = {"tls": say("TLS from the start (465)"), "starttls": say("STARTTLS (587)"), "none": say("None (sandbox)")}
MANAGE = "mailbox.manage"


class MailAccount(Standing, Sealed, TeamRecord):
    """`secret` is the password, or the refresh token where `auth` is xoauth2 (then `client_secret`, `client_id` and `oauth_url` belong
    to it). `smtp_secret` empty: the same lets us send. `store` gets what no route or marketplace gives to another. `findings` is what
    the last trial found, step by step (models/mailbox/finding.py); `path` a folder's name below the team's own on this machine."""

    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    name = peewee.CharField(max_length=80)
    kind = StatusField(*KINDS)
    host = peewee.CharField(max_length=200, default="")
    port = peewee.IntegerField(default=993)
    login = peewee.CharField(max_length=200, default="")
    auth = StatusField(*AUTHS, default=PASSWORD)
    secret = SealedField(null=True)
    secret_set_at = UtcField(null=True)
    client_id = peewee.CharField(max_length=200, default="")
    client_secret = SealedField(null=True)
    oauth_url = peewee.CharField(max_length=200, default="")
    path = peewee.CharField(max_length=200, default="")
    folders = JsonField(default=lambda: ["INBOX"])
    smtp_host = peewee.CharField(max_length=200, default="")
    smtp_port = peewee.IntegerField(default=465)
    smtp_security = StatusField(*SECURITIES, default="tls")
    smtp_login = peewee.CharField(max_length=200, default="")
    smtp_secret = SealedField(null=True)
    from_address = peewee.CharField(max_length=200, default="")
    state = StatusField(*STATES, REMOVED, default="checking")
    problem = peewee.TextField(default="")
    problem_at = UtcField(null=True)
    failures = peewee.IntegerField(default=0)
    good_at = UtcField(null=True)
    rest_until = UtcField(null=True)
    findings = JsonField(default=list)
    tried_at = UtcField(null=True)
    made_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()
    removed_at = UtcField(null=True)

    about = About(
        why="reads what buyers write, and sends answers", keep="while in use; its secrets go when it is removed, the row after 18 months",
        plain="id uid team store name kind host port auth secret_set_at oauth_url path folders smtp_host smtp_port smtp_security "
        "state problem problem_at failures good_at rest_until findings tried_at created_at removed_at",
        secret="secret client_id client_secret smtp_secret", staff="login smtp_login from_address made_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "state"), False),)

    @property
    def label(self) -> str:
        return self.name

    def seal_subject(self) -> str:
        return f"mailbox:{self.uid}"

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def auth_words(self) -> Words:
        return AUTHS[self.auth]

    @property
    def smtp_security_words(self) -> Words:
        return SECURITIES[self.smtp_security]

    @property
    def is_maildir(self) -> bool:
        return self.kind == MAILDIR

    @property
    def is_removed(self) -> bool:
        return self.state == REMOVED

    def smtp_password(self) -> str:
        """For the job that sends: its own, or the one that lets us read."""
        return self.unseal("smtp_secret") or self.unseal("secret") or ""

    def keep_secret(self, secret: str) -> None:
        """The provider gave a new refresh token with an access token; the old one may not work again."""
        with write_txn():
            self.seal(secret=secret)
            self.change(secret=self.secret)

    # Asking

    @classmethod
    def of_uid(cls, uid: Any) -> MailAccount | None:
        return cls.get_or_none(cls.uid == uid, cls.state != REMOVED)

    @classmethod
    def manageable(cls, reach: Any) -> Any:
        """Those whose store this person manages the mailbox of, with their stores."""
        stores = reach.by_permission.get(MANAGE, frozenset())
        query = cls.select(cls, Store).join(Store).where(cls.team == reach.team_id, cls.state != REMOVED)
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def visible_to(cls, reach: Any) -> list[MailAccount]:
        return list(cls.manageable(reach).order_by(cls.name, cls.id))

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> MailAccount:
        """Raises OutOfReach."""
        found = cls.manageable(reach).where(cls.uid == uid).first()
        if found is None:
            raise OutOfReach
        return found

    @classmethod
    def due_uids(cls) -> list[str]:
        """Those to be read or tried now."""
        rested = cls.rest_until.is_null() | (cls.rest_until <= clock.now())
        query = cls.select(cls.uid).where(cls.state.in_(("checking", "active")), rested)
        return [str(one.uid) for one in query.order_by(cls.id)]

    @classmethod
    def to_mend_count(cls, reach: Any) -> int:
        """How many of them do not let us in, cannot send, or failed several times."""
        return sum(1 for one in cls.manageable(reach) if one.needs_mending)


MailAccount.add_index(
    MailAccount.index(
        MailAccount.team, MailAccount.host, MailAccount.login, MailAccount.path, unique=True,
        where=(MailAccount.state != REMOVED), name="mail_account_once",
    )
)  # fmt: skip
