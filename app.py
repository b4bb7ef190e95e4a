"""create_app(): the portal as a table of contents. It starts no job and opens no port; `commands/serve.py` does."""

from __future__ import annotations

import time

from flask import Flask, Response, current_app, g, request
from htmx_flask import Htmx

from config import logs
from config.headers import security_headers
from config.settings import Settings
from jobs.schedule import SCHEDULE
from models.database import connected
from models.vault.data_key import root_keys
from views import (
    audit,
    catalog,
    compliance,
    exports,
    freight,
    home,
    imports,
    jobs,
    lists,
    mailbox,
    notices,
    orders,
    people,
    search,
    shipping,
    stores,
    wallet,
    workload,
)
from views.support import (
    access,
    bodies,
    cells,
    crowd,
    errors,
    format,
    hypermedia,
    job_board,
    language,
    limits,
    portal,
    proof,
    rows,
    shell,
    stills,
    templates,
)

ROOMS = (
    home.bp,
    people.bp,
    orders.bp,
    catalog.bp,
    audit.bp,
    compliance.bp,
    jobs.bp,
    stores.bp,
    exports.bp,
    lists.bp,
    notices.bp,
    imports.bp,
    search.bp,
    workload.bp,
    freight.bp,
    shipping.bp,
    mailbox.bp,
    wallet.bp,
)


def create_app(settings: Settings) -> Flask:
    """The WSGI application for these settings; the databases must be open."""
    app = portal.Portal(__name__, static_folder="static", template_folder="templates")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=root_keys().derive("flask session"),
        SESSION_COOKIE_NAME="__Host-flash" if settings.is_secure else "flash",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.body_limit_mb * 1024 * 1024,
        MAX_FORM_PARTS=1000,
        MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = True
    app.before_request(begin)
    app.teardown_request(leave)
    Htmx(app)
    access.install(app)
    limits.install(app)
    errors.install(app)
    proof.install(app)
    language.install(app)
    templates.install(app)
    format.register(app)
    cells.register(app)
    hypermedia.register(app)
    stills.install(app)
    rows.install(app)
    shell.install(app)
    job_board.use_schedule(SCHEDULE)
    for room in ROOMS:
        app.register_blueprint(room)
    if not settings.is_production:
        from views import patterns

        app.register_blueprint(patterns.bp)
    app.after_request(finish)
    patient = bodies.guarded(app.wsgi_app, settings.body_limit_mb * 1024 * 1024)
    app.wsgi_app = crowd.guarded(app, patient, is_secure=settings.is_secure)  # type: ignore[method-assign]
    return app


def begin() -> None:
    kept = g._get_current_object()  # type: ignore[attr-defined]
    kept.began = time.perf_counter()
    kept.connections = connected()
    kept.connections.__enter__()


def finish(response: Response) -> Response:
    """Headers of every answer, and one line in the access log: the route's template, never the address itself."""
    settings: Settings = current_app.config["SETTINGS"]
    asked, kept, headers = request._get_current_object(), g._get_current_object(), response.headers  # type: ignore[attr-defined]
    wanted = security_headers(is_secure=settings.is_secure, form_targets=kept.get("form_targets", ()))
    has = {name.lower() for name, _value in headers}
    headers.extend([(name, value) for name, value in wanted.items() if name.lower() not in has])
    if asked.endpoint != "static":
        if "cache-control" not in has:
            headers.add("Cache-Control", "no-store")
        if "vary" in has:
            response.vary.update(("HX-Request", "HX-Target"))
        else:
            headers.add("Vary", "HX-Request, HX-Target")
        headers["X-Request-Id"] = kept.get("request_id", "")
        logs.note(
            "access",
            "request",
            method=asked.method,
            route=str(asked.url_rule or "-"),
            status=response.status_code,
            ms=round((time.perf_counter() - kept.began) * 1000, 1) if "began" in kept else None,
        )
    return response


def leave(_error: BaseException | None) -> None:
    if "connections" in g:
        g.pop("connections").__exit__(None, None, None)
