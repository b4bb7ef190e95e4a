"""Product types: searching them, and schemas that are valid, complete, localized and cacheable."""

import base64
import hashlib
import json

import httpx2
import pytest
import sandbox_samples
from jsonschema import Draft201909Validator
from jsonschema.validators import SPECIFICATIONS, validator_for
from referencing.jsonschema import DRAFT201909
from sandbox_seller import TYPES

from sandbox.amazon import validation
from sandbox.amazon.marketplaces import by_code
from sandbox.amazon.schema import build, meta

NAMES = (
    "DRINKING_CUP", "LUGGAGE", "HEADPHONES", "SHIRT", "LAMP", "PET_TOY", "SCALE", "EXERCISE_MAT", "CHARGING_ADAPTER",
)  # fmt: skip
MARKETS = ("US", "UK", "DE", "JP", "CA", "AE")
IMAGES = ["main_product_image_locator", *(f"other_product_image_locator_{n}" for n in range(1, 9))]


def schema(name, market="DE", **options):
    return build.schema(build.Question(name, by_code()[market].id, **options))


def problems(payload, of):
    return [error.message for error in validation.AmazonValidator(of).iter_errors(payload)]


@pytest.mark.parametrize("name", [*NAMES, "PRODUCT"])
def test_every_schema_is_valid_draft_2019_09_and_fits_the_meta_schema(name):
    keywords = Draft201909Validator({"$ref": meta.META_SCHEMA_ID}, registry=registry())
    market = MARKETS[NAMES.index(name) % len(MARKETS)] if name in NAMES else "DE"
    for options in ({}, {"requirements": "LISTING_OFFER_ONLY"}):
        assert not list(keywords.iter_errors(schema(name, market, **options)))


def registry():
    return SPECIFICATIONS.with_resource(meta.META_SCHEMA_ID, DRAFT201909.create_resource(meta.META_SCHEMA))


def test_the_meta_schema_is_valid_itself_and_knows_amazons_keywords():
    validator_for(meta.META_SCHEMA).check_schema(meta.META_SCHEMA)
    keywords = Draft201909Validator({"$ref": meta.META_SCHEMA_ID}, registry=registry())
    assert list(keywords.iter_errors({"maxUniqueItems": "five"}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("market", MARKETS)
def test_a_complete_sample_is_accepted_and_each_missing_attribute_is_noticed(name, market):
    of = schema(name, market)
    sample = sandbox_samples.attributes(of)
    assert problems(sample, of) == []
    for required in of["required"]:
        assert problems(sandbox_samples.changed(sample, **{required: None}), of)


@pytest.mark.parametrize(
    ("market", "field"), [("US", "value"), ("CA", "value"), ("DE", "value_with_tax"), ("JP", "value_with_tax")]
)
def test_the_list_price_is_named_as_the_marketplace_names_it(market, field):
    assert field in schema("LAMP", market)["properties"]["list_price"]["items"]["properties"]


def test_marketplaces_differ_in_what_they_ask_for():
    assert "list_price" in str(schema("LAMP", "US")["allOf"]) and "list_price" not in str(schema("LAMP", "DE")["allOf"])
    assert "gpsr_safety_attestation" in schema("LAMP", "DE")["properties"]
    assert "gpsr_safety_attestation" not in schema("LAMP", "UK")["properties"]
    assert schema("LAMP", "JP")["properties"]["purchasable_offer"]["items"]["properties"]["currency"]["enum"] == ["JPY"]


def test_all_common_attributes_are_there():
    known = set(schema("SHIRT")["properties"])
    assert known >= {
        "item_name", "brand", "product_description", "bullet_point", "externally_assigned_product_identifier",
        "merchant_suggested_asin", "condition_type", "country_of_origin", "list_price", "purchasable_offer",
        "fulfillment_availability", "item_package_dimensions", "item_package_weight", "item_weight", "generic_keyword",
        "color", "size", "material", "manufacturer", "part_number", "model_number", "batteries_required",
        "batteries_included", "supplier_declared_dg_hz_regulation", "number_of_items", "unit_count", "variation_theme",
        "child_parent_sku_relationship", "parentage_level", *IMAGES,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "title", "condition"),
    [
        ("en_US", "Item Name", "New"),
        ("en_GB", "Item Name", "New"),
        ("de_DE", "Artikelname", "Neu"),
        ("ja_JP", "商品名", "新品"),
        ("zh_CN", "商品名称", "全新"),
        ("DEFAULT", "Artikelname", "Neu"),
    ],
)
def test_labels_come_in_the_locale_asked_for(seller, locale, title, condition):
    of = seller.schema("LAMP", "DE", locale=locale)
    assert of["properties"]["item_name"]["title"] == title
    choices = of["properties"]["condition_type"]["items"]["properties"]["value"]
    assert dict(zip(choices["enum"], choices["enumNames"], strict=True))["new_new"] == condition


def test_a_locale_without_words_is_answered_in_english_and_says_so(seller):
    query = {"marketplaceIds": seller.markets["FR"]}
    assert seller.call("GET", f"{TYPES}/LAMP", **query).json()["locale"] == "en_US"


def test_every_label_has_its_four_languages():
    for name in NAMES:
        for locale in ("en_US", "de_DE", "ja_JP", "zh_CN"):
            of = schema(name, "DE", locale=locale)
            for attribute in of["properties"].values():
                assert attribute["title"] and attribute["description"]
    for market in MARKETS:
        english, german = (schema("SHIRT", market, locale=locale)["properties"] for locale in ("en_US", "de_DE"))
        assert english.keys() == german.keys()
        assert english["shirt_size"]["title"] != german["shirt_size"]["title"]


def test_the_link_works_without_a_token_and_the_checksum_is_of_its_bytes(seller):
    definition = seller.call("GET", f"{TYPES}/SHIRT", marketplaceIds=seller.markets["DE"]).json()
    for link in (definition["schema"], definition["metaSchema"]):
        fetched = httpx2.get(link["link"]["resource"])
        assert fetched.status_code == 200
        assert base64.b64encode(hashlib.md5(fetched.content).digest()).decode() == link["checksum"]
    assert json.loads(fetched.content)["$id"] == meta.META_SCHEMA_ID


def test_the_same_question_has_the_same_checksum_on_every_sandbox(seller, alone):
    def checksum(of):
        return of.call("GET", f"{TYPES}/SHIRT", marketplaceIds=of.markets["DE"]).json()["schema"]["checksum"]

    assert checksum(seller) == checksum(alone)


def test_a_link_is_dead_after_seven_days_and_a_forged_one_at_once(alone):
    definition = alone.call("GET", f"{TYPES}/SHIRT", marketplaceIds=alone.markets["DE"]).json()
    link = definition["schema"]["link"]["resource"]
    assert httpx2.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 403
    alone.control.wait(7 * 86400 - 10)
    assert httpx2.get(link).status_code == 200
    alone.control.wait(20)
    assert httpx2.get(link).status_code == 403


def test_property_groups_name_every_attribute_once(seller):
    definition = seller.call("GET", f"{TYPES}/SHIRT", marketplaceIds=seller.markets["DE"]).json()
    named = [name for group in definition["propertyGroups"].values() for name in group["propertyNames"]]
    of = seller.schema("SHIRT")
    assert sorted(named) == sorted(of["properties"])
    assert definition["propertyGroups"]["images"]["title"] == "Bilder"


def test_types_are_found_by_word_in_any_language_and_recommended_by_title(seller):
    def found(**query):
        answer = seller.call("GET", TYPES, marketplaceIds=seller.markets["DE"], **query).json()
        return [one["name"] for one in answer["productTypes"]]

    assert found(keywords="flasche") == ["DRINKING_CUP"]
    assert found(keywords="水筒") == ["DRINKING_CUP"]
    assert found(keywords=["lamp", "shirt"]) == ["SHIRT", "LAMP"]
    assert found(itemName="Hundespielzeug für große Hunde") == [] or "PET_TOY" in found(itemName="Spielzeug Hund")
    assert len(found()) == 10
    assert found(keywords="submarine") == []


def test_requirement_sets_ask_for_different_things():
    product, offer = (
        set(schema("LAMP", requirements=r)["properties"]) for r in ("LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY")
    )
    assert "purchasable_offer" not in product and "item_name" in product
    assert "item_name" not in offer and "purchasable_offer" in offer
    assert schema("LAMP", enforced=False)["required"] == [] and "allOf" not in schema("LAMP", enforced=False)


def test_a_parentage_level_simplifies_the_schema():
    alone, child, parent = (schema("SHIRT", parentage=p) for p in ("NONE", "CHILD", "PARENT"))
    assert "variation_theme" not in alone["properties"]
    assert {"variation_theme", "child_parent_sku_relationship", "shirt_size"} <= set(child["required"])
    assert "shirt_size" not in parent["required"] and "variation_theme" in parent["required"]


BATTERY = {"cell_composition": [{"value": "lithium_ion"}]}
CONDITIONS = [
    ({"batteries_required": [{"value": True}]}, {"batteries_included"}),
    ({"batteries_required": [{"value": True}], "batteries_included": [{"value": True}]}, {"num_batteries", "battery"}),
    ({"battery": [BATTERY]}, {"lithium_battery", "number_of_lithium_ion_cells"}),
    ({"supplier_declared_dg_hz_regulation": [{"value": "ghs"}]}, {"safety_data_sheet_url"}),
    ({"condition_type": [{"value": "used_good"}]}, {"condition_note"}),
    ({"power_source_type": [{"value": "corded_electric"}]}, {"voltage"}),
    (
        {"externally_assigned_product_identifier": None},
        {"externally_assigned_product_identifier", "merchant_suggested_asin"},
    ),
    ({"parentage_level": [{"value": "parent"}]}, {"variation_theme"}),
    ({"parentage_level": [{"value": "child"}]}, {"variation_theme", "child_parent_sku_relationship"}),
]


@pytest.mark.parametrize(("change", "needed"), CONDITIONS)
def test_conditions_ask_for_more(change, needed):
    sample = sandbox_samples.attributes(schema("LAMP"))
    found = validation.check("LAMP", by_code()["DE"], "LISTING", sandbox_samples.changed(sample, **change))
    assert {name for one in found for name in one["attributes"] if one["code"] == "90220"} == needed


def test_an_exemption_stands_in_for_a_barcode():
    sample = sandbox_samples.attributes(schema("LAMP"))
    exempt = {"supplier_declared_has_product_identifier_exemption": [{"value": True}]}
    changed = sandbox_samples.changed(sample, externally_assigned_product_identifier=None, **exempt)
    assert validation.check("LAMP", by_code()["DE"], "LISTING", changed) == []


def test_a_member_of_a_family_has_what_the_theme_names():
    sample = sandbox_samples.attributes(schema("PET_TOY"))
    child = {
        "parentage_level": [{"value": "child"}],
        "child_parent_sku_relationship": [{"child_relationship_type": "variation", "parent_sku": "P"}],
        "variation_theme": [{"name": "COLOR/SIZE"}],
    }
    found = validation.check("PET_TOY", by_code()["DE"], "LISTING", sandbox_samples.changed(sample, **child))
    assert {name for one in found for name in one["attributes"]} == {"color", "size"}
