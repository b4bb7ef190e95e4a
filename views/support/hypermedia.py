"""Answers: a fragment for htmx, a page or a 303 otherwise. htmx attributes only repeat what `action` and `href` say."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from models.support.words import Words


class Flashes(SecureCookieSessionInterface):
    """What is told once after an act travels in a signed cookie. Most requests bring none and leave none, and then nothing is made
    ready."""

    def open_session(self, app: Flask, incoming: Any) -> SecureCookieSession | None:
        has_one = app.config["SESSION_COOKIE_NAME"] in incoming.cookies
        return super().open_session(app, incoming) if has_one else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, answer: Any) -> None:
        if session or session.modified:
            super().save_session(app, session, answer)
        elif session.accessed:
            answer.vary.add("Cookie")


class Answer(Response):
    """What is whole already is handed over in one piece, which servers send at once; only what is made on the way streams."""

    def get_app_iter(self, environ: Any) -> Any:
        pieces = super().get_app_iter(environ)
        if not self.is_sequence:
            return pieces
        try:
            return list(pieces)
        finally:
            getattr(pieces, "close", lambda: None)()


def register(app: Flask) -> None:
    app.response_class = Answer
    app.session_interface = Flashes()
    app.add_template_global(flashed)


def is_fragment() -> bool:
    """True when htmx asks for a part of a page (not for a whole one by boost or history)."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def respond(
    fragment: str, *, otherwise: str, status: int = 200, toast: Words | None = None, tone: str = "ok", **context: Any
):
    """The answer to an action: the fragment for htmx, else a 303 to a page that shows the outcome."""
    if toast is not None:
        flash(str(toast), tone)
    if is_fragment():
        answer = make_response(render_template(fragment, **context), status)
    else:
        answer = redirect(otherwise, 303)  # type: ignore[assignment]
    return answer


def invalid(page: str, *, fragment: str | None = None, status: int = 422, **context: Any) -> Response:
    """A form that was not right: the same form again, with words beside the fields."""
    template = fragment if fragment and is_fragment() else page
    answer = make_response(render_template(template, **context), status)
    return answer


def show(page: str, *, fragment: str | None = None, **context: Any) -> Response:
    """A page, or only its changing part when htmx asks for it."""
    answer = make_response(render_template(fragment if fragment and is_fragment() else page, **context))
    return answer


def go(url: str, *, toast: Words | None = None, tone: str = "ok") -> Response:
    """Sends the person to another page, from a fragment too."""
    if toast is not None:
        flash(str(toast), tone)
    if is_fragment():
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = url
    else:
        answer = redirect(url, 303)  # type: ignore[assignment]
    return answer


def flash_undo(words: Words, url: str) -> None:
    """A toast that offers to take back what was done, by a POST to the address."""
    flash(str(words), f"ok {url}")


def flashed() -> list[tuple[str, str, str]]:
    """What was flashed: tone, text, and the address that takes it back, if there is one."""
    found: list[tuple[str, str, str]] = []
    messages: list[Any] = get_flashed_messages(with_categories=True)
    for kind, text in messages:
        tone, _space, url = kind.partition(" ")
        found.append((tone, text, url))
    return found


def safe_next(target: str | None, method: str = "GET") -> str | None:
    """A path of our own to return to, or None. Anything that could lead elsewhere is dropped."""
    if not target or len(target) > 500 or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(sign) < 33 or sign == "\\" for sign in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    try:
        adapter = current_app.url_map.bind("")
        adapter.match(parts.path, method=method)
    except Exception:
        return None
    return target
