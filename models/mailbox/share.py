"""Who gets new threads: a person's share, of all threads or of a store's, or of a language's. The narrower goes before the wider;
those who share alike take turns."""

from __future__ import annotations

import peewee

from models.people.person import Person
from models.people.team import Team
from models.stores.store import Store
from models.support.fields import UidField, UtcField
from models.support.record import About, TeamRecord, created_at


class MailShare(TeamRecord):
    """`store` and `language` are empty for all of them. `given_at` is when the last one was given: the longest ago is next."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, index=False, on_delete="CASCADE", backref="mail_shares")
    store = peewee.ForeignKeyField(Store, null=True, index=False, on_delete="CASCADE")
    language = peewee.CharField(max_length=8, default="")
    given_at = UtcField(null=True)
    created_at: UtcField = created_at()

    about = About(why="gives new threads to whom they belong", keep="while in use",
                  plain="id uid team store language given_at created_at", staff="person")  # fmt: skip

    class Meta:
        indexes = ((("team", "person", "store", "language"), True),)
