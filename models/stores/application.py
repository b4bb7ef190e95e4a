"""The Amazon application (LWA client) with which stores are authorized: a team's own, or the operator's shared one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.team import Team
from models.support import clock
from models.support.db import after_commit, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import say
from models.vault import data_key
from models.vault.seal import Sealed

REMIND_AFTER, MUST_ROTATE_AFTER = timedelta(days=150), timedelta(days=180)

declare("application_forgotten", say("%(actor)s destroyed the Amazon application %(object)s and its secret"))
declare("application_saved", say("%(actor)s saved the Amazon application %(object)s"), "kind", "secret_changed")
tell("application_saved.kind", {"private": say("Private"), "public": say("Public")})


class Application(Sealed, TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, backref="applications", on_delete="RESTRICT")
    name = peewee.CharField(max_length=80)
    kind = StatusField("private", "public", default="private")
    client_id = peewee.CharField(max_length=120)
    application_id = peewee.CharField(max_length=120, default="")
    client_secret = SealedField()
    secret_last4 = peewee.CharField(max_length=4)
    secret_set_at = UtcField(default=clock.now)
    is_draft = peewee.BooleanField(default=False)
    is_shared = peewee.BooleanField(default=False)
    created_at: UtcField = created_at()

    about = About(
        why="signs the portal's requests for tokens", keep="while in use",
        plain="id uid team name kind application_id is_draft is_shared secret_set_at created_at",
        secret="client_id client_secret secret_last4",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "client_id"), True),)

    @property
    def label(self) -> str:
        return self.name

    def seal_subject(self) -> str:
        return f"application:{self.uid}"

    @property
    def must_rotate(self) -> bool:
        return clock.now() - self.secret_set_at > MUST_ROTATE_AFTER

    @property
    def should_rotate(self) -> bool:
        return clock.now() - self.secret_set_at > REMIND_AFTER

    @classmethod
    def save_for(
        cls, team: Team, *, name: str, kind: str, client_id: str, client_secret: str, application_id: str = "",
        is_draft: bool = False, is_shared: bool = False, by: Any = None,
    ) -> Application:  # fmt: skip
        """Makes or changes the application of this client id. An empty secret keeps the stored one. Raises FieldRefused."""
        if not client_id.startswith("amzn1.application-oa2-client."):
            raise FieldRefused("client_id", "A client id begins with amzn1.application-oa2-client.")
        if kind == "public" and not application_id.startswith("amzn1.sp.solution."):
            raise FieldRefused("application_id", "A public application has an id that begins with amzn1.sp.solution.")
        with write_txn():
            application = cls.get_or_none(cls.team == team, cls.client_id == client_id)
            if application is None and not client_secret:
                raise FieldRefused("client_secret", "The client secret is needed.")
            values: dict[str, Any] = {
                "name": name, "kind": kind, "application_id": application_id, "is_draft": is_draft,
                "is_shared": is_shared and team.is_operator,
            }  # fmt: skip
            fresh = application is None
            if application is None:
                application = cls(team=team, client_id=client_id, **values)
            if client_secret:
                application.seal(client_secret=client_secret)
                values |= {
                    "client_secret": application.client_secret, "secret_last4": client_secret[-4:], "secret_set_at": clock.now(),
                }  # fmt: skip
            if fresh:
                for key, value in values.items():
                    setattr(application, key, value)
                application.save(force_insert=True)
            else:
                application.change(**values)
            track("application_saved", application, by=by, kind=kind, secret_changed=bool(client_secret))
        return application

    def forget(self, *, by: Any = None) -> None:
        """Destroys the secret and the row. Raises Refused while a store is authorized with it."""
        try:
            with write_txn():
                track("application_forgotten", self, by=by)
                self.delete_instance()
                after_commit(self._destroy_key)
        except peewee.IntegrityError:
            raise Refused(
                "Stores still use this application. Disconnect them, or authorize them with another one, first."
            ) from None

    def _destroy_key(self) -> None:
        data_key.destroy([self.seal_subject()])

    @classmethod
    def usable_by(cls, team: Team) -> list[Application]:
        """The team's own applications and those the operator shares."""
        return list(cls.select().where((cls.team == team) | cls.is_shared).order_by(cls.team != team, cls.id))

    @classmethod
    def seed(cls, client_id: str, client_secret: str) -> None:
        """The operator's application from the settings, once; later changes are made on the page."""
        operator = Team.operator()
        if client_id and client_secret and operator and not cls.select().where(cls.team == operator).exists():
            cls.save_for(
                operator,
                name="Portal",
                kind="private",
                client_id=client_id,
                client_secret=client_secret,
                is_shared=True,
            )
