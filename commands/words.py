"""For those who write sentences: collects every message of the code into `translations/` and says what lacks Chinese.

Messages stand where they are said: `_("…")` in views and templates, `say("…")` and refusals in models.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from config.settings import PROJECT

FOLDERS = ("models", "views", "jobs", "templates")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS: dict = {
    "_": None, "gettext": None, "sentence": None, "ngettext": (1, 2), "say": None, "Words": None, "Refused": None, "FieldRefused": (2,), "Stale": None,
    "CellRefused": None, "AlreadyDecided": None, "Busy": None, "__init__": None,
}  # fmt: skip
LANGUAGES = ("zh_Hans",)


def add_arguments(parser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 when a translation is missing"
    )


def run(args) -> int:
    missing = 0
    for language in LANGUAGES:
        catalog = updated(language)
        lacking = [message.id for message in catalog if message.id and (not message.string or message.fuzzy)]
        missing += len(lacking)
        if not args.check:
            write(language, catalog)
        for text in lacking:
            print(f"{language}: {text!r}", file=sys.stderr)
        print(f"{language}: {len(catalog)} messages, {len(lacking)} without a translation")
    return 1 if args.check and missing else 0


def collected() -> Catalog:
    """Every message of the code, with the places it stands."""
    catalog = Catalog(project="Portolan", charset="utf-8")
    for folder in FOLDERS:
        found = extract_from_dir(PROJECT / folder, METHODS, OPTIONS, KEYWORDS)
        for file, _line, message, comments, context in found:
            if message:
                catalog.add(message, None, [(f"{folder}/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def path_of(language: str) -> Path:
    return PROJECT / "translations" / language / "LC_MESSAGES" / "messages.po"


def updated(language: str) -> Catalog:
    """The translations of a language brought up to the code; messages that are gone are dropped."""
    path = path_of(language)
    held = Catalog(locale=language, charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            held = read_po(file, locale=language)
    held.update(collected(), no_fuzzy_matching=True)
    held.obsolete.clear()
    held.header_comment = "# Portolan: sentences in another language. Made with ./portolan words."
    held.project, held.version, held.fuzzy = "Portolan", "1", False
    held.creation_date = held.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    held.last_translator = held.language_team = held.msgid_bugs_address = "the Portolan authors"
    return held


def write(language: str, catalog: Catalog) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False, ignore_obsolete=True
        )
