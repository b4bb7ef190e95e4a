"""Security headers: what a browser is told with every answer."""

from __future__ import annotations

import pytest

from config.headers import CONTENT_SECURITY_POLICY, security_headers


def policy(text: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for words in (part.split() for part in text.split(";"))}


def test_the_policy_lets_nothing_inline_run_and_nothing_foreign_load():
    rules = policy(CONTENT_SECURITY_POLICY)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["font-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    allowed = {source for sources in rules.values() for source in sources}
    assert allowed == {"'none'", "'self'", "data:"}
    assert [name for name, sources in rules.items() if "data:" in sources] == ["img-src"]


def test_a_form_may_lead_only_to_the_places_named_for_its_page():
    rules = policy(
        security_headers(is_secure=True, form_targets=("https://sellercentral.amazon.com",))["Content-Security-Policy"]
    )
    assert rules["form-action"] == ["'self'", "https://sellercentral.amazon.com"]
    assert rules["script-src"] == ["'self'"]


def test_only_tls_is_remembered_by_the_browser():
    assert "max-age=63072000" in security_headers(is_secure=True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in security_headers(is_secure=False)


@pytest.mark.parametrize("path", ["/sign-in", "/nothing-here", "/health", "/static/css/portolan.css", "/"])
def test_every_answer_carries_them(visitor, path):
    answer = visitor.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_are_kept_by_no_cache(visitor, as_, alice):
    assert visitor.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert as_(alice).get("/t/lotus/people/").headers["Cache-Control"] == "no-store"
    assert visitor.get("/nothing-here").headers["Cache-Control"] == "no-store"


def test_a_refused_visitor_gets_them_too(visitor):
    answer = visitor.get("/sign-in", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 403
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
