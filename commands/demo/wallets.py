"""Prepaid freight of the demo's two sellers: wallets in the currencies of the operator's channels, recharged before their parcels leave,
and afterwards what waits for a decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from commands.demo.parcels import at
from models.freight.origin import today
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.errors import Refused
from models.support.money import Money
from models.wallet import expiry
from models.wallet.adjustment import Adjustment
from models.wallet.mending import exchange
from models.wallet.rate import Exchange
from models.wallet.recharge import Recharge
from models.wallet.redress import Redress
from models.wallet.statements.statement import Statement
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

OPERATOR, CASHIER = "chen.yue", "gao.ning"
PAYERS = {"lotus": "felix.kraus", "comet": "priya.nair"}
OPENED = timedelta(days=29)  # Before the first order of the demo.
WALLETS = (  # team, currency, first recharge, credit limit, alert below (minor units)
    ("lotus", "CNY", 380_000, 100_000, 150_000),
    ("lotus", "USD", 40_000, 0, 5_000),
    ("comet", "CNY", 120_000, 50_000, 110_000),
    ("comet", "USD", 25_000, 0, None),
)  # fmt: skip


def open_all(teams: dict[str, Team], people: dict[str, Person]) -> None:
    """Each is opened, paid into and approved by somebody else."""
    with at(clock.now() - OPENED):
        for number, (slug, currency, amount, credit, alert) in enumerate(WALLETS, 1):
            wallet = Wallet.open_for(teams[slug], currency, by=people[OPERATOR])
            pay(wallet, amount, f"{today():%y%m%d}88{number:04}", by=people[PAYERS[slug]]).approve(by=people[CASHIER])
            wallet.set_terms(credit_limit_minor=credit, alert_below_minor=alert, by=people[OPERATOR])


def pay(wallet: Wallet, amount: int, reference: str, *, by: Person) -> Recharge:
    return Recharge.ask(wallet, amount, bank_reference=reference, paid_on=today(), by=by)


def keep_moving(teams: dict[str, Team], people: dict[str, Person]) -> None:
    """What happened since: holds that ended, a second recharge, one that looks asked for twice, a mistake that is to be mended, a refund."""
    expiry.expire()
    cny, usd = (Wallet.of(teams["lotus"].id, code) for code in ("CNY", "USD"))
    other = Wallet.of(teams["comet"].id, "CNY")
    if cny is None or usd is None or other is None:
        raise Refused("The demo's wallets are missing.")
    payer, cashier = people[PAYERS["lotus"]], people[CASHIER]
    pay(cny, 200_000, "CMB-20931177", by=payer).approve(by=cashier)
    pay(cny, 200_000, "CMB-20931177", by=payer)
    pay(other, 100_000, "ICBC-5520016", by=people[PAYERS["comet"]])
    wrong = pay(other, 5_000, "ICBC-0000000", by=people[PAYERS["comet"]])
    wrong.reject(reason="No payment with this reference has come in.", by=cashier)
    offered = Exchange.of(Money(50_000, "CNY"), "USD")
    exchange(cny, usd, 50_000, offered.rate, key="demo", by=payer)
    Adjustment.propose(cny, 3_500, reason="Handling was charged twice on two parcels", by=people[OPERATOR])
    last = Transfer.select().where(Transfer.wallet == other, Transfer.kind == "freight").order_by(Transfer.id).first()
    if last is not None:
        Adjustment.propose_reversal(last, reason="It was weighed in with another team's parcel", by=people[OPERATOR])
    make_good(people)
    yesterday = clock.local(clock.now(), cny.team.timezone).date() - timedelta(days=1)
    Statement.ask(
        cny, yesterday - OPENED, yesterday, language="en", by=payer
    )  # The portal makes it as soon as it serves.
    expiry.warn()


def make_good(people: dict[str, Person]) -> None:
    """A refund that is in the wallet, and a claim that somebody has to decide on."""
    charges = Transfer.select().where(Transfer.kind == "freight").order_by(Transfer.id.desc()).limit(2)
    kinds = (
        ("refund", 1_500, "It arrived a week late"),
        ("damaged", 12_000, "The box was crushed; as agreed with the seller"),
    )
    for charge, (kind, amount, reason) in zip(charges, kinds, strict=False):
        room = min(amount, charge.amount_minor) if kind == "refund" else amount
        parcel: Any = charge.parcel
        made = Redress.propose(parcel, kind, room, reason=reason, by=people[OPERATOR])
        if kind == "refund":
            made.approve(by=people[CASHIER])
