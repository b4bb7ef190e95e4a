"""A closed wallet takes nothing any more, not even a wish; a frozen one holds up nobody else's; nothing gives back more than was charged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.notices.kinds import KINDS
from models.notices.muted import MutedNotice
from models.shipping.making import make_parcel
from models.shipping.weighing import weigh
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.words import say
from models.wallet import hold as holds
from models.wallet.adjustment import Adjustment
from models.wallet.alone_limit import AloneLimit
from models.wallet.closing import close
from models.wallet.expiry import expire
from models.wallet.hold import Hold
from models.wallet.mending import pay_in, pay_out, refund
from models.wallet.parcel_money import charged_for
from models.wallet.proof import freeze, prove, release
from models.wallet.recharge import Recharge
from models.wallet.redress import Redress
from models.wallet.refusals import RefundExceedsCaptured, WalletClosed
from models.wallet.statements.monthly import ask_for_all
from models.wallet.statements.statement import Statement
from models.wallet.team_closing import TeamClosing
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES, labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of
from tests.wallet.test_pages import H, T, finn, gao, seat  # noqa: F401 (fixtures)

WRONG = say("the balance after T-%(number)s is wrong", number=1)


@pytest.fixture
def hui(harbor):
    return seat(harbor, "hui", "cashier")


def emptied(wallet: Wallet, by) -> Wallet:
    pay_out(wallet, wallet.reload().balance_minor, key="all", by=by)
    close(wallet.reload(), reason="they leave", by=by)
    return wallet.reload()


def test_a_closed_wallet_takes_no_wish(as_, wallet, lotus, alice, finn, gao, hui, ops_channel):  # noqa: F811
    parcel = labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)
    weigh(parcel, grams=800, sides_mm=SIDES, by=gao)
    charge = Transfer.get(Transfer.kind == "freight")
    shut = emptied(wallet, gao)
    for wish in (
        lambda: Recharge.ask(shut, 500, method="cash", by=alice),
        lambda: Adjustment.propose(shut, 500, reason="too late", by=gao),
        lambda: Adjustment.propose_reversal(charge, reason="too late", by=gao),
        lambda: Redress.propose(parcel.reload(), "refund", 1, reason="too late", by=gao),
        lambda: AloneLimit.put(shut, 500, by=gao),
        lambda: shut.set_terms(credit_limit_minor=500, alert_below_minor=None, by=gao),
    ):
        with pytest.raises(WalletClosed):
            wish()
    form = {"wallet": "CNY", "amount": "5", "method": "cash", "paid_on": f"{clock.now():%Y-%m-%d}"}
    assert as_(finn).post(f"{T}/recharges/", data=form).status_code in (409, 422)
    at = f"{H}/all/{shut.uid}"
    assert as_(gao).post(f"{at}/terms", data={"credit_limit": "9", "alone_limit": "9"}).status_code == 409
    assert as_(gao).post(f"{at}/changes", data={"way": "in", "amount": "5", "reason": "too late"}).status_code == 409
    assert not Recharge.select().exists() and not Adjustment.select().exists() and not Redress.select().exists()
    assert (shut.reload().credit_limit_minor, AloneLimit.of(shut)) == (0, 0)


@pytest.mark.both
def test_a_wish_and_the_closing_at_once_end_one_way(wallet, lotus, alice, olga, in_parallel):
    """Either the wallet is closed and there is no wish, or there is one and it is open."""
    pay_out(wallet, 100_000, key="all", by=olga)
    for number in range(4):
        verbs = (
            lambda: close(Wallet.get_by_id(wallet.id), reason="they leave", by=olga),
            lambda number=number: Recharge.ask(Wallet.get_by_id(wallet.id), 700, bank_reference=f"X{number}", by=alice),
        )
        outcome = in_parallel(2, lambda place, verbs=verbs: verbs[place]())
        assert len(outcome.errors_of(Refused)) == len(outcome.errors) == 1
        waiting = list(Recharge.select().where(Recharge.state == "waiting"))
        assert (wallet.reload().state == "closed") != bool(waiting)
        if not waiting:
            break
        waiting[0].withdraw(by=alice)


@pytest.mark.both
def test_a_frozen_wallet_keeps_its_holds_and_others_expire(wallet, harbor, lotus, parcel, channel, olga):
    other = Wallet.open_for(lotus, "EUR", by=olga)
    pay_in(other, 1_000, key="euros", by=olga)
    one, two = (holds.place(mine, parcel(), channel, 500, key=mine.currency) for mine in (wallet, other))
    with write_txn():
        Hold.update(expires_at=clock.ago(days=1)).execute()
        Wallet.update(state="frozen").where(Wallet.id == wallet.id).execute()
    assert expire() == 1 and (one.reload().state, two.reload().state) == ("pending", "expired")
    release(wallet.reload(), reason="looked at", by=olga)
    assert expire() == 1 and one.reload().state == "expired" and wallet.reload().held_minor == 0


def test_who_was_blocked_before_the_books_were_looked_at_is_blocked_after(wallet, olga):
    wallet.block(reason="does not pay", by=olga)
    freeze(wallet.reload(), WRONG)
    release(wallet.reload(), reason="looked at", by=olga)
    now = wallet.reload()
    assert (now.state, now.reason) == ("blocked", "does not pay")
    now.unblock(by=olga)
    freeze(wallet.reload(), WRONG)
    release(wallet.reload(), reason="looked at", by=olga)
    assert wallet.reload().state == "active"


@pytest.mark.both
def test_a_form_of_mails_that_is_sent_twice_at_once_is_kept(alice, in_parallel):
    outcome = in_parallel(6, lambda number: MutedNotice.put(alice, [] if number % 2 else ["wallet_low"]))
    assert outcome.errors == [] and MutedNotice.of(alice) in (set(KINDS), set(KINDS) - {"wallet_low"})


@pytest.mark.both
def test_a_charge_and_its_refund_never_both_come_back(wallet, parcel, channel, olga, in_parallel):
    """What was refunded is not reversed with the whole charge as well, whoever is faster."""
    mine = parcel()
    charge = holds.charge(wallet, mine, channel, 1_000, key="c")
    acts = (
        lambda: refund(wallet, mine, channel, 600, key="r"),
        lambda: Adjustment.propose_reversal(charge, reason="was wrong", by=None).approve(by=olga),
    )
    outcome = in_parallel(2, lambda place: acts[place]())
    assert len(outcome.results) == 1 and len(outcome.errors_of(RefundExceedsCaptured)) == 1
    assert charged_for(mine, wallet) in (0, 400) and prove(wallet.reload()) == []


def test_a_rejected_closing_opens_only_what_it_blocked_itself(wallet, lotus, gao, hui):  # noqa: F811
    made = TeamClosing.propose(lotus, reason="they leave", by=gao)
    wallet.reload().unblock(by=hui)
    wallet.reload().block(reason="stolen goods", by=hui)
    made.reload().reject(note="they stay", by=hui)
    assert (wallet.reload().state, wallet.reload().reason) == ("blocked", "stolen goods")
    with pytest.raises(AlreadyDecided):
        made.reload().reject(note="they stay", by=hui)


def test_no_month_is_told_of_a_wallet_that_was_closed_before_it(wallet, lotus, olga, clock):
    emptied(wallet, olga)
    today = clock.local(clock.now(), lotus.timezone).date()
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    clock.move(days=(month - today).days)
    assert ask_for_all() == 1
    clock.move(days=32)
    assert ask_for_all() == 0 and Statement.select().count() == 1
