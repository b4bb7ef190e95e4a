"""Who gets a new thread: the narrowest share that fits it, and of equal ones whose turn was longest ago. Shares are given by a person
who manages the mailbox; whoever may not see the store any more is passed over."""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.mailbox.share import MailShare
from models.mailbox.thread import PERMISSION, MailThread
from models.people.person import Person
from models.people.reach import Reach
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.prepared import Prepared
from models.support.words import say

MOST_SHARES = 200

declare(
    "mail_share_given",
    say("%(actor)s had new threads given to %(person)s (%(stores)s, %(language)s)"),
    "person",
    "stores",
    "language",
)
declare(
    "mail_share_taken",
    say("%(actor)s had no more new threads given to %(person)s (%(stores)s, %(language)s)"),
    "person",
    "stores",
    "language",
)
for _event in ("mail_share_given", "mail_share_taken"):
    tell(f"{_event}.stores", {"*": say("all stores")})
declare("thread_shared", say("The thread %(object)s was given to %(person)s by the team's rules"), "person")


def shares_of(team_id: int) -> list[MailShare]:
    """With their people and stores, the narrowest first."""
    query = (
        MailShare.select(MailShare, Person, Store)
        .join(Person).switch(MailShare).join(Store, peewee.JOIN.LEFT_OUTER)
        .where(MailShare.team == team_id)
    )  # fmt: skip
    return sorted(query, key=lambda share: (*_width(share), share.person.name))


def give_new(thread: MailThread) -> None:
    """Inside the transaction that opens the thread."""
    if not _ANY.rows(thread.team_id):
        return
    fitting = [share for share in shares_of(thread.team_id) if _fits(share, thread)]
    team: Team | None = None
    for share in sorted(fitting, key=lambda one: (_width(one), one.given_at is not None, one.given_at, one.id)):
        team = team or Team.get_by_id(thread.team_id)
        reach = Reach.of(share.person, team) if share.person.is_active else None
        if reach is not None and reach.may(PERMISSION, thread.store_id):
            share.change(given_at=clock.now())
            thread.change(assignee=share.person)
            track("thread_shared", thread, person=share.person.login)
            return


def add(team: Team, person: Person, *, store: Store | None = None, language: str = "", by: Any) -> MailShare:
    """From now on new threads of the store and language (all, where none is named) go to the person too. Raises FieldRefused."""
    reach = Reach.of(person, team) if person.is_active else None
    if reach is None or not reach.may(PERMISSION, store.id if store else None):
        raise FieldRefused("person", "This person may not read the mailbox of this store. Choose from the list.")
    if store is not None and store.team_id != team.id:
        raise FieldRefused("store", "Choose from the list.")
    with write_txn():
        Team.take_turn(team.id)
        mine = MailShare.select().where(MailShare.team == team)
        same_store = MailShare.store.is_null() if store is None else MailShare.store == store
        if mine.where(MailShare.person == person, same_store, MailShare.language == language).exists():
            raise FieldRefused("person", "This person has this share already.")
        if mine.count() >= MOST_SHARES:
            raise FieldRefused("person", "A team has at most %(most)s shares.", most=MOST_SHARES)
        share = MailShare.create(team=team, person=person, store=store, language=language)
        track("mail_share_given", by=by, team=team, store=store, **_told(share))
    return share


def remove(share: MailShare, *, by: Any) -> None:
    with write_txn():
        track("mail_share_taken", by=by, team=share.team_id, store=share.store, **_told(share))
        share.delete_instance()


def _fits(share: MailShare, thread: MailThread) -> bool:
    return share.store_id in (None, thread.store_id) and share.language in ("", thread.language)


def _width(share: MailShare) -> tuple[int, int]:
    """How narrow it is: store and language before store, store before language, language before all."""
    return (share.store_id is None, not share.language)


def _told(share: MailShare) -> dict[str, str]:
    return {
        "person": share.person.login,
        "stores": share.store.name if share.store else "*",
        "language": share.language or "*",
    }


_ANY = Prepared(lambda team: MailShare.select(MailShare.id).where(MailShare.team == team).limit(1))
