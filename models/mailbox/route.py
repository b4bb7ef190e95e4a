"""Which store a mail is for, by the tag of the address it was sent to: support+lotus-de@… goes to the store with the tag lotus-de."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import peewee

from models.mailbox.account import MailAccount
from models.stores.store import Store
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.record import About, Record

TAG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,18}[a-z0-9])?")


class MailRoute(Record):
    account = peewee.ForeignKeyField(MailAccount, index=False, on_delete="CASCADE", backref="routes")
    store = peewee.ForeignKeyField(Store, on_delete="RESTRICT", backref="mail_routes")
    tag = peewee.CharField(max_length=20)

    about = About(why="gives a mail to the store it is for", keep="as the account", plain="id account store tag")

    class Meta:
        indexes = ((("account", "tag"), True),)

    @classmethod
    def add(cls, account: MailAccount, tag: str, store: Store) -> MailRoute:
        """Raises FieldRefused for a tag that is none, or is another store's."""
        tag = tag.strip().lower()
        if not TAG.fullmatch(tag):
            raise FieldRefused("tag", "A tag has 1 to 20 small letters, digits, dots, hyphens or underscores.")
        try:
            with write_txn(), db.atomic():
                return cls.create(account=account, tag=tag, store=store)
        except peewee.IntegrityError:
            raise FieldRefused("tag", "This tag leads to a store already. Remove that route first.") from None

    @classmethod
    def of(cls, account: MailAccount) -> list[MailRoute]:
        return list(cls.select(cls, Store).join(Store).where(cls.account == account).order_by(cls.tag))

    @classmethod
    def get_of(cls, account: MailAccount, route_id: int) -> MailRoute:
        found = cls.get_or_none(cls.id == route_id, cls.account == account)
        if found is None:
            raise AlreadyDecided()
        return found

    @property
    def label(self) -> str:
        return self.tag

    @property
    def address(self) -> str:
        return tagged(self.account.from_address, self.tag)


def account_for(team_id: int, store_id: int) -> MailAccount | None:
    """Who answers for a store when the account that took the buyer's mail is gone: its own, before one with a route to it."""
    working = MailAccount.select().where(MailAccount.team == team_id, MailAccount.state == "active")
    able = [one for one in working.order_by(MailAccount.id) if one.can_send]
    routed = {row.account_id for row in MailRoute.select().where(MailRoute.store == store_id)}
    own = [one for one in able if one.store_id == store_id]
    return next(iter(own or [one for one in able if one.id in routed]), None)


def tagged(address: str, tag: str) -> str:
    """The address with the tag in it; empty where there is none."""
    name, at, domain = address.partition("@")
    return f"{name.partition('+')[0]}+{tag}@{domain}" if at else ""


def suggested_tag(store: Any) -> str:
    """What a store's tag might be, from its name."""
    plain = unicodedata.normalize("NFKD", store.name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:20].strip("-")
    return words or str(store.uid)[:8]
