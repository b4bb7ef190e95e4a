"""The text of an HTML mail: no scripts, styles or titles; one single <pre> wins. It walks the signs once, whatever they are."""

from __future__ import annotations

import re
from html import unescape

MOST = 2_000_000
SILENT = ("script", "style", "title", "template", "noscript")
BLOCK_NAMES = (
    "address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol p "
    "pre section table tbody tfoot thead tr ul"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
CELLS = frozenset(("td", "th"))
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})(?=[\s/>])")
ATTRIBUTES = re.compile(r"""(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
BLANKS = re.compile(r"[ \t\n\r\f]+")
GAPS = re.compile(r"[ \t]*\n[ \t]*")
MANY_LINES = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """The text, with blanks for no-break spaces."""
    pieces, pre = _walked(html[:MOST])
    return (pre if pre is not None else pieces).replace("\u00a0", " ")


def _walked(html: str) -> tuple[str, str | None]:
    """All text, and that of the only <pre>."""
    shown: list[str] = [""]
    pres: list[list[str]] = []
    is_pre = False
    for name, is_end, text in _tokens(html):
        if name == "" and is_pre:
            pres[-1].append(text)
            shown.append(text)
        elif name == "" or name in CELLS:
            _flow(shown, BLANKS.sub(" ", text) if text else " ")
        elif name == "pre":
            if not is_end and not is_pre:
                pres.append([])
            is_pre = not is_end
            shown.append("\n")
        elif name == "br" or name in BLOCKS:
            shown.append("\n")
            if is_pre and name == "br":
                pres[-1].append("\n")
    only = _unescaped("".join(pres[0])) if len(pres) == 1 else None
    text = GAPS.sub("\n", _unescaped("".join(shown)))
    return MANY_LINES.sub("\n\n", text), only if only and only.strip() else None


def _flow(shown: list[str], text: str) -> None:
    """Running text; blanks in a row are one."""
    text = text.lstrip(" ") if shown[-1][-1:] in ("", " ", "\n") else text
    if text:
        shown.append(text)


def _tokens(html: str):
    """(“”, False, text) or (name, is it an end, “”) one after the other."""
    at, no_end, broken = 0, set(), False
    last_end = html.rfind(">")  # Behind it nothing is a tag.
    while at < len(html):
        start = html.find("<", at)
        if start < 0 or start > last_end:
            yield "", False, html[at:]
            return
        if start > at:
            yield "", False, html[at:start]
        if html.startswith("<!--", start) and "-->" not in no_end:
            end = html.find("-->", start + 4)
            no_end |= {"-->"} if end < 0 else set()
            at = end + 3 if end >= 0 else start + 4
            continue
        found = TAG.match(html, start)
        if found is None:
            at = _after_odd(html, start)
            if at == start + 1:
                yield "", False, "<"
            continue
        whole = None if broken else ATTRIBUTES.match(html, found.end())
        broken = broken or whole is None
        at = whole.end() if whole else html.find(">", found.end()) + 1 or len(html)
        name = found[2].lower()
        if name in SILENT and not found[1]:
            at = _after_silent(html, at, name, no_end)
            continue
        yield name, bool(found[1]), ""


def _after_odd(html: str, start: int) -> int:
    """Declarations and instructions are skipped; any other < is text."""
    if html[start + 1 : start + 2] in ("!", "?", "/"):
        return html.find(">", start, start + 2_000) + 1 or start + 2
    return start + 1


def _after_silent(html: str, at: int, name: str, no_end: set[str]) -> int:
    if name in no_end:
        return at
    found = re.compile(rf"</{name}\b[^>]{{0,200}}>?", re.I).search(html, at)
    if found is None:
        no_end.add(name)
        return len(html) if name in ("script", "style") else at
    return found.end()


def _unescaped(text: str) -> str:
    return unescape(LONG_NUMBER.sub("\ufffd", text))
