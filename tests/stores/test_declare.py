"""Declaring a store: the team says that it owns the account or may operate it, once per account."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.stores.store import Store
from models.support.errors import FieldRefused


def test_a_declared_store_is_not_authorized_yet_and_leaves_an_event(lotus, alice, last_event):
    store = Store.declare(lotus, " Lotus Europe ", "eu", seller_id=" a1b2c3d4e5f6g7 ", by=alice)
    assert (store.name, store.region, store.seller_id, store.state) == ("Lotus Europe", "eu", "A1B2C3D4E5F6G7", "new")
    assert store.declared_by_id == alice.id and store.authorization is None
    assert (last_event().name, last_event().actor_id, last_event().store_id) == ("store_declared", alice.id, store.id)


@pytest.mark.parametrize(
    ("name", "seller_id", "field"),
    [("", "", "name"), ("  ", "", "name"), ("X", "B1B2C3D4E5F6G7", "seller_id"), ("X", "A1", "seller_id"),
     ("X", "A1B2C3D4E5F6G7'--", "seller_id"), ("X", "A" * 40, "seller_id")],
)  # fmt: skip
def test_a_bad_name_or_seller_id_is_said_beside_its_field(lotus, name, seller_id, field):
    with pytest.raises(FieldRefused) as refused:
        Store.declare(lotus, name, "eu", seller_id=seller_id)
    assert refused.value.field == field
    assert not Store.select().exists() and not Event.select().where(Event.name == "store_declared").exists()


def test_a_team_has_no_two_stores_of_one_name(lotus, comet):
    first = Store.declare(lotus, "Europe", "eu")
    with pytest.raises(FieldRefused, match="of this name"):
        Store.declare(lotus, "Europe", "na")
    Store.declare(comet, "Europe", "eu")
    first.disconnect()
    assert Store.declare(lotus, "Europe", "eu").id != first.id


@pytest.mark.both
def test_one_seller_account_is_connected_once_in_a_region(lotus, comet):
    Store.declare(lotus, "One", "eu", seller_id="A1B2C3D4E5F6G7")
    for team, name in ((lotus, "Two"), (comet, "Three")):
        with pytest.raises(FieldRefused, match="connected already"):
            Store.declare(team, name, "eu", seller_id="A1B2C3D4E5F6G7")
    Store.declare(lotus, "Two", "na", seller_id="A1B2C3D4E5F6G7")
    Store.declare(lotus, "Three", "eu")
    Store.declare(lotus, "Four", "eu")  # Accounts whose id is not known yet are no duplicates.
    Store.get(Store.name == "One").disconnect()
    Store.declare(comet, "Again", "eu", seller_id="A1B2C3D4E5F6G7")


@pytest.mark.both
def test_of_declarations_at_once_one_gets_the_account(lotus, in_parallel):
    outcomes = in_parallel(6, lambda n: Store.declare(lotus, f"Store {n}", "eu", seller_id="A1B2C3D4E5F6G7"))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(FieldRefused)) == 5
    assert Store.select().count() == 1


FORM = {"name": "Lotus Europe", "region": "eu", "way": "token", "seller_id": "", "declared": "1"}


@pytest.fixture
def form(application):
    return FORM | {"application": str(application.uid), "refresh_token": "Atzr|secret-token-0123456789"}


def test_the_page_shows_which_application_to_authorize(as_, alice, application):
    page = as_(alice).get("/t/lotus/stores/new").text
    assert application.client_id in page and "owns this selling account, or is authorized by its owner" in page


def test_without_an_application_the_page_says_what_is_needed_first(as_, alice):
    assert "First Portolan needs an Amazon application" in as_(alice).get("/t/lotus/stores/new").text


def test_a_store_is_connected_by_pasting_a_token(as_, alice, form):
    answer = as_(alice).post("/t/lotus/stores/", data=form)
    store = Store.get()
    assert answer.status_code == 303 and answer.location == f"/t/lotus/stores/{store.uid}"
    assert store.state == "checking" and store.authorization.last4 == "6789"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"declared": ""}, "Confirm that the team owns this account"),
        ({"name": ""}, "This is needed."),
        ({"name": "x" * 81}, "At most 80 characters"),
        ({"region": "moon"}, "Choose from the list."),
        ({"application": "11111111-1111-1111-1111-111111111111"}, "Choose from the list."),
        ({"way": "telepathy"}, "Choose from the list."),
        ({"refresh_token": ""}, "This is needed."),
        ({"refresh_token": "Atza|an-access-token"}, "A refresh token begins with Atzr|"),
        ({"refresh_token": "Atzr|" + "x" * 3000}, "At most 2,000 characters."),
        ({"seller_id": "nonsense"}, "looks like A1B2C3D4E5F6G7"),
        ({"way": "consent"}, "a private one gives a token to paste"),
    ],
)
def test_a_wrong_form_comes_back_with_words_beside_the_field_and_stores_nothing(as_, alice, form, change, words):
    answer = as_(alice).post("/t/lotus/stores/", data=form | change)
    assert answer.status_code == 422 and words in answer.text
    assert "secret-token" not in answer.text
    assert not Store.select().exists()


def test_another_teams_application_cannot_be_chosen(as_, charlie, form):
    answer = as_(charlie).post("/t/comet/stores/", data=form)
    assert answer.status_code == 422 and not Store.select().exists()


def test_who_may_not_connect_stores_does_not(as_, bob, form):
    assert as_(bob).get("/t/lotus/stores/new").status_code == 403
    assert as_(bob).post("/t/lotus/stores/", data=form).status_code == 403
    assert not Store.select().exists()
