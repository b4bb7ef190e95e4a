"""A listing inherits from its product and may differ; when the product changes later, it says so."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.catalog import saving
from models.catalog.draft import TextDraft
from models.catalog.listing import Listing
from models.catalog.variant import Variant
from models.support.errors import FieldRefused
from tests.stores.selling import draft


def test_a_listing_takes_everything_from_the_product_in_the_marketplaces_language(listing):
    content = listing.content()
    assert (content.title, content.language_tag, content.text_language) == ("Seilball 1", "de_DE", "de")
    assert (content.price_minor, content.currency, content.quantity) == (1999, "EUR", 25)
    assert not content.overridden and not content.speaks_other_language
    assert content.attributes["pet_type"] == [{"value": "dog"}] and content.attributes["color"] == [{"value": "Blue"}]


def test_without_a_text_in_that_language_the_master_text_is_used_with_a_warning(product, store, offer, as_, alice):
    french = offer(product, store, "FR")[0]
    content = french.content()
    assert content.title == "Rope ball 1" and content.text_language == "en" and content.speaks_other_language
    page = as_(alice).get(f"/t/lotus/catalog/listings/{french.uid}").text
    assert "Buyers on FR read fr_FR; this listing would be sent in en" in page


def test_each_field_may_differ_and_go_back(listing, alice, last_event):
    listing.override({"title": "Own title", "price_minor": 2500, "quantity": 0, "bullets": ["Own"]}, by=alice)
    own = {"bullets": "Own", "price_minor": "25.00 EUR", "quantity": 0, "title": "Own title"}
    assert last_event().details == {
        "fields": list(own),
        "changes": [[name, None, value] for name, value in own.items()],
    }
    content = listing.reload().content()
    assert (content.title, content.price_minor, content.quantity, content.bullets) == ("Own title", 2500, 0, ["Own"])
    assert content.overridden == {"title", "price_minor", "quantity", "bullets"}
    assert content.description == "Ein Ball am Seil."
    listing.reload().override({"title": None, "quantity": None, "bullets": []}, by=alice)
    content = listing.reload().content()
    assert content.title == "Seilball 1" and content.quantity == 25 and content.overridden == {"price_minor"}


def test_attributes_of_a_listing_win_over_those_of_the_product(listing, alice):
    listing.override({"attributes": {"pet_type": [{"value": "cat"}]}}, by=alice)
    attributes = listing.reload().content().attributes
    assert attributes["pet_type"] == [{"value": "cat"}] and "pet_toy_type" in attributes


def test_other_fields_cannot_be_overridden(listing, alice):
    for name in ("sku", "state", "team", "asin"):
        with pytest.raises(ValueError):
            listing.override({name: "x"}, by=alice)
    with pytest.raises(FieldRefused):
        listing.override({"price_minor": 0}, by=alice)


def test_the_product_changing_later_is_told_until_somebody_looked(listing, product, alice, as_):
    address = f"/t/lotus/catalog/listings/{listing.uid}"
    notice = "The product was changed since this listing"
    saving.change(product, draft(brand="Second"), version=1, by=alice)
    assert notice not in as_(alice).get(address).text, "Nothing of its own: nothing to check."
    listing.reload().override({"title": "Own"}, by=alice)
    assert notice not in as_(alice).get(address).text
    saving.change(product, draft(brand="Third"), version=2, by=alice)
    assert notice in as_(alice).get(address).text
    assert as_(alice).post(f"{address}/acknowledgement").status_code == 303
    assert notice not in as_(alice).get(address).text
    assert listing.reload().content().title == "Own"


def test_a_changed_product_reaches_what_is_inherited_only(listing, product, alice):
    listing.override({"title": "Own"}, by=alice)
    changed = draft(1)
    changed.texts["de"] = TextDraft("Neuer Titel", "Neue Beschreibung")
    saving.change(product, changed, version=1, by=alice)
    content = listing.reload().content()
    assert content.title == "Own" and content.description == "Neue Beschreibung"


def test_the_page_saves_own_values_and_says_what_is_inherited(listing, as_, alice):
    address = f"/t/lotus/catalog/listings/{listing.uid}"
    page = as_(alice).get(address).text
    assert "from the product" in page and 'placeholder="Seilball 1"' in page
    form = {"title": "Eigener Titel", "price": "24,50", "quantity": "", "bullets": " A \r\n\r\n B "}
    assert as_(alice).post(f"{address}/overrides", data=form).status_code == 303
    assert listing.reload().overrides == {"title": "Eigener Titel", "price_minor": 2450, "bullets": ["A", "B"]}
    page = as_(alice).get(address).text
    assert "own value" in page and 'value="24.50"' in page
    assert as_(alice).post(f"{address}/overrides", data={}).status_code == 303
    assert listing.reload().overrides == {}


@pytest.mark.parametrize(
    ("form", "words"),
    [({"price": "0"}, "A price is more than zero."), ({"price": "1.999"}, "At most 2 decimals."), ({"title": "x" * 501}, "At most 500"),
     ({"quantity": "-1"}, "Between 0 and"), ({"description": "x" * 20_001}, "At most 20,000"),
     ({"bullets": "\n".join("abcdefghijk")}, "At most 10 lines")],
)  # fmt: skip
def test_a_wrong_own_value_is_said_beside_its_field(listing, as_, alice, form, words):
    answer = as_(alice).post(f"/t/lotus/catalog/listings/{listing.uid}/overrides", data=form)
    assert answer.status_code == 422 and words in answer.text and listing.reload().overrides == {}


@pytest.mark.both
def test_the_same_place_offered_at_once_is_one_listing(portal, lotus, enter, in_parallel):
    from models.stores.store import Store

    store = Store.declare(lotus, "Europe", "eu")
    variant = Variant.of(enter())[0]
    outcomes = in_parallel(6, lambda: Listing.offer(variant, store, "A1PA6795UKMFR9").id)
    assert not outcomes.errors and len(set(outcomes.results)) == 1 and Listing.select().count() == 1


def test_many_are_offered_in_one_go(enter, store):
    variants = Variant.of(enter(1, skus=tuple(f"S{n}" for n in range(100))))
    places = [(store, row.marketplace_id) for row in store.marketplaces]
    listings = Listing.offer_all(variants, places)
    assert (
        len(listings) == 500 == Listing.select().count()
        and len({(x.variant_id, x.marketplace_id) for x in listings}) == 500
    )
    assert Listing.offer_all(variants, places) == listings
    assert Event.select().where(Event.name == "listing_overridden").count() == 0
