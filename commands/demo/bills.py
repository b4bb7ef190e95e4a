"""Parcels of two sellers booked with the operator's first carrier, and that carrier's bill, which agrees with most of them."""

from __future__ import annotations

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path

from commands import imports
from config.settings import Settings
from models.freight.bills.carrier_bill import BillFile, CarrierBill
from models.freight.bills.importer import BILLS
from models.freight.carrier import Carrier
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import quote
from models.freight.kept_quote import FreightQuote
from models.freight.offering import offered
from models.freight.origin import today
from models.imports.record import Import
from models.people.person import Person
from models.people.team import Team

CARRIER, CASHIER = "HYL", "gao.ning"
SENT = (  # Team, person, country, postcode, kg, sides.
    ("lotus", "sato.yuki", "US", "10001", "0.42", "20x15x6"),
    ("lotus", "sato.yuki", "DE", "10115", "1.18", "30x20x10"),
    ("lotus", "sato.yuki", "US", "94105", "0.95", "25x18x9"),
    ("lotus", "sato.yuki", "GB", "E1 6AN", "0.66", "22x16x8"),
    ("lotus", "sato.yuki", "DE", "80331", "2.40", "35x25x15"),
    ("lotus", "sato.yuki", "US", "60601", "0.30", "18x12x5"),
)  # fmt: skip


def set_up(settings: Settings, teams: dict[str, Team], people: dict[str, Person]) -> None:
    """The last parcel is missing in the bill, and one in it is nobody's."""
    booked = [one for number, sent in enumerate(SENT, 1) if (one := book(number, *sent, teams=teams, people=people))]
    carrier = Carrier.get(Carrier.team == teams["harbor"], Carrier.code == CARRIER)
    bill = CarrierBill.of(carrier, f"{CARRIER}-{today():%Y-%m}", currency="CNY", by=people[CASHIER])
    take_in(settings, bill, rows_of(booked[:-1]), by=people[CASHIER])


def book(
    number: int, slug: str, login: str, country: str, postcode: str, kg: str, sides: str, *, teams: dict[str, Team],
    people: dict[str, Person],
) -> FreightQuote | None:  # fmt: skip
    """The cheapest price of the carrier in CNY, kept and booked; None where it does not go there."""
    length, width, height = sides.split("x")
    box = {"kg": kg, "l": length, "w": width, "h": height}
    parcel = Parcel.read({"ship_date": today().isoformat(), "country": country, "postcode": postcode, "boxes": [box]})
    choices = [
        one
        for one in offered(teams[slug].id, today())
        if one.channel.code.startswith(CARRIER) and one.card.currency == "CNY"
    ]
    priced = [(found, one) for one in choices if (found := quote(one.card, parcel, {})).is_ok]
    if not priced:
        return None
    found, one = min(priced, key=lambda pair: pair[0].total or 0)
    kept = FreightQuote.keep(teams[slug], one, parcel, found, by=people[login])
    kept.book(f"HY{today():%y%m}{number:06}CN", by=people[login])
    return kept


def rows_of(booked: list[FreightQuote]) -> list[dict[str, str]]:
    """The carrier's rows: as quoted, but one heavier, one dearer, one with a fee of its own, and one that is nobody's."""
    rows = []
    for number, kept in enumerate(booked):
        row = {"运单号": kept.waybill, "计费重(KG)": str(kept.chargeable), "日期": today().isoformat(), "币种": "RMB"}
        row |= {line["code"]: line["amount"] for line in kept.answer["lines"]}
        if number == 1:
            row |= {"计费重(KG)": str(kept.chargeable + 1), "freight": str(Decimal(row["freight"]) + 48)}
        if number == 2:
            row["freight"] = str(Decimal(row["freight"]) + Decimal("0.37"))
        if number == 3:
            row["偏远费"] = "20.00"
        rows.append(row)
    return [*rows, {**rows[0], "运单号": "HY0000000XCN"}] if rows else []


def take_in(settings: Settings, bill: CarrierBill, rows: list[dict[str, str]], *, by: Person) -> None:
    """As the screen does it: the file, its columns, the dry run, the application."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    with tempfile.TemporaryDirectory(dir=settings.data) as folder:
        file = Path(folder) / f"{bill.number}.csv"
        file.write_text(out.getvalue(), "utf-8-sig")
        BillFile.of(bill, Import.take(bill.team, BILLS.kind, file.name, file, settings.data / "imports", by=by))
        imports.apply(settings, imports.look(settings, bill.team, BILLS.kind, file, by=by), by=by)
