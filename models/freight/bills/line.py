"""A line of a carrier's bill: one parcel as billed beside its quote as given. Both are facts and never change.

What differs is settled by a person (`settling`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import peewee

from models.audit.telling import tell
from models.freight.bills.carrier_bill import CarrierBill, Totals
from models.freight.bills.settling import MOST_TEXT, Settling
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.kept_quote import FreightQuote
from models.freight.reconciling import Charge, Compared, compared
from models.people.person import Person
from models.people.team import Team
from models.support.bulk import raw_rows
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
for _event in ("difference_agreed", "difference_disputed", "difference_cleared", "difference_reopened"):
    tell(f"{_event}.kind", CLASSES)
tell("difference_reopened.was", STATES)


class BillLine(Settling, TeamRecord):
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
            (("created_at",), False),
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

    def compared(self) -> tuple[Compared, ...]:
        """Quote and bill line by line."""
        quoted = (
            None if self.quoted_minor is None or self.kind == "DUPLICATE" else _charge(self.quoted_lines, self.quoted)
        )
        return compared(quoted, None if self.kind == "MISSING" else _charge(self.billed_lines, self.billed))

    # For the wallet

    @classmethod
    def agreed_for_wallet(cls, team_id: int | None = None) -> Any:
        """Differences that are agreed and not posted yet, the oldest first; of one team's bills, or of all.

        `parcel_team` is whose wallet it touches (None: nobody's, such as a parcel that is not ours), `agreed_minor` in `currency`
        how much beyond the quote; below zero it is to be given back.
        """
        found = cls.select().where(cls.state == "agreed", cls.posted_ref == "")
        return (found if team_id is None else found.where(cls.team == team_id)).order_by(cls.id)

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
