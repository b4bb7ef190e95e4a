"""Bringing a listing to Amazon: checked at once, worked on later, live at last; and what a patch does."""

import pytest
from sandbox_samples import changed, ean, priced
from sandbox_seller import ITEMS, Seller, codes


def offer(price, marketplace_id=None, **more):
    entry = {"currency": "EUR", "our_price": [{"schedule": [{"value_with_tax": price}]}], **more}
    return {**entry, "marketplace_id": marketplace_id} if marketplace_id else entry


def replace(name, *values):
    return {"op": "replace", "path": f"/attributes/{name}", "value": list(values)}


def german(text):
    return {"value": text, "language_tag": "de_DE"}


def test_accepted_is_not_live(alone):
    sample = alone.sample()
    assert alone.put("NEW-1", "DRINKING_CUP", sample)["status"] == "ACCEPTED"
    summary = alone.look("NEW-1")["summaries"][0]
    assert summary["status"] == [] and "asin" not in summary
    alone.wait(19)
    assert alone.status("NEW-1") == []
    seen = [alone.status("NEW-1") for _ in range(110) if alone.control.wait(1)]
    assert seen.count([]) < 73
    assert seen.count(["DISCOVERABLE"]) in range(4, 31)
    assert seen[-1] == ["BUYABLE", "DISCOVERABLE"]
    assert alone.look("NEW-1")["summaries"][0]["asin"].startswith("B0")


def test_a_preview_changes_nothing(seller):
    sample = seller.sample(seed=1)
    answer = seller.put(
        "PREVIEW-1", "DRINKING_CUP", sample, mode="VALIDATION_PREVIEW", includedData="issues,identifiers"
    )
    assert answer["status"] == "VALID"
    assert answer["identifiers"] == [{"marketplaceId": seller.markets["DE"]}]
    assert seller.call("GET", seller.item("PREVIEW-1"), marketplaceIds=seller.markets["DE"]).status_code == 404
    wrong = changed(sample, item_name=None)
    assert seller.put("PREVIEW-1", "DRINKING_CUP", wrong, mode="VALIDATION_PREVIEW")["status"] == "INVALID"


def test_a_refused_submission_leaves_a_live_listing_live(seller):
    sample = seller.publish("REFUSED-1", seed=2)
    answer = seller.put("REFUSED-1", "DRINKING_CUP", changed(sample, item_name=[german("x" * 201)]))
    assert (answer["status"], codes(answer)) == ("INVALID", {("90225", "item_name")})
    seller.wait(100)
    assert seller.status("REFUSED-1") == ["BUYABLE", "DISCOVERABLE"]
    assert seller.look("REFUSED-1")["attributes"]["item_name"] == sample["item_name"]


def test_a_live_listing_stays_live_while_amazon_works_on_a_change(seller):
    sample = seller.publish("CHANGED-1", seed=3)
    assert seller.put("CHANGED-1", "DRINKING_CUP", changed(sample, item_name=[german("Neu")]))["status"] == "ACCEPTED"
    look = seller.look("CHANGED-1")
    assert look["attributes"]["item_name"][0]["value"] == "Neu"
    assert look["summaries"][0]["itemName"] == sample["item_name"][0]["value"]
    assert sorted(look["summaries"][0]["status"]) == ["BUYABLE", "DISCOVERABLE"]
    seller.wait(100)
    assert seller.look("CHANGED-1")["summaries"][0]["itemName"] == "Neu"


WRONG = [
    ({"item_name": None}, ("90220", "item_name")),
    ({"item_name": [{"value": 5, "language_tag": "de_DE"}]}, ("4000000", "item_name")),
    ({"item_name": [{"value": "Kein Sprachkürzel"}]}, ("99022", "item_name")),
    ({"item_name": [{"value": "Name", "language_tag": "tlh"}]}, ("90244", "item_name")),
    ({"item_name": [german("eins"), german("zwei")]}, ("99010", "item_name")),
    ({"item_name": []}, ("99022", "item_name")),
    ({"item_name": "Name"}, ("4000000", "item_name")),
    ({"bullet_point": [german(str(n)) for n in range(6)]}, ("99010", "bullet_point")),
    ({"product_description": [german("x" * 2001)]}, ("90225", "product_description")),
    ({"generic_keyword": [german("ü" * 125)]}, ("90225", "generic_keyword")),
    ({"capacity": [{"value": "viel", "unit": "liters"}]}, ("4000000", "capacity")),
    ({"capacity": [{"value": 1, "unit": "gallons"}]}, ("90244", "capacity")),
    ({"capacity": [{"value": -1, "unit": "liters"}]}, ("4000001", "capacity")),
    ({"material": [{"value": 5, "language_tag": "de_DE"}]}, ("4000000", "material")),
    ({"country_of_origin": [{"value": "Atlantis"}]}, ("90244", "country_of_origin")),
    ({"number_of_items": [{"value": 1.5}]}, ("4000000", "number_of_items")),
    ({"purchasable_offer": [{"currency": "USD", "our_price": []}]}, ("90244", "purchasable_offer")),
    ({"purchasable_offer": [offer("12,50")]}, ("4000000", "purchasable_offer")),
    ({"main_product_image_locator": [{"media_location": "C:\\bild.jpg"}]}, ("4000001", "main_product_image_locator")),
    ({"externally_assigned_product_identifier": [{"type": "ean", "value": "4006381333932"}]},
     ("4000003", "externally_assigned_product_identifier")),
    ({"externally_assigned_product_identifier": [{"type": "upc", "value": "4006381333931"}]},
     ("4000003", "externally_assigned_product_identifier")),
    ({"externally_assigned_product_identifier": None}, ("90220", "externally_assigned_product_identifier")),
    ({"wingspan": [{"value": 3}]}, ("4000002", "wingspan")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "issue"), WRONG)
def test_what_is_wrong_is_named_with_its_attribute(seller, change, issue):
    answer = seller.put("WRONG-1", "DRINKING_CUP", changed(seller.sample(seed=4), **change))
    assert answer["status"] == "INVALID"
    assert issue in codes(answer)
    assert all(
        one["severity"] == "ERROR" and one["marketplaceIds"] == [seller.markets["DE"]] for one in answer["issues"]
    )


def test_only_what_is_wrong_is_named(seller):
    answer = seller.put("WRONG-2", "DRINKING_CUP", changed(seller.sample(seed=4), item_name=None, brand=None))
    assert codes(answer) == {("90220", "item_name"), ("90220", "brand")}
    assert answer["issues"][0]["categories"] == ["MISSING_ATTRIBUTE"]


def test_a_deprecated_value_is_accepted_with_a_warning(seller):
    sample = changed(seller.sample("HEADPHONES", seed=5), connectivity_technology=[{"value": "infrared"}])
    answer = seller.put("OLD-1", "HEADPHONES", sample)
    assert answer["status"] == "ACCEPTED"
    assert [(one["code"], one["severity"]) for one in answer["issues"]] == [("90245", "WARNING")]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en_US", "is required but not supplied"),
        ("de_DE", "ist erforderlich"),
        ("ja_JP", "必須"),
        ("zh_CN", "必填"),
        (None, "ist erforderlich"),
        ("fr_FR", "is required but not supplied"),
    ],
)
def test_issues_are_worded_in_the_locale_asked_for(seller, locale, words):
    answer = seller.put("WORDS-1", "LAMP", changed(seller.sample("LAMP", seed=6), brand=None), issueLocale=locale)
    assert words in answer["issues"][0]["message"]


def test_an_unknown_product_type_is_refused(seller):
    assert codes(seller.put("UNICORN-1", "UNICORN", {})) == {("4000004", "")}


def test_values_of_other_marketplaces_are_not_looked_at(seller):
    sample = seller.sample(seed=7)
    english = {"value": 7, "language_tag": "en_GB", "marketplace_id": seller.markets["UK"]}
    answer = seller.put("OTHERS-1", "DRINKING_CUP", changed(sample, item_name=[*sample["item_name"], english]))
    assert answer["status"] == "ACCEPTED"
    assert seller.look("OTHERS-1")["attributes"]["item_name"] == sample["item_name"]


def test_a_marketplace_checks_by_its_own_schema(start):
    with Seller(start().url, "na") as seller:
        sample = changed(seller.sample("LAMP", "US"), list_price=None)
        assert codes(seller.put("US-1", "LAMP", sample, "US")) == {("90220", "list_price")}
        assert seller.put("CA-1", "LAMP", seller.sample("LAMP", "CA"), "CA")["status"] == "ACCEPTED"


@pytest.mark.parametrize(
    "sku", ["a/b", "with space", "ümläut-水筒", "100%", "a+b&c=d?e#f", "/", "..x", "%2F", "a//b", "🧪"]
)
def test_any_sku_can_be_written_and_read(seller, sku):
    assert seller.put(sku, "DRINKING_CUP", seller.sample(seed=8))["sku"] == sku
    assert seller.look(sku)["sku"] == sku


def test_a_sku_has_at_most_forty_characters(seller):
    body = {"productType": "LAMP", "attributes": {}}
    for length, status in ((40, 200), (41, 400)):
        assert (
            seller.call("PUT", seller.item("s" * length), body, marketplaceIds=seller.markets["DE"]).status_code
            == status
        )


def test_a_sku_with_a_bare_slash_is_no_path_of_amazons(seller):
    answer = seller.call("GET", f"{ITEMS}/{seller.id}/a/b", marketplaceIds=seller.markets["DE"])
    assert answer.status_code == 404 and answer.json()["errors"][0]["code"] == "ResourceNotFound"


def test_without_picture_price_or_stock_nothing_is_bought(seller):
    sample = seller.sample(seed=9)
    empty = [{"fulfillment_channel_code": "DEFAULT", "quantity": 0}]
    cases = {
        "BARE-1": ({"main_product_image_locator": None}, {("18155", "main_product_image_locator")}),
        "BARE-2": ({"purchasable_offer": None}, {("18320", "purchasable_offer")}),
        "BARE-3": ({"fulfillment_availability": empty}, set()),
    }
    for sku, (change, _) in cases.items():
        assert seller.put(sku, "DRINKING_CUP", changed(sample, **change))["status"] == "ACCEPTED"
    seller.wait(130)
    for sku, (_, issues) in cases.items():
        assert seller.status(sku) == ["DISCOVERABLE"]
        assert codes(seller.look(sku)) == issues


def test_the_offer_is_told_with_the_price_buyers_pay(seller):
    sale = {"value_with_tax": 14.5, "start_at": "2020-01-01T00:00:00Z", "end_at": "2090-01-01T00:00:00Z"}
    sample = changed(seller.sample(seed=10), purchasable_offer=[
        offer(20, discounted_price=[{"schedule": [sale]}]), offer(18, audience="B2B"),
    ])  # fmt: skip
    assert seller.put("PRICE-1", "DRINKING_CUP", sample)["status"] == "ACCEPTED"
    seller.wait(130)
    offers = seller.look("PRICE-1")["offers"]
    assert [(one["offerType"], one["price"]) for one in offers] == [
        ("B2C", {"currencyCode": "EUR", "amount": "14.50"}),
        ("B2B", {"currencyCode": "EUR", "amount": "18.00"}),
    ]


def test_the_same_barcode_and_brand_is_the_same_product(start):
    amazon = start()
    with Seller(amazon.url, "eu") as one, Seller(amazon.url, "fe") as other:
        one.publish("MINE", seed=1)
        sample = other.sample("DRINKING_CUP", "JP", 1)
        assert other.put("THEIRS", "DRINKING_CUP", sample, "JP")["status"] == "ACCEPTED"
        other.wait(150)
        first, second = one.look("MINE")["summaries"][0], other.look("THEIRS", "JP")["summaries"][0]
        assert first["asin"] == second["asin"]


def test_a_barcode_of_another_brand_is_a_conflict_found_later(start):
    amazon = start()
    with Seller(amazon.url, "eu") as one, Seller(amazon.url, "fe") as other:
        one.publish("MINE", seed=1)
        sample = changed(other.sample("DRINKING_CUP", "JP", 1), brand=[{"value": "Other", "language_tag": "ja_JP"}])
        assert other.put("THEIRS", "DRINKING_CUP", sample, "JP")["status"] == "ACCEPTED"
        other.wait(150)
        look = other.look("THEIRS", "JP", issueLocale="en_US")
        assert ("8541", "externally_assigned_product_identifier") in codes(look)
        assert "Harbor & Pine" in look["issues"][0]["message"]
        assert look["summaries"][0]["status"] == [] and "asin" not in look["summaries"][0]
        mended = changed(sample, externally_assigned_product_identifier=[{"type": "ean", "value": ean(99)}])
        other.put("THEIRS", "DRINKING_CUP", mended, "JP")
        other.wait(150)
        assert other.status("THEIRS", "JP") == ["BUYABLE", "DISCOVERABLE"]


def test_an_offer_on_a_known_asin_needs_no_description(start):
    amazon = start()
    with Seller(amazon.url, "eu") as one, Seller(amazon.url, "fe") as other:
        one.publish("MINE", seed=1)
        asin = one.look("MINE")["summaries"][0]["asin"]
        schema = other.schema("PRODUCT", "JP", requirements="LISTING_OFFER_ONLY")
        assert set(schema["required"]) == {
            "condition_type", "fulfillment_availability", "merchant_suggested_asin", "purchasable_offer",
        }  # fmt: skip
        sample = other.sample("PRODUCT", "JP")
        body = {"productType": "PRODUCT", "requirements": "LISTING_OFFER_ONLY"}
        for sku, wanted in (("KNOWN", asin), ("UNKNOWN", "B000000000")):
            attributes = changed(
                sample, merchant_suggested_asin=[{"value": wanted}], externally_assigned_product_identifier=None
            )
            answer = other.call(
                "PUT", other.item(sku), {**body, "attributes": attributes}, marketplaceIds=other.markets["JP"]
            )
            assert answer.json()["status"] == "ACCEPTED"
        other.wait(150)
        assert other.look("KNOWN", "JP")["summaries"][0]["asin"] == asin
        assert other.status("KNOWN", "JP") == ["BUYABLE", "DISCOVERABLE"]
        assert codes(other.look("UNKNOWN", "JP")) == {("8560", "merchant_suggested_asin")}


def test_a_family_is_told_from_both_sides(alone):
    goods = alone.sample("SHIRT", "DE", 20)
    theme = {"variation_theme": [{"name": "SIZE/COLOR"}]}
    parent = changed(
        goods, parentage_level=[{"value": "parent"}], purchasable_offer=None, externally_assigned_product_identifier=None,
        item_package_dimensions=None, item_package_weight=None, shirt_size=None, color=None, condition_type=None,
        fulfillment_availability=None, **theme,
    )  # fmt: skip
    relation = {"child_relationship_type": "variation", "parent_sku": "FAMILY"}
    child = changed(goods, parentage_level=[{"value": "child"}], child_parent_sku_relationship=[relation], **theme)
    assert alone.put("ORPHAN", "SHIRT", child)["status"] == "ACCEPTED"
    alone.wait(100)
    assert ("18701", "child_parent_sku_relationship") in codes(alone.look("ORPHAN"))
    assert alone.put("FAMILY", "SHIRT", parent)["status"] == "ACCEPTED"
    for sku in ("CHILD-B", "CHILD-A"):
        assert alone.put(sku, "SHIRT", child)["status"] == "ACCEPTED"
    alone.wait(150)
    family = alone.look("FAMILY", included="relationships,summaries")
    assert family["summaries"][0]["status"] == ["DISCOVERABLE"]
    assert family["relationships"][0]["relationships"] == [
        {
            "type": "VARIATION",
            "childSkus": ["CHILD-A", "CHILD-B", "ORPHAN"],
            "variationTheme": {"theme": "SIZE/COLOR", "attributes": ["size", "color"]},
        }
    ]
    member = alone.look("CHILD-A", included="relationships")["relationships"][0]["relationships"][0]
    assert member["parentSkus"] == ["FAMILY"]
    found = alone.call(
        "GET", f"{ITEMS}/{alone.id}", marketplaceIds=alone.markets["DE"], variationParentSku="FAMILY"
    ).json()
    assert {one["sku"] for one in found["items"]} == {"ORPHAN", "CHILD-A", "CHILD-B"}


def test_a_patch_exchanges_the_values_with_the_same_selectors(seller):
    seller.publish("PATCH-1", seed=30)
    english = {"value": "Bottle", "language_tag": "en_GB"}
    assert (
        seller.patch("PATCH-1", {"op": "add", "path": "/attributes/item_name", "value": [english]})["status"]
        == "ACCEPTED"
    )
    assert seller.patch("PATCH-1", replace("item_name", german("Flasche")))["status"] == "ACCEPTED"
    names = seller.look("PATCH-1")["attributes"]["item_name"]
    assert {one["language_tag"]: one["value"] for one in names} == {"en_GB": "Bottle", "de_DE": "Flasche"}


def test_a_patch_replaces_all_bullet_points_of_a_language(seller):
    seller.publish("PATCH-2", seed=31)
    seller.patch("PATCH-2", replace("bullet_point", german("a"), german("b"), german("c")))
    seller.patch("PATCH-2", replace("bullet_point", german("d"), german("e")))
    assert [one["value"] for one in seller.look("PATCH-2")["attributes"]["bullet_point"]] == ["d", "e"]


def test_a_patch_can_merge_into_a_value(seller):
    seller.publish("PATCH-3", seed=32)
    stock = {"fulfillment_channel_code": "DEFAULT", "quantity": 3, "lead_time_to_ship_max_days": 4}
    seller.patch("PATCH-3", replace("fulfillment_availability", stock))
    merge = {"op": "merge", "path": "/attributes/fulfillment_availability"}
    seller.patch("PATCH-3", {**merge, "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 9}]})
    entry = seller.look("PATCH-3")["attributes"]["fulfillment_availability"][0]
    assert (entry["quantity"], entry["lead_time_to_ship_max_days"]) == (9, 4)
    gone = {"fulfillment_channel_code": "DEFAULT", "lead_time_to_ship_max_days": None}
    seller.patch("PATCH-3", {**merge, "value": [gone]})
    assert "lead_time_to_ship_max_days" not in seller.look("PATCH-3")["attributes"]["fulfillment_availability"][0]


def test_a_patch_can_delete_by_selectors_or_altogether(seller):
    seller.publish("PATCH-4", seed=33)
    english = {"value": "words", "language_tag": "en_GB"}
    seller.patch("PATCH-4", replace("generic_keyword", german("worte"), english))
    delete = {"op": "delete", "path": "/attributes/generic_keyword"}
    seller.patch("PATCH-4", {**delete, "value": [{"language_tag": "en_GB"}]})
    assert [one["value"] for one in seller.look("PATCH-4")["attributes"]["generic_keyword"]] == ["worte"]
    assert seller.patch("PATCH-4", delete)["status"] == "ACCEPTED"
    assert "generic_keyword" not in seller.look("PATCH-4")["attributes"]


def test_a_patch_that_breaks_a_listing_is_refused_whole(seller):
    sample = seller.publish("PATCH-5", seed=34)
    answer = seller.patch("PATCH-5", replace("item_name", german("Gut")), {"op": "delete", "path": "/attributes/brand"})
    assert (answer["status"], codes(answer)) == ("INVALID", {("90220", "brand")})
    assert seller.look("PATCH-5")["attributes"]["item_name"] == sample["item_name"]


def test_a_price_patch_over_two_marketplaces_touches_each_with_its_own(seller):
    for market in ("DE", "FR"):
        seller.publish("PATCH-6", "DRINKING_CUP", market, 35)
    de, fr = seller.markets["DE"], seller.markets["FR"]
    answer = seller.patch("PATCH-6", replace("purchasable_offer", offer(11, de), offer(12, fr)), markets=("DE", "FR"))
    assert answer["status"] == "ACCEPTED"
    prices = {
        one["marketplace_id"]: one["our_price"][0]["schedule"][0]["value_with_tax"]
        for one in seller.look("PATCH-6", "DE", "FR")["attributes"]["purchasable_offer"]
    }
    assert prices == {de: 11, fr: 12}


def test_an_issue_of_two_marketplaces_is_told_once(seller):
    for market in ("IT", "ES"):
        seller.publish("PATCH-7", "DRINKING_CUP", market, 36)
    answer = seller.patch("PATCH-7", {"op": "delete", "path": "/attributes/brand"}, markets=("IT", "ES"))
    assert [sorted(one["marketplaceIds"]) for one in answer["issues"]] == [
        sorted([seller.markets["IT"], seller.markets["ES"]])
    ]


def test_what_is_not_there_cannot_be_patched_or_deleted(seller):
    assert codes(seller.patch("NOWHERE", replace("item_name", german("x")))) == {("13013", "")}
    answer = seller.call("DELETE", seller.item("NOWHERE"), marketplaceIds=seller.markets["DE"]).json()
    assert answer["status"] == "INVALID"


def test_a_deleted_listing_is_gone_in_its_marketplace_only(seller):
    for market in ("DE", "FR"):
        seller.publish("DELETE-1", "DRINKING_CUP", market, 37)
    answer = seller.call("DELETE", seller.item("DELETE-1"), marketplaceIds=seller.markets["DE"]).json()
    assert answer["status"] == "ACCEPTED"
    assert seller.call("GET", seller.item("DELETE-1"), marketplaceIds=seller.markets["DE"]).status_code == 404
    assert seller.status("DELETE-1", "FR") == ["BUYABLE", "DISCOVERABLE"]


def test_listings_are_searched_and_paged(alone):
    for number in range(7):
        alone.put(f"SEARCH-{number}", "PET_TOY", alone.sample("PET_TOY", "DE", 40 + number))
        alone.wait(1)
    alone.wait(150)
    where = {"marketplaceIds": alone.markets["DE"], "sortBy": "sku", "sortOrder": "ASC", "pageSize": 3}
    pages, token = [], None
    while True:
        page = alone.call("GET", f"{ITEMS}/{alone.id}", pageToken=token, **where).json()
        assert page["numberOfResults"] == 7
        pages.append([one["sku"] for one in page["items"]])
        token = page["pagination"].get("nextToken")
        if token is None:
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [sku for page in pages for sku in page] == [f"SEARCH-{number}" for number in range(7)]
    back = alone.call("GET", f"{ITEMS}/{alone.id}", pageToken=page["pagination"]["previousToken"], **where).json()
    assert [one["sku"] for one in back["items"]] == pages[1]


def test_listings_are_found_by_identifier_status_and_issue(alone):
    alone.publish("FIND-1", "PET_TOY", seed=50)
    alone.put("FIND-2", "PET_TOY", changed(alone.sample("PET_TOY", "DE", 51), purchasable_offer=None))
    alone.wait(100)
    alone.put("FIND-3", "PET_TOY", alone.sample("PET_TOY", "DE", 52))

    def found(**query):
        answer = alone.call("GET", f"{ITEMS}/{alone.id}", marketplaceIds=alone.markets["DE"], **query).json()
        return {one["sku"] for one in answer["items"]}

    asin = alone.look("FIND-1")["summaries"][0]["asin"]
    assert found(identifiers=[asin, "B000000000"], identifiersType="ASIN") == {"FIND-1"}
    assert found(identifiers=ean(51), identifiersType="EAN") == {"FIND-2"}
    assert found(identifiers=["FIND-3", "FIND-1"], identifiersType="SKU") == {"FIND-1", "FIND-3"}
    assert found(withStatus="BUYABLE") == {"FIND-1"}
    assert found(withoutStatus="BUYABLE") == {"FIND-2", "FIND-3"}
    assert found(withIssueSeverity="WARNING") == {"FIND-2"}
    assert found(packageHierarchySku="FIND-1") == set()


def test_a_page_token_of_another_seller_is_refused(start):
    amazon = start()
    with Seller(amazon.url, "eu") as one, Seller(amazon.url, "fe") as other:
        for number in range(2):
            one.put(f"T-{number}", "PET_TOY", one.sample("PET_TOY", "DE", 60 + number))
        page = one.call("GET", f"{ITEMS}/{one.id}", marketplaceIds=one.markets["DE"], pageSize=1).json()
        token = page["pagination"]["nextToken"]
        query = {"marketplaceIds": other.markets["JP"], "pageToken": token}
        assert other.call("GET", f"{ITEMS}/{other.id}", **query).status_code == 400


def test_another_sellers_listings_are_out_of_reach(start):
    amazon = start()
    with Seller(amazon.url, "eu") as one, Seller(amazon.url, "fe") as other:
        one.publish("PRIVATE", seed=1)
        path = f"{ITEMS}/{one.id}/PRIVATE"
        assert other.call("GET", path, marketplaceIds=one.markets["DE"]).status_code == 403
        assert other.call("GET", f"{ITEMS}/{other.id}/PRIVATE", marketplaceIds=one.markets["DE"]).status_code == 400


def test_prices_in_yen_have_no_decimals(start):
    with Seller(start().url, "fe") as seller:
        sample = priced(seller.sample("LAMP", "JP"), 2980)
        assert seller.put("YEN-1", "LAMP", sample, "JP")["status"] == "ACCEPTED"
        seller.wait(130)
        assert seller.look("YEN-1", "JP")["offers"][0]["price"] == {"currencyCode": "JPY", "amount": "2980"}
