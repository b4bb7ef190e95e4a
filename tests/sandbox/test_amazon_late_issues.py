"""What Amazon finds minutes after it accepted a listing, and what the control API puts there."""

import pytest
from sandbox_samples import changed, ean, priced
from sandbox_seller import Seller, codes

LATE = 420  # Seconds after which everything late has happened.


def picture(name):
    return [{"media_location": f"https://images.example.com/watermark-folder/{name}"}]


def listed(sample, price, list_price):
    after = priced(sample, price)
    return changed(after, list_price=[{"currency": "EUR", "value_with_tax": list_price}])


CASES = [
    ("watermark", {"main_product_image_locator": picture("cup-WATERMARK.jpg")}, "18027", "main_product_image_locator", []),
    ("second image", {"other_product_image_locator_2": picture("watermark2.png")}, "18028", "other_product_image_locator_2",
     ["BUYABLE", "DISCOVERABLE"]),
    ("small image", {"main_product_image_locator": picture("lowres.jpg")}, "18029", "main_product_image_locator",
     ["BUYABLE", "DISCOVERABLE"]),
    ("brand", {"brand": [{"value": "Kestrel & Pine", "language_tag": "de_DE"}]}, "5665", "brand", ["DISCOVERABLE"]),
    ("cheap", {"list_price": [{"currency": "EUR", "value_with_tax": 99.0}]}, "18429", "purchasable_offer", ["DISCOVERABLE"]),
    ("dear", {"list_price": [{"currency": "EUR", "value_with_tax": 5.0}]}, "18429", "list_price", ["DISCOVERABLE"]),
    ("fine", {"list_price": [{"currency": "EUR", "value_with_tax": 24.0}]}, "18601", "bullet_point",
     ["BUYABLE", "DISCOVERABLE"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "code", "attribute", "status"), CASES)
def test_content_that_amazon_dislikes_is_found_minutes_later(seller, name, change, code, attribute, status):
    sku = f"LATE {name}"
    assert seller.put(sku, "DRINKING_CUP", changed(seller.sample(seed=len(name)), **change))["status"] == "ACCEPTED"
    seller.wait(139)
    assert seller.status(sku) == ["BUYABLE", "DISCOVERABLE"]
    assert code not in {one["code"] for one in seller.look(sku)["issues"]}
    seller.wait(LATE - 139)
    assert (code, attribute) in codes(seller.look(sku))
    assert seller.status(sku) == status


def test_an_enforcement_is_told_with_the_issue(seller):
    sample = changed(seller.sample(seed=70), main_product_image_locator=picture("watermark.jpg"))
    seller.put("ENFORCED-1", "DRINKING_CUP", sample)
    seller.wait(LATE)
    issue = next(one for one in seller.look("ENFORCED-1")["issues"] if one["code"] == "18027")
    assert issue["enforcements"] == {
        "actions": [{"action": "SEARCH_SUPPRESSED"}],
        "exemption": {"status": "NOT_EXEMPT"},
    }
    assert issue["categories"] == ["INVALID_IMAGE"]


def test_a_late_issue_moves_the_time_of_the_last_change(seller):
    sample = changed(seller.sample(seed=71), main_product_image_locator=picture("watermark.jpg"))
    seller.put("MOVED-1", "DRINKING_CUP", sample)
    seller.wait(139)
    before = seller.look("MOVED-1")["summaries"][0]["lastUpdatedDate"]
    seller.wait(LATE)
    assert seller.look("MOVED-1")["summaries"][0]["lastUpdatedDate"] > before


def test_mended_content_is_live_again(seller):
    sample = seller.sample(seed=72)
    seller.put("MENDED-1", "DRINKING_CUP", changed(sample, main_product_image_locator=picture("watermark.jpg")))
    seller.wait(LATE)
    assert seller.status("MENDED-1") == []
    seller.put("MENDED-1", "DRINKING_CUP", sample)
    seller.wait(100)
    assert seller.status("MENDED-1") == ["BUYABLE", "DISCOVERABLE"]
    seller.wait(LATE)
    assert codes(seller.look("MENDED-1")) == {("18601", "bullet_point")}


def test_a_conflicting_submission_does_not_bring_a_suppressed_listing_back(start):
    amazon = start()
    with Seller(amazon.url, "fe") as other, Seller(amazon.url, "eu") as one:
        other.publish("THEIRS", "DRINKING_CUP", "JP", 5)
        sample = changed(one.sample(seed=6), main_product_image_locator=picture("watermark.jpg"))
        one.put("MINE", "DRINKING_CUP", sample)
        one.wait(LATE)
        assert one.status("MINE") == []
        stolen = {"brand": [{"value": "Mine", "language_tag": "de_DE"}]}
        barcode = [{"type": "ean", "value": ean(5)}]
        one.put("MINE", "DRINKING_CUP", changed(sample, externally_assigned_product_identifier=barcode, **stolen))
        one.wait(100)
        assert {"8541", "18027"} <= {code for code, _ in codes(one.look("MINE"))}
        assert one.status("MINE") == []


def test_an_issue_can_be_put_on_a_listing_and_taken_away(seller):
    seller.publish("INJECT / 1", seed=73)
    path = f"/listings/{seller.id}/INJECT / 1/issues"
    issue = {
        "code": "18901", "message": "Recalled by the authorities.", "actions": ["CATALOG_ITEM_REMOVED"],
        "attributes": ["item_name"], "categories": ["QUALIFICATION_REQUIRED"],
    }  # fmt: skip
    assert seller.control.post(path, **issue)["issues"][0]["severity"] == "ERROR"
    found = next(one for one in seller.look("INJECT / 1")["issues"] if one["code"] == "18901")
    assert found["message"] == "Recalled by the authorities."
    assert seller.status("INJECT / 1") == []
    seller.control.delete(path)
    assert seller.status("INJECT / 1") == ["BUYABLE", "DISCOVERABLE"]


def test_an_injected_issue_goes_with_the_next_accepted_submission(seller):
    sample = seller.publish("INJECT-2", seed=74)
    seller.control.post(f"/listings/{seller.id}/INJECT-2/issues", actions=["LISTING_SUPPRESSED"])
    assert seller.status("INJECT-2") == ["DISCOVERABLE"]
    seller.put("INJECT-2", "DRINKING_CUP", sample)
    seller.wait(100)
    assert seller.status("INJECT-2") == ["BUYABLE", "DISCOVERABLE"]
