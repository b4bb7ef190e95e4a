"""What moved wallets in a span of days: the balance before, each kind's sum, the balance after. Balances are read from the ledger by
themselves; a wallet whose sums do not lead from one to the other is shown as such."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import peewee

from models.people.team import Team
from models.support.money import Money
from models.wallet.reports.span import Span
from models.wallet.reports.sums import WalletDay, moved
from models.wallet.transfer import KINDS, Transfer
from models.wallet.wallet import Wallet


@dataclass
class Movement:
    """One wallet's, or all of a currency (`wallet` is None). Minor units; `sums` and `counts` by kind."""

    currency: str
    wallet: Wallet | None = None
    opening: int = 0
    closing: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def adds_up(self) -> bool:
        return self.opening + sum(self.sums.values()) == self.closing

    @property
    def moved(self) -> int:
        return sum(self.counts.values())

    def money(self, name: str) -> Money:
        return Money(getattr(self, name) if name in ("opening", "closing") else self.sums[name], self.currency)

    def add(self, other: Movement) -> None:
        self.opening, self.closing = self.opening + other.opening, self.closing + other.closing
        self.sums.update(other.sums)
        self.counts.update(other.counts)


@dataclass(frozen=True)
class Movements:
    span: Span
    rows: list[Movement]
    totals: list[Movement]
    kinds: list[str]


def movements(span: Span, *, team: Team | None = None, currency: str = "", kind: str = "") -> Movements:
    """Of all wallets that held or moved anything; of one team, one currency, those a kind moved."""
    wallets = {one.id: one for one in wallets_of(team, currency)}
    rows = {number: Movement(one.currency, one) for number, one in wallets.items()}
    for number, balance in balances_at(span.since):
        if number in rows:
            rows[number].opening = balance
    for number, balance in balances_at(span.until):
        if number in rows:
            rows[number].closing = balance
    for _team, number, name, amount, count in _moved(span):
        if number in rows:
            rows[number].sums[name] += amount
            rows[number].counts[name] += count
    shown = [one for one in rows.values() if (one.counts[kind] if kind else one.opening or one.closing or one.moved)]
    kinds = [name for name in KINDS if any(one.counts[name] for one in shown)]
    return Movements(span, shown, totals_of(shown), kinds)


def totals_of(rows: Iterable[Movement]) -> list[Movement]:
    found: dict[str, Movement] = {}
    for row in rows:
        found.setdefault(row.currency, Movement(row.currency)).add(row)
    return [found[currency] for currency in sorted(found)]


def wallets_of(team: Team | None = None, currency: str = "") -> list[Wallet]:
    """With their teams, by name."""
    query = Wallet.select(Wallet, Team).join(Team)
    query = query.where(Wallet.team == team) if team else query
    query = query.where(Wallet.currency == currency) if currency else query
    return list(query.order_by(Team.name, Wallet.currency))


def balances_at(moment: datetime) -> list[tuple[int, int]]:
    """The balance of each wallet just before a moment: a seek in an index for each."""
    before: Any = (
        Transfer.select(Transfer.balance_after_minor).where(Transfer.wallet == Wallet.id, Transfer.posted_at < moment)
        .order_by(Transfer.posted_at.desc(), Transfer.id.desc()).limit(1)
    )  # fmt: skip
    found: Any = Wallet.select(Wallet.id, before).tuples()
    return [(number, int(balance or 0)) for number, balance in found]


def _moved(span: Span) -> list[Any]:
    last, since = span.summed()
    found = moved(since, span.until) if since < span.until else []
    if last is not None:
        total, count = peewee.fn.SUM(WalletDay.amount_minor), peewee.fn.SUM(WalletDay.transfers)
        stored: Any = (
            WalletDay.select(WalletDay.team, WalletDay.wallet, WalletDay.kind, total, count)
            .where(WalletDay.day.between(span.first, last)).group_by(WalletDay.team, WalletDay.wallet, WalletDay.kind).tuples()
        )  # fmt: skip
        found += [(team, wallet, kind, int(amount), int(many)) for team, wallet, kind, amount, many in stored]
    return found
