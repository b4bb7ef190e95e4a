"""The role of a translator: texts in, as many texts out, in their order. Whoever calls masks first: what is handed over leaves the house.

Languages are written as the web writes them (`de`, `zh-Hans`, `pt-BR`); each vendor's mapping has its own code for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from integrations.errors import IntegrationError


class Translator(Protocol):
    """`most_texts` and `most_characters` are what one call takes; handing over more is a mistake of the caller (ValueError)."""

    name: str
    most_texts: int
    most_characters: int

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """One text for each, in their order. An empty source: the translator finds out. Raises IntegrationError."""
        ...


def require_fitting(texts: Sequence[str], translator: Translator) -> None:
    if len(texts) > translator.most_texts or sum(map(len, texts)) > translator.most_characters:
        raise ValueError(
            f"At most {translator.most_texts} texts and {translator.most_characters} characters at once, "
            f"not {len(texts)} and {sum(map(len, texts))}."
        )


def require_all(texts: Sequence[str], answers: Sequence[str], vendor: str) -> list[str]:
    """Which answer belongs to which text is known by its place alone, so one too few spoils them all."""
    if len(answers) != len(texts):
        raise IntegrationError(
            "wrong_count", f"{vendor} answered {len(texts)} texts with {len(answers)}.", permanent=False
        )
    return list(answers)
