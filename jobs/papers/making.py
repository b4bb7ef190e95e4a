"""Makes PDFs of a template, one in each language. What people typed is text in it, whatever it looks like."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jinja2

from config.settings import PROJECT
from jobs.papers.child import MOST_PAGES
from models.support import clock
from models.support.words import Words, speaking

FOLDER = PROJECT / "templates"
SECONDS = 120
LANGUAGE_TAGS = {"en": "en", "zh_Hans": "zh-Hans"}


class NotMade(RuntimeError):
    """The child could not make the PDF."""


def pdfs(template: str, languages: Sequence[str], **context: Any) -> dict[str, bytes]:
    """The template as a PDF in each language. Raises NotMade."""
    pages = {}
    for language in languages:
        with speaking(language):
            pages[language] = html_of(template, language, **context)
    return made(pages, (FOLDER / "documents" / "document.css").read_text("utf-8"))


def html_of(template: str, language: str, **context: Any) -> str:
    return _environment().get_template(template).render(language=LANGUAGE_TAGS.get(language, "en"), **context)


def joined(parts: Sequence[bytes], most: int = MOST_PAGES) -> bytes:
    """One PDF of several, without anything in them but what is drawn. Raises NotMade for what is no PDF, or has too many pages."""
    told = [base64.b64encode(part).decode() for part in parts]
    return _child({"joined": {"one": told}, "most": most})["one"]


def made(documents: dict[str, str], css: str) -> dict[str, bytes]:
    """The child's PDFs. Raises NotMade."""
    return _child({"documents": documents, "css": css})


def _child(told: dict[str, Any]) -> dict[str, bytes]:
    """The child gets nothing of our environment but where the code is."""
    environment = {"PYTHONPATH": str(PROJECT), "PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "jobs.papers.child"],
            input=json.dumps(told).encode(),
            capture_output=True,
            timeout=SECONDS,
            env=environment,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotMade("The document took too long.") from None
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotMade(f"The document could not be made: {lines[-1] if lines else done.returncode}")
    return {name: base64.b64decode(text) for name, text in json.loads(done.stdout).items()}


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.globals["_"] = lambda message, **params: str(Words(message, **params))
    environment.filters["day"] = _day
    environment.filters["moment"] = _moment
    environment.filters["said"] = lambda text: str(Words.from_json(text)) if text else ""
    return environment


def _day(text: str, zone: str) -> str:
    return f"{clock.local(clock.parse_iso(text), zone):%Y-%m-%d}" if text else "—"


def _moment(text: str, zone: str) -> str:
    return f"{clock.local(clock.parse_iso(text), zone):%Y-%m-%d %H:%M}" if text else "—"
