"""The pages as HTML: valid, named, the same with and without the shell."""

from __future__ import annotations

import pytest
from flask import Flask, flash
from jinja2.exceptions import UndefinedError

from tests import pages


def faults(html: str) -> list[str]:
    """What the page check finds; labels around their boxes are judged by axe in the browser tests."""
    return [fault for fault in pages.faults(html) if not fault.endswith("has no label")]


PATHS = ("", "/orders", "/wallet", "/product", "/sign-in", "/progress", "/errors/404", "/orders?status=nothing")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["en", "zh_Hans", "ar"])
def test_every_page_is_sound(look_app: Flask, path: str, lang: str) -> None:
    answer = look_app.test_client().get("/patterns" + path, query_string={"lang": lang} if "?" not in path else None)
    assert faults(answer.text) == []


def test_the_details_are_a_page_without_the_drawer_and_a_part_within_it(look_app: Flask) -> None:
    client = look_app.test_client()
    link = "/patterns/orders/114-1973060-9513358"
    page = client.get(link).text
    part = client.get(link, headers={"HX-Request": "true", "HX-Target": "drawer-content"}).text
    assert faults(page) == [] and faults(part) == []
    assert "<html" in page and "<h1>114-1973060-9513358</h1>" in page
    assert "<html" not in part and "drawer-body" in part


def test_a_list_that_changes_in_place_gets_its_main_part_alone(look_app: Flask) -> None:
    client = look_app.test_client()
    part = client.get("/patterns/orders", headers={"HX-Request": "true", "HX-Target": "main"}).text
    assert part.lstrip().startswith("<title>Orders · Portolan</title>")
    assert '<nav class="side"' not in part and 'id="main"' in part


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507])
def test_every_error_has_a_page_and_a_fragment(look_app: Flask, code: int) -> None:
    client = look_app.test_client()
    page = client.get(f"/patterns/errors/{code}")
    fragment = client.get(f"/patterns/errors/{code}", headers={"HX-Request": "true"})
    assert (page.status_code, fragment.status_code) == (code, code)
    assert faults(page.text) == [] and "<html" not in fragment.text
    assert "01JD3Z9K7Q" in page.text and "data-error" in fragment.text


def test_a_table_without_caption_or_empty_message_is_refused(look_app: Flask) -> None:
    template = '{% import "components/ui.html" as ui %}{% call(row) ui.table(CALL) %}{% endcall %}'
    with look_app.test_request_context():
        for call, complaint in (('"", [], [], "Nothing."', "caption"), ('"Orders", [], [], ""', "empty_message")):
            with pytest.raises(UndefinedError, match=complaint):
                look_app.jinja_env.from_string(template.replace("CALL", call)).render()


def test_a_field_shows_again_what_was_typed_and_what_is_wrong_with_it(look_app: Flask) -> None:
    from views.patterns import ExampleForm

    form = ExampleForm({"title": '<b>"x"</b>'}, {"title": "Too long."})
    with look_app.test_request_context():
        html = look_app.jinja_env.from_string(
            '{% import "components/ui.html" as ui %}{{ ui.field(form, "title", "Title", help="Short.") }}'
        ).render(form=form)
    assert 'value="&lt;b&gt;&#34;x&#34;&lt;/b&gt;"' in html
    assert 'aria-describedby="f-title-help f-title-error" aria-invalid="true"' in html
    assert "Too long." in html


def test_what_was_flashed_comes_beside_a_fragment_once(look_app: Flask) -> None:
    look_app.secret_key = "only for this test"
    with look_app.test_request_context():
        flash("Saved <b>", "ok")
        template = look_app.jinja_env.from_string('{% import "components/ui.html" as ui %}{{ ui.flashes_oob() }}')
        html = template.render()
    assert 'hx-swap-oob="beforeend:#toasts"' in html and "Saved &lt;b&gt;" in html
