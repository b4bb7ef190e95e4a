"""What rows of lists are made of: pills, pictures, moments, amounts. A list shows hundreds of them, and a macro of a template
costs several times what these functions do. Templates call them like any other component: `ui.pill("ok", _("Live"))`."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask
from markupsafe import Markup

from views.support import format as figures
from views.support.language import in_template as _
from views.support.templates import written as escape

TONES = ("info", "ok", "warn", "bad")  # And neutral, which has no colour.
NOTHING = Markup('<span class="soft">—</span>')


def register(app: Flask) -> None:
    app.jinja_env.globals["cells"] = cells


def pill(tone: str, text: Any, title: Any = None) -> Markup:
    """A state as a dot and a word. tone: neutral, info, ok, warn, bad."""
    kind = f" pill-{tone}" if tone in TONES else ""
    return Markup(f'<span class="pill{kind}"{_title(title)}>{escape(text)}</span>')


def money(amount_minor: int | None, currency: str, signed: bool = False, plus: bool = False) -> Markup:
    """An amount in minor units with its currency; red when signed and below zero."""
    tone = (" tone-bad" if amount_minor < 0 else " tone-ok") if signed and amount_minor else ""
    return Markup(f'<bdi class="figure nowrap{tone}">{escape(figures.money(amount_minor, currency, plus=plus))}</bdi>')


def moment(at: datetime | None, style: str = "short") -> Markup:
    """A moment on the person's clock. style: short (21 Nov 02:05), day, full."""
    return _time(at, figures.moment(at, style)) if at else NOTHING


def ago(at: datetime | None) -> Markup:
    """How long ago, with the moment itself on hover."""
    return _time(at, figures.ago(at)) if at else Markup(f'<span class="soft">{_("not yet")}</span>')


def until(at: datetime | None, tone: str = "") -> Markup:
    """How long still, coloured by the tone the model gives."""
    colour = f" tone-{tone} strong" if tone else ""
    return _time(at, figures.until(at), f' class="nowrap{colour}"') if at else NOTHING


def _time(at: datetime, text: str, kind: str = "") -> Markup:
    return Markup(f"<time{kind} {figures.stamp(at)}>{escape(text)}</time>")


def copyable(text: Any, url: str | None = None, attrs: Any = ()) -> Markup:
    """An id, monospaced and kept whole in right-to-left text, with a copy button. url makes it a link."""
    if not text:
        return NOTHING
    shown, icon = escape(text), figures.icon("copy")
    label = _("Copy %(text)s", text=Markup(shown))
    named = f'<bdi class="mono">{shown}</bdi>'
    if url:
        named = f'<a class="mono" href="{escape(url)}"{_attributes(attrs)}><bdi>{shown}</bdi></a>'
    return Markup(
        f'<span class="copyable">{named}'
        f'<button type="button" class="copy needs-js" data-copy="{shown}" aria-label="{label}">{icon}</button></span>'
    )


def thumb(url: str | None, alt: Any = "", size: str = "") -> Markup:
    """A small picture. alt="" when the name stands beside it. size: "", "large"."""
    kind = f" thumb-{size}" if size else ""
    if not url:
        return Markup(f'<span class="thumb thumb-none{kind}">{figures.icon("image", alt or None)}</span>')
    return Markup(
        f'<img class="thumb{kind}" src="{escape(url)}" alt="{escape(alt)}" width="28" height="28" loading="lazy" '
        'decoding="async">'
    )


def item(title: Any, sku: Any = None, image_url: str | None = None, url: str | None = None, attrs: Any = ()) -> Markup:
    """A product in a row: picture, title, SKU below."""
    shown = escape(title)
    named = f'<span class="clip" title="{shown}">{shown}</span>'
    if url:
        named = f'<a class="clip" href="{escape(url)}" title="{shown}"{_attributes(attrs)}>{shown}</a>'
    return Markup(
        f'<span class="item">{thumb(image_url)}<span class="two-lines">{named}'
        f'<bdi class="mono clip">{escape(sku or "")}</bdi></span></span>'
    )


def market(code: Any, name: Any = None) -> Markup:
    """The two letters of a marketplace or country."""
    return Markup(f'<span class="market"{_title(name)}><bdi>{escape(code)}</bdi></span>')


def row_check(value: Any, label: Any, name: str = "selected", form: str = "bulk", is_checked: bool = False) -> Markup:
    """The box that selects a row. label says which one; form names the bulk form it belongs to."""
    checked = " checked" if is_checked else ""
    return Markup(
        f'<td><label class="row-check-hit"><input type="checkbox" class="row-check" name="{escape(name)}" '
        f'value="{escape(value)}" form="{escape(form)}" autocomplete="off"{checked}>'
        f'<span class="hidden-visually">{_("Select %(what)s", what=label)}</span></label></td>'
    )


def opens_drawer(url: str) -> Markup:
    """Attributes of a link whose page opens in the drawer; without JavaScript it is a plain link."""
    return Markup(f' hx-get="{escape(url)}" hx-target="#drawer-content" hx-swap="innerHTML" data-drawer')


def _title(text: Any) -> str:
    return f' title="{escape(text)}"' if text else ""


def _attributes(attrs: Any) -> str:
    return figures.attributes(attrs) if attrs else ""


CELLS = (pill, money, moment, ago, until, copyable, thumb, item, market, row_check, opens_drawer)
cells = SimpleNamespace(**{function.__name__: function for function in CELLS})
