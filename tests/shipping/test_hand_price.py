"""A weighed parcel that the channel does not take costs what two of the operator's people agree to, once."""

from __future__ import annotations

import peewee
import pytest

from models.audit.event import Event
from models.people.employees import invite
from models.people.invitation import Invitation
from models.shipping.hand_price import HandPrice
from models.shipping.weighing import weigh
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.wallet.hold import Hold
from models.wallet.proof import prove
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.conftest import PASSWORD
from tests.shipping.conftest import SIDES
from tests.shipping.test_scale import wallet  # noqa: F401 (a fixture)

H = "/t/harbor/shipping/warehouse"
WHY = "The carrier takes it at 20 a kilogram more."


@pytest.fixture
def nora(harbor):
    """The operator's clerk at the scale."""
    return _works(harbor, "nora", "clerk")


@pytest.fixture
def carl(harbor):
    return _works(harbor, "carl", "cashier")


def _works(team, login: str, role: str):
    person, token = invite(team, login, login.title(), role=role)
    Invitation.of_token(token).use(PASSWORD)
    return person.reload()


@pytest.fixture
def unpriced(wallet, entrusted, nora):  # noqa: F811
    """2.3 kg, where the channel takes 2."""
    return weigh(entrusted, grams=2300, sides_mm=SIDES, by=nora)


@pytest.mark.both
def test_a_price_two_people_agree_to_is_charged_once_from_what_is_on_hold(unpriced, wallet, nora, carl, in_parallel):  # noqa: F811
    held = Hold.get()
    for amount, reason in ((-1, WHY), (10**10, WHY), (9000, "no")):
        with pytest.raises(FieldRefused):
            HandPrice.propose(unpriced, amount, reason=reason, by=nora)
    price = HandPrice.propose(unpriced, 9000, reason=WHY, by=nora)
    with pytest.raises(AlreadyDecided):
        HandPrice.propose(unpriced, 8000, reason=WHY, by=carl)
    with pytest.raises(Refused, match="Somebody else"):
        price.approve(by=nora)
    assert wallet.reload().balance_minor == 100_000 and Hold.get().state == "pending", "nothing is charged before"
    with pytest.raises(peewee.DatabaseError), write_txn():
        HandPrice.update(amount_minor=1).execute()
    done = in_parallel(3, lambda: HandPrice.get().approve(by=carl))
    assert len(done.results) == 1 and len(done.errors_of(AlreadyDecided)) == 2
    now = wallet.reload()
    assert (now.balance_minor, now.held_minor, Hold.get().state) == (91_000, 0, "captured") and prove(now) == []
    kinds = [
        (one.kind, one.amount_minor)
        for one in Transfer.select().where(Transfer.parcel == unpriced.parcel_id).order_by(Transfer.id)
    ]
    assert kinds == [("freight", held.amount_minor), ("extra", 9000 - held.amount_minor)]
    told = Event.get(Event.name == "parcel_priced")
    assert told.team_id == wallet.team_id and told.details["reason"] == WHY


@pytest.mark.both
def test_a_rejected_price_leaves_room_for_another_and_nothing_is_a_price(unpriced, wallet, nora, carl):  # noqa: F811
    HandPrice.propose(unpriced, 9000, reason=WHY, by=nora).reject(note="Too much.", by=carl)
    assert wallet.reload().balance_minor == 100_000 and Hold.get().state == "pending"
    HandPrice.propose(unpriced, 0, reason="It goes back to its seller.", by=carl).approve(by=nora)
    assert (wallet.reload().balance_minor, wallet.reload().held_minor, Hold.get().state) == (100_000, 0, "void")


def test_a_frozen_wallet_keeps_the_price_waiting(unpriced, wallet, nora, carl):  # noqa: F811
    price = HandPrice.propose(unpriced, 9000, reason=WHY, by=nora)
    Wallet.update(state="frozen").execute()
    with pytest.raises(Refused, match="frozen"):
        price.approve(by=carl)
    assert HandPrice.get().is_waiting and not Transfer.select().where(Transfer.parcel == unpriced.parcel_id).exists()


def test_the_clerk_proposes_and_the_cashier_decides_on_their_pages(as_, unpriced, alice, nora, carl, olga, entrusted):
    browser, at = as_(nora), f"{H}/{entrusted.uid}"
    assert "no price: a person has to decide" in browser.get(at).text
    for sent in ({}, {"amount": "90"}, {"amount": "ninety", "reason": WHY}, {"amount": "90", "reason": "no"}):
        assert browser.post(f"{at}/price", data=sent).status_code == 422, sent
    hostile = "<script>alert(1)</script>=cmd"
    assert browser.post(f"{at}/price", data={"amount": "90", "reason": hostile}).status_code == 303
    price = HandPrice.get()
    one = f"{H}/prices/{price.uid}"
    assert browser.post(f"{one}/approval").status_code == 403, "a clerk decides on nothing"
    seller = as_(alice).get(f"/t/lotus/shipping/parcels/{entrusted.uid}").text
    assert "CN¥90.00" not in seller and "alert(1)" not in seller, "what is not agreed to is not the seller's to read"
    cashier = as_(carl)
    page = cashier.get(f"{H}/prices/").text
    assert "CN¥90.00" in page and "&lt;script&gt;" in page and "<script>alert" not in page
    assert "Approve" in cashier.get(one).text and cashier.get(at).status_code == 403
    assert cashier.post(f"{one}/rejection", data={"note": ""}).status_code == 422
    assert cashier.post(f"{one}/approval").status_code == 303 and HandPrice.get().state == "approved"
    assert cashier.post(f"{one}/approval").status_code == 409
    assert "CN¥90.00" in as_(alice).get(f"/t/lotus/shipping/parcels/{entrusted.uid}").text
    assert entrusted.tracking_number not in as_(olga).get(f"{H}/?scale=problem").text


def test_nobody_outside_the_operator_reads_or_decides_prices(as_, unpriced, nora, alice, charlie, entrusted):
    price = HandPrice.propose(unpriced, 9000, reason=WHY, by=nora)
    for person, team in ((alice, "lotus"), (charlie, "comet")):
        browser = as_(person)
        for path in (f"prices/{price.uid}", "prices/"):
            assert browser.get(f"/t/{team}/shipping/warehouse/{path}").status_code == 403
            assert browser.get(f"{H}/{path}").status_code == 404
        for path in (f"{entrusted.uid}/price", f"prices/{price.uid}/approval", f"prices/{price.uid}/rejection"):
            assert (
                browser.post(
                    f"/t/{team}/shipping/warehouse/{path}", data={"amount": "1", "reason": WHY, "note": WHY}
                ).status_code
                == 403
            )
            assert browser.post(f"{H}/{path}").status_code == 404
    assert HandPrice.get().is_waiting and HandPrice.select().count() == 1
