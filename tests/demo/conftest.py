"""The real demo in a process of its own, as a person starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import pytest

from config.settings import PROJECT
from tests.servers import end_with_parent, free_port

READY_SECONDS = 240  # Other tests keep the processors busy; alone it takes about twenty.
GONE_SECONDS = 45
MARK = "DEMO_UNDER_TEST"


class Demo:
    """A started demo. Every process that comes of it carries a mark in its environment."""

    def __init__(self, folder: Path, *options: str, **environ: str):
        self.folder, self.mark = folder, uuid.uuid4().hex
        command = [sys.executable, "-P", "-m", "commands", "demo", "--data", str(folder), *options]
        self.said = folder.with_name(f"{folder.name}-{self.mark}.err")
        with self.said.open("wb") as errors:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, "PYTHONPATH": str(PROJECT), MARK: self.mark, **environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder.parent,
                preexec_fn=end_with_parent,
                text=True,
            )

    def told(self) -> dict[str, Any]:
        """The line it prints once it is ready."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors
        return json.loads(line)

    def end(self) -> tuple[int, str]:
        """Waits for its end: exit code, and what else it printed."""
        rest, _ = self.process.communicate(timeout=READY_SECONDS)
        return self.process.returncode, rest

    def wait_until(self, words: str) -> None:
        until = time.monotonic() + READY_SECONDS
        while words not in self.errors:
            assert self.process.poll() is None and time.monotonic() < until, self.errors
            time.sleep(0.05)

    @property
    def errors(self) -> str:
        return self.said.read_text("utf-8")

    @property
    def living(self) -> list[str]:
        """Its processes that are still there."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes():
                        found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
                except OSError:
                    continue  # Gone meanwhile, or a zombie nobody has buried yet.
        return found

    def assert_gone(self) -> None:
        until = time.monotonic() + GONE_SECONDS
        while self.living and time.monotonic() < until:
            time.sleep(0.1)
        assert self.living == []

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)


class Browser:
    """Somebody's cookies, and pages by their path. It follows redirects, also to the stand-in Amazon and back."""

    def __init__(self, url: str):
        self.url = self.at = url
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(Request(path if path.startswith("http") else self.url + path))

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        address = path if path.startswith("http") else self.url + path
        return self._ask(Request(address, urlencode(fields).encode(), headers={"Sec-Fetch-Site": "same-origin"}))

    def _ask(self, request: Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=60) as answer:
                self.at = answer.url
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, dict[str, Any]]]:
    """A demo that serves, and what it told. What the shell holds for a real portal must not reach it."""
    folder = tmp_path_factory.mktemp("demo") / "fresh"
    strange = {"PORTOLAN_DATABASE": "postgresql://nobody@127.0.0.1:1/real", "PORTOLAN_MODE": "production"}
    demo = Demo(folder, "--json", "--port", str(free_port()), **strange)
    try:
        yield demo, demo.told()
    finally:
        demo.kill(signal.SIGTERM)
        demo.end()
        demo.assert_gone()
