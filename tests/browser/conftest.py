"""A portal and a stand-in Amazon as a person starts them: real processes, real ports, nothing prepared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server
from werkzeug.wsgi import LimitedStream

from config.settings import PROJECT
from models.database import close_databases, connected
from models.orders.ingest import keep
from models.people.session import Session
from tests.orders.conftest import make_store, snapshot
from tests.servers import end_with_parent, free_port
from tests.stores.selling import draft

READY_SECONDS = 60
COUNT = 55  # Orders: more than a page.


@dataclass
class World:
    """Addresses of a portal that was just set up and of its Amazon, and the one-time link of the first person."""

    portal: str
    amazon: str
    link: str
    environment: dict[str, str]

    def amazon_says(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Asks the stand-in Amazon's control API."""
        request = urllib.request.Request(
            f"{self.amazon}/_sandbox/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    portal_port, amazon_port = free_port(), free_port()
    amazon = f"http://127.0.0.1:{amazon_port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTOLAN_")} | {
        "PYTHONPATH": str(PROJECT),
        "PORTOLAN_MODE": "sandbox",
        "PORTOLAN_DATA": str(tmp_path / "data"),
        "PORTOLAN_BIND": f"127.0.0.1:{portal_port}",
        "PORTOLAN_AMAZON_URL": amazon,
        "PORTOLAN_LWA_URL": amazon,
        "PORTOLAN_SELLER_CENTRAL_URL": amazon,
        "PORTOLAN_PASSWORD_MEMORY_MB": "8",
        "PORTOLAN_SECOND_FACTOR": "offered",
    }
    sandbox = start(
        ["sandbox", "--port", str(amazon_port), "--seed", "7", "--speed", "30", "--rate-scale", "50"],
        environment,
        module=True,
    )
    try:
        ready(f"{amazon}/_sandbox/health", sandbox)
        setup = subprocess.run(
            command("setup", "--team", "Lotus Trading", "--short", "lotus", "--name", "Alice Wang", "--login", "alice.wang"),
            env=environment, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        link = next(line.strip() for line in setup.stdout.splitlines() if "/welcome/" in line)
        portal = start(["serve"], environment)
        try:
            ready(f"http://127.0.0.1:{portal_port}/health", portal)
            yield World(f"http://127.0.0.1:{portal_port}", amazon, link, environment)
        finally:
            end(portal)
    finally:
        end(sandbox)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "commands", *arguments]


def start(arguments: list[str], environment: dict[str, str], module: bool = False) -> subprocess.Popen:
    line = [sys.executable, "-P", "-m", *arguments] if module else command(*arguments)
    return subprocess.Popen(
        line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=end_with_parent
    )


def ready(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(process.stderr.read().decode()[-2000:] if process.stderr else "it ended")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {READY_SECONDS} seconds.")


def end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def portal_url(app: Any, lotus: Any, alice: Any) -> Iterator[str]:
    """The portal served for real, with a store, orders and products of lotus."""
    from models.catalog import saving

    keep(make_store(lotus), [snapshot(n, age_days=n / 3 + 0.1) for n in range(1, COUNT + 1)])
    for number in range(1, 4):
        saving.create(lotus, draft(number), by=alice)
    server = make_server("127.0.0.1", 0, ended(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def ended(app: Any) -> Any:
    """The app with bodies that end where they say, as a real server hands them on."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0))
        return app(environ, start_response)

    return wsgi


@pytest.fixture
def window(chromium: Browser, portal_url: str) -> Iterator[Any]:
    """`window(person, width=390, scheme="dark")`: a page in which this person has signed in."""
    contexts = []

    def open_for(person: Any, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        with connected():
            _session, token = Session.open(person, address="127.0.0.1", device="a test")
        close_databases()  # The test itself holds nothing open while the portal writes.
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce",  # type: ignore[arg-type]
            base_url=portal_url + "/t/lotus/",
        )  # fmt: skip
        context.add_cookies([{"name": "sid", "value": token, "url": portal_url}])
        contexts.append(context)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()
