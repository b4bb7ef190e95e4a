"""Values changed where they stand: what is saved, what a wrong value says, and two people at once."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models.catalog import one_field
from models.catalog.draft import draft_of
from models.catalog.variant import Variant
from models.people.role import Grant, Role
from models.support.errors import FieldRefused, Stale
from tests.pages import faults

T = "/t/lotus/catalog"


def urls(product) -> dict[str, str]:
    variant = Variant.of(product)[0]
    names = {"title": "title", "brand": "brand", "quantity": f"quantity.{variant.uid}", "cost": f"cost.{variant.uid}",
             "price": f"price-EUR.{variant.uid}"}  # fmt: skip
    return {short: f"{T}/products/{product.uid}/values/{name}" for short, name in names.items()}


def held(product, name: str):
    draft = draft_of(product.reload())
    variant = draft.variants[0]
    return {"title": draft.texts[draft.language].title, "brand": draft.brand, "quantity": variant.quantity,
            "cost": variant.cost_minor, "price": variant.prices.get("EUR")}[name]  # fmt: skip


def seen(page: str) -> str:
    return unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])


@pytest.mark.parametrize(
    ("name", "typed", "stored", "shown"),
    [
        ("title", "A better ball", "A better ball", "A better ball"),
        ("brand", "", "", "—"),
        ("quantity", "1,234", 1234, "1,234"),
        ("cost", "7,5", 750, "7.50"),
        ("price", "24.90", 2490, "24.90"),
    ],
)
def test_a_value_is_changed_where_it_stands(product, as_, alice, name, typed, stored, shown):
    url = urls(product)[name]
    browser = as_(alice)
    assert url + "/edit" in browser.get(f"{T}/products/{product.uid}").text
    form = browser.get(url + "/edit", fragment=True)
    assert faults(form.text) == [] and 'name="value"' in form.text
    answer = browser.post(url, data={"value": typed, "seen": seen(form.text)}, fragment=True)
    assert answer.status_code == 200 and shown in answer.text and url + "/edit" in answer.text
    assert held(product, name) == stored
    assert product.reload().version == product.version + 1


def test_a_value_that_stays_makes_no_version(product, as_, alice):
    url = urls(product)["quantity"]
    page = as_(alice).get(url + "/edit", fragment=True).text
    as_(alice).post(url, data={"value": seen(page), "seen": seen(page)}, fragment=True)
    assert product.reload().version == product.version


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("title", " ", "This is needed."),
        ("quantity", "", "This is needed."),
        ("quantity", "two", "Write a number"),
        ("price", "0", "A price is more than zero."),
        ("cost", "1.999", "At most 2 decimals."),
        ("brand", "x" * 121, "At most 120 characters"),
    ],
)
def test_a_wrong_value_comes_back_with_a_sentence_and_changes_nothing(product, as_, alice, name, typed, words):
    before = held(product, name)
    url = urls(product)[name]
    was = seen(as_(alice).get(url + "/edit", fragment=True).text)
    answer = as_(alice).post(url, data={"value": typed, "seen": was}, fragment=True)
    assert answer.status_code == 422 and words in answer.text
    assert held(product, name) == before and product.reload().version == product.version


def test_two_people_in_one_field_both_see_both_values_and_the_second_decides(product, as_, alice, bob):
    url = urls(product)["price"]
    pages = {person.login: as_(person).get(url + "/edit", fragment=True).text for person in (alice, bob)}
    assert as_(bob).post(url, data={"value": "32.90", "seen": seen(pages["bob"])}, fragment=True).status_code == 200
    conflict = as_(alice).post(url, data={"value": "34.90", "seen": seen(pages["alice"])}, fragment=True)
    assert conflict.status_code == 409 and "32.90" in conflict.text and "34.90" in conflict.text
    assert "data-error" not in conflict.text, "the answer takes the form's place"
    assert held(product, "price") == 3290
    as_(alice).post(url, data={"value": "34.90", "seen": seen(conflict.text)}, fragment=True)
    assert held(product, "price") == 3490


def test_two_people_in_two_fields_do_not_disturb_each_other(product, as_, alice, bob):
    paths = urls(product)
    pages = {name: as_(alice).get(paths[name] + "/edit", fragment=True).text for name in ("title", "quantity")}
    assert (
        as_(bob).post(paths["title"], data={"value": "Mine", "seen": seen(pages["title"])}, fragment=True).status_code
        == 200
    )
    assert (
        as_(alice)
        .post(paths["quantity"], data={"value": "9", "seen": seen(pages["quantity"])}, fragment=True)
        .status_code
        == 200
    )
    assert (held(product, "title"), held(product, "quantity")) == ("Mine", 9)


@pytest.mark.both
def test_eight_saves_at_once_of_what_all_saw_keep_one(product, alice, in_parallel):
    field, before = one_field.plain("brand"), product.brand
    outcomes = in_parallel(8, lambda n: one_field.change_one(product, field, f"Brand {n}", seen=before, by=alice))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(Stale)) == 7
    assert product.reload().version == product.version + 1


@pytest.mark.both
def test_a_listings_price_and_stock_set_at_once_are_both_kept(listing, alice, in_parallel):
    values = (("price_minor", 2500), ("quantity", 3))
    outcomes = in_parallel(2, lambda n: one_field.override_one(listing, *values[n], seen=None, by=alice))
    assert outcomes.errors == [] and listing.reload().overrides == {"price_minor": 2500, "quantity": 3}


def test_a_listing_gets_a_price_of_its_own_and_gives_it_back(listing, as_, alice):
    url = f"{T}/listings/{listing.uid}/values/price"
    assert "from the product" in as_(alice).get(url, fragment=True).text
    answer = as_(alice).post(url, data={"value": "27.50", "seen": ""}, fragment=True)
    assert "27.50" in answer.text and listing.reload().overrides == {"price_minor": 2750}
    conflict = as_(alice).post(url, data={"value": "28", "seen": ""}, fragment=True)
    assert conflict.status_code == 409 and "27.50" in conflict.text
    answer = as_(alice).post(url, data={"value": "", "seen": "27.50"}, fragment=True)
    assert "from the product" in answer.text and listing.reload().overrides == {}


def test_without_javascript_a_value_leads_to_the_whole_form(product, as_, alice):
    page = as_(alice).get(f"{T}/products/{product.uid}").text
    assert f'href="{T}/products/{product.uid}/edit#f-variants-0-price-EUR"' in page
    form = as_(alice).get(f"{T}/products/{product.uid}/edit").text
    for anchor in ("title", "brand", "variants-0-price-EUR", "variants-0-quantity", "variants-0-cost"):
        assert f'id="f-{anchor}"' in form
    answer = as_(alice).get(urls(product)["brand"] + "/edit")
    assert answer.status_code == 303 and answer.location.endswith("/edit#f-brand")


def test_who_may_only_look_finds_no_form(product, listing, as_, charlie, harbor, lotus, bob):
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in("auditor"))
    assert "/values/" not in as_(bob).get(f"{T}/products/{product.uid}").text
    assert "/values/" not in as_(bob).get(f"{T}/listings/{listing.uid}").text
    for url in (*urls(product).values(), f"{T}/listings/{listing.uid}/values/price"):
        assert as_(bob).post(url, data={"value": "1"}, fragment=True).status_code == 403
        assert as_(charlie).post(url, data={"value": "1"}, fragment=True).status_code == 404


@pytest.mark.parametrize(
    ("role", "sees"), [("lister", True), ("finance", True), ("auditor", True), ("shipper", False), ("support", False)]
)
def test_what_goods_were_bought_for_is_for_who_enters_it_or_sees_margins(product, as_, bob, lotus, role, sees):
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in(role))
    page = as_(bob).get(f"{T}/products/{product.uid}").text
    assert ('<th scope="col" class="end">Cost</th>' in page) == sees
    assert as_(bob).get(urls(product)["cost"], fragment=True).status_code == (200 if sees else 404)
    assert as_(bob).get(urls(product)["quantity"], fragment=True).status_code == 200


def test_a_name_nobody_knows_is_not_found(product, listing, as_, alice):
    for name in ("version", "team", "quantity.x", f"quantity.{product.uid}", "price-EUR.", "attributes"):
        assert as_(alice).get(f"{T}/products/{product.uid}/values/{name}", fragment=True).status_code == 404
    assert as_(alice).get(f"{T}/listings/{listing.uid}/values/asin", fragment=True).status_code == 404


def test_a_variant_that_went_meanwhile_says_so(product, alice):
    with pytest.raises(FieldRefused, match="no longer a variant"):
        one_field.change_one(product, one_field.of_variant("GONE", "quantity"), 3, seen=1, by=alice)
