"""What rows of lists are made of: pills, pictures, moments, amounts. A list shows hundreds of them, and a macro of a template
costs several times what these functions do. Templates call them like any other component: `ui.pill("ok", _("Live"))`."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask
from markupsafe import Markup

from models.stores.marketplace import marketplace_code
from views.support import format as figures
from views.support.language import in_template as _
from views.support.language import sentence
from views.support.templates import marked
from views.support.templates import written as escape

TONES = ("info", "ok", "warn", "bad")  # And neutral, which has no colour.
NOTHING = Markup('<span class="soft">—</span>')
IN_DRAWER = Markup(" data-drawer")
GAP = "\0"  # Where a part that is the same in every row is left open.


def register(app: Flask) -> None:
    app.jinja_env.globals["cells"] = cells


def pill(tone: str, text: Any, title: Any = None) -> Markup:
    """A state as a dot and a word, which begins with a capital however it is written elsewhere. tone: neutral, info, ok, warn, bad."""
    kind, words = f" pill-{tone}" if tone in TONES else "", escape(text)
    return joined(('<span class="pill', kind, '"', _title(title), ">", words[:1].upper(), words[1:], "</span>"))


def money(amount_minor: int | None, currency: str, signed: bool = False, plus: bool = False) -> Markup:
    """An amount in minor units with its currency; red when signed and below zero."""
    return figures.of_reader().once(_money, amount_minor, currency, signed, plus)


def _money(amount_minor: int | None, currency: str, signed: bool, plus: bool) -> Markup:
    tone = (" tone-bad" if amount_minor < 0 else " tone-ok") if signed and amount_minor else ""
    amount = escape(figures.money(amount_minor, currency, plus))
    return joined(('<bdi class="figure nowrap', tone, '">', amount, "</bdi>"))


def moment(at: datetime | None, style: str = "short") -> Markup:
    """A moment on the person's clock. style: short (21 Nov 02:05), day, full."""
    return figures.of_reader().once(_moment, at, style) if at else NOTHING


def _moment(at: datetime, style: str) -> Markup:
    return _time(at, figures.moment(at, style))


def ago(at: datetime | None) -> Markup:
    """How long ago, with the moment itself on hover."""
    return ago_of(at, since(at))


def ago_of(at: datetime | None, seconds: int | None) -> Markup:
    """The same, told how many coarse seconds away it is."""
    if not at:
        return joined(('<span class="soft">', _("not yet"), "</span>"))
    return figures.of_reader().once(_ago, at, seconds)


def _ago(at: datetime, seconds: int) -> Markup:
    return _time(at, figures.apart(seconds))


def until(at: datetime | None, tone: str = "") -> Markup:
    """How long still, coloured by the tone the model gives."""
    return until_of(at, since(at), tone)


def until_of(at: datetime | None, seconds: int | None, tone: str = "") -> Markup:
    return figures.of_reader().once(_until, at, seconds, tone) if at else NOTHING


def since(at: datetime | None) -> int | None:
    """How many coarse seconds away a moment is: all that `ago` and `until` have from the clock."""
    return figures.coarse(at - figures.now()) if at else None


def text_of(value: Any) -> Markup:
    """A value as it is written, for what is written later."""
    return value if type(value) is Markup else marked(escape(value))


def _until(at: datetime, seconds: int, tone: str) -> Markup:
    colour = f" tone-{tone} strong" if tone else ""
    return _time(at, figures.still(seconds), f' class="nowrap{colour}"')


def _time(at: datetime, text: str, kind: str = "") -> Markup:
    return joined(("<time", kind, " ", figures.stamp(at), ">", escape(text), "</time>"))


def copyable(text: Any, url: str | None = None, attrs: Any = ()) -> Markup:
    """An id, monospaced and kept whole in right-to-left text, with a copy button. url makes it a link."""
    if not text:
        return NOTHING
    shown = escape(text)
    before, after = ('<span class="copyable"><bdi class="mono">', "</bdi>")
    if url:
        before = joined(
            ('<span class="copyable"><a class="mono" href="', escape(url), '"', _attributes(attrs), "><bdi>")
        )
        after = "</bdi></a>"
    return joined((before, shown, after, str.join(shown, figures.of_reader().once(_copy_button))))


def _copy_button() -> list[Markup]:
    """The button without what it copies, which stands in each gap."""
    button = joined(
        ('<button type="button" class="copy" data-copy="', GAP, '" aria-label="', _said_of("Copy %(text)s", text=GAP), '">',
         figures.icon("copy"), "</button></span>")
    )  # fmt: skip
    return button.split(GAP)


def thumb(url: str | None, alt: Any = "", size: str = "") -> Markup:
    """A small picture. alt="" when the name stands beside it. size: "", "large"."""
    kind = f" thumb-{size}" if size else ""
    if not url:
        return figures.icon("image", alt or None, kind="thumb thumb-none" + kind)
    return joined(
        ('<img class="thumb', kind, '" src="', escape(url), '" alt="', escape(alt),
         '" width="28" height="28" loading="lazy" decoding="async">')
    )  # fmt: skip


def item(title: Any, sku: Any = None, image_url: str | None = None, url: str | None = None, attrs: Any = ()) -> Markup:
    """A product in a row: picture, title, SKU below."""
    shown = escape(title)
    before, after = '<span class="clip', "</span>"
    if url:
        before, after = "".join(('<a class="clip" href="', escape(url))), "</a>"
    return joined(
        ('<span class="item">', thumb(image_url), '<span class="two-lines">', before, '" title="', shown, '"',
         _attributes(attrs) if url else "", ">", shown, after, '<bdi class="mono clip">', escape(sku or ""), "</bdi></span></span>")
    )  # fmt: skip


def market(code: Any, name: Any = None) -> Markup:
    """The two letters of a marketplace or country."""
    return joined(('<bdi class="market"', _title(name), ">", escape(code), "</bdi>"))


def marketplace(marketplace_id: str) -> Markup:
    return market(marketplace_code(marketplace_id))


def row_check(value: Any, label: Any, name: str = "selected", form: str = "bulk", is_checked: bool = False) -> Markup:
    """The box that selects a row. label says which one; form names the bulk form it belongs to, which browsers are told not to
    fill in again."""
    before, *after = figures.of_reader().once(_row_check, name, form, is_checked)
    return joined((before, escape(value), str.join(escape(label), after)))


def _row_check(name: str, form: str, is_checked: bool) -> list[Markup]:
    """The box without its value, which stands in the first gap, and its label."""
    box = joined(
        ('<td><label class="row-check-hit"><input type="checkbox" class="row-check" name="', escape(name), '" value="', GAP,
         '" form="', escape(form), '"', " checked" if is_checked else "", ' aria-label="',
         _said_of("Select %(what)s", what=GAP), '"></label></td>')
    )  # fmt: skip
    return box.split(GAP)


def _said_of(message: str, **params: str) -> str:
    return str.__mod__(sentence(message), params)


def opens_drawer(_url: Any = None) -> Markup:
    """Marks a link whose page opens in the drawer (static/js/portolan.js does it); without JavaScript it is a plain link."""
    return IN_DRAWER


def joined(pieces: tuple[str, ...]) -> Markup:
    """One piece of markup of many; all of them must be escaped already."""
    return marked("".join(pieces))


def _title(text: Any) -> str:
    return f' title="{escape(text)}"' if text else ""


def _attributes(attrs: Any) -> str:
    if not attrs:
        return ""
    if type(attrs) is Markup and attrs.startswith(" "):
        return attrs
    return figures.attributes(attrs)


CELLS = (pill, money, moment, ago, until, copyable, thumb, item, market, marketplace, row_check, opens_drawer)
OF_TOLD = (ago_of, until_of, since, text_of)  # What remembered rows are made of besides (views/support/told_rows.py).
cells = SimpleNamespace(**{function.__name__: function for function in (*CELLS, *OF_TOLD)})
