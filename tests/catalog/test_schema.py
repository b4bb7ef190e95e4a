"""Reading product type schemas: every product type, marketplace and language the stand-in Amazon has, and broken ones too."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft201909Validator

from models.catalog.schema import SELECTORS, attributes_of, flat, json_number, nested, shaped, typed
from sandbox.amazon.marketplaces import by_code, data
from sandbox.amazon.schema import build
from sandbox.amazon.schema.build import Question
from sandbox.amazon.validation import AmazonValidator
from tests.sandbox import sandbox_samples

TYPES = sorted(data("product_types"))
PLACES = {"DE": "de_DE", "US": "en_US", "JP": "ja_JP", "UK": "en_GB", "MX": "es_MX"}
LOCALES = ("en_US", "zh_CN", "de_DE", "ja_JP")


def question(product_type: str, code: str = "DE", locale: str = "en_US") -> Question:
    return Question(product_type, by_code()[code].id, locale=locale)


def read(product_type: str, code: str = "DE", locale: str = "en_US"):
    asked = question(product_type, code, locale)
    groups = [(group["title"], group["propertyNames"]) for group in build.groups(asked).values()]
    schema = json.loads(build.document(asked).text)
    return schema, attributes_of(schema, groups)


@pytest.mark.parametrize("code", PLACES)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_attribute_of_every_type_is_found_once_with_something_to_fill_in(code, locale):
    for product_type in TYPES:
        schema, attributes = read(product_type, code, locale)
        names = [attribute.name for attribute in attributes]
        assert sorted(names) == sorted(schema["properties"]) and len(names) == len(set(names))
        assert {a.name for a in attributes if a.is_required} == set(schema["required"])
        for attribute in attributes:
            assert attribute.title and attribute.leaves, attribute.name
            paths = [leaf.path for leaf in attribute.leaves]
            assert len(paths) == len(set(paths))
            assert not any(step in SELECTORS for path in paths for step in path)


def test_titles_come_in_the_language_asked_for():
    titles = {locale: {a.name: a.title for a in read("PET_TOY", "DE", locale)[1]} for locale in LOCALES}
    assert titles["en_US"]["pet_type"] != titles["zh_CN"]["pet_type"] != titles["de_DE"]["pet_type"]


def test_a_choice_shows_its_names_and_keeps_its_values():
    attributes = {a.name: a for a in read("LAMP")[1]}
    leaf = attributes["power_source_type"].leaves[0]
    assert leaf.kind == "choice" and ("corded_electric", "Corded Electric") in leaf.options
    material = next(a for a in read("DRINKING_CUP")[1] if a.name == "material")
    assert material.leaves[0].options and material.many == 3
    required = attributes["batteries_required"].leaves[0]
    assert required.kind == "boolean" and [value for value, _name in required.options] == ["false", "true"]


def test_limits_are_those_of_the_schema():
    attributes = {a.name: a for a in read("PET_TOY")[1]}
    assert attributes["item_name"].leaves[0].most_characters == 200
    assert attributes["generic_keyword"].leaves[0].most_bytes == 249


def entered(item, leaves):
    """An item as a person's form would give it back."""
    return nested({leaf.path: flat(item, leaf.path) for leaf in leaves})


@pytest.mark.parametrize("code", PLACES)
def test_what_a_form_shows_and_sends_is_what_was_stored(code):
    """Sample → texts of a form → stored item → Amazon's shape: nothing is lost on the way and the schema accepts it."""
    place = by_code()[code]
    for product_type in TYPES:
        schema, attributes = read(product_type, code)
        for attribute in attributes:
            sample = sandbox_samples.attribute(schema, attribute.name)
            item = entered(sample[0], attribute.leaves)
            again = entered(item, attribute.leaves)
            assert again == item, attribute.name
            made = shaped(attribute.name, [item], schema, marketplace_id=place.id, language_tag=place.language)
            validator = AmazonValidator({**schema["properties"][attribute.name], "$defs": schema["$defs"]})
            wrong_before = {error.message for error in validator.iter_errors(sample)}
            problems = {error.message for error in validator.iter_errors(made)} - wrong_before
            assert not problems, (product_type, attribute.name, item, made, problems)


def test_a_language_tag_deep_inside_is_added_too():
    schema, _attributes = read("SCALE")
    made = shaped(
        "display", [{"type": {"value": "LCD"}}], schema, marketplace_id=by_code()["DE"].id, language_tag="de_DE"
    )
    assert made[0]["type"] == [{"value": "LCD", "language_tag": "de_DE"}]
    made = shaped(
        "unit_count", [{"value": "3", "type": {"value": "Count"}}], schema, marketplace_id="X", language_tag="de_DE"
    )
    assert made[0]["type"] == {"value": "Count", "language_tag": "de_DE"} and made[0]["value"] == 3


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [("12", "integer", 12), ("12.50", "number", 12.5), ("0", "number", 0), ("1e3", "number", 1000), ("yes", "boolean", True),
     ("是", "boolean", True), ("no", "boolean", False), ("maybe", "boolean", "maybe"), ("twelve", "number", "twelve"),
     ("NaN", "number", "NaN"), ("Infinity", "number", "Infinity"), ("1e400", "number", "1e400"), (" x ", "string", "x"),
     ("007", "string", "007")],
)  # fmt: skip
def test_text_becomes_the_type_the_schema_wants_or_stays_text(text, kind, value):
    assert typed(text, {"type": kind}, {}) == value
    assert type(typed(text, {"type": kind}, {})) is type(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_a_decimal_goes_out_with_exactly_its_digits(number):
    assert json.dumps(json_number(number)) == json.dumps(json.loads(format(number.normalize() + 0, "f")))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["properties", "items", "type", "enum", "enumNames", "anyOf", "$ref", "title", "required", "value",
                         "maxUniqueItems", "maxLength", "language_tag", "a", "b"]),
        inner,
        max_size=4,
    ),
    max_leaves=16,
)  # fmt: skip


@given(ANYTHING.filter(lambda made: isinstance(made, dict)), ANYTHING)
def test_no_schema_at_all_makes_reading_or_shaping_raise(schema, stored):
    schema = {**schema, "properties": schema.get("properties", {"a": schema})}
    attributes = attributes_of(schema, [("Group", ["a", "b"])])
    for attribute in attributes:
        shaped(attribute.name, [stored], schema, marketplace_id="X", language_tag="de_DE")
        entered(stored, attribute.leaves)


@given(st.data())
def test_a_real_schema_with_any_part_broken_is_still_read(data):
    schema = json.loads(build.document(question("PET_TOY")).text)
    name = data.draw(st.sampled_from(sorted(schema["properties"])))
    part = schema["properties"][name]
    place, key = data.draw(st.sampled_from(list(places(part))))
    place[key] = data.draw(ANYTHING)
    attributes = {attribute.name for attribute in attributes_of(schema, [])}
    assert attributes == set(schema["properties"])
    shaped(name, [{"value": "x", "unit": "y"}], schema, marketplace_id="X", language_tag="de_DE")


def places(value):
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in items:
        yield value, key
        yield from places(inner)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$ref": "#/properties/a"}}},
        {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"$ref": "#/properties/a"}}},
        {"properties": {"a": {"$ref": "https://evil.example/schema"}}},
        {"properties": {"a": {"items": {"properties": {"b": {"$ref": "#/properties/a"}}}}}},
    ],
)
def test_references_in_circles_and_to_elsewhere_end(schema):
    [attribute] = attributes_of(schema, [])
    assert attribute.name == "a"
    shaped("a", [{"b": {"b": {"b": "x"}}}], schema, marketplace_id="X", language_tag="de")


def test_a_schema_nested_without_end_is_cut():
    part = {"type": "object", "properties": {}}
    inner = part
    for _ in range(500):
        inner["properties"]["x"] = {"type": "object", "properties": {}}
        inner = inner["properties"]["x"]
    schema = {"properties": {"a": {"type": "array", "items": part}}}
    assert attributes_of(schema, [])[0].leaves == []


def test_the_validator_used_here_is_strict():
    schema = json.loads(build.document(question("PET_TOY")).text)
    assert list(AmazonValidator(schema).iter_errors({"nonsense": []}))
    Draft201909Validator.check_schema({key: value for key, value in schema.items() if key != "$schema"})
