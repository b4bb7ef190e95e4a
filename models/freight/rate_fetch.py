"""Every time the bank was asked for exchange rates: which file, how it went, how many rates it brought. Written before the call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from models.support import clock
from models.support.db import write_txn
from models.support.fields import StatusField, UtcField
from models.support.record import About, Record
from models.support.words import Words, say

KEPT_DAYS = 400
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=6)


class RateFetch(Record):
    at = UtcField(default=clock.now)
    file = peewee.CharField(max_length=40)
    state = StatusField("asking", "done", "failed", default="asking")
    status = peewee.IntegerField(default=0)
    ms = peewee.IntegerField(default=0)
    rates = peewee.IntegerField(default=0)
    newest = peewee.DateField(null=True)
    problem = peewee.TextField(default="")

    about = About(why="shows when exchange rates were fetched and how it went", keep="400 days",
                  plain="id at file state status ms rates newest problem")  # fmt: skip

    class Meta:
        indexes = ((("at",), False),)

    @property
    def problem_words(self) -> Words | None:
        if self.state == "asking":
            return say("It stopped on the way.")
        return Words.from_json(self.problem) if self.problem else None

    @classmethod
    def begin(cls, file: str) -> RateFetch:
        with write_txn():
            return cls.create(file=file)

    def end(self, *, status: int, ms: int, rates: int, newest: Any) -> None:
        self.change(state="done", status=status, ms=ms, rates=rates, newest=newest)

    def fail(self, words: Words, *, status: int, ms: int) -> None:
        self.change(state="failed", status=status, ms=ms, problem=words.to_json())

    @classmethod
    def latest(cls, limit: int = 10) -> list[RateFetch]:
        return list(cls.select().order_by(cls.id.desc()).limit(limit))

    @classmethod
    def next_try(cls) -> datetime:
        """When to ask again: after failures, or when the bank had nothing new, the wait doubles."""
        wait, last = timedelta(0), None
        for one in cls.latest(12):
            last = last or one.at
            if one.state == "done" and one.rates:
                break
            wait = min(LONGEST_WAIT, wait * 2 or FIRST_WAIT)
        return datetime.min if last is None else last + wait

    @classmethod
    def forget_old(cls) -> int:
        with write_txn():
            return cls.delete().where(cls.at < clock.ago(days=KEPT_DAYS)).execute()
