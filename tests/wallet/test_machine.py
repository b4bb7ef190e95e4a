"""Every act of the ledger in any order, against a model of a few plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from models.people.person import Person
from models.people.team import Team
from models.wallet import hold as holds
from models.wallet.adjustment import Adjustment
from models.wallet.claiming import pay_claim
from models.wallet.hold import Hold
from models.wallet.mending import adjust, charged_for, exchange, pay_in, pay_out, refund, reverse, sums
from models.wallet.proof import prove
from models.wallet.recharge import Recharge
from models.wallet.refusals import LedgerRefused
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

SEEDS, STEPS = 4, 120
FULL_SEEDS, FULL_STEPS = 20, 500
PARCELS, MOST_CHOSEN = 8, 2**12 - 1
ACTS = ("hold", "hold", "hold", "capture", "capture", "void", "charge", "refund", "claim", "reverse", "recharge", "decided", "exchange",
        "pay_out", "adjust", "terms", "block")  # fmt: skip
UNKEYED = ("decided", "terms", "block")


@dataclass
class Plain:
    """What the ledger should hold."""

    balance: int = 100_000
    dollars: int = 0
    credit: int = 0
    blocked: bool = False
    held: dict[int, int] = field(default_factory=dict)
    charged: dict[int, int] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)

    @property
    def available(self) -> int:
        return self.balance - sum(self.held.values()) + self.credit


class Walk:
    """Each step does one act to both, and both have to say the same; one that is asked for twice with its key moves nothing again."""

    def __init__(self, seed: int, wallet: Wallet, mine: list, channel, people: list[Person]):
        self.wallet, self.parcels, self.channel, self.people = wallet, mine, channel, people
        self.dollars = Wallet.open_for(wallet.team, "USD", by=people[0])
        self.plain, self.seed, self.number, self.chosen = Plain(), seed, 0, 0

    def step(self, act: str, amount: int, chosen: int) -> None:
        """What is left to choose – the parcel, once or twice, and what the act asks – is one number: hypothesis draws only so many."""
        rest, parcel = divmod(chosen, PARCELS)
        self.chosen, is_twice = divmod(rest, 2)
        self.number += 1
        expected, verb = getattr(self, act)(self.parcels[parcel], amount)
        for _time in range(2 if is_twice and act not in UNKEYED else 1):
            try:
                verb(f"{self.seed}-{self.number}")
                got = ""
            except LedgerRefused as refused:
                got = refused.code
            assert got == expected, f"step {self.number}: {act} of {amount} gave {got!r}, not {expected!r}"
            now, plain = self.wallet.reload(), self.plain
            assert (now.balance_minor, now.held_minor) == (plain.balance, sum(plain.held.values())), self.number
            assert self.dollars.reload().balance_minor == plain.dollars, self.number

    def choice(self, among):
        return among[self.chosen % len(among)]

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
        state = self.choice(("void", "expired"))
        return "", lambda key: holds.release(pending, key=key, state=state)

    def charge(self, parcel, amount):
        if not amount:
            return "INVALID_AMOUNT", lambda key: holds.charge(self.wallet, parcel, self.channel, 0, key=key)
        self._charge(parcel, amount)
        kind = self.choice(("freight", "extra", "bill"))
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
        one = self.choice(found)
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

    def decided(self, _parcel, amount):
        """Asked for or proposed by one, agreed to by another."""
        one, other = self.people
        if not amount:
            return "INVALID_AMOUNT", lambda key: Recharge.ask(self.wallet, 0, method="cash", by=one)
        if self.choice((True, False)):
            asked = Recharge.ask(self.wallet, amount, method="cash", by=one)
            wrong = "SELF_APPROVAL" if self.choice((1, 2, 3)) == 1 else ""
            self.plain.balance += 0 if wrong else amount
            return wrong, lambda key: asked.approve(by=one if wrong else other)
        proposed = Adjustment.propose(self.wallet, -amount, reason="a random walk", by=other)
        self.plain.balance -= amount
        return "", lambda key: proposed.approve(by=one)

    def exchange(self, _parcel, amount):
        """Half up; a blocked wallet neither gives nor gets."""
        plain, rate = self.plain, self.choice((Decimal("0.145"), Decimal("7.015"), Decimal("0.0005")))
        source, target, own = self.wallet, self.dollars, plain.balance - sum(plain.held.values())
        if self.choice((True, False)):
            source, target, own = target, source, plain.dollars
        received = int((amount * rate + Decimal("0.5")) // 1)
        wrong = "INVALID_AMOUNT" if not amount or not received else "WALLET_BLOCKED" if plain.blocked else ""
        if source == self.dollars and wrong == "WALLET_BLOCKED" and own < amount:
            wrong = "INSUFFICIENT_FUNDS"
        wrong = wrong or ("INSUFFICIENT_FUNDS" if own < amount else "")
        if not wrong:
            given, got = (-amount, received) if source == self.wallet else (received, -amount)
            plain.balance, plain.dollars = plain.balance + given, plain.dollars + got
        return wrong, lambda key: exchange(source, target, amount, rate, key=key)

    def pay_out(self, _parcel, amount):
        plain = self.plain
        own = plain.balance - sum(plain.held.values())
        wrong = "INVALID_AMOUNT" if not amount else "INSUFFICIENT_FUNDS" if own < amount else ""
        if not wrong:
            plain.balance -= amount
        return wrong, lambda key: pay_out(self.wallet, amount, key=key)

    def adjust(self, _parcel, amount):
        change = self.choice((amount, -amount))
        self.plain.balance += change
        return "" if amount else "INVALID_AMOUNT", lambda key: adjust(self.wallet, change, key=key)

    def terms(self, _parcel, amount):
        self.plain.credit = amount
        return "", lambda key: self.wallet.reload().set_terms(
            credit_limit_minor=amount, alert_below_minor=amount, by=self.people[0]
        )

    def block(self, _parcel, _amount):
        self.plain.blocked = not self.plain.blocked
        if self.plain.blocked:
            return "", lambda key: self.wallet.reload().block(reason="a random walk", by=self.people[0])
        return "", lambda key: self.wallet.reload().unblock(by=self.people[0])


def ledger(beginning: Callable[[], Walk], done: list[int]) -> type[RuleBasedStateMachine]:
    """The machine that hypothesis drives; `done` gets how many steps each run took."""

    class Ledger(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.walk = beginning()

        @rule(
            act=st.sampled_from(ACTS), amount=st.sampled_from((0, 1, 99)) | st.integers(1, 40_000), chosen=st.integers(0, MOST_CHOSEN)
        )  # fmt: skip
        def step(self, **told: Any) -> None:
            self.walk.step(**told)

        def teardown(self) -> None:
            done.append(self.walk.number)
            wallet, plain = self.walk.wallet.reload(), self.walk.plain
            assert prove(wallet) == [] == prove(self.walk.dollars.reload())
            charged = {one.id: charged_for(one, wallet) for one in self.walk.parcels}
            assert {key: value for key, value in charged.items() if value} == {
                key: value for key, value in plain.charged.items() if value
            }

    return Ledger


@pytest.mark.both
def test_any_order_of_acts_agrees_with_a_plain_model(request, parcel, channel, olga, alice):
    runs, steps = (FULL_SEEDS, FULL_STEPS) if request.config.getoption("--full") else (SEEDS, STEPS)
    done: list[int] = []
    seeds = count()

    def beginning() -> Walk:
        seed = next(seeds)
        return Walk(seed, _another(seed, olga), [parcel() for _ in range(PARCELS)], channel, [olga, alice])

    run_state_machine_as_test(  # The first run is the simplest of all, and tells nothing.
        ledger(beginning, done),
        settings=settings(
            max_examples=runs + 1, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        ),
    )  # fmt: skip
    assert len(done) > runs and min(done) == steps
    assert sum(sums("CNY").values()) == 0 == sum(sums("USD").values())


def _another(seed: int, by) -> Wallet:
    wallet = Wallet.open_for(Team.create_team(f"seller-{seed}", "A seller", by=by), "CNY", by=by)
    pay_in(wallet, 100_000, key=f"first-{seed}", by=by)
    return wallet.reload()
