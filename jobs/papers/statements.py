"""Statements of wallets as PDF (models/wallet/statements)."""

from __future__ import annotations

import base64
from typing import Any

from config import logs
from jobs.amazon import settings
from jobs.papers.making import FOLDER, html_of, joined, made
from models.catalog.image import redrawn
from models.support.errors import FieldRefused
from models.support.words import speaking
from models.wallet.statements.making import Printer
from models.wallet.statements.pages import Page

MOST_SIDE = 800
log = logs.logger("jobs")


def first(content: dict[str, Any], language: str) -> bytes:
    """Raises NotMade."""
    return _made("documents/statement.html", language, statement=content, logo=logo())


def logo() -> str:
    """What is drawn in the operator's, as the page takes it. One that cannot be read keeps no statement from being made."""
    path = settings().logo
    if path is None:
        return ""
    try:
        picture = redrawn(path.read_bytes(), MOST_SIDE)
    except (OSError, FieldRefused) as error:
        log.warning("logo_unreadable", problem=str(error))
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def lines(content: dict[str, Any], pages: list[Page], language: str) -> bytes:
    return _made("documents/statement_pages.html", language, statement=content, pages=pages)


def _made(template: str, language: str, **values: Any) -> bytes:
    style = (FOLDER / "documents" / "statement.css").read_text("utf-8")
    with speaking(language):  # Threads of their own print: they do not know what the job speaks.
        html = html_of(template, language, **values)
    return made({"one": html}, style)["one"]


PRINTER = Printer(first, lines, joined)
