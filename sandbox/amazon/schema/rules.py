"""Which attributes a submission has to bring: always, or when another attribute says something. A variation parent is no
goods: it needs no barcode, no price and no parcel."""

from __future__ import annotations

from typing import Any

from sandbox.amazon.marketplaces import Marketplace, data

Schema = dict[str, Any]
SETS = ("LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY")
PRODUCT = [
    "item_name", "brand", "product_description", "bullet_point", "country_of_origin", "supplier_declared_dg_hz_regulation",
]  # fmt: skip
PARCEL = ["item_package_dimensions", "item_package_weight"]
OFFER_ONLY = ["condition_type", "fulfillment_availability", "merchant_suggested_asin", "purchasable_offer"]
VARIATION = ["parentage_level", "child_parent_sku_relationship", "variation_theme"]
COMMON = [
    *PRODUCT, "externally_assigned_product_identifier", "supplier_declared_has_product_identifier_exemption",
    "merchant_suggested_asin", "manufacturer", "part_number", "model_number", "model_name", "item_type_keyword",
    "recommended_browse_nodes", "generic_keyword", "color", "size", "material", "style", "number_of_items", "unit_count",
    "included_components", "warranty_description", "main_product_image_locator", "other_product_image_locator",
    "condition_type", "condition_note", "list_price", "purchasable_offer", "fulfillment_availability",
    "max_order_quantity", "batteries_required", "batteries_included", "num_batteries", "battery",
    "number_of_lithium_ion_cells", "lithium_battery", "safety_data_sheet_url", "gpsr_safety_attestation", "item_weight",
    *PARCEL, *VARIATION,
]  # fmt: skip
IDENTITY = ["externally_assigned_product_identifier", "merchant_suggested_asin"]
EXEMPTION = "supplier_declared_has_product_identifier_exemption"
USED = ["used_like_new", "used_very_good", "used_good", "used_acceptable"]


def attributes(product_type: str, marketplace: Marketplace, requirements: str, parentage: str | None) -> list[str]:
    """The attributes a schema knows, in the order they are shown."""
    known, own = data("attributes"), data("product_types")[product_type]
    wanted = dict.fromkeys([*COMMON, *own["required"], *own.get("members_only", []), *own["optional"]])
    names: list[str] = []
    for name in wanted:
        spec = known[name]
        if marketplace.region not in spec.get("regions", [marketplace.region]):
            continue
        if spec.get("only_eu") and not marketplace.is_european_union:
            continue
        if parentage == "NONE" and name in VARIATION:
            continue
        is_offer = spec["group"] == "offer"
        if requirements == "LISTING_PRODUCT_ONLY" and is_offer:
            continue
        if (requirements == "LISTING_OFFER_ONLY" or own.get("offer_only")) and not is_offer and name not in IDENTITY:
            continue
        names += [f"{name}_{n}" for n in range(1, spec["repeat"] + 1)] if "repeat" in spec else [name]
    return names


def required(
    product_type: str, marketplace: Marketplace, requirements: str, parentage: str | None
) -> tuple[list[str], list[Schema]]:
    """The attributes that are always required, and the conditions under which more are (`allOf`)."""
    own = data("product_types")[product_type]
    if requirements == "LISTING_OFFER_ONLY" or own.get("offer_only"):
        return sorted(OFFER_ONLY), [_when("condition_type", USED, ["condition_note"])]
    always = {*PRODUCT, *own["required"]}
    goods = {*PARCEL, *own.get("members_only", [])}
    if requirements == "LISTING":
        goods |= {"condition_type"} | ({"list_price"} if marketplace.code == "US" else set())
    member: Schema = {"required": sorted(goods), "anyOf": _identity()}
    conditions = _conditions(product_type, requirements)
    if parentage == "PARENT":
        return sorted(always | {"variation_theme", "parentage_level"}), conditions
    if parentage in ("NONE", "CHILD"):
        always |= goods
        conditions.append({"anyOf": _identity()})
        if parentage == "CHILD":
            always |= set(VARIATION)
            conditions += _themes(product_type)
        return sorted(always), conditions
    conditions.append(
        {"if": _says("parentage_level", ["parent"]), "then": {"required": ["variation_theme"]}, "else": member}
    )
    child = {"required": ["child_parent_sku_relationship", "variation_theme"], "allOf": _themes(product_type)}
    conditions.append({"if": _says("parentage_level", ["child"]), "then": child})
    return sorted(always), conditions


def _conditions(product_type: str, requirements: str) -> list[Schema]:
    conditions = [
        _when("batteries_required", [True], ["batteries_included"]),
        _when("batteries_included", [True], ["num_batteries", "battery"]),
        {"if": _cells(["lithium_ion"]), "then": {"required": ["lithium_battery", "number_of_lithium_ion_cells"]}},
        {"if": _cells(["lithium_metal"]), "then": {"required": ["lithium_battery"]}},
        _when("supplier_declared_dg_hz_regulation", ["ghs"], ["safety_data_sheet_url"]),
    ]
    if requirements == "LISTING":
        conditions.append(_when("condition_type", USED, ["condition_note"]))
    for rule in data("product_types")[product_type].get("when", []):
        conditions.append(_when(rule["attribute"], rule["is"], rule["need"]))
    return conditions


def _themes(product_type: str) -> list[Schema]:
    """A member of a family says what it differs in."""
    size = "shirt_size" if product_type == "SHIRT" else "size"
    return [
        {
            "if": _says("variation_theme", ["COLOR", "COLOR/SIZE", "SIZE/COLOR"], "name"),
            "then": {"required": ["color"]},
        },
        {"if": _says("variation_theme", ["SIZE", "COLOR/SIZE", "SIZE/COLOR"], "name"), "then": {"required": [size]}},
    ]


def _identity() -> list[Schema]:
    return [*({"required": [name]} for name in IDENTITY), _says(EXEMPTION, [True])]


def _when(attribute: str, values: list[Any], need: list[str]) -> Schema:
    return {"if": _says(attribute, values), "then": {"required": sorted(need)}}


def _says(attribute: str, values: list[Any], field: str = "value") -> Schema:
    """True when one of the attribute's entries holds one of the values."""
    entry = {"type": "object", "required": [field], "properties": {field: {"enum": values}}}
    return {"required": [attribute], "properties": {attribute: {"contains": entry}}}


def _cells(values: list[str]) -> Schema:
    cell = {"type": "object", "required": ["value"], "properties": {"value": {"enum": values}}}
    entry = {"type": "object", "required": ["cell_composition"], "properties": {"cell_composition": {"contains": cell}}}
    return {"required": ["battery"], "properties": {"battery": {"contains": entry}}}
