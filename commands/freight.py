"""What parcels cost under price sheets, without a database: JSON lines in, JSON lines out (docs/freight.md). And bringing a
price sheet into a team's channel.

./portolan freight quote --card line.xlsx --card express.zip --fx USD=7.1 < parcels.jsonl
./portolan freight import line.xlsx --team lotus          (says what it would change; --apply makes the draft)
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.freight.engine.card import Card
from models.freight.engine.charges import rounded
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import HOME, Quote, quotes
from models.freight.workbook.reading import read_price_sheet
from models.support.errors import Refused

MOST_LINE = 4 * 1024 * 1024


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    ask = verbs.add_parser("quote", help="price parcels: one JSON object a line on stdin, one answer a line on stdout")
    ask.add_argument("--card", type=Path, action="append", required=True, metavar="FILE",
                     help="a price sheet: workbook, ZIP archive of CSV files, or a folder of them; may be repeated")  # fmt: skip
    ask.add_argument("--fx", action="append", default=[], metavar="USD=7.1", help="CNY for one unit; may be repeated")
    bring = verbs.add_parser(
        "import", help="read a price sheet into a team's channel; without --apply it only says what would be"
    )
    bring.add_argument("file", type=Path, help="a workbook (.xlsx) or a ZIP archive of CSV files")
    bring.add_argument("--team", metavar="SLUG", help="whose price sheet; may be left out when there is one team")
    bring.add_argument("--channel", metavar="CODE", help="the channel, where the file does not name it")
    bring.add_argument(
        "--sheet", metavar="NAME", default="", help="the sheet that holds the prices, where several look like it"
    )
    bring.add_argument("--apply", action="store_true", help="make a draft, to be approved by somebody")
    bring.add_argument("--accept-steep", action="store_true", help="also where prices change by more than 50 %%")
    bring.add_argument("--note", default="", help="for whoever approves it")
    bring.add_argument("--json", action="store_true")


def run(args) -> int:
    if args.verb == "import":
        from commands.price_sheets import bring  # The engine alone starts sooner.

        return bring(args)
    cards = [card_of(path) for path in args.card]
    rates = dict(map(rate, args.fx))
    for answer in answers(sys.stdin, cards, rates):
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0


def card_of(path: Path) -> Card:
    """The card of a file. Raises Refused with every error of a sheet that cannot be used."""
    sheet = read_price_sheet(path)
    for problem in sheet.problems:
        where = ", ".join(filter(None, (problem.sheet, f"row {problem.row}" if problem.row else "", problem.column)))
        print(
            f"{path.name}: {problem.grade}: {where}: {problem.words} [{problem.code}: {problem.value}]", file=sys.stderr
        )
    if not sheet.is_good:
        raise Refused("%(name)s cannot be used before its errors are mended.", name=path.name)
    return sheet.card


def rate(text: str) -> tuple[str, Decimal]:
    found = re.fullmatch(r"([A-Za-z]{3})=(\d{1,9}(?:\.\d{1,12})?)", text.strip())
    if found is None or not Decimal(found[2]):
        raise Refused("Write a rate like USD=7.1, not %(text)s.", text=text)
    return found[1].upper(), Decimal(found[2])


def answers(lines: Iterable[str], cards: list[Card], rates: dict[str, Decimal]) -> Iterator[dict[str, Any]]:
    """An answer for each line that holds anything; a bad line is answered with its error, and the run goes on."""
    for line in lines:
        if not line.strip():
            continue
        asked: Any = None
        try:
            asked = _object(line)
            parcel = Parcel.read(asked)
            chosen = _channel(asked, cards)
            yield {"id": asked.get("id"), "quotes": [shown(quote) for quote in quotes(chosen, parcel, rates)]}
        except Refused as refused:
            yield {"id": asked.get("id") if isinstance(asked, dict) else None, "error": str(refused)}


def _object(line: str) -> dict[str, Any]:
    try:
        if len(line) > MOST_LINE:
            raise ValueError
        asked = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise Refused("This line is no JSON object.") from None
    if not isinstance(asked, dict):
        raise Refused("This line is no JSON object.")
    return asked


def _channel(asked: dict[str, Any], cards: list[Card]) -> list[Card]:
    wanted = asked.get("channel")
    if wanted in (None, ""):
        return cards
    chosen = [card for card in cards if card.channel == wanted]
    if not chosen:
        raise Refused("There is no channel %(name)s among the price sheets.", name=wanted)
    return chosen


def shown(quote: Quote) -> dict[str, Any]:
    """A quote in plain data, amounts as text with the currency's decimals."""
    currency = quote.card.currency
    return {
        "channel": quote.card.channel,
        "status": "OK" if quote.is_ok else "REJECTED",
        "reasons": list(quote.reasons),
        "chargeable": _plain(quote.weighed.chargeable) if quote.weighed else None,
        "unit": quote.card.unit,
        "lines": [{"code": line.code, "amount": _text(line.amount, currency)} for line in quote.lines],
        "total": _text(quote.total, currency),
        "currency": currency,
        "total_cny": _text(quote.total_home, HOME),
        "eta": list(quote.eta) if quote.eta else None,
        "warnings": list(quote.warnings),
    }


def _text(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else format(rounded(amount, currency), "f")


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
