"""What a statement says, as plain text ready to be printed: the summary of its first page, and pages of lines."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import segno
from babel.numbers import format_decimal

from models.people.team import Team
from models.support import clock
from models.support.money import Money, exponent
from models.support.words import say
from models.wallet.hold import Hold
from models.wallet.statements.lines import Sums, bounds
from models.wallet.statements.pages import page_count
from models.wallet.statements.statement import Statement
from models.wallet.transfer import KINDS
from models.wallet.wallet import Wallet

MOST_CHANNELS, MINUS = 18, "\N{MINUS SIGN}"
IN_ORDER = ("recharge", "refund", "claim", "reversal", "adjustment", "exchange", "payout", "freight", "extra", "bill")


def money_of(currency: str) -> Any:
    """Amounts as a bank writes them: thousands separated, a minus before what is owed."""
    places = exponent(currency)
    pattern = "#,##0." + "0" * places if places else "#,##0"

    def worded(amount_minor: int) -> str:
        return str(format_decimal(Money(amount_minor, currency).amount, format=pattern, locale="en")).replace(
            "-", MINUS
        )

    return worded


def kind_word(kind: str) -> str:
    return str(KINDS[kind])


def content_of(statement: Statement, sums: Sums, base_url: str) -> dict[str, Any]:
    """The values of the first page, in the language that is spoken."""
    wallet: Wallet = statement.wallet
    team, operator, money = Team.get_by_id(statement.team_id), Team.operator(), money_of(wallet.currency)
    address = f"{base_url}/statements/verify"
    found = f"{address}?number={statement.number}&code={statement.code}"
    return {
        "number": statement.number, "account": wallet.label, "holder": team.name, "issuer": operator.name if operator else team.name,
        "currency": wallet.currency, "zone": statement.zone, "first_day": str(statement.first_day),
        "last_day": str(statement.last_day), "issued": f"{clock.local(clock.now(), statement.zone):%Y-%m-%d}",
        "lines": sums.lines, "pages": page_count(sums.lines), "summary": summary_of(statement, sums, money),
        "channels": channels_of(sums, money), "code": statement.code, "digest": sums.digest, "address": address,
        "qr": segno.make(found, error="m").png_data_uri(scale=6, border=1),
    }  # fmt: skip


def summary_of(statement: Statement, sums: Sums, money: Any) -> list[tuple[str, str, str]]:
    """Opening, what moved by kind, closing, and what was on hold at the end: (name, amount, weight)."""
    wallet: Wallet = statement.wallet
    rows = [(str(say("Opening balance")), money(sums.opening), "first")]
    rows += [(kind_word(kind), money(sums.by_kind[kind]), "part") for kind in IN_ORDER if sums.by_kind.get(kind)]
    held = held_at(statement)
    rows.append((str(say("Closing balance")), money(sums.closing), "strong"))
    rows.append((str(say("On hold at the end, not deducted yet")), money(held), "part"))
    rows.append((str(say("Credit limit today")), money(wallet.credit_limit_minor), "part"))
    rows.append((str(say("Available at the end")), money(sums.closing - held + wallet.credit_limit_minor), "part"))
    return rows


def held_at(statement: Statement) -> int:
    """What was promised to parcels when the period ended (minor units)."""
    _start, end = bounds(statement.first_day, statement.last_day, statement.zone)
    query = Hold.select().where(Hold.wallet == statement.wallet_id, Hold.created_at < end)
    return sum(hold.amount_minor for hold in query if hold.ended_at is None or hold.ended_at >= end)


def channels_of(sums: Sums, money: Any) -> list[tuple[str, ...]]:
    """A row for each channel, the dearest first; those beyond the page's room together, then all."""
    found = sorted(sums.by_channel.items(), key=lambda pair: -pair[1].net)
    if not found:
        return []
    total = sum(one.net for _name, one in found)
    rows = [_row(name, [one], total, money) for name, one in found[:MOST_CHANNELS]]
    if rest := [one for _name, one in found[MOST_CHANNELS:]]:
        rows.append(_row(str(say("Others")), rest, total, money))
    rows.append(_row(str(say("All")), [one for _name, one in found], total, money))
    return rows


def _row(name: str, ones: list[Any], total: int, money: Any) -> tuple[str, ...]:
    net = sum(one.net for one in ones)
    share = (Decimal(net) * 100 / total).quantize(Decimal("0.1"), ROUND_HALF_UP) if total else Decimal(0)
    kilograms = Decimal(sum(one.grams for one in ones)) / 1000
    return (
        name, str(sum(len(one.parcels) for one in ones)), f"{kilograms:,.3f}", money(sum(one.charged for one in ones)),
        money(sum(one.refunded for one in ones)), money(net), f"{share} %",
    )  # fmt: skip
