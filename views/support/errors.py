"""One page for each way a request can fail: what happened, what to do, and the id to find it by."""

from __future__ import annotations

from typing import Any

import peewee
from flask import Flask, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from config import logs
from models.people.reach import OutOfReach
from models.support.db import is_disk_full, is_retryable
from models.support.errors import Refused
from views.support.hypermedia import is_fragment

# Where somebody goes on who has given the right password alone.
NEXT_STEPS = {"half": "people.second_step", "enrolling": "people.first_factor"}
log = logs.logger("errors")
A_MINUTE = 60  # After that long the outer guard (limits.py) counts anew.


def texts(code: int) -> tuple[str, str]:
    """Title and advice for a status."""
    known = {
        400: (_("This request cannot be read"), _("Go back and try again.")),
        401: (_("Please sign in"), _("Your session has ended.")),
        403: (_("Not allowed"), _("Your role or your network does not allow this. Ask the person who runs your team.")),
        404: (_("Nothing here"), _("This page does not exist, or is not for you. Check the address or go back.")),
        405: (
            _("Wrong kind of request"),
            _("This address does not take such a request. Go back and use the page's buttons."),
        ),
        408: (_("Too slow"), _("Your browser took too long to send this. Try again.")),
        409: (_("That is not possible now"), _("Something has changed meanwhile. Reload the page.")),
        413: (_("Too large"), _("Send a smaller file.")),
        422: (_("Something is missing"), _("Correct the marked fields and send again.")),
        429: (_("Too many tries"), _("Wait a little and try again.")),
        503: (_("Not ready"), _("The portal is busy or starting. Try again in a moment.")),
        507: (
            _("The disk is full"),
            _("Nothing was lost, but nothing more can be stored. Tell the operator to free space."),
        ),
    }
    return known.get(
        code,
        (
            _("Something went wrong"),
            _("It is not your fault, and it was noted. Try again; if it stays, tell the operator this number."),
        ),
    )


def install(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(OutOfReach, lambda _error: page(404))
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)
    app.login_manager.unauthorized_handler(sign_in_first)  # type: ignore[attr-defined]


def page(code: int, text: str | None = None) -> Any:
    title, advice = texts(code)
    template = "errors/_fragment.html" if is_fragment() else "errors/error.html"
    answer = make_response(
        render_template(
            template, code=code, title=title, text=text or advice, request_id=g.get("request_id", ""), action=None
        ),
        code,
    )
    return answer


def refused(error: Refused) -> Any:
    if (seconds := getattr(error, "retry_after", None)) is None:
        return page(409, str(error))
    return asked_to_wait(page(429, str(error)), seconds)


def http_error(error: HTTPException) -> Any:
    if error.code is not None and error.code < 400:
        return error
    answer = page(error.code or 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return asked_to_wait(answer, A_MINUTE) if error.code == 429 else answer


def asked_to_wait(answer: Any, seconds: int) -> Any:
    answer.headers["Retry-After"] = str(seconds)
    return answer


def unexpected(error: Exception) -> Any:
    if isinstance(error, (peewee.OperationalError, OSError)) and is_disk_full(error):
        log.error("disk_full", route=str(request.url_rule), method=request.method)
        return page(507)
    log.error("request_failed", route=str(request.url_rule), method=request.method, exc_info=error)
    return page(503 if isinstance(error, peewee.OperationalError) and is_retryable(error) else 500)


def sign_in_first() -> Any:
    """Sends a stranger to the sign-in page, and who has given only the password on to the second step; a fragment request
    makes the browser itself go there."""
    half_open = g.get("entering")
    target = url_for(
        NEXT_STEPS[half_open.stage] if half_open else "people.sign_in",
        next=request.full_path.rstrip("?") if request.method == "GET" and not is_fragment() else None,
    )
    if is_fragment():
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target, 303)
