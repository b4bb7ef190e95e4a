"""Every act of the ledger in any order, against a model of a few plain numbers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from models.people.team import Team
from models.wallet import hold as holds
from models.wallet.claiming import pay_claim
from models.wallet.hold import Hold
from models.wallet.mending import adjust, charged_for, pay_in, pay_out, refund, reverse, sums
from models.wallet.proof import prove
from models.wallet.refusals import LedgerRefused
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

SEEDS, STEPS = 4, 120
FULL_SEEDS, FULL_STEPS = 20, 500


@dataclass
class Plain:
    """What the ledger should hold."""

    balance: int = 100_000
    credit: int = 0
    blocked: bool = False
    held: dict[int, int] = field(default_factory=dict)
    charged: dict[int, int] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)

    @property
    def available(self) -> int:
        return self.balance - sum(self.held.values()) + self.credit


class Walk:
    """A random walk: each step does one act to both, and both have to say the same."""

    def __init__(self, seed: int, wallet: Wallet, mine: list, channel, by):
        self.chance, self.wallet, self.parcels, self.channel, self.by = random.Random(seed), wallet, mine, channel, by
        self.plain, self.seed, self.number = Plain(), seed, 0

    def step(self) -> None:
        self.number += 1
        act = self.chance.choice(
            (self.hold, self.hold, self.hold, self.capture, self.capture, self.void, self.charge, self.refund, self.claim, self.reverse,
             self.recharge, self.pay_out, self.adjust, self.terms, self.block)
        )  # fmt: skip
        amount = self.chance.choice((0, 1, 99, self.chance.randrange(1, 40_000)))
        expected, verb = act(self.chance.choice(self.parcels), amount)
        try:
            verb(f"{self.seed}-{self.number}")
            got = ""
        except LedgerRefused as refused:
            got = refused.code
        assert got == expected, f"step {self.number}: {act.__name__} of {amount} gave {got!r}, not {expected!r}"
        now = self.wallet.reload()
        assert (now.balance_minor, now.held_minor) == (self.plain.balance, sum(self.plain.held.values())), (
            f"step {self.number}"
        )

    def hold(self, parcel, amount):
        plain = self.plain
        if parcel.id in plain.held:
            return "", lambda key: None
        wrong = "INVALID_AMOUNT" if not amount else "WALLET_BLOCKED" if plain.blocked else ""
        wrong = wrong or ("INSUFFICIENT_FUNDS" if plain.available < amount else "")
        if not wrong:
            plain.held[parcel.id] = amount
        return wrong, lambda key: holds.place(self.wallet, parcel, self.channel, amount, key=key)

    def capture(self, parcel, amount):
        pending = Hold.pending_of(parcel)
        if pending is None or not amount:
            last = pending or Hold.select().where(Hold.parcel == parcel).first()
            if last is None:
                return "", lambda key: None
            return ("INVALID_AMOUNT" if not amount else "HOLD_NOT_PENDING"), lambda key: holds.capture(
                last, amount, key=key
            )
        del self.plain.held[parcel.id]
        self._charge(parcel, amount)
        return "", lambda key: holds.capture(pending, amount, key=key)

    def void(self, parcel, _amount):
        pending = Hold.pending_of(parcel)
        if pending is None:
            return "", lambda key: None
        del self.plain.held[parcel.id]
        return "", lambda key: holds.release(pending, key=key)

    def charge(self, parcel, amount):
        if not amount:
            return "INVALID_AMOUNT", lambda key: holds.charge(self.wallet, parcel, self.channel, 0, key=key)
        self._charge(parcel, amount)
        kind = self.chance.choice(("freight", "extra", "bill"))
        return "", lambda key: holds.charge(self.wallet, parcel, self.channel, amount, key=key, kind=kind)

    def _charge(self, parcel, amount):
        self.plain.balance -= amount
        self.plain.charged[parcel.id] = self.plain.charged.get(parcel.id, 0) + amount

    def refund(self, parcel, amount):
        plain = self.plain
        wrong = "INVALID_AMOUNT" if not amount else ""
        wrong = wrong or ("REFUND_EXCEEDS_CAPTURED" if amount > plain.charged.get(parcel.id, 0) else "")
        if not wrong:
            self._charge(parcel, -amount)
        return wrong, lambda key: refund(self.wallet, parcel, self.channel, amount, key=key)

    def claim(self, parcel, amount):
        """It comes in, and makes no parcel cheaper."""
        self.plain.balance += amount
        return "" if amount else "INVALID_AMOUNT", lambda key: pay_claim(
            self.wallet, parcel, self.channel, amount, key=key
        )

    def reverse(self, _parcel, _amount):
        found = list(Transfer.select().where(Transfer.wallet == self.wallet).order_by(Transfer.id))
        one = self.chance.choice(found)
        if one.id in self.plain.reversed or one.kind == "reversal":
            return "ALREADY_REVERSED", lambda key: reverse(one, key=key)
        if one.parcel_id and not one.is_incoming and one.amount_minor > self.plain.charged[one.parcel_id]:
            return "REFUND_EXCEEDS_CAPTURED", lambda key: reverse(one, key=key)
        self.plain.reversed.add(one.id)
        self.plain.balance -= one.signed_minor
        if one.parcel_id and one.kind != "claim":
            self.plain.charged[one.parcel_id] += one.signed_minor
        return "", lambda key: reverse(one, key=key)

    def recharge(self, _parcel, amount):
        self.plain.balance += amount
        return "" if amount else "INVALID_AMOUNT", lambda key: pay_in(self.wallet, amount, key=key)

    def pay_out(self, _parcel, amount):
        plain = self.plain
        own = plain.balance - sum(plain.held.values())
        wrong = "INVALID_AMOUNT" if not amount else "INSUFFICIENT_FUNDS" if own < amount else ""
        if not wrong:
            plain.balance -= amount
        return wrong, lambda key: pay_out(self.wallet, amount, key=key)

    def adjust(self, _parcel, amount):
        change = self.chance.choice((amount, -amount))
        self.plain.balance += change
        return "" if amount else "INVALID_AMOUNT", lambda key: adjust(self.wallet, change, key=key)

    def terms(self, _parcel, amount):
        self.plain.credit = amount
        return "", lambda key: self.wallet.reload().set_terms(
            credit_limit_minor=amount, alert_below_minor=amount, by=self.by
        )

    def block(self, _parcel, _amount):
        self.plain.blocked = not self.plain.blocked
        if self.plain.blocked:
            return "", lambda key: self.wallet.reload().block(reason="a random walk", by=self.by)
        return "", lambda key: self.wallet.reload().unblock(by=self.by)


@pytest.mark.both
def test_any_order_of_acts_agrees_with_a_plain_model(request, wallet, parcel, channel, olga):
    is_full = request.config.getoption("--full")
    for seed in range(FULL_SEEDS if is_full else SEEDS):
        one, mine = wallet if not seed else _another(seed, olga), [parcel() for _ in range(8)]
        walk = Walk(seed, one, mine, channel, olga)
        for _ in range(FULL_STEPS if is_full else STEPS):
            walk.step()
        assert prove(one.reload()) == []
        charged = {each.id: charged_for(each, one) for each in mine}
        assert {key: value for key, value in charged.items() if value} == {
            key: value for key, value in walk.plain.charged.items() if value
        }
    assert sum(sums("CNY").values()) == 0


def _another(seed: int, by) -> Wallet:
    wallet = Wallet.open_for(Team.create_team(f"seller-{seed}", "A seller", by=by), "CNY", by=by)
    pay_in(wallet, 100_000, key=f"first-{seed}", by=by)
    return wallet.reload()
