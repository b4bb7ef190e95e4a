"""A team leaves in one act of two people: what is open is settled first, the rest is paid out, and nothing moves any more."""

from __future__ import annotations

import pytest

from models.shipping.making import make_parcel
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.wallet.hold import Hold, release
from models.wallet.mending import charged_for, pay_in
from models.wallet.proof import prove, prove_all
from models.wallet.recharge import Recharge
from models.wallet.refusals import SelfApproval, WalletClosed
from models.wallet.statements.lines import summed
from models.wallet.statements.statement import Statement
from models.wallet.team_closing import TeamClosing, in_the_way
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.orders.conftest import make_store
from tests.shipping.conftest import labelled, ops_channel  # noqa: F401 (a fixture)
from tests.shipping.test_parcel import order_of
from tests.wallet.test_pages import seat

H = "/t/harbor/wallet"


@pytest.fixture
def gao(harbor):
    return seat(harbor, "gao", "cashier")


@pytest.fixture
def hui(harbor):
    return seat(harbor, "hui", "cashier")


@pytest.fixture
def euros(lotus, olga) -> Wallet:
    wallet = Wallet.open_for(lotus, "EUR", by=olga)
    pay_in(wallet, 777, key="euros", by=olga)
    return wallet.reload()


def kinds(team) -> list[str]:
    return [one.kind for one in in_the_way(team)]


@pytest.mark.both
def test_a_team_is_closed_once_when_nothing_is_open_and_two_people_agree(
    wallet, euros, lotus, alice, gao, hui, ops_channel, in_parallel  # noqa: F811
):  # fmt: skip
    parcel = labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)
    asked = Recharge.ask(wallet, 100, method="cash", by=alice)
    assert kinds(lotus) == ["holds", "recharges", "parcels"]
    with pytest.raises(Refused, match="on hold"):
        TeamClosing.propose(lotus, reason="they leave", by=gao, is_sure=True)
    parcel.void(reason="they leave", by=alice)
    asked.reject(reason="they leave", by=hui)
    assert kinds(lotus) == []
    outcome = in_parallel(2, lambda number: TeamClosing.propose(lotus, reason="they leave", by=gao))
    assert len(outcome.results) == 1 and len(outcome.errors_of(AlreadyDecided)) == 1
    made = TeamClosing.get()
    assert {one.state for one in Wallet.of_team(lotus.id)} == {"blocked"}
    with pytest.raises(SelfApproval):
        made.approve(by=gao)
    pay_in(euros, 1, key="late", by=hui)
    with pytest.raises(Refused, match="has changed"):
        made.approve(by=hui)
    made.reload().reject(note="money came in", by=hui)
    assert {one.state for one in Wallet.of_team(lotus.id)} == {"active"}
    made = TeamClosing.propose(lotus, reason="they leave", by=gao)
    outcome = in_parallel(2, lambda number: TeamClosing.get_by_id(made.id).approve(by=hui))
    assert len(outcome.results) == 1 and len(outcome.errors) == 1
    shut = Wallet.of_team(lotus.id)
    assert {(one.state, one.balance_minor) for one in shut} == {("closed", 0)}
    assert sorted(one.amount_minor for one in Transfer.select().where(Transfer.kind == "payout")) == [778, 100_000]
    with pytest.raises(WalletClosed):
        pay_in(wallet, 1, key="after", by=hui)
    assert prove(wallet.reload()) == [] and prove_all() == []
    with pytest.raises(Refused, match="are closed"):
        TeamClosing.propose(lotus, reason="once more", by=gao)
    last = Statement.get(Statement.wallet == wallet)
    told = summed(wallet.reload(), last.first_day, last.last_day, last.zone)
    assert (told.closing, told.by_kind["payout"], Statement.select().count()) == (0, -100_000, 2)


def test_the_pages_lead_through_it_and_strangers_see_nothing(as_, wallet, lotus, alice, gao, hui, ops_channel):  # noqa: F811
    parcel = labelled(make_parcel([order_of(make_store(lotus))], by=alice), alice)
    page = f"{H}/closings/{lotus.uid}"
    shown = as_(gao).get(page).text
    assert "On hold for parcels: 1" in shown and "Propose the closing" not in shown
    assert as_(gao).post(page, data={"reason": "they leave"}).status_code == 409
    release(Hold.pending_of(parcel), key="free", by=gao)
    assert "Propose the closing" in as_(gao).get(page).text
    assert as_(gao).post(page, data={"reason": "they leave"}).status_code == 422, (
        "of the parcel on its way nobody said they know"
    )
    assert as_(gao).post(page, data={"reason": "they leave", "is_sure": "1"}).status_code == 303
    assert as_(gao).post(f"{page}/approval").status_code == 409 and "Teams to close" in as_(hui).get("/t/harbor/").text
    assert as_(hui).post(f"{page}/rejection", data={"note": "no"}).status_code == 422
    assert as_(hui).post(f"{page}/approval").status_code == 303 and as_(hui).post(f"{page}/approval").status_code == 409
    done = as_(gao).get(page).text
    assert "Nothing can be posted to them any more" in done and "FS-" in done
    assert (
        as_(alice).get(page).status_code == 404 and as_(alice).get(page.replace("harbor", "lotus")).status_code == 403
    )
    assert charged_for(parcel, wallet) == 0
    with pytest.raises((FieldRefused, Refused)):
        TeamClosing.propose(lotus, reason="no", by=gao)
