"""What Amazon answered: as it came, and its issues asked for in two languages."""

from __future__ import annotations

import json
from typing import Any


def in_both_languages(
    first: tuple[str, list[Any]], second: tuple[str, list[Any]] | None
) -> list[tuple[Any, dict[str, str]]]:
    """Pairs the issues of the same question asked in two locales: (issue, {locale: message})."""
    locale, issues = first
    other_locale, others = second or ("", [])
    waiting = list(others)
    paired = []
    for issue in issues:
        messages = {locale: issue.message}
        twin = next(
            (
                o
                for o in waiting
                if (o.code, o.attributes, o.severity) == (issue.code, issue.attributes, issue.severity)
            ),
            None,
        )
        if twin is not None:
            waiting.remove(twin)
            messages[other_locale] = twin.message
        paired.append((issue, messages))
    return paired


def raw(payload: Any) -> str:
    """An answer as it came, as text. Halves of characters, which no database takes, are kept escaped."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(payload, separators=(",", ":"))
    return text
