"""A surcharge that a person adds to a channel from a day on (a peak season, a war risk), beside those of its price sheet.

It has the fields of a sheet's surcharge and is read by the same reader; where both have the same code, both are charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.channel import Channel
from models.freight.dated import DatedRecord, Span, held
from models.freight.engine.card import Between, Surcharge
from models.freight.fuel_rate import require_span, shown
from models.freight.wording import BASES
from models.freight.workbook.extras import read_surcharges
from models.freight.workbook.problem import Problems
from models.freight.workbook.table import Table
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import JsonField
from models.support.record import About
from models.support.words import Words, say

# Columns of a sheet that a surcharge by hand has; its days have columns of their own.
TERMS = (
    "code",
    "when",
    "level",
    "cargo",
    "measure",
    "gt",
    "basis",
    "amount",
    "min",
    "zones",
    "group",
    "combine",
    "fuelable",
)
PERCENT_BASES = ("PCT_FREIGHT", "PCT_DECLARED")

declare("surcharge_given", say("%(actor)s gave %(object)s the surcharge %(code)s: %(terms)s, from %(first)s"),
        "code", "terms", "first", "last", "replaced")  # fmt: skip
declare("surcharge_withdrawn", say("%(actor)s withdrew the surcharge %(code)s of %(object)s"), "code", "first", "last")


class ChannelSurcharge(DatedRecord):
    """`terms` are the cells as a sheet would hold them. One code is charged once a day."""

    series = ("channel", "code")

    channel = peewee.ForeignKeyField(Channel, on_delete="RESTRICT")
    code = peewee.CharField(max_length=40)
    terms = JsonField(default=dict)

    about = About(
        why="what channels charge for a time beside their price sheets", keep="10 years: quotes were reckoned with it",
        plain="id uid team channel code terms first last source created_at withdrawn_at replaced_by",
        staff="made_by withdrawn_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("channel", "withdrawn_at"), False),)

    @property
    def label(self) -> str:
        return self.channel.code

    @property
    def what(self) -> Words:
        return say("%(code)s: %(terms)s", code=self.code, terms=self.amount_text)

    @property
    def amount_text(self) -> str:
        """What it costs, shortly: “PER_KG 2.5”."""
        made = self.surcharge
        return f"{shown(made.amount)} %" if made.basis in PERCENT_BASES else shown(made.amount)

    @property
    def terms_words(self) -> Words:
        """What it costs for what: 2.5 per kg."""
        made = self.surcharge
        return Words(BASES[made.basis].message, amount=shown(made.amount))

    @property
    def surcharge(self) -> Surcharge:
        """What the engine reads. Raises FieldRefused for terms a sheet would not have either."""
        return read_terms(self.terms)

    @classmethod
    def give(
        cls,
        channel: Channel,
        terms: Mapping[str, str],
        span: Span,
        *,
        replaces: bool = False,
        by: Any = None,
        note: str = "",
    ) -> ChannelSurcharge:
        """A new surcharge. Raises FieldRefused, Overlap."""
        require_span(span)
        kept = {name: str(terms.get(name, "")).strip()[:200] for name in TERMS}
        made = cls(team=channel.team_id, channel=channel, code=kept["code"][:40], terms=kept, first=span.first,
                   last=span.last, source=note[:200])  # fmt: skip
        read_terms(kept)
        with write_txn():
            Channel.update(is_active=Channel.is_active).where(
                Channel.id == channel.id
            ).execute()  # Two at once wait here.
            made.place(replaces=replaces, by=by)
            track("surcharge_given", made, by=by, code=made.code, terms=made.terms_words, first=span.first,
                  last=span.last or "", replaced=replaces)  # fmt: skip
        return made

    def withdraw(self, *, by: Any = None) -> None:
        """Takes it back; quotes made with it stay as they are. Raises AlreadyDecided."""
        with write_txn():
            self.give_way(by=by)
            track("surcharge_withdrawn", self, by=by, code=self.code, first=self.first, last=self.last or "")

    @classmethod
    def of(cls, channel_ids: Iterable[int], *, withdrawn: bool = False) -> list[ChannelSurcharge]:
        """Those that stand, or those that were taken back, of these channels."""
        query = cls.select().where(cls.channel.in_(list(channel_ids)), cls.withdrawn_at.is_null(not withdrawn))
        return list(query.order_by(cls.code, cls.first))


def surcharges_of(rows: Iterable[ChannelSurcharge]) -> tuple[Surcharge, ...]:
    """What the engine reads, each with the days it really holds, in the order of their codes."""
    by_code: dict[tuple[int, str], list[ChannelSurcharge]] = {}
    for row in rows:
        by_code.setdefault((row.channel_id, row.code), []).append(row)
    return tuple(
        replace(one.row.surcharge, dates=Between(one.span.first, one.span.last))
        for _key, its in sorted(by_code.items()) for one in held(its)
    )  # fmt: skip


def read_terms(terms: Mapping[str, str]) -> Surcharge:
    """The terms as a sheet's reader understands them. Raises FieldRefused beside the first wrong cell."""
    problems = Problems()
    table = Table("surcharges", "surcharges", dict(enumerate(TERMS)), [(1, [terms.get(name, "") for name in TERMS])])
    found = read_surcharges(table, problems)
    if problems.found:
        raise FieldRefused(problems.found[0].column, problems.found[0].words)
    if not found:
        raise FieldRefused("amount", "This is needed.")
    return found[0]
