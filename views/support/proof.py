"""What a sensitive act answers when the person has not proved lately who they are: a question, and the way back.

A page is opened after the proof; a form that was sent is carried along and sent again by a click, so that nothing typed is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, make_response, redirect, render_template, request, url_for

from models.people import factors
from models.people.proof import Ways
from models.people.session import Session
from views.support.access import SAFE_METHODS, ProofWanted, current_session, is_fresh
from views.support.forms import Form
from views.support.hypermedia import is_fragment, safe_next
from views.support.site import can_have_passkeys

MOST_CARRIED, MOST_FIELDS = 256 * 1024, 500
MARK = "carried:"
UNTOLD = re.compile(r"password|again|secret|token|code", re.I)


@dataclass(frozen=True)
class Carried:
    """A form that was sent too late: its address, what was typed, and whether something could not be kept."""

    address: str
    fields: list[tuple[str, str]]
    is_whole: bool

    @classmethod
    def of_request(cls) -> Carried:
        """What the request at hand brought; files and secrets are never put into a page."""
        if (request.content_length or 0) > MOST_CARRIED:
            return cls(request.path, [], False)
        sent = [(name, value) for name, values in request.form.lists() for value in values]
        kept = [(name, value) for name, value in sent[:MOST_FIELDS] if not UNTOLD.search(name)]
        return cls(request.full_path.rstrip("?"), kept, len(kept) == len(sent) and not request.files)

    @classmethod
    def of_form(cls) -> Carried | None:
        """What the form of the proof carried along."""
        address = safe_next(request.form.get("repeat"), method="POST")
        if address is None:
            return None
        marked = [(name, value) for name, values in request.form.lists() for value in values if name.startswith(MARK)]
        kept = [(name.removeprefix(MARK), value) for name, value in marked]
        return cls(address, kept, request.form.get("whole") == "1")

    @property
    def marked(self) -> list[tuple[str, str]]:
        return [(MARK + name, value) for name, value in self.fields]


def install(app: Flask) -> None:
    app.register_error_handler(ProofWanted, ask_for_proof)
    app.add_template_global(is_fresh)
    app.add_template_global(factors.is_offered, "second_factor_is_offered")


def ask_for_proof(_error: ProofWanted) -> Any:
    if request.method in SAFE_METHODS:
        return _go_first(url_for("people.prove", next=request.full_path.rstrip("?")))
    back = safe_next(urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "").path)
    if is_fragment():
        answer = make_response("", 401)
        answer.headers["X-Prove"] = url_for("people.prove", next=back)
        return answer
    return make_response(prove_page(Form(), back, Carried.of_request()), 401)


def _go_first(address: str) -> Any:
    if not is_fragment():
        return redirect(address, 303)
    answer = make_response("", 401)
    answer.headers["HX-Redirect"] = address
    return answer


def prove_page(form: Form, target: str | None, carried: Carried | None = None) -> str:
    """The question, as a page, or as a part for the dialog over the page that a person works on."""
    is_dialog = request.headers.get("HX-Target") == "prove-content"
    template = "people/_prove.html" if is_dialog else "people/prove.html"
    parts = ways(current_session)
    return render_template(template, form=form, next=target, carried=carried, is_dialog=is_dialog, **parts)


def ways(session: Session) -> dict[str, Any]:
    """What the person of the session may prove themselves with, for the templates."""
    return {"ways": Ways.of(session.person), "can_have_passkeys": can_have_passkeys(), "person": session.person}
