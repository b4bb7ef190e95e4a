"""At most so many sign-ins are in the house at a time; who comes beyond is sent away before anything is looked up.

Else two hundred at once would stand in every thread's way, long before the queue of password checks is full.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from config.headers import security_headers
from models.people.password import CHECKS_AT_ONCE, COME_AGAIN_SECONDS, QUEUE
from models.people.person import LANGUAGES

DOORS = ("/sign-in", "/welcome/", "/password", "/prove")
_room = threading.Semaphore(CHECKS_AT_ONCE + QUEUE)


def guarded(app: Flask, wsgi: Callable, *, is_secure: bool) -> Callable:
    """The WSGI application, with so much room before its doors."""
    headers = [*security_headers(is_secure=is_secure).items(), ("Content-Type", "text/html; charset=utf-8"),
               ("Retry-After", str(COME_AGAIN_SECONDS)), ("Cache-Control", "no-store")]  # fmt: skip

    @lru_cache(maxsize=10)
    def page(language: str) -> bytes:
        with app.app_context(), force_locale(language):
            title, text = _("Too many tries"), _("Many people are signing in right now. Try again in a few seconds.")
        return (
            f'<!doctype html><html lang="{language.replace("_", "-")}"><head><title>{escape(title)} · Portolan</title></head>'
            f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p></main></body></html>"
        ).encode()

    def answer(environ: dict[str, Any], start_response: Callable) -> Any:
        if environ["REQUEST_METHOD"] != "POST" or not environ.get("PATH_INFO", "").startswith(DOORS):
            return wsgi(environ, start_response)
        if not _room.acquire(blocking=False):
            body = page(_language(environ))
            start_response("429 Too Many Requests", [*headers, ("Content-Length", str(len(body)))])
            return [body]
        try:
            return wsgi(environ, start_response)
        finally:
            _room.release()

    return answer


def _language(environ: dict[str, Any]) -> str:
    try:
        chosen = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("language")
    except CookieError:
        chosen = None
    return chosen.value if chosen is not None and chosen.value in LANGUAGES else "en"
