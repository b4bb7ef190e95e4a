"""The team's own tags on its threads: the same words and colours its orders have (models/orders/tag.py)."""

from __future__ import annotations

import peewee

from models.mailbox.thread import MailThread
from models.orders.tag import OrderTag
from models.support.record import About, Record


class MailTagging(Record):
    """One thread has one tag. The row is the whole truth of it."""

    thread = peewee.ForeignKeyField(MailThread, backref="taggings", index=False, on_delete="CASCADE")
    tag = peewee.ForeignKeyField(OrderTag, backref="mail_taggings", index=False, on_delete="CASCADE")

    about = About(why="which threads have which of the team's words", keep="as the thread", plain="thread tag")

    class Meta:
        primary_key = peewee.CompositeKey("thread", "tag")
        indexes = ((("tag", "thread"), False),)
