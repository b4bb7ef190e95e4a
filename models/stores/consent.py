"""The website workflow: a store is sent to Seller Central with a state that works once, for this session, ten minutes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import peewee

from models.people.session import Session
from models.stores.application import Application
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.fields import UtcField
from models.support.record import About, Record, created_at

LIFETIME = timedelta(minutes=10)


class Consent(Record):
    state_hash = peewee.CharField(max_length=64, unique=True)
    session = peewee.ForeignKeyField(Session, on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, on_delete="CASCADE")
    application = peewee.ForeignKeyField(Application, on_delete="CASCADE")
    created_at: UtcField = created_at()
    used_at = UtcField(null=True)

    about = About(why="ties Amazon's answer to the person and store that asked", keep="one day",
                  plain="id session store application created_at used_at", secret="state_hash")  # fmt: skip

    @classmethod
    def ask(
        cls, store: Store, application: Application, *, session: Any, seller_central: str, redirect_uri: str
    ) -> str:
        """The address of Amazon's consent page for this store."""
        state = secrets.token_urlsafe(32)
        with write_txn():
            cls.delete().where(cls.created_at < clock.ago(days=1)).execute()
            cls.create(state_hash=_hash(state), session=session.id, store=store, application=application)
        query = {"application_id": application.application_id, "state": state, "redirect_uri": redirect_uri}
        if application.is_draft:
            query["version"] = "beta"
        return f"{seller_central}/apps/authorize/consent?{urlencode(query)}"

    @classmethod
    def answered(cls, state: str, *, session: Any) -> Consent:
        """The request this state belongs to, spent. Raises Refused for a foreign, old or used state."""
        with write_txn():
            consent = cls.get_or_none(cls.state_hash == _hash(state[:200]))
            if consent is None or not consent._is_for(session) or not consent._spend():
                raise Refused(
                    "This answer from Amazon does not belong to a request of yours, or came too late. Connect again."
                )
        return consent

    def _is_for(self, session: Any) -> bool:
        return self.session_id == session.id and self.created_at > clock.now() - LIFETIME

    def _spend(self) -> bool:
        unused = Consent.update(used_at=clock.now()).where(Consent.id == self.id, Consent.used_at.is_null())
        return bool(unused.execute())


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
