"""The operator's warehouse sees the parcels of all teams on its channels, of each only what a scale needs, and nobody else sees them."""

from __future__ import annotations

import pytest

from models.freight.channel import Channel
from models.people.employees import invite
from models.people.invitation import Invitation
from models.shipping.making import make_parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.weighing import Weighing, weigh
from tests.conftest import PASSWORD
from tests.exports.conftest import rows_of
from tests.orders.conftest import make_store
from tests.shipping.conftest import labelled
from tests.shipping.test_parcel import NUMBER, order_of

W = "/t/harbor/shipping/warehouse"


@pytest.fixture
def nora(harbor):
    """The operator's clerk at the scale."""
    person, token = invite(harbor, "nora", "Nora Lind", role="clerk")
    Invitation.of_token(token).use(PASSWORD)
    return person.reload()


def test_a_clerk_finds_a_parcel_by_its_number_and_weighs_it_in(as_, nora, alice, entrusted):
    browser, at = as_(nora), f"{W}/{entrusted.uid}"
    order, line = ParcelLine.of(entrusted)[0].order, ParcelLine.of(entrusted)[0]
    seen = "".join(browser.get(path).text for path in (f"{W}/", f"{W}/?q=rr 1234 5678", f"{W}/?scale=waiting", at))
    for words in (NUMBER, "lotus", "OPS-LINE", "300", "20 × 15 × 5"):
        assert words in seen, words
    for words in (
        order.order_id,
        line.sku,
        line.declared_name,
        "Katharina",
        "90210",
        "Hamburg",
        entrusted.store.name,
        "Alice Wang",
    ):
        assert words not in seen, f"{words} is none of the operator's business"
    for sent in ({}, {"grams": "0"}, {"grams": "<b>9</b>"}, {"grams": "300", "length": "2"}, {"grams": "300"}):
        assert browser.post(f"{at}/weighing", data=sent).status_code == 422, sent
    sent = {"grams": "800", "length": "20", "width": "15,5", "height": "5"}
    assert browser.post(f"{at}/weighing", data=sent).status_code == 303
    page = browser.get(at).text
    assert "20 × 15.5 × 5" in page and "+CN¥45.00" in page and "Nora Lind" in page
    assert browser.post(f"{at}/weighing", data=sent).status_code == 409
    assert NUMBER not in browser.get(f"{W}/?scale=waiting").text and NUMBER in browser.get(f"{W}/?scale=differs").text
    seller = as_(alice).get(f"/t/lotus/shipping/parcels/{entrusted.uid}").text
    assert "Weighed in by the operator" in seller and "+CN¥45.00" in seller
    quote = as_(alice).get(f"/t/lotus/freight/quotes/{Weighing.get().quote.uid}").text
    assert entrusted.quote.label in quote and 'name="waybill"' not in quote


def test_a_parcel_beyond_the_limits_says_so_to_both(as_, olga, alice, entrusted):
    sent = {"grams": "2300", "length": "20", "width": "15", "height": "5"}
    page = as_(olga).post(f"{W}/{entrusted.uid}/weighing", data=sent, follow_redirects=True).text
    assert "has no price" in page and "A box weighs 2.3 kg; at most 2 kg." in page
    assert "A box weighs 2.3 kg" in as_(alice).get(f"/t/lotus/shipping/parcels/{entrusted.uid}").text
    assert NUMBER in as_(olga).get(f"{W}/?scale=problem").text


def test_nobody_but_the_operator_gets_anything(as_, olga, alice, bob, charlie, entrusted, lotus, comet):
    for person, team in ((alice, "lotus"), (bob, "lotus"), (charlie, "comet")):
        browser = as_(person)
        for path in ("", entrusted.uid, f"{entrusted.uid}/weighing"):
            ask = browser.post if str(path).endswith("weighing") else browser.get
            assert ask(f"/t/{team}/shipping/warehouse/{path}").status_code == 403, (person.login, path)
            assert ask(f"{W}/{path}").status_code == 404, (person.login, path)
    draft = make_parcel([order_of(entrusted.store, 2)], by=alice)
    assert as_(olga).get(f"{W}/{draft.uid}").status_code == 404, "what has no label yet is its seller's alone"
    Channel.update(team=comet).execute()
    assert as_(olga).get(f"{W}/{entrusted.uid}").status_code == 404, "a seller's own channel is not the operator's"
    assert NUMBER not in as_(olga).get(f"{W}/").text
    assert entrusted.reload().state == "labelled" and not Weighing.select().exists()


def test_parcels_of_every_team_stand_in_one_list_that_only_the_operator_exports(as_, nora, charlie, comet, entrusted):
    labelled(make_parcel([order_of(make_store(comet, "Comet EU"), 7)], by=charlie), charlie, "YT1234567890123456")
    browser, order = as_(nora), ParcelLine.of(entrusted)[0].order.order_id
    assert NUMBER not in browser.get(f"{W}/?team=comet").text
    assert NUMBER not in browser.get(f"{W}/?q={order}").text, "an order's id finds nothing here"
    weigh(entrusted, grams=800, sides_mm=(200, 150, 50), by=nora)
    asked = {
        "list": "warehouse",
        "query": "",
        "format": "csv",
        "columns": ["tracking", "team", "measured", "difference", "orders", "store"],
    }
    sent = browser.post("/t/harbor/exports/", data=asked)
    head, newest, older = rows_of(sent.data)
    assert head[:3] == ["Tracking number", "Team", "Measured weight"] and newest[:3] == [
        "YT1234567890123456",
        "Comet Goods",
        "",
    ]
    assert older[:4] == [NUMBER, "Lotus Trading", "800", "45.00"] and order not in sent.text
    assert as_(charlie).post("/t/comet/exports/", data=asked).status_code in (403, 404)
