"""Which recharge a bank line may be. The reference and the amount are the same; else the amount, within days of the day it was paid.

Only what fits one alone, from both sides, is proposed; what fits several is shown side by side, and a person decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee

from models.freight.origin import ORIGIN
from models.people.team import Team
from models.support import clock
from models.wallet.bank.file import BankFile
from models.wallet.bank.line import BankLine
from models.wallet.recharge import GONE, Recharge, folded
from models.wallet.wallet import Wallet

DAYS, KEPT_DAYS, MOST, MOST_SHOWN = 7, 400, 5_000, 20
LEAST_WORD, LEAST_IN_TEXT = 3, 8  # Shorter ones stand in a summary by chance.
RULES = ("reference", "amount", "other")
SPLIT = re.compile(r"[\s,;:|()（），；：]+")


@dataclass(frozen=True)
class Candidate:
    """A recharge that a line may be: `rank` 0 by reference and amount, 1 by amount and day, 2 by the reference alone."""

    recharge: Recharge
    rank: int

    @property
    def rule(self) -> str:
        return RULES[self.rank]


class Pool:
    """Recharges that no line belongs to, found by their amount or by how a bank may name them."""

    def __init__(self, recharges: Iterable[Recharge]):
        self.by_amount: dict[tuple[str, int], list[Recharge]] = defaultdict(list)
        self.by_name: dict[tuple[str, str], list[Recharge]] = defaultdict(list)
        for one in recharges:
            self.by_amount[one.currency, one.amount_minor].append(one)
            for name in names_of(one):
                self.by_name[one.currency, name].append(one)

    def candidates(self, line: BankLine) -> list[Candidate]:
        """What a line may be, the likeliest first."""
        words, text = words_of(line)
        found: dict[int, Candidate] = {}
        for one in self.by_amount[line.currency, line.amount_minor]:
            is_named = any(name in words or (len(name) >= LEAST_IN_TEXT and name in text) for name in names_of(one))
            if is_named or abs((paid_on(one) - line.booked_on).days) <= DAYS:
                found[one.id] = Candidate(one, 0 if is_named else 1)
        for word in words:
            for one in self.by_name.get((line.currency, word), ()):
                found.setdefault(one.id, Candidate(one, 2))
        return sorted(found.values(), key=lambda one: (one.rank, -one.recharge.id))


def match_all(team_id: int) -> int:
    """Proposes what is the only one from both sides. How many."""
    query = (
        BankLine.select(BankLine, BankFile)
        .join(BankFile)
        .where(BankLine.team == team_id, BankLine.state == "unmatched")
    )
    lines = list(query.order_by(BankLine.booked_on.desc(), BankLine.id.desc()).limit(MOST))
    pool = Pool(free()) if lines else Pool(())
    found = {line.id: pool.candidates(line) for line in lines}
    made, gone = 0, set[int]()
    for rank in (0, 1):
        fits: dict[int, list[Any]] = {
            line.id: _best(found[line.id], rank, gone) for line in lines if line.recharge_id is None
        }
        wanted = Counter(one.id for several in fits.values() for one in several)
        for line in lines:
            if (
                len(mine := fits.get(line.id, [])) == 1
                and wanted[mine[0].id] == 1
                and line.propose(mine[0], RULES[rank])
            ):
                gone.add(mine[0].id)
                made += 1
    return made


def _best(found: list[Candidate], rank: int, gone: set[int]) -> list[Recharge]:
    """Those of a rank, where none fits better."""
    left = [one for one in found if one.recharge.id not in gone]
    return [one.recharge for one in left if one.rank == rank] if not left or left[0].rank == rank else []


def candidates(line: BankLine) -> list[Candidate]:
    """What an open line may be; what is proposed for it is among them."""
    if not line.is_open or line.amount_minor <= 0:
        return []
    mine = free(line).where(Recharge.currency == line.currency)
    return Pool(mine).candidates(line)[:MOST_SHOWN]


def free(line: BankLine | None = None) -> Any:
    """Recharges of the last year that no other line belongs to, with their wallets and teams."""
    other = BankLine.alias()
    taken = other.recharge == Recharge.id
    lines = other.select(peewee.SQL("1")).where(taken if line is None else taken & (other.id != line.id))
    query = Recharge.select(Recharge, Wallet, Team).join(Wallet).join(Team)
    there = Recharge.state.not_in(GONE) & (Recharge.created_at >= clock.ago(days=KEPT_DAYS))
    return query.where(there, ~peewee.fn.EXISTS(lines)).order_by(Recharge.id.desc()).limit(MOST)


def paid_on(recharge: Recharge) -> date:
    return recharge.paid_on or clock.local(recharge.created_at, ORIGIN).date()


def names_of(recharge: Recharge) -> list[str]:
    """How a bank may name it: by its own reference, or by the recharge's number."""
    return [name for name in (folded(recharge.bank_reference), folded(recharge.label)) if name]


def words_of(line: BankLine) -> tuple[frozenset[str], str]:
    """The bank's reference and the words of the summary, and the whole summary, all folded."""
    summary = line.unseal("summary") or ""
    parts = [line.reference, *(word for word in SPLIT.split(f"{line.reference} {summary}") if len(word) >= LEAST_WORD)]
    return frozenset(filter(None, map(folded, parts))), folded(summary)
