"""Pictures given by address: a job fetches a copy, because pages show nothing foreign. Amazon still gets the address."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow

from integrations import images as fetching
from models.catalog import saving
from models.catalog.draft import ImageDraft
from models.catalog.image import ProductImage, file_of, is_public
from tests.integrations.rogue import Rogue, said
from tests.stores.selling import draft


def picture(width: int = 800, height: int = 600, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (width, height), "orange").save(out, kind)
    return out.getvalue()


@pytest.fixture
def web(monkeypatch):
    """The public internet: every address leads to a server of the test."""
    server = Rogue()
    server.script = lambda _request: said(200, picture(), Content_Type="image/jpeg")
    fetch = fetching.fetch

    def fetch_here(url: str, **options):
        here = url.replace("https://", "http://").replace("images.example.com", f"pictures.example.com:{server.port}")
        return fetch(here, **options, resolve=lambda _h, _p: ["127.0.0.1"], allow_loopback_port=server.port)

    monkeypatch.setattr(fetching, "fetch", fetch_here)
    yield server
    server.close()


def test_a_copy_is_fetched_and_pages_show_it(product, web, run_job, portal, as_, alice):
    [image] = ProductImage.of(product)
    assert not image.is_shown and image.try_at is not None
    before = as_(alice).get(f"/t/lotus/catalog/products/{product.uid}").text
    assert "images.example.com" in before and 'src="/images/' not in before
    run = run_job("catalog.images")
    assert run.state == "done" and run.done == 1
    image = image.reload()
    assert image.is_shown and image.try_at is None and image.problem_words is None
    assert file_of(portal.data / "images", image.shown_file) is not None
    assert product.reload().image_url == f"/images/{image.shown_file}"
    for path in (f"products/{product.uid}", "products/", f"products/{product.uid}/edit"):
        assert f'src="/images/{image.shown_file}"' in as_(alice).get(f"/t/lotus/catalog/{path}").text, path
    shown = as_(alice).get(f"/images/{image.shown_file}")
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg"


def test_amazon_still_gets_the_address(product, web, run_job, listing, publish):
    run_job("catalog.images")
    [publication] = publish(listing)
    sent = publication.attributes["main_product_image_locator"][0]["media_location"]
    assert sent == "https://images.example.com/rope-ball.jpg"


def test_a_saved_product_keeps_its_copy_and_nothing_is_fetched_twice(product, web, run_job, alice):
    run_job("catalog.images")
    shown = ProductImage.of(product)[0].shown_file
    changed = draft(brand="Another", images=[ImageDraft(url="https://images.example.com/new.jpg"), *draft().images])
    product = saving.change(product, changed, version=1, by=alice)
    new, old = ProductImage.of(product)
    assert (new.shown_file, old.shown_file) == ("", shown) and product.image_url == new.url
    run_job("catalog.images")
    assert len(web.requests) == 2 and ProductImage.of(product)[0].is_shown


def test_an_address_many_products_name_is_fetched_once(enter, web, run_job):
    for number in range(1, 6):
        enter(number)
    run_job("catalog.images")
    assert len(web.requests) == 1
    assert len({image.shown_file for image in ProductImage.select()} - {""}) == 1


def test_a_big_picture_is_shown_smaller_and_a_small_one_as_it_is(enter, web, run_job, portal):
    def script(request):
        return said(200, picture(4000, 3000) if "big" in request.target else picture(80, 60))

    web.script = script
    enter(
        1, images=[ImageDraft(url="https://images.example.com/big"), ImageDraft(url="https://images.example.com/small")]
    )
    run_job("catalog.images")
    sizes = []
    for image in ProductImage.select().order_by(ProductImage.position):
        with Pillow.open(file_of(portal.data / "images", image.shown_file)) as opened:
            sizes.append(opened.size)
    assert sizes == [(1200, 900), (80, 60)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said(200, b"<html>no picture</html>"), "not an image that can be read"),
        (said(200, b""), "not an image that can be read"),
        (said(404), "says: The server answered 404"),
        (said(302, b"", Location="http://169.254.169.254/latest"), "not on the public internet"),
        (said(302, b"", Location="/again"), "from one address to another too often"),
    ],
)
def test_what_is_no_picture_is_said_in_words_and_not_asked_for_again(
    product, web, run_job, as_, alice, clock, answer, words
):
    web.script = lambda _request: answer
    run_job("catalog.images")
    image = ProductImage.of(product)[0]
    assert words in str(image.problem_words) and image.try_at is None and not image.is_shown
    assert words.split(":")[0] in as_(alice).get(f"/t/lotus/catalog/products/{product.uid}").text
    clock.move(days=2)
    asked = len(web.requests)
    run_job("catalog.images")
    assert len(web.requests) == asked


def test_trouble_that_may_pass_is_tried_five_times_ever_later(product, web, run_job, clock):
    web.script = lambda _request: said(503)
    for _ in range(12):
        run_job("catalog.images")
        clock.move(hours=8)
    assert len(web.requests) == 5
    image = ProductImage.of(product)[0]
    assert "503" in str(image.problem_words) and image.try_at is None
    web.script = lambda _request: said(200, picture())


def test_after_trouble_the_picture_comes(product, web, run_job, clock):
    web.script = lambda _request: said(503)
    run_job("catalog.images")
    web.script = lambda _request: said(200, picture())
    run_job("catalog.images")
    assert len(web.requests) == 1, "Not at once."
    clock.move(minutes=6)
    run_job("catalog.images")
    assert ProductImage.of(product)[0].is_shown and ProductImage.of(product)[0].problem_words is None


def test_one_bad_address_does_not_hold_up_the_others(enter, web, run_job):
    web.script = lambda request: said(200, b"junk") if "bad" in request.target else said(200, picture())
    enter(1, images=[ImageDraft(url="https://images.example.com/bad")])
    enter(2)
    run_job("catalog.images")
    assert [image.is_shown for image in ProductImage.select().order_by(ProductImage.id)] == [False, True]


def test_a_private_address_that_got_in_is_never_called(enter, run_job):
    """An address is checked by its form when it is saved, and by what it resolves to when it is called."""
    canary = Rogue()
    product = enter(1)
    ProductImage.update(url=f"http://127.0.0.1:{canary.port}/x").execute()
    run_job("catalog.images")
    assert canary.connections == 0
    assert ProductImage.of(product)[0].problem_words is not None
    canary.close()


def test_a_product_saved_while_its_picture_is_fetched_gets_it_too(product, web, run_job, alice):
    def script(_request):
        saving.change(product.reload(), draft(brand="Meanwhile"), version=product.reload().version, by=alice)
        return said(200, picture())

    script_once = [script]
    web.script = lambda request: script_once.pop()(request) if script_once else said(200, picture())
    run_job("catalog.images")
    assert ProductImage.of(product)[0].is_shown


def test_the_job_has_nothing_to_do_when_there_is_nothing():
    assert is_public.__doc__
    from jobs.schedule import SCHEDULE

    job = next(job for job in SCHEDULE if job.name == "catalog.images")
    assert job.due is not None
