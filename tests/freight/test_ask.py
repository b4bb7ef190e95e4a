"""Asking what a parcel costs on the page: the public examples, the address that gives the same answer, what is wrong in words."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models.audit.event import Event
from models.catalog import saving
from models.freight.kept_quote import FreightQuote
from models.freight.rate_card import RateCard
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order
from tests.freight.asking import approved
from tests.orders.conftest import make_store, snapshot
from tests.stores.selling import draft

T = "/t/lotus/freight"
DAY = {"on": "2026-03-01"}
SMALL, LIMIT = "0.3 20 15 5", "at most 60 cm"
# Number, channel, country, boxes as "kg l w h qty", cargo; what its answer says.
EXAMPLES = (
    ("P1", "DEMO-LINE", "US", [SMALL], "", ["CN¥50.00", "0.3 kg", "CN¥30.00", "CN¥20.00"]),
    ("P2", "DEMO-LINE", "US", ["0.301 20 15 5"], "", ["CN¥42.90", "0.31 kg", "CN¥27.90", "CN¥15.00"]),
    ("P3", "DEMO-LINE", "US", ["0.010 10 8 1"], "", ["CN¥25.00", "0.05 kg", "The least chargeable weight counts: 0.05 kg"]),
    ("P4", "DEMO-LINE", "US", ["0.500 40 30 12"], "", ["CN¥177.00", "1.8 kg", "The volume counts: 1.8 kg (cm³ ÷ 8000)"]),
    ("P5", "DEMO-LINE", "US", ["1 60.1 10 10"], "", ["The longest side is 60.1 cm; at most 60 cm."]),
    ("P6", "DEMO-LINE", "FR", ["30.001 50 40 30"], "", ["A box weighs 30.001 kg; at most 30 kg."]),
    ("P7", "DEMO-LINE", "FR", ["0.5 10 10 10"], "liquid", ["It does not take: Liquid. It takes: Battery built in, General goods."]),
    ("P8", "DEMO-LINE", "DE", ["0.5 10 10 10"], "", ["It does not go there"]),
    ("P9", "DEMO-EXP", "US", ["0.5 10 10 10"], "", ["CN¥187.50", "0.5 kg", "CN¥150.00", "25% CN¥37.50"]),
    ("P10", "DEMO-EXP", "US", ["0.51 10 10 10"], "", ["CN¥237.50", "first 0.5 kg 150, then 1 × 0.5 kg at 40 CN¥190.00"]),
    ("P11", "DEMO-EXP", "US", ["3 30.2 30 20", "6 30 20 20"], "", ["CN¥1,137.50", "CN¥910.00", "Rounded up from 9.72 kg in steps of 0.5"]),
    ("P12", "DEMO-EXP", "US", ["20.2 40 40 40"], "", ["CN¥1,443.75", "21 kg × 55 CN¥1,155.00"]),
    ("P13", "DEMO-EXP", "US", ["10.3 10 10 10 2"], "", ["CN¥1,443.75", "20.6 kg"]),
    ("P14", "DEMO-EXP", "US", ["71 40 40 40"], "", ["It has no price for 71 kg; its prices go from 0 to 70 kg."]),
)  # fmt: skip


@pytest.fixture
def channels(lotus, alice, bob):
    return approved(lotus, alice, bob)


def text_of(html: str) -> str:
    """What a page says, in one line of words."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " "))


def boxes(*texts: str) -> dict[str, str]:
    """Fields of boxes written as "kg l w h qty"."""
    return {
        f"{name}{row}": value
        for row, text in enumerate(texts, start=1)
        for name, value in zip(("kg", "l", "w", "h", "qty"), text.split(), strict=False)
    }


def asked(browser, where: str = "", **fields):
    return browser.get(f"{T}/{where}", query_string=DAY | fields)


def price_of(html: str, code: str) -> str:
    """What the page says about one channel: its price, or why there is none."""
    parts = re.findall(r'<details class="card price".*?</details>|<li class="soft">.*?</li>', html, re.DOTALL)
    return text_of(next(part for part in parts if code in part))


def test_the_public_examples_read_on_the_page(channels, as_, alice) -> None:
    for name, code, country, sent, cargo, said in EXAMPLES:
        answer = asked(as_(alice), to=country, cargo=cargo, **boxes(*sent))
        price = price_of(answer.text, code)
        assert answer.status_code == 200 and [words for words in said if words not in price] == [], (name, price)


def test_the_cheapest_stands_first_and_the_address_alone_gives_the_same(channels, as_, alice, olga) -> None:
    page = asked(as_(alice), to="US", postcode="10001", **boxes(SMALL)).text
    assert page.index("DEMO-LINE") < page.index("DEMO-EXP")
    heavy = asked(as_(alice), to="US", **boxes("21 40 40 40")).text
    assert heavy.index("DEMO-EXP") < heavy.index("DEMO-LINE")
    share = unescape(re.search(r'data-copy="http://[^/"]+(/t/[^"]+)"', page)[1])  # type: ignore[index]
    again = as_(alice).get(share).text
    assert price_of(again, "DEMO-LINE") == price_of(page, "DEMO-LINE") and price_of(again, "DEMO-EXP") == price_of(
        page, "DEMO-EXP"
    )
    part = asked(as_(alice), to="US", postcode="10001", **boxes(SMALL), kg9="")  # Empty fields stand in no address.
    fragment = as_(alice).get(part.request.full_path, fragment=True, headers={"HX-Target": "answers"})
    assert fragment.headers["HX-Replace-Url"] == share and "<h1" not in fragment.text
    assert price_of(fragment.text, "DEMO-LINE") == price_of(page, "DEMO-LINE")
    said = as_(alice).get(share.replace("/freight/?", "/freight/text?")).text
    assert "Demo Line: CN¥50.00" in said and "Freight: CN¥30.00" in said and "<" not in said


def test_a_little_more_or_less_weight_is_told_where_it_is_cheaper(channels, as_, alice) -> None:
    page = asked(as_(alice), to="US", **boxes(SMALL)).text
    assert "Heavier is cheaper here: at 0.31 kg it costs CN¥42.90, CN¥7.10 less." in price_of(page, "DEMO-LINE")
    page = asked(as_(alice), to="US", **boxes("0.51 10 10 10")).text
    assert "0.01 kg less (0.5 kg) costs CN¥187.50: CN¥50.00 saved." in price_of(page, "DEMO-EXP")
    assert "Demo Exp 1.5 kg +0.99 kg CN¥287.50 +CN¥50.00" in text_of(page)


def test_skus_are_packed_and_the_page_says_how(channels, as_, alice, lotus) -> None:
    mug, lamp, bare = draft(1), draft(2), draft(3)
    sizes = {"package_length_mm": 120, "package_width_mm": 100, "package_height_mm": 90, "package_weight_grams": 340}
    carton = {
        "carton_quantity": 12,
        "carton_length_mm": 400,
        "carton_width_mm": 300,
        "carton_height_mm": 280,
        "carton_weight_grams": 4500,
    }
    for one, values in ((mug, sizes | carton), (lamp, sizes | {"cargo": ["battery_builtin"]})):
        for name, value in values.items():
            setattr(one, name, value)
    for name in (*sizes, "item_weight_grams"):
        setattr(bare, name, None)
    mugs, lamps, bares = (saving.create(lotus, one, by=alice).first_sku for one in (mug, lamp, bare))
    said = text_of(asked(as_(alice), to="US", sku1=mugs, n1="25", sku2=f"{lamps} x 2").text)
    assert f"{mugs}: 2 full cartons (24 pieces)." in said and "3 pieces in one box" in said
    assert "2 × 4.5 kg, 40 × 30 × 28 cm; 1.02 kg, 12 × 10 × 27 cm" in said
    said = text_of(asked(as_(alice), to="US", sku1=lamps).text)
    assert f"{lamps} goes in its own package." in said and "0.34 kg, 12 × 10 × 9 cm" in said
    page = asked(as_(alice), to="US", sku1=bares).text
    assert f"{bares} has no weight" in text_of(page) and "/edit#section-package" in page
    wrong = asked(as_(alice), to="US", sku1="NOBODY-HAS-IT")
    assert wrong.status_code == 422 and "There is no SKU NOBODY-HAS-IT." in text_of(wrong.text)
    offered = as_(alice).get(f"{T}/skus", query_string={"sku2": mugs[:4]}, fragment=True).text
    assert f'<option value="{mugs}">' in offered


def test_nonsense_in_any_field_is_answered_in_words(channels, as_, alice) -> None:
    fields = (
        "to",
        "postcode",
        "kg1",
        "l1",
        "w1",
        "h1",
        "qty1",
        "sku1",
        "n1",
        "cargo",
        "on",
        "value",
        "value_in",
        "show",
        "more",
        "insured",
    )
    for text in (
        "<script>alert(1)</script>",
        "%s %(x)s",
        "9e999999",
        "'; DROP TABLE product; --",
        "\u202e１２３，４",
        "x" * 5000,
    ):
        for name in fields:
            answer = asked(as_(alice), **{"to": "US", **boxes(SMALL), name: text})
            assert answer.status_code in (200, 422) and "<script>alert" not in answer.text, (name, answer.status_code)
            assert answer.status_code == 200 or "Please look at this:" in answer.text, name
        assert asked(as_(alice), **dict.fromkeys(fields, text)).status_code == 422


def test_what_is_missing_is_asked_for_in_words(channels, as_, alice) -> None:
    for fields, said in (
        ({"to": "US", "l1": "10"}, "Weight: This is needed."),
        ({"to": "US", "kg1": "1", "l1": "10"}, "Width: Give all three sides, or none."),
        ({"to": "US", "kg1": "0"}, "A box weighs more than nothing."),
        ({"to": "US", "kg1": "1", "qty1": "10001"}, "Boxes: Between 1 and 10,000."),
        ({"to": "QQ", "kg1": "1"}, "Country: Choose from the list."),
        ({"to": "US", "kg1": "1", "on": "31.12."}, "Ship date: Write a date"),
    ):
        answer = asked(as_(alice), **fields)
        assert answer.status_code == 422 and said in text_of(answer.text), text_of(answer.text)
    first = as_(alice).get(f"{T}/")
    assert first.status_code == 200 and "Choose a country, and say what is to be sent" in first.text


def test_a_price_is_kept_from_the_page_and_stays_after_the_sheet_is_withdrawn(channels, as_, alice, bob) -> None:
    page = asked(as_(alice), to="US", postcode="10001", **boxes("0.301 20 15 5")).text
    form = dict(
        re.findall(r'<input type="hidden" name="(asked|channel|seen)" value="([^"]*)"', page.split("DEMO-EXP")[0])
    )
    form = {name: unescape(value) for name, value in form.items()}
    assert as_(bob).post(f"{T}/quotes/", data=form).status_code == 403  # A lister looks and does not keep.
    assert as_(alice).post(f"{T}/quotes/", data=form | {"seen": "1.00 CNY"}).status_code == 409
    kept = as_(alice).post(f"{T}/quotes/", data=form)
    assert kept.status_code == 303 and FreightQuote.select().count() == 1
    RateCard.get(RateCard.channel == channels[0]).retire(reason="Wrong prices", by=alice)
    assert as_(alice).post(f"{T}/quotes/", data=form).status_code == 409
    read = text_of(as_(alice).get(kept.location).text)
    assert "CN¥42.90" in read and "0.31 kg × 90 CN¥27.90" in read and "United States 10001" in read
    assert "Handling: CN¥15.00" in as_(alice).get(f"{kept.location}/text").text
    wrong = as_(alice).post(f"{kept.location}/booking", data={"waybill": "<b>"})
    assert wrong.status_code == 422 and "A tracking number has 5 to 40" in wrong.text
    assert as_(alice).post(f"{kept.location}/booking", data={"waybill": "yt 2600 0000 01"}).status_code == 303
    assert as_(alice).post(f"{kept.location}/booking", data={"waybill": "YT260000000X"}).status_code == 409
    found = as_(alice).get(f"{T}/quotes/", query_string={"find": "YT2600", "booked": "yes", "country": "US"}).text
    assert "Q-1" in found and "YT26000000" in found
    assert "Q-1" not in as_(alice).get(f"{T}/quotes/", query_string={"booked": "no"}).text
    assert as_(alice).get("/t/lotus/search/", query_string={"q": "YT2600000001"}).location == kept.location
    assert not any("10001" in str(event.details) for event in Event.select())


def test_nobody_else_sees_a_teams_channels_and_quotes(channels, as_, alice, olga, charlie) -> None:
    page = asked(as_(alice), to="US", **boxes(SMALL)).text
    form = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(asked|channel|seen)" value="([^"]*)"', page)[:3]
    }
    mine = as_(alice).post(f"{T}/quotes/", data=form).location
    for person, team in ((charlie, "comet"), (olga, "harbor")):
        theirs = as_(person).get(f"/t/{team}/freight/", query_string=DAY | {"to": "US"} | boxes(SMALL)).text
        assert "DEMO-LINE" not in theirs and "No channel has prices for this day" in theirs
        for path in (mine, f"{mine}/text"):
            assert as_(person).get(path).status_code == 404
            assert as_(person).get(path.replace("lotus", team)).status_code == 404
        assert (
            as_(person).post(f"{mine.replace('lotus', team)}/booking", data={"waybill": "YT26000000"}).status_code
            == 404
        )
        assert as_(person).post(f"/t/{team}/freight/quotes/", data=form).status_code == 409


def test_an_order_and_a_product_lead_here_with_their_skus_and_without_a_postcode(
    channels, as_, alice, bob, lotus
) -> None:
    sold, product = snapshot(1), saving.create(lotus, draft(1), by=alice)
    keep(make_store(lotus), [sold])
    order = Order.get()
    page = as_(alice).get(f"/t/lotus/orders/{order.uid}").text
    link = unescape(re.search(r'href="(/t/lotus/freight/\?[^"]+)"', page)[1])  # type: ignore[index]
    line = OrderLine.of(order)[0]
    assert f"sku1={line.sku}" in link and f"to={order.ship_country}" in link and "postcode" not in link
    assert as_(alice).get(link).status_code in (200, 422)
    page = as_(bob).get(f"/t/lotus/catalog/products/{product.uid}").text
    link = unescape(re.search(r'href="(/t/lotus/freight/\?[^"]+)"', page)[1])  # type: ignore[index]
    assert f'value="{product.first_sku}"' in as_(bob).get(link).text
