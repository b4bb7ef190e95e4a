"""The browser of the tests: Debian's Chromium, one for the whole test process, without a window's own interface where it can be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.servers import missing

# The shell draws the same pages with a quarter less work.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or ""
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        missing("Chromium")
    expect.set_options(timeout=20_000)  # A busy machine draws late; a page that never comes fails all the same.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
