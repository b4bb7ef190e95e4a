"""Every page of the catalogue: who may open it, what it costs, and that whatever people write into it stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from models.catalog import saving
from models.catalog.draft import ImageDraft, TextDraft, VariantDraft
from models.catalog.listing import Listing
from models.catalog.publication import Publication
from models.catalog.variant import Variant
from models.people.role import Grant, Role
from models.stores.store import Store
from tests.stores.selling import HOSTILE, Counted, draft

T = "/t/lotus/catalog"


@pytest.fixture
def shelf(lotus, enter, application):
    """`shelf(3)`: so many products with listings and publications on a store that needs no Amazon."""
    store = Store.declare(lotus, "Europe", "eu", seller_id="A1B2C3D4E5F6G7")
    store.change(state="active")
    from integrations.amazon.mapping.sellers import Participation

    store.authorize(application=application, refresh_token="Atzr|x")
    store.connected(
        [Participation(i, "", c, g, c, True) for i, c, g in (("A1PA6795UKMFR9", "EUR", "de_DE"), ("A13V1IB3VIYZZH", "EUR", "fr_FR"),
                                                             ("A1F83G8C2ARO7P", "GBP", "en_GB"))],
        tried=store.authorization,
    )  # fmt: skip
    made = []

    def fill(count):
        fresh = []
        for _ in range(count - len(made)):
            product = enter(len(made) + 1, skus=(f"S-{len(made)}-a", f"S-{len(made)}-b"))
            made.append(product)
            fresh += Listing.offer_all(Variant.of(product), [(store, "A1PA6795UKMFR9"), (store, "A13V1IB3VIYZZH")])
        if fresh:
            Publication.ask(fresh)
        return made

    fill.store = store
    return fill


def paths(product):
    """Every page of the catalogue that shows something, for this product."""
    listing = Listing.get(Listing.product == product)
    publication = Publication.get(Publication.listing == listing)
    return {
        "index": f"{T}/products/", "archived": f"{T}/products/?state=archived", "found": f"{T}/products/?find=rope&sort=title",
        "detail": f"{T}/products/{product.uid}", "new": f"{T}/products/new", "edit": f"{T}/products/{product.uid}/edit",
        "listings": f"{T}/listings/", "refused": f"{T}/listings/?standing=refused", "listing": f"{T}/listings/{listing.uid}",
        "publish": f"{T}/publish?product={product.uid}", "batch": f"{T}/batches/{publication.batch}", "import": "/t/lotus/imports/kinds/products",
        "template": "/t/lotus/imports/kinds/products/template.csv",
    }  # fmt: skip


def actions(product):
    listing = Listing.get(Listing.product == product)
    publication = Publication.get(Publication.listing == listing)
    return {
        "create": f"{T}/products/", "save": f"{T}/products/{product.uid}", "archive": f"{T}/products/{product.uid}/archive",
        "restore": f"{T}/products/{product.uid}/restoration", "import": "/t/lotus/imports/kinds/products",
        "override": f"{T}/listings/{listing.uid}/overrides", "acknowledge": f"{T}/listings/{listing.uid}/acknowledgement",
        "publish": f"{T}/publish", "publish_one": f"{T}/listings/{listing.uid}/publication",
        "retry": f"{T}/batches/{publication.batch}/retry", "stop": f"{T}/publications/{publication.uid}/stop",
    }  # fmt: skip


EDITORS = {"new", "edit", "import", "template"}


@pytest.mark.parametrize(
    ("role", "closed"),
    [("boss", set()), ("manager", set()), ("lister", set()), ("auditor", EDITORS | {"publish"}), ("shipper", EDITORS | {"publish"})],
)  # fmt: skip
def test_each_role_opens_what_it_may(as_, bob, lotus, shelf, role, closed):
    [product] = shelf(1)
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in(role))
    for name, path in paths(product).items():
        assert as_(bob).get(path).status_code == (403 if name in closed else 200), name


def test_who_may_only_look_changes_nothing(as_, bob, lotus, shelf):
    [product] = shelf(1)
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in("auditor"))
    for name, path in actions(product).items():
        assert as_(bob).post(path, data={}).status_code == 403, name
    page = as_(bob).get(f"{T}/products/{product.uid}").text
    assert "/edit" not in page and "/archive" not in page and "/publish" not in page


def test_a_stranger_finds_nothing_at_any_address(as_, charlie, olga, shelf, visitor):
    """Charlie is the boss of a rival, Olga runs the portal: neither has anything to see here."""
    [product] = shelf(1)
    for person in (charlie, olga):
        for name, path in paths(product).items():
            assert as_(person).get(path).status_code == 404, name
            assert as_(person).get(path, fragment=True).status_code == 404, name
        for name, path in actions(product).items():
            assert as_(person).post(path, data={"version": "1"}).status_code == 404, name
    for path in paths(product).values():
        answer = visitor.get(path)
        assert answer.status_code == 303 and "/sign-in" in answer.location
    assert product.reload().version == 1 and product.reload().state == "active"


def test_the_address_of_ones_own_team_does_not_open_what_belongs_to_another(as_, charlie, shelf):
    [product] = shelf(1)
    for path in [*paths(product).values()]:
        mine = path.replace("/t/lotus/", "/t/comet/")
        assert as_(charlie).get(mine).status_code == (200 if (str(product.uid) not in path and "listings/" not in path.rstrip("/")
                                                      and "batches" not in path) or "publish?" in path or path.endswith("listings/")
                                                      or "standing" in path else 404), path  # fmt: skip
        assert "Rope ball" not in as_(charlie).get(mine).text
    for name, path in actions(product).items():
        answer = as_(charlie).post(
            path.replace("/t/lotus/", "/t/comet/"), data={"product": str(product.uid), "version": "1"}
        )
        assert answer.status_code in (303, 404, 409, 422), name
    assert product.reload().version == 1 and product.reload().state == "active"
    assert Publication.get().state == "waiting"


def test_who_has_one_store_only_sees_its_listings_and_publishes_there_only(
    as_, bob, lotus, shelf, application, enter, offer
):
    [product] = shelf(1)
    other = Store.declare(lotus, "America", "na")
    other.change(state="active")
    theirs = Listing.offer(Variant.of(product)[0], other, "ATVPDKIKX0DER")
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in("lister"), stores=[other.id])
    page = as_(bob).get(f"{T}/listings/").text
    assert "America" in page and "Europe" not in page
    assert as_(bob).get(f"{T}/listings/{theirs.uid}").status_code == 200
    mine = Listing.get(Listing.store == shelf.store)
    for path in (f"{T}/listings/{mine.uid}", f"{T}/batches/{Publication.get().batch}"):
        assert as_(bob).get(path).status_code == 404
    for path in (f"{T}/listings/{mine.uid}/publication", f"{T}/publications/{Publication.get().uid}/stop"):
        assert as_(bob).post(path).status_code == 404
    places = as_(bob).get(f"{T}/publish?product={product.uid}").text
    assert str(shelf.store.uid) not in places
    sent = {"product": str(product.uid), "place": f"{shelf.store.uid}:A1PA6795UKMFR9"}
    assert as_(bob).post(f"{T}/publish", data=sent).status_code == 422
    detail = as_(bob).get(f"{T}/products/{product.uid}").text
    assert "America" in detail and "Europe" not in detail


def test_a_right_for_one_store_is_none_for_another(as_, bob, lotus, shelf):
    """Bob may look at both stores but publish in one: the other's listings stay as they are."""
    shelf(1)
    other = Store.declare(lotus, "America", "na")
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in("auditor"))
    Grant.give(bob, lotus, Role.built_in("lister"), stores=[other.id])
    listing, publication = Listing.get(), Publication.get()
    for path, data in (
        (f"{T}/listings/{listing.uid}/overrides", {"title": "Mine"}),
        (f"{T}/listings/{listing.uid}/acknowledgement", {}),
        (f"{T}/listings/{listing.uid}/publication", {}),
        (f"{T}/publications/{publication.uid}/stop", {}),
    ):
        assert as_(bob).post(path, data=data).status_code == 403, path
    assert listing.reload().overrides == {} and publication.reload().state == "waiting"


def test_issues_are_counted_beside_a_listing_in_words_and_not_in_markup(as_, alice, shelf):
    [product] = shelf(1)
    Listing.update(publication_state="refused", issue_count=1).where(Listing.product == product).execute()
    for name in ("listings", "listing"):
        page = as_(alice).get(paths(product)[name]).text
        assert "1 issue</span>" in page and "&lt;span" not in page, name


# What it costs


@pytest.mark.parametrize(
    "name", ["index", "archived", "found", "detail", "edit", "listings", "refused", "listing", "publish", "batch"]
)
def test_a_page_costs_few_queries_and_no_more_for_more_rows(as_, alice, shelf, name):
    browser = as_(alice)
    costs = []
    for count in (1, 25):
        products = shelf(count)
        path = paths(products[0])[name]
        if name == "publish":
            path = f"{T}/publish?" + "&".join(f"product={product.uid}" for product in products)
        for _ in range(2):
            browser.get(path)
        with Counted() as door:
            browser.get("/t/lotus/imports/kinds/products")
        with Counted() as counted:
            assert browser.get(path).status_code == 200
        costs.append(len(counted) - len(door))
    assert costs[0] == costs[1] <= 14, (costs, counted)


def test_a_product_with_a_hundred_variants_costs_what_one_with_a_single_costs(as_, alice, enter, shelf):
    costs = []
    for number, count in ((50, 1), (51, 100)):
        product = enter(number, skus=tuple(f"V-{number}-{n}" for n in range(count)))
        for path in (f"{T}/products/{product.uid}", f"{T}/products/{product.uid}/edit"):
            as_(alice).get(path)
            with Counted() as counted:
                as_(alice).get(path)
            costs.append(len(counted))
    assert costs[:2] == costs[2:], costs


# Text of any kind


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def shown_as_text(page: str) -> None:
    """Nothing people wrote became a tag; scripts and handlers in the page are looked for by the visitor on every page."""
    tags = Tags()
    tags.feed(page)
    assert not [attrs for tag, attrs in tags.found if tag == "img" and attrs.get("src") == "x"]
    scripts = [attrs.get("src") or "" for tag, attrs in tags.found if tag == "script"]
    assert all(source.startswith("/static/") for source in scripts), scripts
    assert not [attrs for _tag, attrs in tags.found if any(name.startswith("on") for name in attrs)]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_field_is_shown_as_text_on_every_page(as_, alice, lotus, shelf, text, enter):
    text = text.replace("\0", "")
    enter(1)
    made = draft(
        2, code=text[:40].strip() or "X", brand=text[:120],
        texts={"en": TextDraft(text[:500], text, [text[:1000]], text[:1000]), "de": TextDraft(text[:500])},
        variants=[VariantDraft("HOST-1", "", {"color": text[:100], "size": text[:100]}, 5, "CNY", 1, {"EUR": 100})],
        attributes={"pet_type": [{"value": text[:300]}]},
        images=[ImageDraft(url="https://images.example.com/a.jpg?x='%22%3E")],
    )  # fmt: skip
    product = saving.create(lotus, made, by=alice)
    [listing] = Listing.offer_all(Variant.of(product), [(shelf.store, "A1PA6795UKMFR9")])
    listing.override({"title": text[:500], "description": text, "bullets": [text[:500]]}, by=alice)
    Publication.ask([listing], by=alice)
    publication = Publication.get(Publication.listing == listing)
    from models.support.words import say

    publication.postpone(say("Amazon says: %(message)s", message=text), 5)
    for path in paths(product).values():
        shown_as_text(as_(alice).get(path).text)
    page = as_(alice).get(f"{T}/products/{product.uid}").text
    assert "49" not in page.split("<h1")[1].split("</h1>")[0] or "{{7*7}}" not in text


def test_hostile_text_typed_into_the_form_comes_back_as_text(as_, alice, product_form):
    for text in HOSTILE:
        form = product_form(
            code="", title=text[:400], description=text, brand=text[:100], **{"variants-0-color": text[:90]}
        )
        answer = as_(alice).post(f"{T}/products/", data=form)
        assert answer.status_code == 422
        shown_as_text(answer.text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_the_address_bar_does_no_harm(as_, alice, shelf, text):
    shelf(1)
    for path in (f"{T}/products/", f"{T}/listings/", "/t/lotus/stores/calls/", f"{T}/publish", f"{T}/products/new"):
        for name in ("find", "type", "sort", "state", "standing", "store", "marketplace", "after", "before", "product"):
            answer = as_(alice).get(path, query_string={name: text})
            assert answer.status_code in (200, 400, 404), (path, name)
            shown_as_text(answer.text)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name", ["find", "type", "sort", "state", "standing", "store", "marketplace", "after", "before", "product"]
)
def test_odd_addresses_do_no_harm_on_postgresql_either(as_, alice, shelf, name):
    shelf(1)
    for text in ("a\0b", "\ud800", "x" * 5000, "%", "_", "\\", "' OR 1=1 --", "é", "99999999999999999999"):
        for path in (f"{T}/products/", f"{T}/listings/", f"{T}/publish"):
            value = text.encode("utf-8", "surrogatepass")
            from urllib.parse import quote

            assert as_(alice).get(f"{path}?{name}={quote(value)}").status_code in (200, 400, 404), (path, name, text)


def test_products_are_found_by_words_of_title_code_and_sku(as_, alice, enter):
    enter(1), enter(2, skus=("SPECIAL/7 ü",)), enter(3, code="XYZ-3")

    def found(text):
        page = as_(alice).get(f"{T}/products/", query_string={"find": text}).text
        return {code for code in ("P-1", "P-2", "XYZ-3") if f">{code}<" in page}

    assert found("P-2 rope") == {"P-2"} == found("ROPE p-2"), "every word, in any order"
    assert found("SPECIAL/7 ü") == {"P-2"} == found("special")
    assert found("XYZ") == {"XYZ-3"} and found("Rope") == {"P-1", "P-2", "XYZ-3"}
    assert found("%%%") == found("___") == set()


def test_pages_follow_each_other_and_back(as_, alice, enter):
    for number in range(60):
        enter(number)
    first = as_(alice).get(f"{T}/products/").text
    onward = re.search(r'href="([^"]*after=[^"]+)"', first).group(1).replace("&amp;", "&")
    second = as_(alice).get(onward).text
    codes = [set(re.findall(r">(P-\d+)<", page)) for page in (first, second)]
    assert len(codes[0]) == 50 and len(codes[1]) == 10 and not codes[0] & codes[1]
    back = re.search(r'href="([^"]*before=[^"]+)"', second).group(1).replace("&amp;", "&")
    assert set(re.findall(r">(P-\d+)<", as_(alice).get(back).text)) == codes[0]
