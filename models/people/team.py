"""A team is one company. Exactly one team is the operator; the others are sellers, its customers."""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.audit.event import declare, track
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import say

SLUG = re.compile(r"[a-z][a-z0-9\-]{1,30}[a-z0-9]")
RESERVED_SLUGS = {"new", "all", "static", "admin", "portolan", "t"}

declare("team_created", say("%(actor)s created the team %(object)s"), "is_operator")


class Team(Record):
    uid = UidField()
    slug = peewee.CharField(max_length=32, unique=True)
    name = peewee.CharField(max_length=120)
    is_operator = peewee.BooleanField(default=False)
    timezone = peewee.CharField(max_length=64, default="Asia/Shanghai")
    needs_registration = peewee.BooleanField(default=False, constraints=[peewee.SQL("DEFAULT FALSE")])
    training_days = peewee.IntegerField(null=True)
    created_at: UtcField = created_at()

    about = About(
        why="the companies that use the portal", keep="while a customer, then 18 months",
        plain="id uid slug name is_operator timezone needs_registration training_days created_at",
    )  # fmt: skip

    @property
    def label(self) -> str:
        return self.name

    @property
    def team_id(self) -> int:
        return self.id

    @classmethod
    def create_team(
        cls, slug: str, name: str, *, is_operator: bool = False, timezone: str = "Asia/Shanghai", by: Any = None
    ) -> Team:
        """A new team. Raises FieldRefused for a bad or taken short name, or a second operator."""
        slug, name = slug.strip().lower(), name.strip()
        if not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
            raise FieldRefused(
                "slug", "A short name has 3 to 32 small letters, digits or hyphens and begins with a letter."
            )
        if not name:
            raise FieldRefused("name", "A team needs a name.")
        with write_txn():
            if cls.select().where(cls.slug == slug).exists():
                raise FieldRefused("slug", "This short name is taken.")
            if is_operator and cls.operator() is not None:
                raise FieldRefused("slug", "There is an operator already; a portal has exactly one.")
            try:
                with db.atomic():
                    team = cls.create(slug=slug, name=name[:120], is_operator=is_operator, timezone=timezone)
            except peewee.IntegrityError:
                raise AlreadyDecided() from None
            track("team_created", team, by=by, is_operator=is_operator)
        return team

    @classmethod
    def operator(cls) -> Team | None:
        return cls.get_or_none(cls.is_operator)

    @classmethod
    def by_slug(cls, slug: str) -> Team | None:
        return cls.get_or_none(cls.slug == slug)

    @classmethod
    def everyone(cls) -> list[Team]:
        return list(cls.select().order_by(cls.is_operator.desc(), cls.name))


Team.add_index(Team.index(Team.is_operator, unique=True, where=Team.is_operator, name="team_one_operator"))
