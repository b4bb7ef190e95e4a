"""A carrier's bill by file: the dry run shows what differs from the quotes before anything is stored; then its lines are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.freight.bills import columns
from models.freight.bills.carrier_bill import BillFile, CarrierBill
from models.freight.bills.columns import Billed, Reader, key_of
from models.freight.bills.line import CLASSES, BillLine
from models.freight.bills.matching import Match, Rates, charge_of, matches_of, step_of, unbilled
from models.freight.carrier import Carrier
from models.freight.explaining import line_words
from models.freight.reconciling import ZERO, Charge, Finding, reconcile
from models.imports.entry import ImportEntry
from models.imports.importer import CellError, Importer, Planned, Record, register
from models.imports.record import Import
from models.support import clock
from models.support.bulk import among, raw_rows
from models.support.db import db
from models.support.errors import AlreadyDecided, Refused
from models.support.money import Money
from models.support.words import say

declare("carrier_bills_imported", say("%(actor)s imported the bill %(file)s: %(created)s lines as quoted, %(changed)s differ, %(bad)s rows refused"),
        "file", "created", "changed", "bad")  # fmt: skip
declare("missing_parcel_billed", say("%(object)s, which was missing, was billed in %(bill)s"), "bill")
measure("bills_imported", say("Carriers' bills imported"), "carrier_bills_imported")
measure("bill_lines_imported", say("Lines of bills imported"), carrier_bills_imported=("created", "changed"))
NAMES = {"class": say("Class"), "weight": say("Weight"), "total": say("Total"), "other": say("Other")}


@dataclass
class Carry:
    """What saving a line needs."""

    billed: Billed
    match: Match
    finding: Finding
    quoted: Charge | None
    rate: Any


class BillPlanner:
    """Plans bundles of billed parcels against the quotes that are kept now."""

    def __init__(self, batch: Import, named: frozenset[str]):
        bill = BillFile.bill_of(batch)
        if bill is None:
            raise Refused("Choose the carrier and the bill's number first.")
        self.bill: CarrierBill = bill
        self.reader, self.rates = Reader(named, bill.currency), Rates(bill)

    def plan(self, records: Sequence[Record]) -> list[Planned]:
        waybills = [record.key for record in records]
        matches = matches_of(self.bill, waybills)
        standing = BillLine.select().where(
            BillLine.bill == self.bill, BillLine.kind != "MISSING", among(BillLine.waybill, waybills)
        )
        lines = {line.waybill: line for line in standing}
        return [self._planned(record, matches[record.key], lines.get(record.key)) for record in records]

    def _planned(self, record: Record, match: Match, standing: Any) -> Planned:
        billed = self.reader.read(record)
        if billed is None:
            return Planned(record, "refused", errors=self.reader.errors)
        if standing is not None:
            return self._again(record, billed, standing)
        try:
            rate = self.rates.of(match.quote) if match.quote else None
        except Refused as refused:
            return Planned(
                record, "refused", errors=[CellError(record.rows[0].number, "waybill", record.key, refused.words)]
            )
        quoted = charge_of(match.quote, rate, self.bill.currency) if match.quote else None
        step = step_of(match.quote) if match.quote else ZERO
        finding = reconcile(quoted, billed.charge, step, billed_before=match.before is not None)
        carry = Carry(billed, match, finding, quoted, rate)
        return Planned(record, "new" if finding.main == "OK" else "changed", _differences(carry), carry=carry)

    def _again(self, record: Record, billed: Billed, standing: Any) -> Planned:
        if standing.billed_minor == Money.of(billed.charge.total, self.bill.currency).amount_minor:
            return Planned(record, "unchanged")
        words = say(
            "This waybill stands in the bill already, with %(amount)s. A bill is never edited.",
            amount=standing.billed.text(),
        )
        return Planned(record, "refused", errors=[CellError(record.rows[0].number, "waybill", record.key, words)])

    def save(self, planned: Planned, *, by: Any) -> None:
        carry: Carry = planned.carry
        Carrier.take_turn(self.bill.carrier_id)  # Whoever notes what is missing sees it, or is seen.
        try:
            with db.atomic():
                line = BillLine.create(**self._values(carry))
        except peewee.IntegrityError:  # Another file of the same carrier was faster.
            raise AlreadyDecided() from None
        if carry.match.quote is not None:
            self._no_longer_missing(line, by=by)

    def _values(self, carry: Carry) -> dict[str, Any]:
        billed, finding, quote, bill = carry.billed, carry.finding, carry.match.quote, self.bill
        difference = Money.of(finding.difference, bill.currency).amount_minor
        return {
            "team": bill.team_id, "bill": bill, "carrier": bill.carrier_id, "waybill": billed.waybill, "row_number": billed.row,
            "billed_on": billed.on, "billed_weight": billed.charge.weight, "billed_lines": _plain(billed.charge),
            "billed_minor": Money.of(billed.charge.total, bill.currency).amount_minor, "currency": bill.currency,
            "kind": finding.main, "kinds": list(finding.classes), "remark": carry.match.remark, "difference_minor": difference,
            "size_minor": abs(difference), "duplicate_of": carry.match.before, "state": "fine" if finding.main == "OK" else "open",
        } | quoted_values(quote, carry.quoted, carry.rate, bill.currency)  # fmt: skip

    def _no_longer_missing(self, line: BillLine, *, by: Any) -> None:
        """The parcel was missing in an earlier bill; now it is here."""
        missing = BillLine.select().where(BillLine.quote == line.quote_id, BillLine.kind == "MISSING")
        for one in missing.where(BillLine.state.in_(("open", "disputed"))):
            one.move(
                ("open", "disputed"), "cleared", remark="BILLED_LATER", reason=self.bill.number, decided_at=clock.now()
            )
            track("missing_parcel_billed", one, by=by, bill=self.bill.number)

    def place(self, refused: Refused, planned: Planned) -> CellError:
        return CellError(planned.record.rows[0].number, "waybill", planned.record.key, refused.words)


def quoted_values(quote: Any, quoted: Charge | None, rate: Any, currency: str) -> dict[str, Any]:
    """What a line keeps of the quote; nothing of what the parcel holds or whose order it is."""
    if quote is None or quoted is None:
        return {}
    return {
        "quote": quote.id, "parcel_team": quote.team_id, "channel": quote.channel_id, "country": quote.country,
        "chargeable": quote.chargeable, "unit": quote.unit, "quoted_lines": _plain(quoted),
        "quoted_minor": Money.of(quoted.total, currency).amount_minor, "rate": rate,
    }  # fmt: skip


def _plain(charge: Charge) -> list[list[str]]:
    return [[code, str(amount)] for code, amount in charge.lines]


def _differences(carry: Carry) -> dict[str, tuple[Any, Any]]:
    """Old is what was quoted, new what is billed."""
    found: dict[str, tuple[Any, Any]] = {}
    if carry.finding.main != "OK":
        found["class"] = ("", list(carry.finding.classes))
    if carry.quoted is not None and "WEIGHT" in carry.finding.classes:
        found["weight"] = (str(carry.quoted.weight), str(carry.billed.charge.weight))
    for line in carry.finding.lines:
        if line.differs:
            found[line.code] = (_text(line.quoted), _text(line.billed))
    return found


def _text(amount: Any) -> str:
    return "" if amount is None else str(amount)


def _shown(name: str, value: Any) -> str:
    if name == "class":
        return ", ".join(str(CLASSES[code]) for code in value) or "—"
    return str(value) or "—"


def note_missing(batch: Import) -> None:
    """At the end of a file, in its transaction: the bill's period, and a line for each parcel the bill lacks."""
    bill = BillFile.bill_of(batch)
    if bill is None:
        return
    mine = BillLine.select(peewee.fn.MIN(BillLine.billed_on), peewee.fn.MAX(BillLine.billed_on)).where(
        BillLine.bill == bill
    )
    span: Any = mine.tuples().get()
    bill.span(*span)
    Carrier.take_turn(bill.carrier_id)  # Two bills of it at once would both miss the same parcel.
    refused = ImportEntry.select(ImportEntry.key).where(
        ImportEntry.batch == batch, (ImportEntry.verb == "refused") | (ImportEntry.outcome.in_(("refused", "held")))
    )  # fmt: skip
    rates = Rates(bill)
    for quote in unbilled(bill, [row[0] for row in raw_rows(refused)]):
        _keep_missing(bill, quote, rates)


def _keep_missing(bill: CarrierBill, quote: Any, rates: Rates) -> None:
    try:
        rate = rates.of(quote)
    except Refused:
        return  # Without a rate it could not be said in the bill's currency; a later bill finds it again.
    quoted = charge_of(quote, rate, bill.currency)
    difference = Money.of(reconcile(quoted, None).difference, bill.currency).amount_minor
    BillLine.create(
        team=bill.team_id, bill=bill, carrier=bill.carrier_id, waybill=quote.waybill, billed_minor=0, currency=bill.currency,
        kind="MISSING", kinds=["MISSING"], difference_minor=difference, size_minor=abs(difference), state="open",
        billed_on=quote.ship_date, **quoted_values(quote, quoted, rate, bill.currency),
    )  # fmt: skip


BILLS = register(
    Importer(
        kind="carrier_bills",
        title=say("Carriers' bills"),
        permission="freight.settle",
        event="carrier_bills_imported",
        fields=columns.FIELDS,
        key=key_of,
        planner=lambda team, named: _no_bill(),
        columns=lambda reach: columns.TEMPLATE,
        key_column="waybill",
        help=say("A row for each waybill with a column for each fee, or a row for each fee."),
        back="freight.bills",
        named=lambda name: str(NAMES.get(name) or line_words(name)),
        shown=_shown,
        door="freight.bills",
        of_file=BillPlanner,
        ending=note_missing,
        verbs={"new": say("As quoted"), "created": say("As quoted"), "changed": say("Different")},
        offer=say("Take in %(new)s lines as quoted and %(changed)s that differ"),
    )
)


def _no_bill() -> Any:
    raise Refused("Choose the carrier and the bill's number first.")
