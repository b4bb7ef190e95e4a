"""Browsers for tests. Every page a test fetches is checked on the way: one h1, labels, no doubled ids, nothing inline."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

from models.support import clock

SAFE = {"GET", "HEAD", "OPTIONS"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
NAMES_OTHERS = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "list", "form")


class Visitor(FlaskClient):
    """A browser: unsafe requests say they come from our own pages, unless `ours=False` or the test says otherwise.

    `fragment=True` asks as htmx does. With a `session` it proves who it is before each request, as a person would when asked;
    `keeps_proving = False` leaves that to the test.
    """

    session: Any = None
    keeps_proving = True

    def open(self, *args: Any, fragment: bool = False, ours: bool = True, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", None) or {})
        is_unsafe = str(kwargs.get("method", "GET")).upper() not in SAFE
        if is_unsafe and ours and not {"origin", "sec-fetch-site"} & {name.lower() for name in headers}:
            headers["Sec-Fetch-Site"] = "same-origin"
        if fragment:
            headers["HX-Request"] = "true"
        if self.session is not None and self.keeps_proving:
            _prove_when_needed(self.session)
        answer = super().open(*args, headers=headers, **kwargs)
        if answer.mimetype == "text/html" and not answer.is_streamed:
            found = faults(answer.text)
            assert not found, f"{answer.request.path} ({answer.status_code}): " + "; ".join(found)
        return answer


def _prove_when_needed(session: Any) -> None:
    """Only when the clock has moved, so that nothing is written or asked in between."""
    if clock.now() - session.proved_at > timedelta(minutes=4):
        session.change(proved_at=clock.now())


def faults(html: str) -> list[str]:
    """What is wrong with a page or a fragment, one sentence each."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.verdict()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.ids: list[str] = []
        self.h1 = 0
        self.is_whole = False
        self.title = ""
        self.labelled: set[str] = set()
        self.fields: list[tuple[str, dict[str, str], bool]] = []
        self.references: list[tuple[str, str]] = []
        self.unnamed: list[tuple[str, dict[str, str], list[str]]] = []
        self.captions: list[bool] = []
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self.stack.append(tag)
        self._nothing_inline(tag, attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "html":
            self.is_whole = True
            if not attrs.get("lang"):
                self.found.append("the page does not say its language")
        elif tag == "h1":
            self.h1 += 1
        elif tag == "label" and "for" in attrs:
            self.labelled.add(attrs["for"])
        elif tag in ("input", "select", "textarea") and attrs.get("type") not in NEEDS_NO_LABEL:
            self.fields.append((tag, attrs, "label" in self.stack[:-1]))
        elif tag == "img" and "alt" not in attrs:
            self.found.append("an image has no alt text")
        elif tag == "table":
            self.captions.append(
                "aria-label" in attrs or "aria-labelledby" in attrs or attrs.get("role") == "presentation"
            )
        elif tag == "caption" and self.captions:
            self.captions[-1] = True
        elif tag == "form" and attrs.get("method", "get").lower() not in ("get", "post", "dialog"):
            self.found.append(f"a form has the method {attrs['method']}")
        if tag in ("button", "a"):
            self.unnamed.append((tag, attrs, []))
        if tag == "svg" and self.unnamed and ("aria-label" in attrs):
            self.unnamed[-1][2].append(attrs["aria-label"])
        for name in NAMES_OTHERS:
            for target in attrs.get(name, "").split():
                self.references.append((name, target))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.stack:
            while self.stack and self.stack.pop() != tag:
                pass
        if tag in ("button", "a") and self.unnamed and self.unnamed[-1][0] == tag:
            _tag, attrs, texts = self.unnamed.pop()
            if not "".join(texts).strip() and not (attrs.get("aria-label") or attrs.get("aria-labelledby")):
                self.found.append(f"a {'link' if tag == 'a' else tag} has no name ({attrs.get('class', '')})")
        if tag == "table" and self.captions and not self.captions.pop():
            self.found.append("a table has no caption")

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] == "title" and "svg" not in self.stack:
            self.title += data
        for _tag, _attrs, texts in self.unnamed:
            texts.append(data)

    def _nothing_inline(self, tag: str, attrs: dict[str, str]) -> None:
        for name, value in attrs.items():
            if name.startswith(("on", "hx-on")) or name == "style":
                self.found.append(f"<{tag}> has the inline attribute {name}")
            if name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag}> runs a script from {name}")
        if tag == "style" or (tag == "script" and "src" not in attrs and "json" not in attrs.get("type", "")):
            self.found.append(f"<{tag}> is inline")
        if tag == "a" and attrs.get("href") == "#":
            self.found.append("a link leads nowhere (#)")

    def verdict(self) -> list[str]:
        found = list(self.found)
        for name in sorted({name for name in self.ids if self.ids.count(name) > 1}):
            found.append(f"the id {name} stands more than once")
        for tag, attrs, inside_label in self.fields:
            named = attrs.get("aria-label") or attrs.get("aria-labelledby") or attrs.get("title")
            if not (inside_label or named or attrs.get("id") in self.labelled):
                found.append(f"<{tag} name={attrs.get('name', '?')}> has no label")
        if self.is_whole:
            if self.h1 != 1:
                found.append(f"the page has {self.h1} h1")
            if not self.title.strip():
                found.append("the page has no title")
            for name, target in self.references:
                if target not in self.ids:
                    found.append(f"{name} names #{target}, which is not on the page")
        return found
