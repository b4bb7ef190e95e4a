"""What is sent to Amazon once and not sent again blindly: claimed before the call, answered after it, in doubt where no answer came.

A record of this kind has `store`, `order`, `state`, `problem`, `tries`, `due_at` and `sent_at`. A claim is a conditional UPDATE, so
that whoever comes second leaves it alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.orders.order import Order
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided
from models.support.words import Words, say

UNDER_WAY = ("waiting", "sending", "unsure")
DUE = ("waiting", "unsure")
ANSWER_WITHIN = timedelta(minutes=5)  # Longer than any call lasts: what is still `sending` then, nobody sends any more.
BACK_OFF_FIRST, BACK_OFF_MOST = 30, 1800
# What an event says where somebody looked themselves; older ones keep the sentence.
FOUND: dict[bool | str, Words] = {True: say("it is there"), False: say("it is not there")}
FOUND |= {words.message: words for words in FOUND.values()}


class SentOnce:
    """What a job does with a record that somebody asked for."""

    @classmethod
    def due(cls: Any, store: Store, limit: int = 100) -> list[Any]:
        """Those a step can be taken for now, oldest first."""
        query = cls.select(cls, Order).join(Order).where(
            cls.store == store, cls.state.in_(DUE), cls.due_at <= clock.now()
        )  # fmt: skip
        return list(query.order_by(cls.due_at, cls.id).limit(limit))

    @classmethod
    def stores_with_work(cls: Any) -> list[str]:
        """Uids of the stores for which something is due."""
        due = cls.select(cls.store).where(cls.state.in_(UNDER_WAY), cls.due_at <= clock.now())
        return [str(one.uid) for one in Store.select(Store.uid).where(Store.state == "active", Store.id.in_(due))]

    @classmethod
    def has_work(cls: Any) -> bool:
        return cls.select(cls.id).where(cls.state.in_(UNDER_WAY), cls.due_at <= clock.now()).exists()

    @classmethod
    def doubt_the_lost(cls: Any, store: Store) -> int:
        """What was being sent by a job that died: nobody knows whether Amazon got it."""
        with write_txn():
            lost = cls.update(state="unsure", due_at=clock.now())
            return lost.where(cls.store == store, cls.state == "sending", cls.due_at <= clock.now()).execute()

    @classmethod
    def rest(cls: Any, store: Store, problem: Words, seconds: float) -> None:
        """The store has trouble that is nobody's of these: what is due waits a while."""
        with write_txn():
            cls.update(due_at=clock.ahead(seconds=seconds), problem=problem.to_json()).where(
                cls.store == store, cls.state.in_(DUE), cls.due_at <= clock.now()
            ).execute()

    @property
    def problem_words(self: Any) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    def claim(self: Any, **told: Any) -> bool:
        """Takes it for sending; False when another was first."""
        now = clock.now()
        try:
            self.move("waiting", "sending", tries=self.tries + 1, sent_at=now, due_at=now + ANSWER_WITHIN, **told)
        except AlreadyDecided:
            return False
        return True

    def later(
        self: Any, seconds: float | None = None, problem: Words | None = None, *, is_unsure: bool = False
    ) -> None:
        """Tries again after a while; `is_unsure` when Amazon may have taken it though its answer never came."""
        seconds = min(BACK_OFF_MOST, BACK_OFF_FIRST * 2 ** min(self.tries, 10)) if seconds is None else seconds
        words = problem.to_json() if problem else self.problem
        state = "unsure" if is_unsure else "waiting"
        self.move(UNDER_WAY, state, due_at=clock.ahead(seconds=seconds), problem=words)
