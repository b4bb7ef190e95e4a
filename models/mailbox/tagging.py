"""The team's own tags on its threads: the same words and colours its orders have (models/orders/tag.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.lists.filters import Choices
from models.lists.viewer import Viewer
from models.mailbox.thread import MailThread
from models.orders.tag import MOST_ON_ONE, OrderTag
from models.support.bulk import among
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.record import About, Record
from models.support.words import say

declare("thread_tagged", say("%(actor)s put the tag %(tag)s on the thread %(object)s"), "tag")
declare("thread_untagged", say("%(actor)s took the tag %(tag)s off the thread %(object)s"), "tag")


class MailTagging(Record):
    """One thread has one tag. The row is the whole truth of it."""

    thread = peewee.ForeignKeyField(MailThread, backref="taggings", index=False, on_delete="CASCADE")
    tag = peewee.ForeignKeyField(OrderTag, backref="mail_taggings", index=False, on_delete="CASCADE")

    about = About(why="which threads have which of the team's words", keep="as the thread", plain="thread tag")

    class Meta:
        primary_key = peewee.CompositeKey("thread", "tag")
        indexes = ((("tag", "thread"), False),)


def put_on(thread: MailThread, tag: OrderTag, *, by: Any = None) -> None:
    """Raises Refused when it has it, or has too many."""
    _require_same_team(thread, tag)
    with write_txn():
        MailThread.take_turn(thread.id)
        if MailTagging.select().where(MailTagging.thread == thread).count() >= MOST_ON_ONE:
            raise Refused("A thread has at most %(most)s tags.", most=MOST_ON_ONE)
        if not MailTagging.insert(thread=thread, tag=tag).on_conflict_ignore().as_rowcount().execute():
            raise Refused("The thread has this tag already.")
        track("thread_tagged", thread, by=by, tag=tag.name)


def take_off(thread: MailThread, tag: OrderTag, *, by: Any = None) -> None:
    """Raises Refused when it does not have it."""
    _require_same_team(thread, tag)
    with write_txn():
        if not MailTagging.delete().where(MailTagging.thread == thread, MailTagging.tag == tag).execute():
            raise Refused("The thread does not have this tag.")
        track("thread_untagged", thread, by=by, tag=tag.name)


def tags_of(thread_ids: Iterable[int]) -> dict[int, list[OrderTag]]:
    """The tags of these threads by their ids, in the alphabet's order (one query)."""
    found: dict[int, list[OrderTag]] = {}
    ids = list(thread_ids)
    query = MailTagging.select(MailTagging.thread, OrderTag).join(OrderTag).where(among(MailTagging.thread, ids))
    for tagging in query if ids else ():
        found.setdefault(tagging.thread_id, []).append(tagging.tag)
    for tags in found.values():
        tags.sort(key=lambda tag: tag.folded)
    return found


class ThreadTagged(Choices):
    """Threads that have one of the chosen tags."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        having = MailTagging.select(MailTagging.thread).where(MailTagging.tag.in_([offer.value for offer in value]))
        return query.where(self.column.in_(having))


def _require_same_team(thread: MailThread, tag: OrderTag) -> None:
    if thread.team_id != tag.team_id:
        raise ValueError("The tag belongs to another team.")
