"""What a person waits for: from asking for a list until its twentieth row stands on the screen, in a real browser that has been
there before. The portal and another system take turns."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.serving import BROWSER

ROW = 20
VISITS_BEFORE = 3
# In the page, before anything of it: looks once a frame whether the row has been laid out.
WATCH = f"""
(() => {{
  const look = () => {{
    const row = document.querySelectorAll("table tbody tr")[{ROW - 1}];
    if (row && row.getBoundingClientRect().height > 0) window.rowSeenAt = performance.now();
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})();
"""


def program() -> str | None:
    """Where the browser is; None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def browsing() -> Iterator[Callable[[str, str], float]]:
    """Gives a function that asks for an address, with the cookie of a session or "", and returns seconds until the row is seen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900}, user_agent=BROWSER, bypass_csp=True)
        context.add_init_script(WATCH)
        page = context.new_page()

        def seen(url: str, token: str = "") -> float:
            if token:
                context.add_cookies([{"name": "sid", "value": token, "domain": "127.0.0.1", "path": "/"}])
            page.goto(url, wait_until="commit")
            at: Any = page.wait_for_function("window.rowSeenAt").json_value()
            return float(at) / 1000

        try:
            yield seen
        finally:
            browser.close()


def warmed(seen: Callable[[str, str], float], url: str, token: str = "") -> None:
    """Whatever a browser keeps of a site, it has now."""
    for _ in range(VISITS_BEFORE):
        seen(url, token)
