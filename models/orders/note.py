"""Notes of the team on an order: for colleagues, never for the buyer. They stay when the buyer's data is destroyed, so nothing about the
buyer belongs into them; what looks like an e-mail address or a telephone number is refused."""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.audit.event import declare, track
from models.orders.order import Order
from models.people.person import Person
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import UidField
from models.support.record import About, Record, created_at
from models.support.words import Words, say

MOST_TEXT, MOST_NOTES = 1000, 100
E_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
TELEPHONE = re.compile(r"(?:\+|\b00)\d[\d\s()/.-]{6,}\d")

declare("order_noted", say("%(actor)s wrote a note on the order %(object)s"))
declare("order_note_deleted", say("%(actor)s deleted a note on the order %(object)s"))


class OrderNote(Record):
    uid = UidField()
    order = peewee.ForeignKeyField(Order, backref="notes", on_delete="CASCADE")
    person = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="order_notes")
    text = peewee.TextField()
    created_at = created_at()

    about = About(why="what colleagues should know of an order", keep="18 months", plain="id uid order text created_at",
                  staff="person")  # fmt: skip

    @classmethod
    def of(cls, order: Order) -> list[OrderNote]:
        """With their writers, the newest first."""
        query = cls.select(cls, Person).join(Person, peewee.JOIN.LEFT_OUTER).where(cls.order == order)
        return list(query.order_by(cls.id.desc()).limit(MOST_NOTES))

    @classmethod
    def write(cls, order: Order, text: str, *, by: Any) -> OrderNote:
        """Raises FieldRefused for nothing, too much, or what looks like a buyer's data."""
        text = text.strip()
        if not 0 < len(text) <= MOST_TEXT:
            raise FieldRefused("text", "A note has 1 to %(most)s characters.", most=MOST_TEXT)
        require_impersonal("text", text)
        with write_txn():
            Order.take_turn(order.id)
            if cls.select().where(cls.order == order).count() >= MOST_NOTES:
                raise Refused("An order has at most %(most)s notes.", most=MOST_NOTES)
            note = cls.create(order=order, person=by, text=text)
            track("order_noted", order, by=by)
        return note

    @classmethod
    def of_uid(cls, order: Order, uid: Any) -> OrderNote | None:
        return cls.get_or_none(cls.order == order, cls.uid == uid)

    def remove(self, *, by: Any) -> None:
        """Whoever wrote it deletes it. Raises Refused."""
        if self.person_id != by.id:
            raise Refused("Only who wrote a note deletes it.")
        with write_txn():
            track("order_note_deleted", self.order, by=by)
            self.delete_instance()


def impersonal(text: str, most: int = 300) -> str:
    """What somebody else said, without what looks like a buyer's address or number."""
    return TELEPHONE.sub("…", E_MAIL.sub("…", text[:2000]))[:most]


def impersonal_words(words: Words) -> Words:
    """A sentence of ours in which somebody else may be quoted."""
    return Words(words.message, **{
        name: impersonal_words(one) if isinstance(one, Words) else impersonal(str(one)) for name, one in words.params.items()
    })  # fmt: skip


def require_impersonal(field: str, text: str) -> None:
    """Raises FieldRefused for what looks like a buyer's data: this text outlives it."""
    if E_MAIL.search(text) or TELEPHONE.search(text):
        raise FieldRefused(
            field, "This looks like an e-mail address or a telephone number. Nothing personal of a buyer belongs here."
        )
