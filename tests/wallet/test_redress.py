"""What is made good for a parcel: refunds up to what it was charged, one claim, two people above the limit, and the seller sees it."""

from __future__ import annotations

import uuid

import pytest

from models.audit.event import Event
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.shipping.weighing import weigh
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.wallet.adjustment import Adjustment
from models.wallet.alone_limit import AloneLimit
from models.wallet.mending import reverse
from models.wallet.on_scale import paid_for
from models.wallet.parcel_money import charged_for
from models.wallet.proof import prove
from models.wallet.redress import Redress
from models.wallet.refusals import AlreadyReversed, KeyConflict, SelfApproval
from models.wallet.statements.lines import summed
from models.wallet.transfer import Transfer
from tests.orders.conftest import make_store
from tests.shipping.conftest import SIDES, labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of
from tests.wallet.test_pages import seat

H = "/t/harbor/wallet"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def charged(wallet, lotus, alice, olga, ops_channel) -> Parcel:  # noqa: F811
    """72.00 from the wallet."""
    parcel = labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)
    weigh(parcel, grams=800, sides_mm=SIDES, by=olga)
    return parcel.reload()


@pytest.fixture
def gao(harbor):
    return seat(harbor, "gao", "cashier")


@pytest.fixture
def hui(harbor):
    """The other cashier."""
    return seat(harbor, "hui", "cashier")


@pytest.mark.both
def test_a_refund_takes_two_people_is_posted_once_and_never_more_than_was_charged(
    wallet, charged, gao, hui, in_parallel
):
    cost = charged_for(charged, wallet)
    with pytest.raises(FieldRefused, match="was charged"):
        Redress.propose(charged, "refund", cost + 1, reason="too much", by=gao)
    key = uuid.uuid4()
    made = Redress.propose(charged, "refund", 1_000, reason="arrived late", by=gao, key=key)
    assert Redress.propose(charged, "refund", 1_000, reason="arrived late", by=gao, key=key) == made
    with pytest.raises(KeyConflict):
        Redress.propose(charged, "refund", 1_001, reason="arrived late", by=gao, key=key)
    with pytest.raises(Refused, match="waits for a decision"):
        Redress.propose(charged, "refund", 1, reason="once more", by=hui)
    with pytest.raises(SelfApproval):
        made.approve(by=gao)
    outcome = in_parallel(2, lambda number: Redress.get_by_id(made.id).approve(by=hui))
    assert len(outcome.results) == 1 and len(outcome.errors_of(AlreadyDecided)) == 1
    (posted,) = Transfer.select().where(Transfer.kind == "refund")
    assert charged_for(charged, wallet) == cost - 1_000 == paid_for([charged.id])[charged.id].charged_minor
    whole = Redress.propose(charged, "refund", cost - 1_000, reason="all of it", by=gao)
    whole.approve(by=hui)
    with pytest.raises(FieldRefused, match=r"0\.00 CNY"):
        Redress.propose(charged, "refund", 1, reason="a refund of a refund", by=gao)
    Adjustment.propose_reversal(posted, reason="a wrong refund", by=gao).approve(by=hui)
    assert charged_for(charged, wallet) == 1_000
    with pytest.raises(AlreadyReversed):
        reverse(posted, key="again")
    with pytest.raises(AlreadyReversed):
        reverse(posted.reversals.get(), key="back")
    assert prove(wallet.reload()) == []


@pytest.mark.both
def test_one_claim_is_paid_for_a_parcel_and_makes_it_no_cheaper(wallet, charged, gao, hui, in_parallel):
    cost = charged_for(charged, wallet)
    outcome = in_parallel(
        2, lambda number: Redress.propose(charged, ("lost", "damaged")[number], 50_000, reason="agreed", by=gao)
    )
    assert len(outcome.results) == 1 and len(outcome.errors_of(Refused)) == 1
    made = Redress.get()
    made.approve(by=hui)
    claim = Transfer.get(Transfer.kind == "claim")
    assert (claim.signed_minor, charged_for(charged, wallet), paid_for([charged.id])[charged.id].charged_minor) == (
        50_000,
        cost,
        cost,
    )
    with pytest.raises(Refused, match="was paid"):
        Redress.propose(charged, "damaged", 1, reason="twice", by=gao)
    Redress.propose(charged, "refund", cost, reason="and its freight", by=gao).approve(by=hui)
    Adjustment.propose_reversal(claim, reason="found again", by=gao).approve(by=hui)
    assert charged_for(charged, wallet) == 0 and prove(wallet.reload()) == []
    Redress.propose(charged, "lost", 1_000, reason="lost again", by=gao).reject(note="it is not", by=hui)
    day = claim.posted_at.date()
    told = summed(wallet, day, day, "UTC")
    (line,) = told.by_channel.values()
    assert (told.by_kind["claim"], told.by_kind["refund"], line.charged, line.refunded) == (50_000, cost, cost, cost)


def test_no_claim_is_paid_for_a_label_that_was_voided_before_it_left(wallet, lotus, alice, gao, hui, ops_channel):  # noqa: F811
    parcel = labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)
    parcel.void(reason="not needed", by=alice)
    AloneLimit.put(wallet, 90_000, by=gao)
    with pytest.raises(Refused, match="voided"):
        Redress.propose(parcel.reload(), "lost", 5_000, reason="never sent", by=hui, alone=True)
    assert wallet.reload().balance_minor == 100_000 and not Redress.select().exists()


def test_within_the_limit_one_person_decides_who_did_not_set_it(wallet, charged, gao, hui):
    AloneLimit.put(wallet, 2_000, by=gao)
    assert Redress.propose(charged, "refund", 500, reason="set by herself", by=gao, alone=True).is_waiting
    Redress.get().reject(note="for the test", by=hui)
    assert Redress.propose(charged, "refund", 500, reason="no right to decide", by=hui).is_waiting
    Redress.get(Redress.state == "waiting").reject(note="for the test", by=gao)
    assert Redress.propose(charged, "refund", 1_500, reason="small", by=hui, alone=True).was_alone
    assert Redress.propose(charged, "refund", 501, reason="in slices", by=hui, alone=True).is_waiting
    assert Event.select().where(Event.name == "alone_limit_set").count() == 1


def test_it_goes_from_the_parcel_to_the_sellers_pages(as_, charged, wallet, alice, charlie, olga, gao, hui):
    page = f"{H}/parcels/{charged.uid}"
    cashier, key = as_(gao), str(uuid.uuid4())
    assert (
        charged.tracking_number in cashier.get(page).text
        and page in cashier.get(f"{H}/movements/{Transfer.get(Transfer.parcel == charged).uid}").text
    )
    form = {"kind": "refund", "amount": "999999", "reason": HOSTILE, "key": key}
    assert cashier.post(f"{page}/redresses", data=form).status_code == 422
    for _again in range(2):
        assert cashier.post(f"{page}/redresses", data=form | {"amount": "12.34"}).status_code == 303
    made = Redress.get()
    own = f"{H}/redresses/{made.uid}"
    assert "Somebody else has to decide" in cashier.get(own).text and cashier.post(f"{own}/approval").status_code == 409
    assert as_(olga).post(f"{own}/approval").status_code in (303, 403)
    if made.reload().is_waiting:
        assert as_(hui).post(f"{own}/approval").status_code == 303
    listed = cashier.get(f"{H}/redresses/?view=all").text
    assert listed.count('id="redress-') == 1 and HOSTILE not in listed
    for person, team in ((alice, "lotus"), (charlie, "comet")):
        for address in (page, own, f"{H}/redresses/"):
            assert as_(person).get(address.replace("harbor", team)).status_code == 403
            assert as_(person).get(address).status_code == 404
    seller = as_(alice)
    seen = seller.get("/t/lotus/wallet/?kind=refund").text
    assert seen.count('id="transfer-') == 1 and "+CN¥12.34" in seen and HOSTILE not in seen
    assert "12.34" in seller.get(f"/t/lotus/shipping/parcels/{charged.uid}").text
    assert "redress_proposed" not in [one.name for one in Event.select().where(Event.team_id == charged.team_id)]
