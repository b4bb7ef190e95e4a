"""A line of a carrier's bill: one parcel as billed beside its quote as given. Both are facts and never change.

What differs is settled by a person: agreed (the wallet posts it, once), disputed with the carrier, or cleared. Every decision
leaves an event; a wrong one is taken back until the wallet has posted it.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.freight.bills.carrier_bill import CarrierBill, Totals
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.kept_quote import FreightQuote
from models.freight.reconciling import Charge, Compared, compared
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.bulk import raw_rows
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import ExactDecimalField, JsonField, StatusField, UidField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

CLASSES = {
    "OK": say("As quoted"),
    "WEIGHT": say("Heavier than quoted"),
    "RATE": say("Another price"),
    "SURCHARGE_EXTRA": say("A charge that was not quoted"),
    "NOT_OURS": say("Not ours"),
    "MISSING": say("Not billed"),
    "DUPLICATE": say("Billed before"),
}
STATES = {
    "fine": say("Nothing to settle"),
    "open": say("To settle"),
    "disputed": say("Disputed"),
    "agreed": say("Agreed"),
    "cleared": say("Cleared"),
}
UNDECIDED = ("open", "disputed")
MOST_TEXT, MOST_AT_ONCE = 500, 1000

declare(
    "difference_agreed",
    say("%(actor)s agreed to %(amount)s for %(object)s: %(reason)s"),
    "amount",
    "reason",
    "bill",
    "kind",
)
declare(
    "difference_disputed",
    say("%(actor)s disputed %(amount)s for %(object)s: %(reason)s"),
    "amount",
    "reason",
    "bill",
    "kind",
)
declare(
    "difference_cleared",
    say("%(actor)s cleared %(amount)s for %(object)s: %(reason)s"),
    "amount",
    "reason",
    "bill",
    "kind",
)
declare(
    "difference_reopened",
    say("%(actor)s took back the decision on %(object)s: %(reason)s"),
    "was",
    "reason",
    "bill",
    "kind",
)
declare("difference_posted", say("The difference of %(object)s was posted as %(ref)s"), "amount", "ref", "bill")
measure("differences_settled", say("Freight differences settled"), "difference_agreed", "difference_cleared")


class BillLine(TeamRecord):
    """Amounts are in the bill's currency; `rate` is what one unit of the quote's counted in it, where they differ. `parcel_team`
    is whose parcel it is; `size_minor` is how large the difference is, whatever its sign."""

    id = peewee.BigAutoField()
    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    bill = peewee.ForeignKeyField(CarrierBill, index=False, on_delete="RESTRICT", backref="lines")
    carrier = peewee.ForeignKeyField(Carrier, index=False, on_delete="RESTRICT")
    waybill = peewee.CharField(max_length=40)
    row_number = peewee.IntegerField(null=True)
    billed_on = peewee.DateField(null=True)
    billed_weight = ExactDecimalField(null=True)
    billed_lines = JsonField(default=list)
    billed_minor = peewee.BigIntegerField()
    currency = peewee.CharField(max_length=3)
    quote = peewee.ForeignKeyField(FreightQuote, null=True, on_delete="RESTRICT", backref="bill_lines")
    parcel_team = peewee.ForeignKeyField(Team, null=True, on_delete="RESTRICT", backref="billed_parcels")
    channel = peewee.ForeignKeyField(Channel, null=True, on_delete="RESTRICT", backref="bill_lines")
    country = peewee.CharField(max_length=2, default="")
    chargeable = ExactDecimalField(null=True)
    unit = peewee.CharField(max_length=3, default="KG")
    quoted_lines = JsonField(default=list)
    quoted_minor = peewee.BigIntegerField(null=True)
    rate = ExactDecimalField(null=True)
    kind = StatusField(*CLASSES)
    kinds = JsonField(default=list)
    remark = peewee.CharField(max_length=20, default="")
    difference_minor = peewee.BigIntegerField()
    size_minor = peewee.BigIntegerField()
    duplicate_of = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT")
    state = StatusField(*STATES)
    dispute = peewee.CharField(max_length=MOST_TEXT, default="")
    reason = peewee.CharField(max_length=MOST_TEXT, default="")
    agreed_minor = peewee.BigIntegerField(null=True)
    decided_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL")
    decided_at = UtcField(null=True)
    posted_ref = peewee.CharField(max_length=60, default="")
    created_at: UtcField = created_at()

    about = About(
        why="what was billed for a parcel beside its quote, and who settled the difference",
        keep="10 years: the wallet's transfers point at it",
        plain="id uid team bill carrier waybill row_number billed_on billed_weight billed_lines billed_minor currency quote "
        "parcel_team channel country chargeable unit quoted_lines quoted_minor rate kind kinds remark difference_minor size_minor "
        "duplicate_of state dispute reason agreed_minor decided_at posted_ref created_at",
        staff="decided_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "id"), False),
            (("team", "state", "id"), False),
            (("team", "size_minor", "id"), False),
            (("bill", "state"), False),
            (("carrier", "waybill"), False),
        )

    @property
    def label(self) -> str:
        return self.waybill

    @property
    def billed(self) -> Money:
        return Money(self.billed_minor, self.currency)

    @property
    def quoted(self) -> Money | None:
        return None if self.quoted_minor is None else Money(self.quoted_minor, self.currency)

    @property
    def difference(self) -> Money:
        return Money(self.difference_minor, self.currency)

    @property
    def agreed(self) -> Money | None:
        return None if self.agreed_minor is None else Money(self.agreed_minor, self.currency)

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def may_be_agreed(self) -> bool:
        return self.is_undecided and self.kind != "MISSING" and self.difference_minor != 0

    @property
    def may_be_reopened(self) -> bool:
        return self.state in ("agreed", "cleared") and not self.posted_ref

    def compared(self) -> tuple[Compared, ...]:
        """Quote and bill line by line."""
        quoted = (
            None if self.quoted_minor is None or self.kind == "DUPLICATE" else _charge(self.quoted_lines, self.quoted)
        )
        return compared(quoted, None if self.kind == "MISSING" else _charge(self.billed_lines, self.billed))

    # Deciding

    def agree(self, *, by: Any, reason: str, amount_minor: int | None = None) -> None:
        """The difference (or a part of it) is right: the wallet may post it. Raises FieldRefused, AlreadyDecided."""
        if self.kind == "MISSING":
            raise Refused("Nothing was billed for this parcel, so there is nothing to agree to. Clear it instead.")
        amount = self.difference_minor if amount_minor is None else amount_minor
        if not amount or not min(0, self.difference_minor) <= amount <= max(0, self.difference_minor):
            raise FieldRefused("amount", "An amount between nothing and the whole difference.")
        self._decide("agreed", "difference_agreed", _said(reason), by=by, amount=amount, agreed_minor=amount)

    def argue(self, *, by: Any, reason: str) -> None:
        """The difference is disputed with the carrier. Its answer is told when it is agreed to or cleared."""
        text = _said(reason)
        with write_txn():
            self.move("open", "disputed", dispute=text, decided_by=by, decided_at=clock.now())
            self._track("difference_disputed", text, by=by, amount=self.difference_minor)

    def clear(self, *, by: Any, reason: str) -> None:
        """Nothing is to be posted: a credit note came, or it is no difference after all."""
        self._decide("cleared", "difference_cleared", _said(reason), by=by, amount=self.difference_minor)

    def reopen(self, *, by: Any, reason: str) -> None:
        """Takes a decision back. Raises Refused once the wallet has posted it."""
        text, was = _said(reason), self.state
        if self.posted_ref:
            raise Refused("The wallet has posted this difference. Reverse the transfer there.")
        with write_txn():
            found = (BillLine.id == self.id) & (BillLine.state.in_(("agreed", "cleared"))) & (BillLine.posted_ref == "")
            changed = BillLine.update(
                state="open", agreed_minor=None, reason="", dispute="", decided_by=by, decided_at=clock.now()
            )
            if not changed.where(found).execute():
                raise AlreadyDecided()
            track("difference_reopened", self, by=by, was=was, reason=text, bill=self.bill.number, kind=self.kind)
        self.state = "open"

    def _decide(self, state: str, event: str, reason: str, *, by: Any, amount: int, **values: Any) -> None:
        with write_txn():
            self.move(UNDECIDED, state, reason=reason, decided_by=by, decided_at=clock.now(), **values)
            self._track(event, reason, by=by, amount=amount)

    def _track(self, event: str, reason: str, *, by: Any, amount: int) -> None:
        money = Money(amount, self.currency)
        track(
            event,
            self,
            by=by,
            amount=f"{money.text()} {money.currency}",
            reason=reason,
            bill=self.bill.number,
            kind=self.kind,
        )

    @classmethod
    def agree_to_small(cls, reach: Any, limit_minor: int, currency: str, *, by: Any, reason: str) -> tuple[int, int]:
        """Agrees to open differences of at most so much, the oldest first. Returns how many, and how many are left."""
        if limit_minor <= 0:
            raise FieldRefused("limit", "Write an amount above zero.")
        small = cls.reachable(reach).where(
            cls.state == "open", cls.currency == currency, cls.size_minor.between(1, limit_minor),
            cls.kind.not_in(("MISSING", "NOT_OURS", "DUPLICATE")),
        )  # fmt: skip
        done = 0
        with write_txn():
            for line in small.order_by(cls.id).limit(MOST_AT_ONCE):
                with suppress(AlreadyDecided):  # Somebody else settles it at this moment.
                    line.agree(by=by, reason=reason)
                    done += 1
        return done, small.count()

    # For the wallet

    @classmethod
    def agreed_for_wallet(cls, team_id: int | None = None) -> Any:
        """Differences that are agreed and not posted yet, the oldest first; of one team's bills, or of all.

        `parcel_team` is whose wallet it touches (None: nobody's, such as a parcel that is not ours), `agreed_minor` in `currency`
        how much beyond the quote; below zero it is to be given back.
        """
        found = cls.select().where(cls.state == "agreed", cls.posted_ref == "")
        return (found if team_id is None else found.where(cls.team == team_id)).order_by(cls.id)

    def mark_posted(self, ref: str) -> None:
        """Says by which transfer it was posted; once. Raises AlreadyDecided. Call it in the transfer's own transaction."""
        with write_txn():
            mine = (BillLine.id == self.id) & (BillLine.state == "agreed") & (BillLine.posted_ref == "")
            if not ref or not BillLine.update(posted_ref=ref[:60]).where(mine).execute():
                raise AlreadyDecided()
            self.posted_ref = ref[:60]
            amount = Money(self.agreed_minor or 0, self.currency)
            track(
                "difference_posted",
                self,
                amount=f"{amount.text()} {amount.currency}",
                ref=self.posted_ref,
                bill=self.bill.number,
            )

    # Asking

    @classmethod
    def open_count(cls, team_id: int) -> int:
        return cls.select().where(cls.team == team_id, cls.state == "open").count()

    @classmethod
    def totals_of(cls, bills: list[CarrierBill]) -> dict[int, Totals]:
        """The totals of bills, by their id (one question)."""
        fn, count = peewee.fn.SUM, peewee.fn.COUNT(peewee.SQL("1"))
        query = cls.select(
            cls.bill, cls.state, fn(cls.billed_minor), fn(cls.quoted_minor), fn(cls.difference_minor), count
        )
        rows = raw_rows(query.where(cls.bill.in_([bill.id for bill in bills] or [0])).group_by(cls.bill, cls.state))
        return {bill.id: _totals(bill.currency, [row[1:] for row in rows if row[0] == bill.id]) for bill in bills}


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise FieldRefused("reason", "Say why.")
    if len(text) > MOST_TEXT:
        raise FieldRefused("reason", "At most %(most)s characters; this has %(has)s.", most=MOST_TEXT, has=len(text))
    return text


def _charge(lines: list[list[str]], total: Money | None) -> Charge | None:
    return None if total is None else Charge(total.amount, tuple((code, Decimal(amount)) for code, amount in lines))


def _totals(currency: str, rows: list[Any]) -> Totals:
    def of(place: int, *states: str) -> Money:
        return Money(int(sum(row[place] or 0 for row in rows if not states or row[0] in states)), currency)

    lines = sum(row[4] for row in rows)
    return Totals(of(1), of(2), of(3), of(3, "open"), of(3, "agreed", "cleared"), of(3, "disputed"), lines,
                  sum(row[4] for row in rows if row[0] == "open"))  # fmt: skip


# A waybill is billed once in a bill, one bill of the carrier is the first to bill it, and it is missed once.
BillLine.add_index(
    BillLine.index(
        BillLine.bill, BillLine.waybill, unique=True, where=BillLine.kind != "MISSING", name="bill_line_bill_waybill"
    )
)
BillLine.add_index(
    BillLine.index(BillLine.quote, unique=True, where=BillLine.kind == "MISSING", name="bill_line_missed_once")
)
BillLine.add_index(
    BillLine.index(
        BillLine.carrier,
        BillLine.waybill,
        unique=True,
        where=BillLine.kind.not_in(("DUPLICATE", "MISSING")),
        name="bill_line_billed_once",
    )
)
