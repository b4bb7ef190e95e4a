"""A parcel's life moves its team's wallet, and holds do not last."""

from __future__ import annotations

from datetime import datetime

import pytest

from jobs import wallets
from models.audit.event import Event
from models.compliance.alarm import Alarm
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing, weigh
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.job_run import JobRun
from models.wallet.hold import Hold
from models.wallet.mending import pay_out
from models.wallet.proof import prove
from models.wallet.refusals import CurrencyMismatch, InsufficientFunds
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES, labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of

pytestmark = pytest.mark.both


@pytest.fixture
def made(lotus, alice, ops_channel) -> Parcel:  # noqa: F811
    """300 g to Germany, not labelled yet: 90 CNY a kilogram."""
    return make_parcel([order_of(make_store(lotus))], by=alice)


def state(wallet: Wallet) -> tuple[int, int]:
    now = wallet.reload()
    return now.balance_minor, now.held_minor


def run(job) -> None:
    one = JobRun.claim(job.__name__, "", clock.now())
    job(one)
    one.finish("done")


def test_a_label_holds_the_scale_charges_and_the_rest_is_free(wallet, made, alice, olga):
    labelled(made, alice)
    held = Hold.get()
    assert state(wallet) == (100_000, held.amount_minor) and held.amount_minor == made.reload().quote.total_minor
    kept = weigh(made.reload(), grams=800, sides_mm=SIDES, by=olga)
    assert state(wallet) == (100_000 - kept.quote.total_minor, 0)
    kinds = [
        (one.kind, one.amount_minor) for one in Transfer.select().where(Transfer.parcel == made).order_by(Transfer.id)
    ]
    assert kinds == [("freight", held.amount_minor), ("extra", kept.difference_minor)] and prove(wallet.reload()) == []


def test_without_money_there_is_no_label_and_a_void_gives_the_hold_back(wallet, made, alice):
    pay_out(wallet, 99_000, key="out")
    with pytest.raises(InsufficientFunds, match=r"10\.00 CNY"):
        labelled(made, alice)
    assert made.reload().state == "draft" and Hold.select().count() == 0
    wallet.set_terms(credit_limit_minor=10_000, alert_below_minor=None)
    made.reload().put_label_on(by=alice)
    made.reload().void(reason="wrong box", by=alice)
    assert state(wallet) == (1_000, 0) and Hold.get().state == "void"


def test_a_team_that_prepays_in_another_currency_gets_no_label(lotus, made, alice, olga):
    Wallet.open_for(lotus, "USD", by=olga)
    with pytest.raises(CurrencyMismatch, match="CNY"):
        labelled(made, alice)


def test_a_team_without_wallets_is_billed_in_another_way(made, alice):
    assert labelled(made, alice).state == "labelled" and Hold.select().count() == 0


def test_holds_are_warned_of_and_released_and_what_is_weighed_later_is_charged(wallet, made, alice, olga, clock):
    labelled(made, alice)
    price = Hold.get().amount_minor
    clock.move(days=10, minutes=1)
    run(wallets.expire)
    run(wallets.expire)
    assert Event.select().where(Event.name == "hold_expiring").count() == 1 and Hold.get().state == "pending"
    clock.move(days=4)
    run(wallets.expire)
    assert Hold.get().state == "expired" and state(wallet) == (100_000, 0)
    weigh(made.reload(), grams=300, sides_mm=SIDES, by=olga)
    assert (
        state(wallet) == (100_000 - price, 0)
        and Transfer.select().where(Transfer.parcel == made).get().kind == "freight"
    )


def test_what_arrived_without_the_scale_is_charged_once_by_the_weight_its_carrier_billed(
    as_, wallet, made, alice, olga, clock
):
    labelled(made, alice)
    clock.move(days=15)
    run(wallets.expire)
    made.reload().end("delivered", clock.now(), source="carrier")
    with pytest.raises(Refused, match="has ended"):
        weigh(made.reload(), grams=800, sides_mm=SIDES, by=olga)
    browser, address = as_(olga), f"/t/harbor/shipping/warehouse/{made.uid}"
    assert made.reload().tracking_number in browser.get("/t/harbor/shipping/warehouse/?scale=missed").text
    page = browser.get(address).text
    assert "was never on the scale" in page and "Charge by this weight" in page
    for _ in range(2):
        browser.post(f"{address}/weighing", data={"grams": "800", "length": "20", "width": "15", "height": "5"})
    kept = Weighing.get()
    assert state(wallet) == (100_000 - kept.quote.total_minor, 0) and prove(wallet.reload()) == []
    assert made.reload().state == "delivered" and Event.select().where(Event.name == "parcel_weighed_late").count() == 1
    assert made.reload().tracking_number not in browser.get("/t/harbor/shipping/warehouse/?scale=missed").text


def test_the_nightly_proof_calls_a_person(wallet, clock):
    run(wallets.prove)
    assert Alarm.select().count() == 0
    with write_txn():
        Wallet.update(held_minor=7).execute()
    clock.move(days=1)
    run(wallets.prove)
    alarm = Alarm.get()
    assert (alarm.kind, alarm.details["wallet"], wallet.reload().state) == ("ledger_broken", wallet.label, "frozen")
    assert isinstance(alarm.last_at, datetime)
