"""What is sent to Amazon: built from listing and schema, valid for every product type and marketplace."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalog.attributes import build, field_of
from models.catalog.listing import Content
from models.catalog.schema import attributes_of, flat, nested
from sandbox.amazon.marketplaces import by_code, data
from sandbox.amazon.schema import build as schemas
from sandbox.amazon.schema.build import Question
from sandbox.amazon.validation import check
from tests.sandbox import sandbox_samples
from tests.stores.selling import barcode

TYPES = sorted(set(data("product_types")) - {"PRODUCT"})
PLACES = ("DE", "FR", "US", "CA", "MX", "JP", "UK", "AU")


class Thing:
    """Just the facts of a product, variant or image."""

    def __init__(self, **facts):
        self.__dict__.update(facts)


def content(code: str = "DE", **changes) -> Content:
    place = by_code()[code]
    product = Thing(
        brand="Harbor & Pine", country_of_origin="CN", code="P-1", package_length_mm=225, package_width_mm=110,
        package_height_mm=95, package_weight_grams=340, item_weight_grams=299,
    )  # fmt: skip
    made = Content(
        listing=None, product=product, variant=Thing(sku="A/1", gtin=barcode(5)), language_tag=place.language,
        text_language=place.language[:2], title="Ein Ball", bullets=["Eins", "Zwei", "Drei"], description="Ein Ball am Seil.",
        keywords="hund", price_minor=1999 if place.currency != "JPY" else 2980, currency=place.currency, quantity=25,
        images=[Thing(url=f"https://images.example.com/{n}.jpg", public_url=lambda _base, n=n: f"https://images.example.com/{n}.jpg")
                for n in range(3)],
    )  # fmt: skip
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def schema_of(product_type: str, code: str) -> dict:
    return json.loads(schemas.document(Question(product_type, by_code()[code].id)).text)


def entered(schema: dict, product_type: str) -> dict[str, list[dict]]:
    """What a person fills in for a type: everything it requires that is not derived, by the form's own leaves."""
    own = data("product_types")[product_type]
    wanted = [
        *own["required"],
        *own.get("members_only", []),
        "supplier_declared_dg_hz_regulation",
        "batteries_included",
    ]
    by_name = {attribute.name: attribute for attribute in attributes_of(schema, [])}
    found = {}
    for name in wanted:
        if name in by_name:
            sample = sandbox_samples.attribute(schema, name)[0]
            leaves = by_name[name].leaves
            found[name] = [nested({leaf.path: flat(sample, leaf.path) for leaf in leaves})]
    return found


@pytest.mark.parametrize("code", PLACES)
@pytest.mark.parametrize("product_type", TYPES)
def test_a_filled_in_product_is_valid_for_its_type_on_every_marketplace(product_type, code):
    schema = schema_of(product_type, code)
    attributes = entered(schema, product_type)
    if "power_source_type" in attributes:
        attributes["voltage"] = [{"value": "230", "unit": "volts"}]
    if "connectivity_technology" in attributes:
        attributes["connectivity_technology"] = [{"value": "bluetooth"}]
    built = build(content(code, attributes=attributes), schema, marketplace_id=by_code()[code].id, images_base="")
    assert not built.problems
    issues = check(product_type, by_code()[code], "LISTING", built.attributes)
    assert not [issue for issue in issues if issue["code"] != "90245"], (issues, built.attributes)


def sent(code: str = "DE", **changes) -> dict:
    schema = schema_of("PET_TOY", code)
    return build(content(code, **changes), schema, marketplace_id=by_code()[code].id, images_base="").attributes


def test_every_value_carries_its_marketplace_and_language():
    place = by_code()["DE"]
    attributes = sent()
    assert attributes["item_name"] == [{"value": "Ein Ball", "marketplace_id": place.id, "language_tag": "de_DE"}]
    assert [bullet["value"] for bullet in attributes["bullet_point"]] == ["Eins", "Zwei", "Drei"]
    assert attributes["fulfillment_availability"][0]["quantity"] == 25


def test_sizes_and_weights_go_out_in_centimetres_and_kilograms_to_the_digit():
    attributes = sent()
    assert attributes["item_package_dimensions"][0]["length"] == {"value": 22.5, "unit": "centimeters"}
    assert attributes["item_package_weight"][0]["value"] == 0.34 and attributes["item_weight"][0]["value"] == 0.299


@given(st.integers(1, 10**9))
def test_a_price_goes_out_with_exactly_its_digits(minor):
    attributes = sent(price_minor=minor)
    value = attributes["purchasable_offer"][0]["our_price"][0]["schedule"][0]["value_with_tax"]
    assert Decimal(str(value)) == Decimal(minor) / 100
    assert json.loads(json.dumps(value)) == value


def test_yen_have_no_cents_and_dollars_no_tax_inside():
    assert sent("JP")["purchasable_offer"][0]["our_price"][0]["schedule"][0]["value_with_tax"] == 2980
    us = sent("US")["list_price"][0]
    assert us["value"] == 19.99 and "value_with_tax" not in us
    assert "value" not in sent("DE")["list_price"][0]


def test_the_first_picture_is_the_main_one():
    attributes = sent()
    assert attributes["main_product_image_locator"][0]["media_location"].endswith("/0.jpg")
    assert attributes["other_product_image_locator_1"][0]["media_location"].endswith("/1.jpg")
    assert "other_product_image_locator_3" not in attributes


def test_what_a_person_set_wins_over_what_is_derived():
    attributes = sent(attributes={"manufacturer": [{"value": "Somebody else"}], "brand": []})
    assert (
        attributes["manufacturer"][0]["value"] == "Somebody else" and attributes["brand"][0]["value"] == "Harbor & Pine"
    )


def test_only_what_the_type_knows_is_sent():
    attributes = sent(
        attributes={"wattage": [{"value": 5}], "nonsense": [{"value": "x"}], "pet_type": [{"foo": "bar"}]}
    )
    assert not {"wattage", "nonsense", "pet_type"} & set(attributes)


def test_without_a_barcode_none_is_invented():
    made = content()
    made.variant.gtin = ""
    built = build(made, schema_of("PET_TOY", "DE"), marketplace_id=by_code()["DE"].id, images_base="")
    assert "externally_assigned_product_identifier" not in built.attributes
    assert not built.problems, "Whether an exemption fits is Amazon's to say."


@pytest.mark.parametrize(
    ("changes", "attribute", "words"),
    [
        ({"price_minor": None}, "purchasable_offer", "There is no price in EUR."),
        ({"images": []}, "main_product_image_locator", "The product has no image."),
        ({"images": [Thing(url="", public_url=lambda _base: "")]}, "main_product_image_locator", "no public address"),
    ],
)
def test_what_would_surely_be_refused_is_a_problem(changes, attribute, words):
    built = build(content(**changes), schema_of("PET_TOY", "DE"), marketplace_id=by_code()["DE"].id, images_base="")
    assert [name for name, _words in built.problems] == [attribute] and words in str(built.problems[0][1])


@pytest.mark.parametrize(
    ("attribute", "field"),
    [("item_name", "title"), ("bullet_point", "bullets"), ("product_description", "description"), ("generic_keyword", "keywords"),
     ("externally_assigned_product_identifier", "gtin"), ("purchasable_offer", "price"), ("fulfillment_availability", "quantity"),
     ("main_product_image_locator", "images"), ("other_product_image_locator_8", "images"), ("item_package_weight", "package"),
     ("pet_type", "attr.pet_type"), ("something_new", "attr.something_new")],
)  # fmt: skip
def test_what_amazon_says_about_an_attribute_is_mended_in_a_field_of_ours(attribute, field):
    assert field_of(attribute) == field
