"""Statements of wallets as PDF (models/wallet/statements)."""

from __future__ import annotations

from typing import Any

from jobs.papers.making import FOLDER, html_of, joined, made
from models.support.words import speaking
from models.wallet.statements.making import Printer
from models.wallet.statements.pages import Page


def first(content: dict[str, Any], language: str) -> bytes:
    """Raises NotMade."""
    return _made("documents/statement.html", language, statement=content)


def lines(content: dict[str, Any], pages: list[Page], language: str) -> bytes:
    return _made("documents/statement_pages.html", language, statement=content, pages=pages)


def _made(template: str, language: str, **values: Any) -> bytes:
    style = (FOLDER / "documents" / "statement.css").read_text("utf-8")
    with speaking(language):  # Threads of their own print: they do not know what the job speaks.
        html = html_of(template, language, **values)
    return made({"one": html}, style)["one"]


PRINTER = Printer(first, lines, joined)
