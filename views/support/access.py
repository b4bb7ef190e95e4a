"""Who may open what. Every view carries exactly one mark; a view without a mark answers nobody (and a test fails).

The order at the door: network, clean address, origin of unsafe requests, length, session, team, permission, proof. No body is
read before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, abort, current_app, g, request
from flask_login import LoginManager
from werkzeug.local import LocalProxy

from config import client_address, logs
from config.settings import Settings
from models.audit.origin import Origin, acting
from models.people import factors
from models.people.browser import has_moved
from models.people.door import Door
from models.people.network import network_key
from models.people.person import Person
from models.people.reach import Reach
from models.people.session import Session
from models.people.team import Team
from views.support import bodies

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
View = TypeVar("View", bound=Callable[..., Any])
security_log = logs.logger("security")


def public(view: View) -> View:
    """Anyone on an allowed network may open it."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Any person who is signed in; inside a team's pages any person with a grant there."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def requires(permission: str) -> Callable[[View], View]:
    """A person whose roles in this team hold the permission."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def entering(view: View) -> View:
    """Whoever gave the right password, also before the second factor: `entering_session` is theirs."""
    view.access = "entering"  # type: ignore[attr-defined]
    return view


def proving(view: View) -> View:
    """Beside another mark: a part of proving who one is, so it never asks for that itself."""
    view.is_proof = True  # type: ignore[attr-defined]
    return view


def fresh(view: View) -> View:
    """Beside another mark: the person must have proved who they are within the last minutes (views/support/proof.py)."""
    view.is_fresh = True  # type: ignore[attr-defined]
    return view


def hook(view: View) -> View:
    """Beside @public: other companies' machines send here, from whatever network. Nobody is looked up by a cookie, and what makes
    a request ours is not asked: the view itself lets in only what was signed."""
    view.is_hook = True  # type: ignore[attr-defined]
    return view


class ProofWanted(Exception):
    """The person has to prove who they are before this; one handler asks for it and brings them back."""


def is_fresh() -> bool:
    """Has the person proved who they are within the last minutes?"""
    return bool(current_session) and current_session.is_fresh


def is_moved() -> bool:
    """Does the session go on in another network or browser than where it was proved?"""
    kept = _kept()
    before = kept.get("session") if _person() else None
    now = (str(kept.client_address), _asked().user_agent.string)
    return before is not None and has_moved((before.address, before.device), now)


def require_fresh() -> None:
    """For views in which only some acts are sensitive. Raises ProofWanted."""
    if not is_fresh():
        raise ProofWanted


def _settings() -> Settings:
    return _app().config["SETTINGS"]  # type: ignore[no-any-return]


# `current_app`, `g` and `request` without asking for each name where they are.
_app = current_app._get_current_object  # type: ignore[attr-defined]
_kept = g._get_current_object  # type: ignore[attr-defined]
_asked = request._get_current_object  # type: ignore[attr-defined]


def _person() -> Person | None:
    kept = _kept()
    try:
        return kept.person
    except AttributeError:
        kept.person = _person_of_request(_asked())
        return kept.person


current_person: Person = LocalProxy(_person)  # type: ignore[assignment]
current_session: Session = LocalProxy(lambda: _kept().get("session") if _person() else None)  # type: ignore[assignment]
# The session of whoever gave the right password, however far they are; None for everybody else.
entering_session: Session = LocalProxy(lambda: _entering())  # type: ignore[assignment]
reach: Reach = LocalProxy(lambda: _kept().reach)  # type: ignore[assignment]
current_team: Team = LocalProxy(lambda: _kept().get("team"))  # type: ignore[assignment]


def _entering() -> Session | None:
    _person()  # Reads the cookie, once.
    return g.get("entering")


def cookie_name(settings: Settings) -> str:
    return "__Host-sid" if settings.is_secure else "sid"


def install(app: Flask) -> None:
    manager = app.login_manager = LoginManager()  # type: ignore[attr-defined]
    # No cookie remembers anybody, so the library's `init_app()`, which looks for one at each answer, is not called.
    manager.session_protection = None
    manager.request_loader(_person_of_request)
    app.before_request(_at_the_door)
    app.teardown_request(_leave)
    app.url_value_preprocessor(_take_team)
    app.url_defaults(_put_team)


def _person_of_request(incoming: Any) -> Person | None:
    kept = _kept()
    door: Door | None = kept.get("door")  # Where machines come in, nobody was asked for.
    session = door.session.seen() if door and door.session else None
    if session is not None and session.is_open and not factors.is_enough(session):
        session.stage = "enrolling"  # The portal wants more than when it was opened.
    kept.entering = session
    kept.session = session if session is not None and session.is_open else None
    return kept.session.person if kept.session else None


def _take_team(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "team" in values:
        _kept().team_slug = values.pop("team")


def _put_team(endpoint: str, values: dict[str, Any]) -> None:
    if "team" in values:
        return
    team = _kept().get("team")
    if team and current_app.url_map.is_endpoint_expecting(endpoint, "team"):
        values["team"] = team.slug


def _at_the_door() -> Any:
    kept, asked, app = _kept(), _asked(), _app()
    view = app.view_functions.get(asked.endpoint or "")
    kept.request_id = uuid.uuid4().hex
    if getattr(view, "is_hook", False):
        return _let_machine_in()
    address = _require_network(kept, asked)
    kept.entered = True
    _enter(Origin("stranger", address=str(address), request_id=kept.request_id))
    structlog.contextvars.bind_contextvars(request_id=kept.request_id)
    _require_text(asked)
    if asked.method not in SAFE_METHODS:
        _require_own_origin()
    _require_length(app.config["MAX_CONTENT_LENGTH"])
    access = _mark(asked.endpoint, view)
    if access is None or access == "public":
        if asked.method not in SAFE_METHODS:
            _require_length(bodies.expect_little(asked.environ))
            if current_person:  # What they change here is theirs.
                _require_networks_of(current_person, address)
        return None
    person = _person()
    if not person and access == "entering":
        return _require_half_open(address)
    if not person:
        return current_app.login_manager.unauthorized()
    _require_networks_of(person, address)
    kept.teams = kept.door.teams
    _enter(Origin("person", person_id=person.id, address=str(address), request_id=kept.request_id))
    structlog.contextvars.bind_contextvars(person=person.id)
    if "team_slug" in kept:
        _require_team(person, access, address)
    elif access not in ("signed_in", "entering"):
        raise RuntimeError(f"{asked.endpoint} needs {access}, so its address must name a team.")
    _require_proof(view, str(address))
    return None


def _let_machine_in() -> None:
    """The door of what machines send: only its address, for the limits and the log, and its length."""
    address = _true_address()
    if address is None:
        abort(403)
    g.client_address, g.client_network = address, network_key(address)
    _enter(Origin("stranger", address=str(address), request_id=g.request_id))
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    _require_length(bodies.expect_little(request.environ, bodies.MACHINES_MOST))


def _require_half_open(address: Any) -> Any:
    """Lets somebody in who has only given the password: to the pages of the second factor, and as nobody yet."""
    session: Session | None = g.get("entering")
    if session is None:
        return current_app.login_manager.unauthorized()
    _require_networks_of(session.person, address)
    return None


def _require_proof(view: Any, address: str) -> None:
    """A proof for what is sensitive, and for a session that goes on in another network or browser than where it was proved."""
    if getattr(view, "is_proof", False):
        return
    if is_moved():
        security_log.warning("session_moved", address=address, person=current_person.id)
        raise ProofWanted
    if getattr(view, "is_fresh", False):
        require_fresh()


def _enter(origin: Origin) -> None:
    kept = _kept()
    if (inside := kept.pop("acting", None)) is not None:
        inside.__exit__(None, None, None)
    kept.acting = acting(origin)
    kept.acting.__enter__()


def _leave(_error: BaseException | None) -> None:
    if (inside := _kept().pop("acting", None)) is not None:
        inside.__exit__(None, None, None)
    structlog.contextvars.clear_contextvars()


def _mark(endpoint: str | None, view: Any) -> str | None:
    """The mark of the view at this address; None when there is no such address (the 404 follows by itself)."""
    if endpoint is None:
        return None
    if endpoint == "static":
        return "public"
    access = getattr(view, "access", None)
    if access is None:
        raise RuntimeError(f"{endpoint} has no access mark; write @requires, @signed_in or @public above it.")
    return access


def _require_network(kept: Any, asked: Any) -> Any:
    """403 for a client outside the portal's networks, before anything else is looked at. Returns the true address."""
    settings, address = _settings(), _true_address()
    token = asked.cookies.get(cookie_name(settings), "")
    kept.door = Door.of(token, kept.get("team_slug", ""))
    networks = kept.door.networks.portal
    inside = client_address.allowed(address, networks) or (
        not settings.is_production and not networks and address is not None and address.is_loopback
    )
    if not inside:
        security_log.warning("network_refused", address=str(address or asked.environ.get("REMOTE_ADDR", "")))
        abort(403)
    kept.client_address = address
    kept.client_network = network_key(address)
    return address


def _true_address() -> Any:
    """Who asks, behind proxies that are trusted. 403 for one that claims to stand behind a proxy nobody trusts."""
    settings, environ = _settings(), _asked().environ
    peer, forwarded = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "")
    if settings.is_production and forwarded and not settings.trusted_proxies:
        security_log.warning("forwarded_by_stranger", address=peer, problem="set trusted_proxies to use a proxy")
        abort(403)
    return client_address.client_address(peer, forwarded, settings.trusted_proxies)


def _require_networks_of(person: Person, address: Any) -> None:
    networks = _kept().door.networks.person
    if networks and not client_address.allowed(address, networks):
        security_log.warning("network_refused", address=str(address), person=person.id)
        abort(403)


def _require_team(person: Person, access: str, address: Any) -> None:
    kept = _kept()
    found = kept.door.reach(kept.team_slug)
    if found is None:
        abort(404)
    team, networks = found.team, kept.door.networks.team
    if networks and not client_address.allowed(address, networks):
        security_log.warning("network_refused", address=str(address), person=person.id, team=team.id)
        abort(403)
    kept.team, kept.reach = team, found
    structlog.contextvars.bind_contextvars(team=team.id)
    if access != "signed_in" and not found.may(access):
        security_log.warning("permission_refused", name=access)
        abort(403)


def _require_text(asked: Any) -> None:
    """A NUL in an address is nobody's search: SQLite would take it, PostgreSQL breaks over it."""
    if "\0" in asked.path or b"%00" in asked.query_string:
        abort(404)


def _require_own_origin() -> None:
    """An unsafe request must come from our own pages: a matching Origin, or Sec-Fetch-Site: same-origin."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site != "same-origin":
        abort(403)
    if origin is not None and not _is_own(origin):
        abort(403)
    if site is None and origin is None:
        abort(403)


def _is_own(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    mine = {urlsplit(_settings().base_url).netloc, request.host}
    scheme = "https" if _settings().is_secure else "http"
    return parts.netloc in mine and parts.scheme == scheme


def _require_length(most: int) -> None:
    length = _asked().content_length
    if length is not None and length > most:
        abort(413)
