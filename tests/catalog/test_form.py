"""The product's form: it works without JavaScript, loses nothing a person wrote, and shows both values of a conflict."""

from __future__ import annotations

import pytest

from models.catalog import saving
from models.catalog.draft import TextDraft, VariantDraft, draft_of
from models.catalog.product import Product
from models.support.job_run import JobWake
from tests.stores.selling import draft

NEW = "/t/lotus/catalog/products/"


def fields_of(html: str) -> dict[str, list[str]]:
    """The values a browser would send back for the first post form with fields."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.sent, self.name, self.inside, self.select = {}, None, False, None

        def handle_starttag(self, tag, attributes):
            attrs = dict(attributes)
            if tag == "form":
                self.inside = "multipart" in attrs.get("enctype", "")
            if not self.inside or ("name" not in attrs and tag != "option"):
                return
            if tag == "input" and attrs.get("type") not in ("submit", "file", "checkbox", "radio"):
                self.sent.setdefault(attrs["name"], []).append(attrs.get("value") or "")
            elif tag == "input" and "checked" in attrs:
                self.sent.setdefault(attrs["name"], []).append(attrs.get("value") or "on")
            elif tag == "textarea":
                self.name = attrs["name"]
                self.sent[self.name] = [""]
            elif tag == "select":
                self.select = attrs["name"]
            elif tag == "option" and "selected" in attrs and self.select:
                self.sent[self.select] = [attrs.get("value", "")]

        def handle_data(self, data):
            if self.name:
                self.sent[self.name][0] += data

        def handle_endtag(self, tag):
            if tag == "textarea":
                if self.name:
                    self.sent[self.name][0] = self.sent[self.name][0].removeprefix("\n")
                self.name = None
            elif tag == "select":
                self.select = None
            elif tag == "form":
                self.inside = False

    reader = Reader()
    reader.feed(html)
    return reader.sent


@pytest.fixture
def edited(as_, alice, product):
    """`edited(brand="X")`: opens the form, changes fields, saves."""

    def edit(page=None, **changes):
        sent = fields_of(page or as_(alice).get(f"{NEW}{product.uid}/edit").text)
        sent |= {name.replace("__", "-"): [value] for name, value in changes.items()}
        return as_(alice).post(f"{NEW}{product.uid}", data=sent)

    return edit


def test_a_product_is_entered_with_the_form(as_, alice, product_form):
    answer = as_(alice).post(NEW, data=product_form(product_type="pet_toy", **{"variants-0-color": "Blue"}))
    product = Product.get()
    assert answer.status_code == 303 and answer.location == f"{NEW}{product.uid}"
    held = draft_of(product)
    assert (held.product_type, held.texts["en"].title) == ("PET_TOY", "A rope ball")
    assert held.variants == [VariantDraft("TOY-9", "", {"color": "Blue"}, 510, "CNY", 5, {"EUR": 1999})]


def test_opening_and_saving_changes_nothing(product, edited):
    before = draft_of(product)
    assert edited().status_code == 303
    assert draft_of(product.reload()) == before and product.reload().version == 1


def test_with_a_store_and_its_schema_opening_and_saving_changes_nothing(product, store, run_job, edited):
    run_job("catalog.definitions", store.uid)
    before = draft_of(product)
    assert edited().status_code == 303
    assert draft_of(product.reload()) == before


def test_what_the_form_does_not_show_of_a_variant_is_not_lost(product, store, edited, alice):
    """Other options, prices in currencies of no store, a cost in another currency: imported once, edited by hand later."""
    odd = draft(1)
    odd.variants[0].options = {"color": "Blue", "material": "Cotton"}
    odd.variants[0].prices = {"EUR": 1999, "KRW": 24000}
    odd.variants[0].cost_minor, odd.variants[0].cost_currency = 1200, "JPY"
    saving.change(product, odd, version=1, by=alice)
    assert edited(brand="Hand-made").status_code == 303
    held = draft_of(product.reload())
    assert held.brand == "Hand-made" and held.variants == odd.variants
    assert edited(**{"variants-0-sku": "RENAMED"}).status_code == 303
    variant = draft_of(product.reload()).variants[0]
    assert variant.sku == "RENAMED" and variant.options["material"] == "Cotton" and variant.prices["KRW"] == 24000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "This is needed."),
        ({"title": ""}, "This is needed."),
        ({"title": "x" * 501}, "At most 500 characters; this has 501."),
        ({"description": "x" * 20_001}, "At most 20,000 characters"),
        ({"language": "xx"}, "Choose from the list."),
        ({"country_of_origin": "C1"}, "two letters"),
        ({"package_length_mm": "12,5"}, "Write a whole number."),
        ({"package_length_mm": "-3"}, "Between 1 and"),
        ({"package_length_mm": "nan"}, "Write a number"),
        ({"variants-0-sku": ""}, "Every variant needs a SKU."),
        ({"variants-0-sku": "a\u202eb", "variants-0-gtin": "4006381333932"}, "wrong check digit"),
        ({"variants-0-price-EUR": "0"}, "A price is more than zero."),
        ({"variants-0-price-EUR": "19.999"}, "At most 2 decimals."),
        ({"variants-0-cost": "Infinity"}, "Write a number"),
        ({"variants-0-quantity": "1e5"}, "Write a number"),
        ({"image_urls": "http://10.0.0.1/x.jpg"}, "not on the public internet"),
        ({"image_urls": "http://[::1"}, "does not work"),
        ({"image_urls": "\n".join(f"https://images.example.com/{n}" for n in range(10))}, "At most 9"),
    ],
)
def test_a_wrong_field_comes_back_with_words_beside_it_and_everything_else_as_written(
    as_, alice, product_form, changes, words
):
    answer = as_(alice).post(NEW, data=product_form(**{"brand": "Kept as written", **changes}))
    assert answer.status_code == 422 and words in answer.text and "Kept as written" in answer.text
    assert not Product.select().exists()


def test_what_is_wrong_is_named_above_the_form_with_its_field(as_, alice, product_form):
    page = (
        as_(alice)
        .post(NEW, data=product_form(**{"code": "", "variants-0-cost": "abc", "variants-0-price-EUR": "-1"}))
        .text
    )
    for words in ("Code: This is needed.", "Cost: Write a number like 12.5.", "Price EUR: "):
        assert words in page, words


def test_five_megabytes_of_description_are_refused_with_their_number(as_, alice, product_form):
    answer = as_(alice).post(NEW, data=product_form(description="Ü" * 2_500_000))
    assert answer.status_code == 422 and "At most 20,000 characters; this has 2,500,000." in answer.text
    assert not Product.select().exists()


def test_far_too_much_is_refused_before_it_is_read(as_, alice, settings):
    answer = as_(alice).post(NEW, data=b"description=" + b"x" * (settings.body_limit_mb * 1024 * 1024))
    assert answer.status_code == 413 and "Send a smaller file" in answer.text


def test_errors_stand_at_the_row_they_belong_to_also_below_an_emptied_one(as_, alice, product_form):
    form = product_form(variant_count="3", **{
        "variants-0-sku": "A", "variants-1-sku": "", "variants-2-sku": "C", "variants-2-gtin": "4006381333932",
        "variants-2-price-EUR": "0",
    })  # fmt: skip
    answer = as_(alice).post(NEW, data=form).text
    errors = {
        name
        for name in ("variants-1-gtin", "variants-2-gtin", "variants-2-price-EUR")
        if f'id="f-{name}-error"' in answer
    }
    assert errors in ({"variants-2-gtin", "variants-2-price-EUR"}, set()) and "wrong check digit" in answer


def test_an_emptied_row_is_no_variant_any_more(as_, alice, product_form):
    form = product_form(variant_count="3", **{"variants-1-sku": "", "variants-2-sku": "C"})
    assert as_(alice).post(NEW, data=form).status_code == 303
    assert [v.sku for v in draft_of(Product.get()).variants] == ["TOY-9", "C"]


def test_another_variant_and_another_language_are_added_without_javascript(as_, alice, product_form):
    more = as_(alice).post(NEW, data=product_form(more="variant", title="Kept"))
    assert more.status_code == 200 and 'name="variants-1-sku"' in more.text and "Kept" in more.text
    german = as_(alice).post(NEW, data=product_form(more="language", add_language="de"))
    assert 'name="title-de"' in german.text and not Product.select().exists()
    form = product_form(languages=["en", "de"], **{"title-de": "Ein Ball", "bullets-de": "Robust\r\n\r\n Weich "})
    as_(alice).post(NEW, data=form)
    assert draft_of(Product.get()).texts["de"] == TextDraft("Ein Ball", "", ["Robust", "Weich"], "")


def test_a_text_without_a_title_is_not_dropped_silently(as_, alice, product_form):
    form = product_form(languages=["en", "de"], **{"title-de": "", "description-de": "Ein langer Text"})
    answer = as_(alice).post(NEW, data=form)
    assert answer.status_code == 422 and "needs a title" in answer.text and "Ein langer Text" in answer.text


def test_unknown_fields_are_ignored(as_, alice, product_form, comet):
    form = product_form(team=str(comet.id), version="99", state="archived", uid="x", id="7", title_x="y")
    assert as_(alice).post(NEW, data=form).status_code == 303
    assert (Product.get().team.slug, Product.get().state, Product.get().version) == ("lotus", "active", 1)


def test_a_taken_code_or_sku_is_said_beside_its_field(as_, alice, product, product_form):
    assert "with this code already" in as_(alice).post(NEW, data=product_form(code="P-1")).text
    form = product_form(**{"variants-0-sku": "TOY-1"})
    answer = as_(alice).post(NEW, data=form)
    assert answer.status_code == 422 and "belongs to another product of the team" in answer.text


def test_removing_a_variant_that_has_listings_keeps_the_form(product, listing, edited, alice):
    answer = edited(**{"variants-0-sku": "OTHER"}, brand="Still here")
    assert answer.status_code == 422 and "has listings on Amazon" in answer.text and "Still here" in answer.text


# Two people


def test_who_saves_second_sees_both_values_and_may_save_again(product, edited, bob, as_, alice):
    page = as_(alice).get(f"{NEW}{product.uid}/edit").text
    saving.change(product, draft(brand="Bob's brand", package_weight_grams=999), version=1, by=bob)
    conflict = edited(page, brand="Alice's brand", **{"variants-0-price-EUR": "25"})
    assert conflict.status_code == 409 and "Two people changed this product" in conflict.text
    rows = conflict.text.split("<tbody>")[1].split("</tbody>")[0]
    assert "Bob&#39;s brand" in rows and "Alice&#39;s brand" in rows and "Package weight" in rows
    assert "19.99 EUR" in rows and "25.00 EUR" in rows and "cost_minor" not in rows
    assert product.reload().brand == "Bob's brand"
    again = edited(conflict.text)
    assert again.status_code == 303
    held = draft_of(product.reload())
    assert held.brand == "Alice's brand" and held.variants[0].prices["EUR"] == 2500 and product.reload().version == 3


def test_a_conflict_twice_is_shown_twice(product, edited, bob, as_, alice):
    page = as_(alice).get(f"{NEW}{product.uid}/edit").text
    saving.change(product, draft(brand="First"), version=1, by=bob)
    conflict = edited(page, brand="Mine")
    saving.change(product, draft(brand="Second"), version=2, by=bob)
    again = edited(conflict.text)
    assert again.status_code == 409 and "Second" in again.text
    assert edited(again.text).status_code == 303 and product.reload().brand == "Mine"


@pytest.mark.parametrize("version", ["", "0", "99", "-1", "x", "1.5"])
def test_without_the_version_one_saw_nothing_is_overwritten(product, edited, version):
    assert edited(version=version, brand="Blind").status_code in (409, 422)
    assert product.reload().brand == "Harbor & Pine"


def test_asking_for_a_product_type_nobody_fetched_yet_wakes_the_job(product, store, as_, alice):
    JobWake.delete().execute()
    page = as_(alice).get(f"{NEW}{product.uid}/edit").text
    assert "being fetched from Amazon" in page
    assert [(wake.job, wake.scope) for wake in JobWake.waiting()] == [("catalog.definitions", str(store.uid))]


def test_attributes_of_the_type_are_shown_in_the_persons_language_required_ones_first(
    product, store, run_job, as_, alice, edited
):
    run_job("catalog.definitions", store.uid)
    page = as_(alice).get(f"{NEW}{product.uid}/edit").text
    assert 'name="attr.pet_type.value"' in page and page.index("attr.pet_type.value") < page.index(
        "All other attributes"
    )
    alice.change(language="zh_Hans")
    chinese = as_(alice).get(f"{NEW}{product.uid}/edit").text
    assert chinese != page and 'name="attr.pet_type.value"' in chinese
    assert edited(**{"attr.pet_type.value": "cat", "attr.material.value": "Cotton\nHemp"}).status_code == 303
    attributes = draft_of(product.reload()).attributes
    assert attributes["pet_type"] == [{"value": "cat"}]
    assert attributes["material"] == [{"value": "Cotton"}, {"value": "Hemp"}]
