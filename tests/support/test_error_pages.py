"""How a request fails: in words a person can use, with a number to find it by, and nothing of the inside."""

from __future__ import annotations

import re

import peewee
import pytest

from models.people.password import Busy
from models.people.reach import OutOfReach
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, Refused
from views.support.access import public

CANARY = "canary-4711"


@pytest.fixture
def breaking(app):
    """`breaking(error)`: the answer to a page whose verb raises this."""

    def ask(error, **more):
        def view():
            if callable(error) and not isinstance(error, type):
                error()
            raise error

        app.view_functions["home.health"] = public(view)
        return app.test_client().get("/health", **more)

    return ask


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (Refused("The wallet is empty."), 409, "The wallet is empty."),
        (AlreadyDecided(), 409, "Somebody else was faster"),
        (Busy(), 429, "Many people are signing in"),
        (OutOfReach(), 404, "does not exist, or is not for you"),
        (peewee.OperationalError("database or disk is full"), 507, "Nothing was lost"),
        (OSError(28, "No space left on device"), 507, "Nothing was lost"),
        (peewee.OperationalError("database is locked"), 503, "Try again in a moment"),
        (RuntimeError(CANARY), 500, "It is not your fault"),
        (KeyError(CANARY), 500, "It is not your fault"),
        (peewee.IntegrityError(CANARY), 500, "It is not your fault"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_failure_has_its_page(breaking, error, code, text):
    if isinstance(error, peewee.OperationalError):
        import sqlite3

        error.__cause__ = sqlite3.OperationalError(str(error))
    answer = breaking(error)
    assert answer.status_code == code
    assert text in answer.text
    assert CANARY not in answer.text and "Traceback" not in answer.text
    assert re.search(r"[0-9a-f]{32}", answer.text), "a number to find it by"


def test_a_fragment_fails_as_a_fragment(breaking):
    answer = breaking(Refused("The wallet is empty."), fragment=True)
    assert answer.status_code == 409
    assert "The wallet is empty." in answer.text and "<html" not in answer.text


def test_a_refusal_is_text_and_not_markup(breaking):
    answer = breaking(Refused("%(name)s is taken.", name="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_what_failed_was_rolled_back_and_the_next_request_is_served(breaking, visitor, lotus):
    def half():
        with write_txn():
            lotus.change(name="half done")
            raise RuntimeError

    assert breaking(half).status_code == 500
    assert not db.in_transaction()
    assert lotus.reload().name == "Lotus Trading"
    assert visitor.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/nothing", 404), ("POST", "/health", 405), ("GET", "/sign-out", 405)]
)
def test_an_address_that_is_none_or_is_asked_wrongly_has_its_page(as_, alice, method, path, code):
    answer = as_(alice).open(path, method=method)
    assert answer.status_code == code
    if code == 405:
        assert answer.headers["Allow"]


def test_a_failure_reads_in_the_language_of_the_browser(app):
    browser = app.test_client()
    pages = {browser.get("/nothing", headers={"Accept-Language": lang}).text for lang in ("en", "zh-CN")}
    assert len({re.search(r'<html lang="([^"]+)"', page).group(1) for page in pages}) == 2
