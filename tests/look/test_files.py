"""What is served and what is written: vendored files, the weight of the stylesheet, templates without inline code."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.look import sprite

PROJECT = Path(__file__).parents[2]
STATIC = PROJECT / "static"
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "documents" not in path.parts]
MANIFEST = json.loads((STATIC / "manifest.json").read_text())
OURS = {"css/portolan.css", "js/portolan.js", "icons/logo.svg", "icons/favicon.png", "icons/touch.png"}


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_vendored_files_are_what_the_manifest_says(name: str) -> None:
    entry = MANIFEST[name]
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["source"] and entry["version"] and entry["licence"]
    assert (STATIC / entry["licence_text"]).stat().st_size > 300


def test_every_served_file_is_ours_or_in_the_manifest() -> None:
    served = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    others = {name for name in served if not name.startswith("licences/") and name != "manifest.json"}
    assert others == OURS | set(MANIFEST)


def test_the_stylesheet_weighs_less_than_50_kb() -> None:
    assert (STATIC / "css" / "portolan.css").stat().st_size < 50_000


def test_styles_and_scripts_together_weigh_less_than_120_kb_on_the_wire() -> None:
    """What a first visit fetches before its page works, each file packed as a server packs it."""
    packed = {
        path.name: len(gzip.compress(path.read_bytes(), 6))
        for folder in ("css", "js")
        for path in (STATIC / folder).iterdir()
    }
    assert {"portolan.css", "portolan.js"} < packed.keys()
    assert sum(packed.values()) < 120_000, packed


def test_the_stylesheet_knows_no_left_and_right_and_no_foreign_address() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / "portolan.css").read_text(), flags=re.S)
    physical = re.findall(
        r"[{;]\s*((?:margin|padding|border|inset)?-?(?:left|right)(?:-[a-z]+)*|width|height)\s*:", sheet
    )
    assert physical == []
    assert re.findall(r"text-align:\s*(?:left|right)|float:", sheet) == []
    assert all(url.startswith("../fonts/") for url in re.findall(r"url\(\"?([^\")]+)", sheet))


def test_the_script_evaluates_nothing_and_builds_no_markup() -> None:
    script = (STATIC / "js" / "portolan.js").read_text()
    assert (
        re.findall(r"\beval\(|new Function|innerHTML\s*=|outerHTML\s*=|insertAdjacentHTML|document\.write", script)
        == []
    )
    assert re.findall(r"window\.(\w+)\s*=[^=]", script) == ["portolan"]


INLINE = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=|<style"),
    "an inline handler": re.compile(r"<[^>]*\son\w+\s*=\s*[\"']"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "hx-on": re.compile(r"\bhx-on\b"),
    "a js: value": re.compile(r"[\"']\s*(?:js|javascript):"),
    "a trigger filter": re.compile(r"hx-trigger=\"[^\"]*\["),
    "|safe": re.compile(r"\|\s*safe\b"),
    "a foreign address": re.compile(r"(?:src|href|action)=\"https?:"),
    "Function in a morph": re.compile(r"hx-swap=\"morph:\{"),
}


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_no_template_carries_inline_code(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_templates_do_no_arithmetic_and_ask_for_no_role(path: Path) -> None:
    code = " ".join(re.findall(r"\{[{%](.*?)[%}]\}", path.read_text(), flags=re.S))
    code = re.sub(r"\"[^\"]*\"|'[^']*'", "", code)
    assert re.findall(r"\w\s+[*/]\s+\w|role\s*==", code) == []


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons" / "sprite.svg").read_text()))
    assert known == set(sprite.SAME) | set(sprite.RENAMED)
    named = set()
    for path in TEMPLATES:
        text = path.read_text()
        named |= set(re.findall(r"\bicon\(\s*\"([a-z-]+)\"", text))
        named |= set(re.findall(r"\bicon(?:_name|_end)?=\"([a-z-]+)\"", text))
    for path in (PROJECT / "views").rglob("*.py"):
        named |= set(re.findall(r"place\([^)]*?\),\s*\"([a-z-]+)\"", path.read_text()))
        named |= set(re.findall(r"_\(\"[^\"]+\"\), \"([a-z-]+)\", \"\w+\.", path.read_text()))
    assert named - known == set()


# Marks for scripts and tests, and what the browser or htmx sets; they need no rule.
NOT_STYLED = {"icon-check", "icon-caret", "js"}


def test_every_class_of_a_template_has_a_rule() -> None:
    """A class nobody styles is a typing mistake, or a component written twice."""
    sheet = (STATIC / "css" / "portolan.css").read_text()
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", sheet)) | NOT_STYLED
    unknown: dict[str, set[str]] = {}
    for path in PAGES:
        text = re.sub(r"\{\{.*?\}\}", "{}", re.sub(r"\{%.*?%\}", " ", path.read_text(), flags=re.S), flags=re.S)
        for value in re.findall(r'\sclass="([^"]*)"', text):
            for name in value.split():
                if "{}" not in name and name not in known:
                    unknown.setdefault(str(path.relative_to(PROJECT)), set()).add(name)
    assert unknown == {}, "components are listed in templates/components/ui.html, classes in static/css/portolan.css"
