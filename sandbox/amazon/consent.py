"""The page where a seller lets an application in. The sandbox asks for no password: one picks an account and confirms;
cancelling sends nothing back, as with Amazon."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode, urlsplit

from sandbox.amazon import identifiers
from sandbox.amazon.clock import MINUTE
from sandbox.amazon.records import Application, Code
from sandbox.amazon.world import World

PATH = "/apps/authorize/consent"
CODE_LIFE = 5 * MINUTE
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ConsentError(Exception):
    def __init__(self, code: str, sentence: str):
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def application_for(world: World, query: dict[str, str]) -> Application:
    """The application that asks, once everything about its request is right. Raises ConsentError."""
    application = next((a for a in world.applications if a.application_id == query.get("application_id")), None)
    if application is None:
        raise ConsentError("MD1000", "There is no application with this application_id.")
    if application.is_draft != (query.get("version") == "beta"):
        raise ConsentError(
            "MD1000", "An application in draft is authorized with version=beta, a published one without."
        )
    if not query.get("state"):
        raise ConsentError("MD9100", "The request has no state.")
    if not _is_registered(application, query.get("redirect_uri", "")):
        raise ConsentError("MD5101", "The redirect_uri is not registered for this application.")
    return application


def page(world: World, application: Application, query: dict[str, str]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(query[name])}">'
        for name in ("application_id", "state", "redirect_uri", "version")
        if query.get(name)
    )
    choices = "".join(
        f'<p><label><input type="radio" name="seller_id" value="{account.seller_id}" required{checked}> '
        f"{escape(account.name)} ({account.region.upper()}: {', '.join(account.marketplaces)}) "
        f"<code>{account.seller_id}</code></label></p>"
        for account, checked in zip(world.accounts, [" checked"] + [""] * len(world.accounts), strict=False)
    )
    return _html(
        "Authorize an application",
        f"<p><strong>{escape(application.name)}</strong> asks to see and manage a seller account.</p>"
        f'<form method="post" action="{PATH}">{hidden}<fieldset><legend>Seller account</legend>{choices}</fieldset>'
        '<p><button name="decision" value="confirm">Confirm</button> '
        '<button name="decision" value="cancel" formnovalidate>Cancel</button></p></form>',
    )


def confirm(world: World, application: Application, query: dict[str, str], now: int) -> str:
    """Where the browser goes after the seller confirmed: the application's address with a fresh code."""
    account = world.accounts.get(query.get("seller_id", ""))
    if account is None:
        raise ConsentError("MD9010", "Choose one of the seller accounts.")
    code = Code(
        "RH" + identifiers.token("", world.seed, "code", world.count("code"))[:18],
        application.client_id,
        account.seller_id,
        query["redirect_uri"],
        now + CODE_LIFE,
    )
    world.codes.put(code)
    back = urlencode({"state": query["state"], "selling_partner_id": account.seller_id, "spapi_oauth_code": code.code})
    return query["redirect_uri"] + ("&" if urlsplit(query["redirect_uri"]).query else "?") + back


def cancelled_page() -> str:
    return _html(
        "Cancelled", "<p>You did not authorize the application. Nothing was sent; you can close this page.</p>"
    )


def error_page(error: ConsentError) -> str:
    return _html(f"Error {error.code}", f"<p>{escape(error.sentence)}</p><p>Error code: <code>{error.code}</code></p>")


def _is_registered(application: Application, redirect_uri: str) -> bool:
    if redirect_uri in application.redirect_uris:
        return True
    parts = urlsplit(redirect_uri)
    return application.accepts_loopback and parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def _html(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} (sandbox)</title><link rel="icon" href="data:,">'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}"
        ".note{background:#fff3cd;color:#4d3b00;padding:.5rem 1rem}</style></head><body>"
        '<p class="note">This is the <strong>sandbox</strong>, not Amazon. Nothing here reaches a real account.</p>'
        f"<h1>{title}</h1>{body}</body></html>"
    )
