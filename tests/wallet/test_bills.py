"""What carriers' bills ask beyond the quotes comes into wallets: once, with its reason to wait, and taken back with its decision."""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from jobs import wallets
from models.freight.bills.carrier_bill import CarrierBill
from models.freight.bills.importer import quoted_values
from models.freight.bills.line import BillLine
from models.freight.bills.matching import charge_of
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.weighing import Weighing, weigh
from models.support import clock as the_clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import JobRun, JobWake
from models.wallet.adjustment import Adjustment
from models.wallet.bill_wait import BillWait
from models.wallet.billing import JOB, Waits, post
from models.wallet.mending import refund
from models.wallet.parcel_money import charged_for
from models.wallet.proof import prove
from models.wallet.redress import Redress
from models.wallet.statements.document import IN_ORDER
from models.wallet.statements.lines import summed
from models.wallet.transfer import CHARGES, Transfer
from models.wallet.wallet import Wallet
from tests.exports.conftest import rows_of
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES, labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def left(lotus, alice, ops_channel) -> Parcel:  # noqa: F811
    """A parcel of lotus with a label of the operator's channel, on nobody's scale yet."""
    return labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)


@pytest.fixture
def weighed(wallet, left, olga) -> Parcel:
    """Charged 72.00 at the scale: 800 g."""
    weigh(left, grams=800, sides_mm=SIDES, by=olga)
    return left.reload()


def billed(
    parcel: Parcel | None, operator: Any, by: Any, difference: int = 1_234, number: str = "MARCH", **more: Any
) -> BillLine:
    """A line of the operator's bill about this parcel, agreed to."""
    from models.freight.carrier import Carrier

    carrier = Carrier.get(Carrier.team == operator)
    weighing = Weighing.of(parcel) if parcel else None
    quote: Any = weighing.quote if weighing else parcel.quote if parcel else None
    values = quoted_values(quote, charge_of(quote, None, "CNY"), None, "CNY") if quote else {}
    line = BillLine.create(
        team=operator, bill=CarrierBill.of(carrier, number, currency="CNY", by=by), carrier=carrier,
        waybill=parcel.tracking_number if parcel else "STRANGE1", billed_minor=(quote.total_minor if quote else 0) + difference,
        currency="CNY", difference_minor=difference, size_minor=abs(difference), state="open",
        **{"kind": "RATE" if quote else "NOT_OURS"} | values | more,
    )  # fmt: skip
    line.agree(by=by, reason="as weighed by the carrier")
    return line


def run() -> None:
    one = JobRun.claim("wallet.bills", "", the_clock.now())
    wallets.bills(one)
    one.finish("done")


@pytest.mark.both
def test_an_agreed_difference_is_posted_once_and_comes_back_with_its_decision(
    wallet, weighed, harbor, olga, alice, in_parallel
):
    cost = charged_for(weighed, wallet)
    line = billed(weighed, harbor, olga)
    assert JobWake.select().where(JobWake.job == JOB).exists()
    outcome = in_parallel(2, lambda number: post(BillLine.get_by_id(line.id), by=olga))
    assert len(outcome.results) == 1 and len(outcome.errors_of(AlreadyDecided)) == 1
    (posted,) = Transfer.select().where(Transfer.kind == "bill")
    assert (posted.signed_minor, posted.parcel_id, posted.memo, line.reload().posted_ref) == (
        -1_234,
        weighed.id,
        "MARCH",
        posted.label,
    )
    assert charged_for(weighed, wallet) == cost + 1_234
    run()
    assert Transfer.select().where(Transfer.kind == "bill").count() == 1
    for change in ({"state": "open"}, {"posted_ref": ""}, {"state": "open", "posted_ref": "", "agreed_minor": None}):
        with pytest.raises(peewee.DatabaseError), write_txn():
            BillLine.update(**change).where(BillLine.id == line.id).execute()
    outcome = in_parallel(2, lambda number: BillLine.get_by_id(line.id).reopen(by=olga, reason="wrong parcel"))
    assert len(outcome.results) == 1 and len(outcome.errors_of(AlreadyDecided)) == 1
    line = line.reload()
    assert (line.state, line.posted_ref, charged_for(weighed, wallet)) == ("open", "", cost)
    line.agree(by=olga, reason="right after all", amount_minor=1_000)
    run()
    assert charged_for(weighed, wallet) == cost + 1_000 and line.reload().posted_ref.startswith("T-")
    again = Transfer.get(Transfer.id == int(line.reload().posted_ref[2:]))
    Adjustment.propose_reversal(again, reason="a slip of ours", by=olga).approve(by=alice)
    assert line.reload().state == "open" and charged_for(weighed, wallet) == cost and prove(wallet.reload()) == []


@pytest.mark.both
def test_what_no_wallet_takes_waits_with_its_reason_until_it_does(lotus, left, harbor, olga, alice):
    strange, line = billed(None, harbor, olga), billed(left, harbor, olga)
    run()
    assert "booked under this number" in str(BillWait.why([strange])[strange.id])
    assert "no wallet in CNY" in str(BillWait.why([line])[line.id]) and Transfer.select().count() == 0
    wallet = Wallet.open_for(lotus, "CNY", by=olga)
    run()
    assert "weighed in" in str(BillWait.why([line])[line.id])
    weigh(left, grams=800, sides_mm=SIDES, by=olga)
    run()
    assert "another price" in str(BillWait.why([line])[line.id]), "the bill was compared with the label"
    line.reload().reopen(by=olga, reason="weighed since")
    BillLine.get_by_id(line.id).clear(by=olga, reason="weighed since")
    right = billed(left, harbor, olga, number="APRIL", kind="DUPLICATE")
    with write_txn():
        Wallet.update(state="frozen").execute()
    run()
    assert "frozen" in str(BillWait.why([right])[right.id])
    with write_txn():
        Wallet.update(state="active").execute()
    run()
    assert right.reload().posted_ref and not BillWait.why([right]) and wallet.reload().balance_minor < 0
    cost = charged_for(left, wallet)
    less = billed(left, harbor, olga, difference=-500, number="MAY", kind="DUPLICATE")
    refund(wallet, left, left.channel, cost - 400, key="most")
    with pytest.raises(Waits, match="More would be given back"):
        post(less)
    with pytest.raises(Refused, match="Reverse the transfer"):
        strange.mark_posted("T-9")
        strange.reopen(by=olga, reason="not by a wallet")


def test_the_operator_sees_what_waits_and_the_seller_what_was_posted(
    as_, wallet, weighed, harbor, lotus, olga, alice, charlie
):
    billed(weighed, harbor, olga, number=HOSTILE[:40])
    strange = billed(None, harbor, olga)
    run()
    posted = Transfer.get(Transfer.kind == "bill")
    page = as_(olga).get("/t/harbor/wallet/bills/?view=all").text
    assert page.count('id="difference-') == 2 and "booked under this number" in page and posted.label in page
    waiting = as_(olga).get("/t/harbor/wallet/bills/?view=waiting&look=waiting").text
    assert "STRANGE1" in waiting and weighed.tracking_number not in waiting
    for person, team in ((alice, "lotus"), (charlie, "comet")):
        assert as_(person).get(f"/t/{team}/wallet/bills/").status_code == 403
    seen = as_(alice).get("/t/lotus/wallet/?kind=bill").text
    assert seen.count('id="transfer-') == 1 and "Bill difference" in seen and HOSTILE not in seen
    assert "Bill difference" in as_(alice).get(f"/t/lotus/shipping/parcels/{weighed.uid}").text
    drawer = as_(olga).get(f"/t/harbor/wallet/movements/{posted.uid}").text
    assert f"Freight by {weighed.channel.code}" in drawer and f"freight:{weighed.channel_id}:" in drawer
    assert f"Wallet {posted.wallet.label}" in drawer, "accounts are told in words"
    assert "onerror" not in drawer.replace("onerror=alert(1)&gt;", "").replace("&lt;img src=x onerror", "")
    asked = {"list": "transfers", "format": "csv", "columns": ["number", "kind", "charged"], "query": "kind=bill"}
    assert "-12.34" in rows_of(as_(alice).post("/t/lotus/exports/", data=asked).data)[1]
    assert strange.reload().posted_ref == ""
    assert as_(olga).post("/t/harbor/wallet/bills/again").status_code == 303


def test_the_statement_of_all_that_happened_to_a_parcel_adds_up(wallet, weighed, harbor, lotus, olga, alice):
    """Charge, bill, refund, claim, and the reversals of the last and of the bill: in sum the ledger, by channel what the parcel cost."""
    line = billed(weighed, harbor, olga)
    post(line, by=olga)
    for kind, amount in (("refund", 500), ("lost", 9_000)):
        Redress.propose(weighed, kind, amount, reason="=1+1, late", by=alice).approve(by=olga)
    claim = Transfer.get(Transfer.kind == "claim")
    Adjustment.propose_reversal(claim, reason="found again", by=alice).approve(by=olga)
    line.reload().reopen(by=olga, reason="wrong line")
    day = the_clock.local(the_clock.now(), lotus.timezone).date()
    told = summed(wallet, day, day, lotus.timezone)
    posted = sum(one.signed_minor for one in Transfer.select().where(Transfer.wallet == wallet))
    assert told.closing == sum(told.by_kind.values()) == posted == wallet.reload().balance_minor
    assert sum(one.net for one in told.by_channel.values()) == charged_for(weighed, wallet) == 7_200 - 500
    assert (
        set(told.by_kind)
        == {"recharge", "freight", "extra", "bill", "refund", "claim", "reversal"}
        == set(told.by_kind) & {*IN_ORDER, *CHARGES, "bill"}
    )
