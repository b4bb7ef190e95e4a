"""The ledger: what each act moves, what it refuses, and that it happens once for its key."""

from __future__ import annotations

import uuid
from decimal import Decimal
from types import SimpleNamespace

import peewee
import pytest

from models.audit.anchor import LogAnchor
from models.audit.archive import FLOOR_DAYS
from models.audit.event import Event
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import EPOCH
from models.wallet import hold as holds
from models.wallet.adjustment import Adjustment
from models.wallet.claiming import pay_claim
from models.wallet.hold import Hold
from models.wallet.mending import adjust, charged_for, exchange, pay_in, pay_out, received_for, refund, reverse, sums
from models.wallet.proof import prove, prove_all
from models.wallet.recharge import Recharge
from models.wallet.refusals import (
    AlreadyReversed,
    CurrencyMismatch,
    HoldNotPending,
    InsufficientFunds,
    InvalidAmount,
    KeyConflict,
    RefundExceedsCaptured,
    SelfApproval,
    WalletBlocked,
    WalletFrozen,
)
from models.wallet.statements.lines import balance_at
from models.wallet.transfer import IN_ORDER, Transfer
from models.wallet.wallet import MOST, Wallet

pytestmark = pytest.mark.both


def shape(wallet: Wallet) -> tuple[int, int]:
    now = wallet.reload()
    return now.balance_minor, now.held_minor


def kinds(wallet: Wallet) -> list[tuple[str, int, int]]:
    rows = Transfer.select().where(Transfer.wallet == wallet).order_by(Transfer.id)
    return [(row.kind, row.signed_minor, row.balance_after_minor) for row in rows]


def test_a_hold_promises_and_a_capture_charges_what_it_really_cost(wallet, parcel, channel, olga):
    less, same, more = (holds.place(wallet, parcel(), channel, 30_000, key=f"h{at}", by=olga) for at in range(3))
    assert shape(wallet) == (100_000, 90_000) and wallet.reload().available.amount_minor == 10_000
    holds.capture(less, 20_000, key="c1", by=olga)
    holds.capture(same, 30_000, key="c2", by=olga)
    freight, extra = holds.capture(more, 60_000, key="c3", by=olga)
    assert shape(wallet) == (-10_000, 0), "A capture may overdraw: the parcel has left."
    assert kinds(wallet)[1:] == [
        ("freight", -20_000, 80_000), ("freight", -30_000, 50_000), ("freight", -30_000, 20_000), ("extra", -30_000, -10_000),
    ]  # fmt: skip
    assert (freight.kind, extra.kind, extra.parcel_id) == ("freight", "extra", more.parcel_id)
    assert [charged_for(hold.parcel, wallet) for hold in (less, same, more)] == [20_000, 30_000, 60_000]
    with pytest.raises(InsufficientFunds, match=r"-100\.00 CNY"):
        holds.place(wallet, parcel(), channel, 1, key="h9", by=olga)
    assert prove(wallet.reload()) == []


def test_a_hold_ends_once(wallet, parcel, channel, olga):
    hold = holds.place(wallet, parcel(), channel, 500, key="h", by=olga)
    holds.release(hold, key="r", by=olga)
    assert shape(wallet) == (100_000, 0)
    for again in (lambda: holds.capture(hold, 500, key="c"), lambda: holds.release(hold, key="r2", state="expired")):
        with pytest.raises(HoldNotPending):
            again()
    with pytest.raises(peewee.DatabaseError), write_txn():
        Hold.update(state="pending").where(Hold.id == hold.id).execute()


def test_amounts_are_looked_at_before_anything_else(wallet, parcel, channel, olga):
    wallet.block(reason="unpaid bills", by=olga)
    with pytest.raises(InvalidAmount):
        holds.place(wallet, parcel(), channel, 0, key="h", by=olga)
    with pytest.raises(WalletBlocked, match="unpaid bills"):
        holds.place(wallet, parcel(), channel, 10**9, key="h", by=olga)
    pay_in(wallet, 5, key="p", by=olga)
    wallet.unblock(by=olga)
    holds.place(wallet, parcel(), channel, 5, key="h", by=olga)


def test_credit_is_for_parcels_alone(wallet, parcel, channel, olga):
    wallet.set_terms(credit_limit_minor=50_000, alert_below_minor=None, by=olga)
    hold = holds.place(wallet, parcel(), channel, 150_000, key="h", by=olga)
    with pytest.raises(InsufficientFunds):
        holds.place(wallet, parcel(), channel, 1, key="h2", by=olga)
    holds.release(hold, key="r", by=olga)
    with pytest.raises(InsufficientFunds, match="of its own"):
        pay_out(wallet, 100_001, key="o", by=olga)
    pay_out(wallet, 100_000, key="o", by=olga)
    assert shape(wallet) == (0, 0)


def test_no_more_is_refunded_than_was_charged(wallet, parcel, channel, olga):
    one = parcel()
    holds.charge(wallet, one, channel, 700, key="c", by=olga)
    refund(wallet, one, channel, 300, key="r1", by=olga)
    with pytest.raises(RefundExceedsCaptured):
        refund(wallet, one, channel, 401, key="r2", by=olga)
    refund(wallet, one, channel, 400, key="r2", by=olga)
    assert charged_for(one, wallet) == 0 and shape(wallet) == (100_000, 0)


def test_a_transfer_is_reversed_once_and_a_reversal_never(wallet, parcel, channel, olga):
    one = parcel()
    made = holds.charge(wallet, one, channel, 700, key="c", by=olga)
    back = reverse(made, key="r", memo="wrong parcel", by=olga)
    assert (back.signed_minor, back.reverses_id, shape(wallet)) == (700, made.id, (100_000, 0))
    for wrong, key in ((made, "r2"), (back, "r3")):
        with pytest.raises(AlreadyReversed):
            reverse(wrong, key=key, by=olga)


def test_an_exchange_moves_both_wallets_or_none(wallet, lotus, comet, olga):
    dollars = Wallet.open_for(lotus, "USD", by=olga)
    out, into = exchange(wallet, dollars, 71_005, Decimal("0.14085"), key="e", by=olga)
    assert (out.signed_minor, into.signed_minor, into.rate) == (-71_005, 10_001, Decimal("0.14085"))
    assert shape(wallet) == (28_995, 0) and shape(dollars) == (10_001, 0)
    with pytest.raises(InsufficientFunds):
        exchange(wallet, dollars, 28_996, Decimal(1), key="e2", by=olga)
    with pytest.raises(CurrencyMismatch):
        exchange(wallet, Wallet.open_for(comet, "USD", by=olga), 1, Decimal(1), key="e3", by=olga)
    assert sums("CNY") == {"bank:CNY": -100_000, f"customer:{wallet.id}": 28_995, "fx:CNY": 71_005}
    assert sum(sums("USD").values()) == 0


@pytest.mark.parametrize(
    ("amount", "given", "into", "rate", "received"),
    [
        (1, "USD", "CNY", "0.5", 1),  # 0.005 is half a fen: up.
        (1, "USD", "CNY", "0.4999", 0),
        (100, "USD", "JPY", "149.5", 150),
        (100, "USD", "JPY", "149.49999999", 149),
        (150, "JPY", "USD", "0.0067", 101),  # 1.005
        (100, "USD", "KWD", "0.3075", 308),  # Fils: a thousand to the dinar.
        (1_000, "BHD", "KRW", "3_650.5", 3_651),
        (10**14, "KWD", "KRW", "4500.12345678", 450_012_345_678_000),
    ],
)
def test_what_is_received_is_rounded_half_up_to_its_currency(amount, given, into, rate, received):
    assert received_for(amount, given, into, Decimal(rate)) == received


def test_the_same_key_acts_once_and_another_body_is_a_conflict(wallet, lotus, parcel, channel, olga):
    dollars = Wallet.open_for(lotus, "USD", by=olga)
    one, other = parcel(), parcel()
    first = holds.charge(wallet, one, channel, 900, key="x", by=olga)
    hold = holds.place(wallet, other, channel, 800, key="h", by=olga)
    acts = {
        "charge": lambda amount: holds.charge(wallet, one, channel, amount, key="charge", by=olga),
        "refund": lambda amount: refund(wallet, one, channel, amount, key="refund", by=olga),
        "pay in": lambda amount: pay_in(wallet, amount, key="in", by=olga),
        "pay out": lambda amount: pay_out(wallet, amount, key="out", by=olga),
        "adjust": lambda amount: adjust(wallet, -amount, key="adjust", by=olga),
        "exchange": lambda amount: exchange(wallet, dollars, amount, Decimal("0.5"), key="exchange", by=olga),
        "capture": lambda amount: holds.capture(hold, amount, key="capture", by=olga),
        "hold": lambda amount: holds.place(
            wallet, parcel() if amount == 7 else hold.parcel, channel, amount, key="more", by=olga
        ),
    }
    for name, act in acts.items():
        if name == "hold":
            again = parcel()
            act = lambda amount, again=again: holds.place(wallet, again, channel, amount, key="more", by=olga)  # noqa: E731
        answer, before = act(100), shape(wallet)
        assert act(100) == answer and shape(wallet) == before, name
        with pytest.raises(KeyConflict):
            act(101)
        assert shape(wallet) == before, name
    assert reverse(first, key="reverse", by=olga) == reverse(first, key="reverse", by=olga)
    paid = pay_claim(wallet, one, channel, 700, key="claim", by=olga)
    again = holds.place(wallet, parcel(), channel, 600, key="again", by=olga)
    before = shape(wallet)
    assert pay_claim(wallet, one, channel, 700, key="claim", by=olga) == paid and shape(wallet) == before
    for _twice in range(2):
        holds.release(again, key="release", by=olga)
        assert shape(wallet) == (before[0], before[1] - 600)
    for other_body in (lambda: pay_claim(wallet, one, channel, 701, key="claim"), lambda: holds.release(again, key="release", state="expired"),
                       lambda: reverse(paid, key="reverse")):  # fmt: skip
        with pytest.raises(KeyConflict):
            other_body()
    assert prove(wallet.reload()) == [] == prove(dollars.reload())


def test_a_failed_act_may_be_tried_again_with_its_key(wallet, parcel, channel, olga):
    one = parcel()
    with pytest.raises(InsufficientFunds):
        holds.place(wallet, one, channel, 100_001, key="h", by=olga)
    pay_in(wallet, 1, key="p", by=olga)
    assert holds.place(wallet, one, channel, 100_001, key="h", by=olga).state == "pending"


def test_nothing_posted_is_changed_deleted_or_replaced(wallet):
    made = Transfer.get()
    replaced = {name: getattr(made, name) for name in ("id", "uid", "team", "wallet", "kind", "debit", "credit", "is_incoming",
                "currency", "balance_after_minor", "memo", "posted_at", "effective_on", "ref_kind", "digest")}  # fmt: skip
    attempts = [
        lambda: Transfer.update(amount_minor=1).execute(),
        lambda: Transfer.delete().execute(),
        lambda: Wallet.delete().execute(),
        lambda: Transfer.insert(amount_minor=1, **replaced).execute(),
    ]
    if isinstance(db.obj, peewee.SqliteDatabase):
        attempts.append(lambda: Transfer.replace(amount_minor=1, **replaced).execute())
    for attempt in attempts:
        with pytest.raises(peewee.DatabaseError), write_txn():
            attempt()
    assert Transfer.get().amount_minor == 100_000


def test_a_low_balance_is_told_once_for_each_crossing(wallet, parcel, channel, olga):
    def told() -> int:
        return Event.select().where(Event.name == "wallet_low").count()

    wallet.set_terms(credit_limit_minor=0, alert_below_minor=50_000, by=olga)
    hold = holds.place(wallet, parcel(), channel, 60_000, key="h", by=olga)
    holds.capture(hold, 70_000, key="c", by=olga)
    assert told() == 1 and wallet.reload().is_low
    pay_in(wallet, 20_000, key="p", by=olga)
    holds.charge(wallet, parcel(), channel, 1, key="d", by=olga)
    assert told() == 2


def test_nobody_decides_on_what_they_asked_for(wallet, alice, olga, bob):
    asked = Recharge.ask(wallet, 5_000, bank_reference="ICBC 1", by=alice)
    with pytest.raises(SelfApproval):
        asked.approve(by=alice)
    with pytest.raises(SelfApproval):
        asked.reject(reason="not mine", by=alice)
    asked.approve(by=olga)
    assert shape(wallet) == (105_000, 0)
    for late in (lambda: asked.reload().approve(by=olga), lambda: asked.reload().reject(reason="too late", by=olga)):
        with pytest.raises(AlreadyDecided) as again:
            late()
        assert again.value.code == "ALREADY_DECIDED"
    for amount in (0, -1, MOST + 1):
        with pytest.raises(InvalidAmount):
            Recharge.ask(wallet, amount, bank_reference="ICBC 2", by=alice)
    with pytest.raises(FieldRefused):
        Recharge.ask(wallet, 5_000, method="gateway", by=alice)
    assert shape(wallet) == (105_000, 0)
    proposed = Adjustment.propose(wallet, -5_000, reason="counted twice", by=olga)
    with pytest.raises(SelfApproval):
        proposed.approve(by=olga)
    proposed.approve(by=bob)
    assert shape(wallet) == (100_000, 0) and prove(wallet.reload()) == []


def test_one_payment_counts_once_however_its_reference_is_written(wallet, alice, olga):
    first = Recharge.ask(wallet, 5_000, bank_reference="CMB 77-01", by=alice)
    first.approve(by=olga)
    for reference, is_same in (
        ("cmb77-01", True),
        ("ＣＭＢ\u300077-01", True),
        ("CMB-7701", False),
        ("CMB 77-02", False),
    ):
        other = Recharge.ask(wallet, 6_000, bank_reference=reference, by=alice)
        assert (first.label in [one.label for one in other.duplicates()]) == (reference != "CMB 77-02"), reference
        if is_same:
            with pytest.raises(FieldRefused, match=first.label):
                other.approve(by=olga)
        else:
            other.approve(by=olga)
    assert shape(wallet) == (117_000, 0)


def test_the_proof_freezes_a_wallet_that_does_not_add_up_and_mends_nothing(wallet, parcel, channel, olga):
    assert prove_all() == []
    with write_txn():
        Wallet.update(balance_minor=Wallet.balance_minor + 1).execute()
    (found,) = prove_all()
    now = wallet.reload()
    assert (now.state, now.balance_minor) == ("frozen", 100_001) and "100001" in str(found.problem)
    for act in (lambda: pay_in(wallet, 1, key="p"), lambda: holds.charge(wallet, parcel(), channel, 1, key="c")):
        with pytest.raises(WalletFrozen):
            act()


def test_the_proof_finds_a_transfer_that_was_forged_past_the_triggers(wallet, olga):
    pay_in(wallet, 1, key="p", by=olga)
    with write_txn():
        if isinstance(db.obj, peewee.SqliteDatabase):
            db.execute_sql("DROP TRIGGER transfer_no_change")
        else:
            db.execute_sql("ALTER TABLE transfer DISABLE TRIGGER ALL")
        Transfer.update(memo="forged").where(Transfer.amount_minor == 1).execute()
    assert ["not what was posted" in str(one.problem) for one in prove(wallet.reload())] == [True]


def test_the_proof_finds_a_transfer_that_no_event_tells_of_and_one_its_hold_does_not_know(
    wallet, parcel, channel, clock, monkeypatch
):
    """Whoever writes both rows of a posting by hand makes balances and digests fit; the log is what they cannot write. Of what is so old
    that its event left for a file, nothing is asked."""
    holds.capture(holds.place(wallet, parcel(), channel, 30_000, key="h"), 40_000, key="c")
    kept = holds.place(wallet, parcel(), channel, 500, key="h2")
    assert prove(wallet.reload()) == []
    last = Transfer.select().order_by(Transfer.id.desc()).get()
    forged = Transfer(**last.__data__ | {
        "id": last.id + 1, "uid": uuid.uuid4(), "kind": "recharge", "is_incoming": True, "debit": last.credit_id, "credit": last.debit_id,
        "amount_minor": 5_000, "balance_after_minor": last.balance_after_minor + 5_000, "parcel": None, "store": None, "ref_kind": "",
        "ref_id": None,
    })  # fmt: skip
    forged.digest = forged.digest_of()
    with write_txn():
        forged.save(force_insert=True)
        Wallet.update(balance_minor=Wallet.balance_minor + 5_000).execute()
    assert problems(wallet) == [f"no event tells of {forged.label}"]
    with write_txn():
        Hold.update(captured_minor=31_000).where(Hold.id != kept.id).execute()
    assert problems(wallet) == [f"{last.label} is not what its hold was charged", f"no event tells of {forged.label}"]
    clock.move(days=FLOOR_DAYS + 1)
    monkeypatch.setattr(LogAnchor, "last", lambda: SimpleNamespace(last_at=last.posted_at))
    assert problems(wallet) == [f"{last.label} is not what its hold was charged"]


def problems(wallet: Wallet) -> list[str]:
    return [str(one.problem) for one in prove(wallet.reload())]


def test_an_account_that_was_rolled_back_is_made_again(wallet, parcel, channel, olga):
    """Accounts are remembered; one that never came to be is not."""
    with pytest.raises(ZeroDivisionError), write_txn():
        holds.charge(wallet, parcel(), channel, 5, key="gone", by=olga)
        raise ZeroDivisionError
    assert shape(wallet) == (100_000, 0)
    holds.charge(wallet, parcel(), channel, 5, key="gone", by=olga)
    assert shape(wallet) == (99_995, 0) and prove(wallet.reload()) == []


def test_a_clock_set_back_leaves_moments_in_the_order_of_balances(wallet, olga):
    """Else a statement's opening balance, which is looked for by the moment, would be another."""
    first = adjust(wallet, 5, key="first")
    clock.move(hours=-3)
    second, third = adjust(wallet, -1, key="second"), within(wallet)
    clock.move(hours=9)
    last = adjust(wallet, 7, key="last")
    kept = [Transfer.get_by_id(one.id) for one in (first, second, third, last)]
    moments = [one.posted_at for one in kept]
    assert moments[:3] == [first.posted_at] * 3 and moments[3] > moments[2] and moments == sorted(moments)
    assert [one.id for one in Transfer.select().where(Transfer.wallet == wallet).order_by(*IN_ORDER)][-4:] == [
        one.id for one in kept
    ]
    assert balance_at(wallet, last.posted_at) == third.balance_after_minor
    assert wallet.reload().moved_at == last.posted_at and prove(wallet.reload()) == []


def within(wallet) -> Transfer:
    """A transfer that another verb's transaction writes."""
    with write_txn():
        return adjust(wallet, 2, key="within")


@pytest.mark.both
def test_what_was_posted_before_wallets_knew_their_moment_adds_up_by_its_numbers(wallet):
    wallet.change(moved_at=EPOCH)
    clock.move(days=-1)
    early = within(wallet)
    assert early.posted_at < Transfer.get_by_id(early.id - 1).posted_at and prove(wallet.reload()) == []
    Transfer.insert(early.__data__ | {"id": early.id + 1, "uid": uuid.uuid4()}).execute()
    told = [str(one.problem) for one in prove(wallet.reload())]
    assert told[1] == f"the balance after T-{early.id + 1} is wrong"
