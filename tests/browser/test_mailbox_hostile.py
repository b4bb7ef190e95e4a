"""Hostile text in every field of a mail, in a real browser: nothing of it runs, loads, submits or leads anywhere."""

from __future__ import annotations

import os
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest

from models.mailbox.account import MailAccount
from models.mailbox.message import MailMessage
from models.mailbox.note import MailNote
from models.mailbox.reading import read
from models.mailbox.taking import take
from models.mailbox.thread import MailThread
from models.orders.tag import OrderTag
from models.stores.store import Store
from models.support import clock

pytestmark = [pytest.mark.browser]

TAKEN = "document.title='taken';fetch('/taken')"
CORPUS = (
    f"<script>{TAKEN}</script>",
    f'"><img src=x onerror="{TAKEN}">',
    f"<svg onload=\"{TAKEN}\"><a xlink:href='javascript:{TAKEN}'>x</a></svg>",
    '<div hx-get="/taken" hx-trigger="load">x</div><div data-hx-post="/taken" data-hx-trigger="load">x</div>',
    f'<div hx-on:load="{TAKEN}" hx-on--after-request="{TAKEN}" hx-vals="js:{{a:fetch(1)}}" hx-trigger="load[fetch(\'/taken\')]">x</div>',
    '<meta http-equiv="refresh" content="0;url=/taken"><base href="http://evil.invalid/">',
    '<iframe srcdoc="<script>parent.document.title=1</script>"></iframe><object data="/taken"></object><embed src="/taken">',
    '<form action="/taken"><button autofocus>x</button></form><link rel=stylesheet href="http://evil.invalid/a.css">',
    '<style>@import "http://evil.invalid/b.css"; * { background: url(http://evil.invalid/c) }</style><a href="javascript:fetch(1)">x</a>',
    "{{ 7*7 }}{% debug %}${7*7}<!--#include--><template><script>1</script></template>",
    "\u202egnp.exe\u202c\u200b\u0000'\"`--></title></textarea></script>",
)


@pytest.fixture
def thread(portal_url: str, lotus: Any, alice: Any) -> MailThread:
    """One thread with a mail for each piece of the corpus, in subject, name, text, HTML and the name of a file."""
    store = Store.get(Store.team == lotus)
    account = MailAccount.create(
        team=lotus, store=store, name="Support", kind="imap", host="imap.example.com", login="a", state="active"
    )
    for number, piece in enumerate(CORPUS):
        mail = EmailMessage()
        one_line = " ".join(piece.replace("\0", "").split())
        mail["From"] = "relay@example.invalid"
        mail["Subject"] = one_line
        mail["Message-ID"] = f"<{number}@x>"
        mail["X-Space-Notification-Type"] = "BBC_MESSAGE_SENT_TO_MERCHANT"
        mail.set_content(piece)
        mail.add_alternative(f"<html><body>Hallo {piece}</body></html>", subtype="html")
        mail.add_attachment(piece.encode(), maintype="text", subtype="html", filename=f"{one_line[:80]}.html")
        name = one_line.replace("\\", "").replace('"', "'")
        raw = mail.as_bytes().replace(
            b"From: relay@example.invalid", f'From: "{name}" <a1b2c3d4e5f6g7h@marketplace.amazon.de>'.encode()
        )
        assert take(account, read(raw, clock.now()), raw, clock.now()) is not None
    found = MailThread.get()
    MailNote.write(found, CORPUS[0] + CORPUS[3], by=alice)
    OrderTag.make(lotus, CORPUS[1][:30], "red", by=alice)
    return found


def test_nothing_of_a_hostile_mail_runs_loads_or_leads_anywhere(window, portal_url, thread, alice):
    """Seen from outside: every request the browser makes is one of the portal's own pages and files."""
    messages, page, asked = [message.uid for message in MailMessage.select()], window(alice), []  # type: ignore[var-annotated]
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append("dialog:"))
    box = f"{portal_url}/t/lotus/mailbox"
    shot(page, f"{box}/", "list")
    assert page.locator("tbody tr").count() == 1
    shot(page, f"{box}/threads/{thread.uid}", "thread")
    assert page.locator("#messages article").count() == len(CORPUS)
    for tag in (
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "style",
        "svg[onload]",
        "[onerror]",
        "a[href^=javascript]",
        "img",
    ):
        assert page.locator(f"#messages article .as-typed {tag}").count() == 0, tag
    assert page.locator("#messages [hx-get], #messages [data-hx-post], #messages [hx-on\\:load]").count() == 0
    assert "49" not in page.locator("#messages article").nth(9).locator(".as-typed").inner_text()
    shot(page, f"{box}/messages/{messages[0]}/original", "original")
    page.frame_locator("iframe.mail-frame").locator("body").wait_for()
    left = (
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "style",
        "link",
        "img",
        "svg",
        "a[href]",
        "[hx-get]",
        "[data-hx-post]",
        "[style]",
    )
    for uid in messages:
        page.goto(f"{box}/messages/{uid}/frame", wait_until="load")
        assert page.locator(", ".join(f"body {tag}" for tag in left)).count() == 0
        assert page.title() != "taken"
    shot(page, f"{box}/threads/{thread.uid}/moving", "move")
    home = urlsplit(portal_url).netloc
    assert [
        url for url in asked if urlsplit(url).netloc not in (home, "") or "taken" in url or url.startswith("dialog")
    ] == []


def shot(page: Any, url: str, name: str) -> None:
    page.goto(url, wait_until="load")
    page.wait_for_timeout(200)
    if folder := os.environ.get("SHOTS_FOLDER"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
