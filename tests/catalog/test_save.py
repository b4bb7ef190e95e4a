"""Saving a product as a whole: what is wrong is said beside its field, and then nothing is stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.audit.event import Event
from models.catalog import saving
from models.catalog.draft import ImageDraft, TextDraft, VariantDraft, draft_of
from models.catalog.listing import Listing
from models.catalog.product import Product, ProductText
from models.catalog.variant import Variant, VariantPrice
from models.support.errors import AlreadyDecided, FieldRefused, Stale
from tests.stores.selling import PRICES, barcode, draft


def test_everything_entered_comes_back(product, lotus, alice):
    product = saving.create(lotus, draft(2, skus=("A/1 ü", "茶杯")), by=alice)
    held = draft_of(product.reload())
    assert held == draft(2, skus=("A/1 ü", "茶杯"))
    assert (product.variant_count, product.first_sku, product.version) == (2, "A/1 ü", 1)
    event = Event.select().where(Event.name == "product_created").order_by(Event.id.desc()).get()
    assert (event.actor_id, event.object_label, event.details) == (alice.id, "P-2", {"variants": 2})


TOO_LONG = [
    ("code", {"code": "x" * 41}), ("code", {"code": " "}), ("language", {"language": "xx"}), ("title", {"texts": {}}),
    ("title", {"texts": {"en": TextDraft(" ")}}), ("title", {"texts": {"en": TextDraft("x" * 501)}}),
    ("description", {"texts": {"en": TextDraft("x", "y" * 5_000_000)}}),
    ("keywords", {"texts": {"en": TextDraft("x", keywords="y" * 1001)}}),
    ("bullets", {"texts": {"en": TextDraft("x", bullets=["y"] * 11)}}),
    ("bullets", {"texts": {"en": TextDraft("x", bullets=["y" * 1001])}}),
    ("title-de", {"texts": {"en": TextDraft("x"), "de": TextDraft("y" * 501)}}),
    ("title-tlh", {"texts": {"en": TextDraft("x"), "tlh": TextDraft("nuqneH")}}),
    ("brand", {"brand": "x" * 121}), ("product_type", {"product_type": "X" * 81}),
    ("product_type", {"product_type": "../../etc"}), ("product_type", {"product_type": "<b>"}),
    ("country_of_origin", {"country_of_origin": "CHN"}), ("country_of_origin", {"country_of_origin": ""}),
    ("country_of_origin", {"country_of_origin": "1x"}), ("package_length_mm", {"package_length_mm": 0}),
    ("item_weight_grams", {"item_weight_grams": 10**12}), ("variants", {"variants": []}),
    ("variants", {"variants": [VariantDraft(f"S{n}") for n in range(101)]}),
    ("variants", {"variants": [VariantDraft("S"), VariantDraft("S")]}),
    ("variants-1-sku", {"variants": [VariantDraft("S"), VariantDraft("")]}),
    ("variants-1-gtin", {"variants": [VariantDraft("S"), VariantDraft("T", "123")]}),
    ("variants-0-quantity", {"variants": [VariantDraft("S", quantity=-1)]}),
    ("variants-0-quantity", {"variants": [VariantDraft("S", quantity=10**12)]}),
    ("variants-0-cost", {"variants": [VariantDraft("S", cost_minor=-5)]}),
    ("variants-0-cost", {"variants": [VariantDraft("S", cost_minor=10**20)]}),
    ("variants-0-cost_currency", {"variants": [VariantDraft("S", cost_currency="dollar")]}),
    ("variants-0-price-EUR", {"variants": [VariantDraft("S", prices={"EUR": 0})]}),
    ("variants-0-price-euro", {"variants": [VariantDraft("S", prices={"euro": 5})]}),
    ("variants-0-color", {"variants": [VariantDraft("S", options={"color": "x" * 101})]}),
    ("image_urls", {"images": [ImageDraft(url="http://192.168.1.1/x.jpg")]}),
    ("image_urls", {"images": [ImageDraft(url="not an address")]}),
    ("attr.<b>", {"attributes": {"<b>": [{"value": "x"}]}}), ("attr.a", {"attributes": {"a": "x"}}),
    ("attr.a", {"attributes": {"a": ["x"]}}), ("product_type", {"attributes": {"a": [{"value": "x" * 300_000}]}}),
]  # fmt: skip


@pytest.mark.both
def test_what_no_column_or_amazon_could_hold_is_refused_beside_its_field(lotus):
    for field, change in TOO_LONG:
        with pytest.raises(FieldRefused) as refused:
            saving.create(lotus, draft(1, **change))
        assert refused.value.field == field, change
        assert len(str(refused.value)) < 300
    assert (
        not Product.select().exists()
        and not Variant.select().exists()
        and not Event.select().where(Event.name == "product_created").exists()
    )


@pytest.mark.both
def test_the_longest_that_is_allowed_is_stored(lotus):
    longest = draft(
        1, code="茶" * 40, brand="茶" * 120, product_type="X" * 80,
        texts={"en": TextDraft("茶" * 500, "茶" * 20_000, ["茶" * 1000] * 10, "茶" * 1000)},
        variants=[VariantDraft("茶" * 40, "", {"color": "茶" * 100}, 10**14, "CNY", 10_000_000, {"EUR": 10**14})],
        images=[ImageDraft(url="https://images.example.com/" + "x" * 1970)],
    )  # fmt: skip
    assert draft_of(saving.create(lotus, longest)) == longest


def test_a_code_or_sku_of_the_team_is_not_given_twice_but_another_team_may_have_it(lotus, comet, product):
    with pytest.raises(FieldRefused, match="with this code already"):
        saving.create(lotus, draft(1, skus=("OTHER",)))
    with pytest.raises(FieldRefused, match="belongs to another product") as refused:
        saving.create(lotus, draft(2, skus=("NEW", "TOY-1")))
    assert refused.value.field == "variants-1-sku"
    assert saving.create(comet, draft(1)).team_id == comet.id


@pytest.mark.both
def test_of_two_who_enter_the_same_sku_at_once_one_is_told(lotus, in_parallel):
    outcomes = in_parallel(5, lambda n: saving.create(lotus, draft(n + 1, skus=("SAME",))))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(FieldRefused)) == 4, outcomes.errors
    assert Product.select().count() == Variant.select().count() == 1


@pytest.mark.both
def test_of_two_who_enter_the_same_code_at_once_one_is_told(lotus, in_parallel):
    outcomes = in_parallel(5, lambda n: saving.create(lotus, draft(1, skus=(f"S{n}",))))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(FieldRefused)) == 4, outcomes.errors


def test_an_equal_draft_changes_nothing_and_makes_no_version(product, alice):
    before = Event.select().count()
    assert saving.change(product, draft(), version=1, by=alice).version == 1
    assert Event.select().count() == before


def test_a_change_is_a_version_and_names_its_fields(product, alice, last_event):
    changed = draft(brand="New brand")
    changed.variants[0].cost_minor = 600
    product = saving.change(product, changed, version=1, by=alice)
    assert product.version == 2 and draft_of(product) == changed
    told = {"brand": ["Harbor & Pine", "New brand"], "cost (TOY-1)": ["5.10 CNY", "6.00 CNY"]}
    assert last_event().details == {
        "fields": list(told), "version": 2, "changes": [[name, *pair] for name, pair in told.items()],
    }  # fmt: skip


def test_every_kind_of_change_is_stored_exactly(product, alice):
    changed = draft()
    changed.texts = {"en": TextDraft("Other", "Text", [], ""), "fr": TextDraft("Balle")}
    changed.variants = [
        VariantDraft("NEW", barcode(9), {"size": "L"}, None, "USD", 0, {"EUR": 5, "KWD": 7}),
        VariantDraft("TOY-1", "", {}, 1, "JPY", 3, {"EUR": 1999}),
    ]
    changed.images = [ImageDraft(url="https://images.example.com/b.jpg"), *(draft().images or [])]
    changed.attributes = {}
    variant = Variant.get()
    product = saving.change(product, changed, version=1, by=alice)
    assert draft_of(product) == changed
    assert Variant.get(Variant.sku == "TOY-1").uid == variant.uid, "A variant keeps its identity."
    assert ProductText.select().count() == 2 and VariantPrice.select().count() == 3
    assert (product.title, product.first_sku, product.variant_count) == ("Other", "NEW", 2)


def test_a_stale_save_stores_nothing_and_tells_both_values(product, alice, bob):
    saving.change(product, draft(brand="Bob's"), version=1, by=bob)
    with pytest.raises(Stale) as stale:
        saving.change(product, draft(brand="Alice's"), version=1, by=alice)
    assert stale.value.theirs == {"brand": ("Bob's", "Alice's")}
    assert product.reload().brand == "Bob's" and product.reload().version == 2


@pytest.mark.both
def test_of_parallel_saves_of_one_version_exactly_one_wins(product, alice, in_parallel):
    outcomes = in_parallel(6, lambda n: saving.change(product, draft(brand=f"B{n}"), version=1, by=alice).brand)
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(Stale)) == 5, outcomes.errors
    assert product.reload().version == 2 and product.reload().brand == outcomes.results[0]
    assert Event.select().where(Event.name == "product_changed").count() == 1


def test_an_event_tells_each_field_that_changed_old_and_new(product, alice, last_event):
    held = draft_of(product)
    first = held.variants[0]
    dearer = replace(first, prices={**first.prices, "USD": 1999}, quantity=first.quantity + 1)
    saving.change(product, replace(held, brand="Now", variants=[dearer, *held.variants[1:]]), version=1, by=alice)
    told = {name: (old, new) for name, old, new in last_event().details["changes"]}
    assert told["brand"] == (held.brand, "Now")
    assert told[f"quantity ({first.sku})"] == (first.quantity, first.quantity + 1)
    assert told[f"prices ({first.sku}): USD"][1] == "19.99"
    assert set(told) == {"brand", f"quantity ({first.sku})", f"prices ({first.sku}): USD"}


def test_a_variant_with_listings_stays(product, listing, alice):
    with pytest.raises(FieldRefused, match="has listings on Amazon") as refused:
        saving.change(product, draft(1, variants=[VariantDraft("OTHER")]), version=1, by=alice)
    assert refused.value.field == "variants"
    assert Variant.get().sku == "TOY-1" and Listing.get().variant_id == Variant.get().id


def test_a_variant_without_listings_may_go(enter, alice):
    product = enter(1, skus=("A", "B"))
    product = saving.change(product, draft(1, skus=("B",)), version=1, by=alice)
    assert [v.sku for v in Variant.of(product)] == ["B"] and VariantPrice.select().count() == len(PRICES)


def test_an_archived_product_leaves_the_list_and_comes_back(product, as_, alice, last_event):
    def listed(query=""):
        return ">P-1<" in as_(alice).get(f"/t/lotus/catalog/products/{query}").text

    address = f"/t/lotus/catalog/products/{product.uid}"
    assert listed() and not listed("?state=archived")
    assert as_(alice).post(f"{address}/archive").status_code == 303
    assert not listed() and listed("?state=archived") and last_event().name == "product_archived"
    assert as_(alice).post(f"{address}/archive").status_code == 409
    assert as_(alice).post(f"{address}/restoration").status_code == 303
    assert listed() and last_event().name == "product_restored"
    with pytest.raises(AlreadyDecided):
        product.reload().restore(by=alice)
