"""A small app that shows the patterns with the headers of the portal, and a browser to look at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask_babel import Babel
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from config.headers import security_headers
from views import patterns
from views.support import cells, format, hypermedia, stills

PROJECT = Path(__file__).parents[2]


def make_app() -> Flask:
    app = Flask("look", static_folder=str(PROJECT / "static"), template_folder=str(PROJECT / "templates"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, default_timezone="Europe/Berlin")
    format.register(app)
    cells.register(app)
    hypermedia.register(app)
    stills.install(app)
    app.register_blueprint(patterns.bp)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.update(security_headers(is_secure=False))
        return response

    return app


@pytest.fixture(scope="session")
def look_app() -> Flask:
    return make_app()


@pytest.fixture(scope="session")
def look_url(look_app: Flask) -> Iterator[str]:
    """The address of the patterns, served for real."""
    server = make_server("127.0.0.1", 0, look_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/patterns"
    server.shutdown()
    thread.join()


class Window:
    """One page in a fresh profile, and everything it complained about."""

    def __init__(self, page: Page, base: str):
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str = "", **query: Any) -> Page:
        parameters = "&".join(f"{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.base}{path}" + (f"?{parameters}" if parameters else ""))
        return self.page

    def violations(self) -> list[str]:
        return [text for text in self.complaints if "Content Security Policy" in text or "Error" in text]


@pytest.fixture
def window(chromium: Browser, look_url: str) -> Iterator[Window]:
    """A desktop window."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield Window(context.new_page(), look_url)
    context.close()


@pytest.fixture
def phone(chromium: Browser, look_url: str) -> Iterator[Window]:
    """A phone: narrow, touched."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield Window(context.new_page(), look_url)
    context.close()
